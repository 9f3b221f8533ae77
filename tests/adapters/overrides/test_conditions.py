"""When rules apply."""

from typing import Any

import pytest

from adapters.overrides import Context
from tests.adapters.overrides.rules import apply

BODY = {
    "temperature": 0.7, "n": 2, "stream": True, "nothing": None,
    "messages": [{"role": "user", "content": "write code"}, {"role": "user", "content": [{"type": "text"}]}],
}  # fmt: skip
CONTEXT = Context(
    model="alias", upstream_model="gpt-5-mini", path="/v1/messages", attempt=1, protocol="chat", key="my-app",
    headers={b"user-agent": b"codex_cli/1.0"}, group="premium",
)  # fmt: skip


def met(*conditions: dict[str, Any], logic: str = "OR") -> bool:
    rule = {"mode": "set", "path": "met", "value": True, "conditions": list(conditions), "logic": logic}
    return "met" in apply([rule], BODY, CONTEXT)[0]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"path": "n", "value": 2}, True),
        ({"path": "n", "mode": "full", "value": 2.0}, True),
        ({"path": "n", "value": "2"}, False),
        ({"path": "stream", "value": 1}, False),
        ({"path": "nothing", "value": None}, True),
        ({"path": "messages.0.content", "mode": "prefix", "value": "write"}, True),
        ({"path": "messages.0.content", "mode": "suffix", "value": "code"}, True),
        ({"path": "messages.*.content", "mode": "contains", "value": "code"}, True),
        ({"path": "messages.1.content", "mode": "contains", "value": '"text"'}, True),
        ({"path": "temperature", "mode": "prefix", "value": "0.7"}, True),
        ({"path": "messages.0.content", "mode": "regex", "value": "(?i)CODE$"}, True),
        ({"path": "n", "mode": "in", "value": [1, 2]}, True),
        ({"path": "n", "mode": "in", "value": []}, False),
        ({"path": "n", "mode": "exists"}, True),
        ({"path": "m", "mode": "exists"}, False),
        ({"path": "m", "mode": "exists", "invert": True}, True),
        ({"path": "n", "mode": "gt", "value": 1}, True),
        ({"path": "n", "mode": "gte", "value": 2}, True),
        ({"path": "n", "mode": "lt", "value": 2}, False),
        ({"path": "n", "mode": "lte", "value": 2}, True),
        ({"path": "stream", "mode": "gte", "value": 0}, False),
        ({"path": "messages.0.content", "mode": "gt", "value": 0}, False),
        ({"path": "n", "value": 2, "invert": True}, False),
        ({"path": "missing", "value": 1}, False),
        ({"path": "missing", "value": 1, "invert": True}, False),
        ({"path": "missing", "value": 1, "pass_missing_key": True}, True),
        ({"path": "n", "value": 3, "pass_missing_key": True}, False),
        ({"path": "model", "mode": "prefix", "value": "gpt-5"}, True),
        ({"path": "upstream_model", "value": "gpt-5-mini"}, True),
        ({"path": "original_model", "value": "alias"}, True),
        ({"path": "request_path", "value": "/v1/messages"}, True),
        ({"path": "retry_index", "mode": "gt", "value": 0}, True),
        ({"path": "is_retry", "value": True}, True),
        ({"path": "retry.index", "value": 1}, True),
        ({"path": 'messages.#(content=="write code").role', "value": "user"}, True),
        ({"path": "protocol", "value": "chat"}, True),
        ({"path": "operation", "value": "chat"}, True),
        ({"path": "key", "value": "my-app"}, True),
        ({"path": "group", "value": "premium"}, True),
        ({"path": "user", "value": ""}, True),
        ({"path": "request_headers.user-agent", "mode": "contains", "value": "codex"}, True),
        ({"path": "request_headers.x-other", "value": "x"}, False),
    ],
)
def test_conditions(condition: dict[str, Any], expected: bool) -> None:
    assert met(condition) is expected


def test_logic() -> None:
    right, wrong = {"path": "n", "value": 2}, {"path": "n", "value": 3}
    assert met(wrong, right)
    assert not met(wrong, right, logic="AND")
    assert met(right, right, logic="and")
    assert met(), "no condition always holds"


def test_the_older_form_of_conditions() -> None:
    rule = {"mode": "set", "path": "met", "value": 1, "conditions": {"n": 2}}
    assert apply([rule], BODY, CONTEXT)[0]["met"] == 1
