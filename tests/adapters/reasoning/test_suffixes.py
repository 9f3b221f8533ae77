"""Suffixes of model names, and what they put into a request."""

from typing import Any

import msgspec
import pytest

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import Reasoning
from adapters.errors import ClientError
from adapters.reasoning import edit
from adapters.reasoning.suffixes import Suffixed, SuffixPolicy, parse


@pytest.mark.parametrize(
    ("model", "base", "reasoning"),
    [
        ("gpt-5-high", "gpt-5", Reasoning(enabled=True, effort="high", include=True)),
        ("openai/gpt-5.4-xhigh", "openai/gpt-5.4", Reasoning(enabled=True, effort="xhigh", include=True)),
        ("gpt-5-none", "gpt-5", Reasoning(enabled=False, effort="none")),
        ("o3-mini-low", "o3-mini", Reasoning(enabled=True, effort="low", include=True)),
        ("GPT-5-High", "GPT-5", Reasoning(enabled=True, effort="high", include=True)),
        ("claude-opus-4-6-max", "claude-opus-4-6", Reasoning(enabled=True, effort="max", include=True)),
        ("claude-opus-4-6-thinking", "claude-opus-4-6", Reasoning(enabled=True, adaptive=True, include=True)),
        ("claude-3-7-sonnet-20250219-thinking", "claude-3-7-sonnet-20250219",
         Reasoning(enabled=True, effort="high", include=True)),
        ("claude-sonnet-4-5-thinking-2048", "claude-sonnet-4-5", Reasoning(enabled=True, budget=2048, include=True)),
        ("gemini-2.5-pro-thinking", "gemini-2.5-pro", Reasoning(enabled=True, adaptive=True, include=True)),
        ("gemini-2.5-flash-thinking-0", "gemini-2.5-flash", Reasoning(enabled=False, budget=0, include=False)),
        ("gemini-2.5-flash-nothinking", "gemini-2.5-flash", Reasoning(enabled=False, effort="none")),
        ("gemini-3-pro-preview-low", "gemini-3-pro-preview", Reasoning(enabled=True, effort="low", include=True)),
        ("deepseek-v4-pro-max", "deepseek-v4-pro", Reasoning(enabled=True, effort="max", include=True)),
        ("deepseek-v3.2-thinking", "deepseek-v3.2", Reasoning(enabled=True, adaptive=True, include=True)),
        ("grok-3-mini-high", "grok-3-mini", Reasoning(enabled=True, effort="high", include=True)),
        ("gemini-2.5-pro-thinking-9999999", "gemini-2.5-pro", Reasoning(enabled=True, budget=1_000_000, include=True)),
    ],
)  # fmt: skip
def test_names_with_a_suffix(model: str, base: str, reasoning: Reasoning) -> None:
    found = parse(model)
    assert found == Suffixed(base, model[len(base) + 1 :].lower(), reasoning)


@pytest.mark.parametrize("model", ["grok-4-search", "ernie-4.5-turbo-search", "qwen3-max-search"])
def test_names_that_ask_for_a_search(model: str) -> None:
    assert parse(model) == Suffixed(model.removesuffix("-search"), "search", None, search=True)


@pytest.mark.parametrize(
    "model",
    [
        "gpt-5", "gpt-5-mini", "gpt-4o-high", "kimi-k2-thinking", "moonshotai/kimi-k2-thinking",
        "kimi-k2-thinking-turbo",
        "gpt-5.1-codex-max", "qwen3-235b-a22b-thinking", "qwen-max", "gemini-2.0-flash-thinking-exp-1219",
        "claude-3.7-sonnet:thinking", "mistral-medium", "magistral-medium", "-high", "high", "", "gpt-5-search-api",
        "gpt-4o-search-preview", "claude-opus-4-6-thinking-x", "deepseek-v4-medium", "gpt-5-thinking",
        "doubao-seed-1-6-thinking-250715", "qwen3-235b-a22b-thinking-2507", "glm-4.1v-9b-thinking",
    ],
)  # fmt: skip
def test_names_that_are_whole(model: str) -> None:
    assert parse(model) is None


def test_what_a_channel_says_of_suffixes() -> None:
    assert SuffixPolicy().parse("gpt-5-high") is not None
    assert SuffixPolicy(True).parse("gpt-5-high") is not None
    assert SuffixPolicy(False).parse("gpt-5-high") is None
    keep = SuffixPolicy({"keep": ["GPT-5-*"]})
    assert keep.parse("gpt-5-high") is None
    assert keep.parse("o3-high") is not None


# --------------------------------------------------------------------------------------------------------------- edits


def edited(
    body: dict[str, Any], protocol: str, name: str, provider: str = "", can: str = "reasoning_effort"
) -> tuple[dict[str, Any], list[str]]:
    suffixed = parse(name)
    assert suffixed is not None
    losses = Losses()
    upstream = Upstream(model=suffixed.base, provider=provider, capabilities=frozenset(can.split()))
    fields = msgspec.json.decode(msgspec.json.encode(body), type=dict[str, msgspec.Raw])
    before = {key: bytes(raw) for key, raw in fields.items()}
    found = edit.apply(fields, protocol, suffixed, upstream, losses)
    assert {key: bytes(raw) for key, raw in fields.items()} == before, "inputs are never changed"
    return msgspec.json.decode(msgspec.json.encode(found)), [loss.field for loss in losses.knobs]


