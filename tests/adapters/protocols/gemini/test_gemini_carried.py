"""Thinking of Claude and of OpenAI's models, through clients that send calls back but no thoughts (Gemini CLI)."""

from typing import Any

import msgspec
import pytest

from adapters.canonical.blocks import Block, Origin, Text, Thinking, ToolCall
from adapters.canonical.fold import unfold
from adapters.canonical.loss import Losses
from adapters.canonical.response import Candidate, Response
from adapters.head import Target
from adapters.protocols.gemini import head as heads
from adapters.protocols.gemini.signatures import SKIP
from tests.golden.matrix import UPSTREAMS, asker, conversion, head

CLAUDE = Origin("messages")
THOUGHT = Thinking("Look it up.", signature="EqQB", origin=CLAUDE)
CALL = ToolCall("toolu_1", "look", '{"q":1}')
ANSWER = (THOUGHT, Text("One moment."), CALL, ToolCall("toolu_2", "look", '{"q":2}'))


def _parts(blocks: tuple[Block, ...], *, stream: bool) -> list[dict[str, Any]]:
    answer = Response(id="x", model="m", candidates=(Candidate(blocks=blocks, finish="tool_calls"),))
    made = conversion("gemini")
    if not stream:
        bodies = [made.write_response(answer, asker("gemini"))]
    else:
        out = made.writer(asker("gemini")).feed(unfold(answer))
        bodies = [line[6:] for line in out.split(b"\r\n\r\n") if line]
    return [part for body in bodies for part in msgspec.json.decode(body)["candidates"][0]["content"]["parts"]]


def _request(parts: list[dict[str, Any]]) -> bytes:
    results = [
        {"functionResponse": {"id": one["functionCall"]["id"], "name": "look", "response": {"output": "x"}}}
        for one in parts
        if "functionCall" in one
    ]
    contents = [
        {"role": "user", "parts": [{"text": "?"}]},
        {"role": "model", "parts": parts},
        {"role": "user", "parts": results},
    ]
    settings = {"thinkingConfig": {"includeThoughts": True, "thinkingBudget": 2048}, "maxOutputTokens": 9000}
    return msgspec.json.encode({"contents": contents, "generationConfig": settings})


def _asked(upstream: str, body: bytes) -> dict[str, Any]:
    asked = conversion("gemini").read_request(head("gemini", body))
    return msgspec.json.decode(conversion(upstream).write_request(asked, UPSTREAMS[upstream], Losses()))  # type: ignore[no-any-return]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("keeps_thoughts", [False, True])
def test_claude_gets_its_thinking_back_once(stream, keeps_thoughts):
    parts = [part for part in _parts(ANSWER, stream=stream) if keeps_thoughts or not part.get("thought")]
    asked = _asked("messages", _request(parts))
    blocks = asked["messages"][1]["content"]
    assert [block["type"] for block in blocks] == ["thinking", "text", "tool_use", "tool_use"]
    assert blocks[0] == {"type": "thinking", "thinking": "Look it up.", "signature": "EqQB"}
    assert asked["thinking"] == {"type": "enabled", "budget_tokens": 2048}


def test_only_the_first_call_carries():
    signed = ["thoughtSignature" in part for part in _parts(ANSWER, stream=False) if "functionCall" in part]
    assert signed == [True, False]


def test_thoughts_between_texts_go_back_where_they_were():
    second = Thinking("Again.", signature="EqQC", origin=CLAUDE)
    blocks = (THOUGHT, Text("ab"), second, Text("cd"), CALL)
    parts = [part for part in _parts(blocks, stream=True) if not part.get("thought")]
    one_text = [{"text": "abcd"}, parts[-2]]  # Gemini CLI joins the pieces of a text
    assert "functionCall" in parts[-2]
    found = _asked("messages", _request(one_text))["messages"][1]["content"]
    assert [block.get("thinking") or block.get("text") for block in found[:-1]] == ["Look it up.", "ab", "Again.", "cd"]


def test_encrypted_reasoning_of_openai_is_carried():
    thought = Thinking("Short.", encrypted="gAAA", origin=Origin("responses"), id="rs_1", summary=True)
    parts = [part for part in _parts((thought, CALL), stream=False) if not part.get("thought")]
    item = _asked("responses", _request(parts))["input"][1]
    assert (item["type"], item["encrypted_content"]) == ("reasoning", "gAAA")


def test_nothing_to_carry():
    for thought in (Thinking("No proof.", origin=CLAUDE), Thinking("Own.", signature="AAAA", origin=Origin("gemini"))):
        parts = _parts((thought, CALL), stream=False)
        assert "thoughtSignature" not in parts[-1]


def _through(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What Google is sent of them, passed through."""
    found = heads.parse("chat", _request(parts), Target(model="m", verb="generateContent"))
    body = msgspec.json.decode(heads.encode(found, "m", force_usage=False))
    return body["contents"][1]["parts"]  # type: ignore[no-any-return]


def test_google_gets_no_signature_of_another_vendor():
    passed = _through(_parts(ANSWER, stream=False))
    assert [part.get("thoughtSignature") for part in passed] == [None, SKIP, None]
    assert passed[0] == {"text": "One moment."}
    assert "text" not in passed[1]


def test_googles_own_signatures_pass():
    own = [{"functionCall": {"name": "look", "args": {}, "id": "1"}, "thoughtSignature": "AbCd"}]
    assert _through(own) == own
    assert _through([*own, {"text": "t", "thoughtSignature": "Z3cxLgAA"}]) == [*own, {"text": "t"}]
