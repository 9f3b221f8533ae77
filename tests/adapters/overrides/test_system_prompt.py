"""A channel's system prompt in each protocol."""

from typing import Any

import pytest

from adapters.overrides import Context
from tests.adapters.overrides.rules import settle

USER = {"role": "user", "content": "Hi"}


def prompted(setting: Any, body: dict[str, Any], protocol: str = "chat", operation: str = "chat") -> dict[str, Any]:
    return settle({"system_prompt": setting}, body, Context(protocol=protocol, operation=operation))[0]


def modes(text: str) -> dict[str, Any]:
    return {mode: {"text": text, "mode": mode} for mode in ("fill", "prepend", "append", "replace")}


ALONE = [
    ("chat", {"messages": [USER]}, {"messages": [{"role": "system", "content": "P"}, USER]}),
    ("responses", {"input": "Hi"}, {"input": "Hi", "instructions": "P"}),
    ("responses", {"instructions": None}, {"instructions": "P"}),
    ("messages", {"messages": [USER]}, {"messages": [USER], "system": "P"}),
    ("messages", {"system": []}, {"system": "P"}),
    ("gemini", {"contents": []}, {"contents": [], "systemInstruction": {"parts": [{"text": "P"}]}}),
]


@pytest.mark.parametrize(("protocol", "body", "expected"), ALONE)
def test_where_the_client_sends_none(protocol: str, body: dict[str, Any], expected: dict[str, Any]) -> None:
    for setting in ["P", *modes("P").values()]:
        assert prompted(setting, body, protocol) == expected


TEXT = [
    ("chat", lambda text: {"messages": [{"role": "system", "content": text}, USER]}),
    ("chat", lambda text: {"messages": [{"role": "developer", "content": text}]}),
    ("responses", lambda text: {"instructions": text}),
    ("messages", lambda text: {"system": text}),
]


@pytest.mark.parametrize(("protocol", "body"), TEXT)
def test_beside_a_text_of_the_client(protocol: str, body: Any) -> None:
    expected = {"fill": "C", "prepend": "P\n\nC", "append": "C\n\nP", "replace": "P"}
    for mode, setting in modes("P").items():
        assert prompted(setting, body("C"), protocol) == body(expected[mode])


PARTS = [
    ("chat", {"type": "text", "text": "P"}, lambda parts: {"messages": [{"role": "system", "content": parts}]}),
    ("messages", {"type": "text", "text": "P"}, lambda parts: {"system": parts}),
    ("gemini", {"text": "P"}, lambda parts: {"systemInstruction": {"role": "x", "parts": parts}}),
    ("gemini", {"text": "P"}, lambda parts: {"system_instruction": {"parts": parts}}),
]


@pytest.mark.parametrize(("protocol", "ours", "body"), PARTS)
def test_beside_parts_of_the_client(protocol: str, ours: dict[str, Any], body: Any) -> None:
    theirs = {"type": "text", "text": "C", "cache_control": {"type": "ephemeral"}}
    expected = {"fill": [theirs], "prepend": [ours, theirs], "append": [theirs, ours], "replace": [ours]}
    for mode, setting in modes("P").items():
        assert prompted(setting, body([theirs]), protocol) == body(expected[mode])


def test_a_single_part_of_gemini_counts_as_one() -> None:
    body = {"systemInstruction": {"parts": {"text": "C"}}}
    found = prompted({"text": "P", "mode": "prepend"}, body, "gemini")
    assert found == {"systemInstruction": {"parts": [{"text": "P"}, {"text": "C"}]}}


def test_requests_without_turns_are_left_alone() -> None:
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("chat", "embeddings", {"input": "x"}),
        ("chat", "text_completion", {"prompt": "x"}),
        ("chat", "chat", {"prompt": "x"}),
        ("other", "chat", {"messages": [USER]}),
    ]
    for protocol, operation, body in cases:
        assert prompted("P", body, protocol, operation) == body


def test_tokens_are_counted_with_it() -> None:
    assert prompted("P", {"messages": []}, "messages", "count_tokens") == {"messages": [], "system": "P"}
