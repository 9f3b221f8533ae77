"""Cache marks of a Chat client, of which Anthropic takes four."""

from typing import Any

import msgspec
import pytest

from adapters.canonical.loss import Losses
from tests.golden.matrix import UPSTREAMS, conversion, head

MARK = {"cache_control": {"type": "ephemeral"}}


def _asked(turns: int, *, tool: bool = False, **more: object) -> tuple[dict[str, Any], Losses]:
    said = [{"role": "user", "content": [{"type": "text", "text": f"{number}", **MARK}]} for number in range(turns)]
    body: dict[str, object] = {"model": "m", "messages": said, **more}
    if tool:
        body["tools"] = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}, **MARK}]
    losses = Losses()
    asked = conversion("chat").read_request(head("chat", msgspec.json.encode(body)))
    return msgspec.json.decode(conversion("messages").write_request(asked, UPSTREAMS["messages"], losses)), losses


def _marked(asked: dict[str, Any]) -> list[str]:
    return [block["text"] for turn in asked["messages"] for block in turn["content"] if "cache_control" in block]


@pytest.mark.parametrize("turns", [1, 4])
def test_four_are_no_loss(turns):
    asked, losses = _asked(turns)
    assert _marked(asked) == [str(number) for number in range(turns)]
    assert not [loss for loss in losses.knobs if "cache" in loss.field]


def test_those_in_the_middle_go():
    asked, losses = _asked(7)
    assert _marked(asked) == ["0", "4", "5", "6"]
    assert ("cache_control", "at most 4 breakpoints: 3 in the middle are left out") in [
        (loss.field, loss.why) for loss in losses.knobs
    ]


def test_tools_come_first():
    asked, _ = _asked(5, tool=True)
    assert "cache_control" in asked["tools"][0]
    assert _marked(asked) == ["2", "3", "4"]


def test_results_of_tools_count():
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    said: list[dict[str, object]] = [{"role": "user", "content": [{"type": "text", "text": "a", **MARK}]}]
    for _ in range(5):
        said.append({"role": "assistant", "content": None, "tool_calls": [call]})
        said.append({"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "r", **MARK}]})
    asked, losses = _asked(0, messages=said)
    assert msgspec.json.encode(asked).count(b'"cache_control"') == 4
    assert losses.names