EDITS: list[tuple[dict[str, Any], str, str, dict[str, Any], list[str]]] = [
    ({"a": 1, "reasoning_effort": "low"}, "chat", "gpt-5-high", {"a": 1, "reasoning_effort": "high"}, []),
    ({"reasoning": {"effort": "low", "summary": "auto"}}, "responses", "gpt-5-high",
     {"reasoning": {"effort": "high", "summary": "auto"}}, []),
    ({}, "responses", "gpt-5-none", {"reasoning": {"effort": "minimal"}}, ["reasoning"]),
    ({"max_tokens": 4096, "temperature": 0.3, "top_k": 5}, "messages", "claude-3-7-sonnet-thinking",
     {"max_tokens": 4096, "thinking": {"type": "enabled", "budget_tokens": 3276}}, ["temperature", "top_k"]),
    ({"max_tokens": 4096, "thinking": {"type": "enabled", "budget_tokens": 2000}}, "messages", "claude-opus-4-6-max",
     {"max_tokens": 4096, "thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}}, []),
    ({"output_config": {"format": {}}, "top_p": 1}, "messages", "claude-opus-5-low",
     {"output_config": {"format": {}, "effort": "low"}, "thinking": {"type": "adaptive", "display": "summarized"}},
     ["top_p"]),
    ({"max_tokens": 4096, "thinking": {"type": "adaptive"}}, "messages", "claude-opus-4-7-none",
     {"max_tokens": 4096}, []),
    ({"generationConfig": {"temperature": 1, "thinkingConfig": {"thinkingBudget": 5}}}, "gemini",
     "gemini-2.5-flash-thinking-300", {"generationConfig": {"temperature": 1,
     "thinkingConfig": {"thinkingBudget": 300, "includeThoughts": True}}}, []),
    ({"generation_config": {"max_output_tokens": 1000}}, "gemini", "gemini-2.5-pro-high",
     {"generation_config": {"max_output_tokens": 1000, "thinkingConfig": {"thinkingBudget": 800,
     "includeThoughts": True}}}, []),
    ({}, "gemini", "gemini-3-flash-low", {"generationConfig": {"thinkingConfig": {"thinkingLevel": "LOW",
     "includeThoughts": True}}}, []),
    ({"a": 1}, "other", "gpt-5-high", {"a": 1}, []),
    ({"a": 1}, "gemini", "gpt-5-none", {"a": 1,
     "generationConfig": {"thinkingConfig": {"thinkingLevel": "LOW"}}}, ["reasoning"]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "protocol", "name", "expected", "losses"), EDITS)
def test_edits(body: dict[str, Any], protocol: str, name: str, expected: dict[str, Any], losses: list[str]) -> None:
    assert edited(body, protocol, name) == (expected, losses)


@pytest.mark.parametrize("protocol", ["chat", "responses"])
def test_sampling_that_a_thinking_model_refuses(protocol: str) -> None:
    sampled = {"temperature": 0.5, "top_p": 1, "seed": 1}
    found, losses = edited(sampled, protocol, "gpt-5.2-high")
    assert (found.keys() & sampled.keys(), losses) == ({"seed"}, ["temperature"])
    found, losses = edited(sampled, protocol, "gpt-5.2-none")
    assert found.keys() >= sampled.keys()
    assert not losses


CALLED = {"role": "assistant", "content": [{"type": "tool_use", "id": "c"}]}
THOUGHT = {"role": "assistant", "content": [{"type": "thinking"}, {"type": "tool_use", "id": "c"}]}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c"}]}


@pytest.mark.parametrize(
    ("body", "thinks"),
    [
        ({"tool_choice": {"type": "any"}}, False),
        ({"tool_choice": {"type": "auto"}}, True),
        ({"messages": [CALLED, RESULT]}, False),
        ({"messages": [THOUGHT, RESULT]}, True),
        ({"messages": [RESULT]}, True),
        ({"messages": "hi"}, True),
        ({"messages": [5, {"content": "hi"}]}, True),
    ],
)
def test_where_anthropic_refuses_thinking(body: dict[str, Any], thinks: bool) -> None:
    found, losses = edited(body, "messages", "claude-sonnet-4-5-thinking-2000")
    assert ("thinking" in found, losses) == (thinks, [] if thinks else ["reasoning"])


def test_a_dialect_without_the_field_is_said() -> None:
    assert edited({"a": 1}, "chat", "gpt-5-high", can="") == ({"a": 1}, ["reasoning"])


@pytest.mark.parametrize(
    ("protocol", "name", "provider", "body", "expected"),
    [
        ("chat", "qwen3-max-search", "dashscope", {}, {"enable_search": True}),
        ("chat", "ernie-5-search", "baidu", {}, {"web_search": {"enable": True, "enable_citation": True}}),
        ("chat", "qwen3-max-search", "dashscope", {"enable_search": False}, {"enable_search": False}),
        ("responses", "grok-4.3-search", "xai", {"tools": [{"a": 1}]}, {"tools": [{"a": 1}, {"type": "web_search"}]}),
        ("gemini", "qwen3-max-search", "x", {}, {"tools": [{"googleSearch": {}}]}),
    ],
)
def test_searches(protocol: str, name: str, provider: str, body: dict[str, Any], expected: dict[str, Any]) -> None:
    assert edited(body, protocol, name, provider) == (expected, [])


def test_a_search_that_the_provider_lacks_is_said() -> None:
    assert edited({}, "chat", "grok-4-search", "xai") == ({}, ["web_search"])


@pytest.mark.parametrize(
    ("protocol", "name", "field"),
    [("gemini", "gemini-2.5-pro-low", "generationConfig"), ("messages", "claude-3-7-sonnet-thinking", "max_tokens")],
)
def test_what_cannot_be_read_is_the_clients(protocol: str, name: str, field: str) -> None:
    suffixed = parse(name)
    assert suffixed is not None
    with pytest.raises(ClientError):
        edit.apply({field: msgspec.Raw(b'{"n":1e999}')}, protocol, suffixed, Upstream(model=suffixed.base), Losses())
