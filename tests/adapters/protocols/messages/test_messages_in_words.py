"""What only Anthropic has a form for, said in words elsewhere: no loss, also for a key that allows none."""

import msgspec
import pytest

from adapters.canonical.loss import Losses
from tests.golden.matrix import PROTOCOLS, UPSTREAMS, conversion, head

PASSAGE = {
    "type": "search_result",
    "source": "https://a.example",
    "title": "A",
    "content": [{"type": "text", "text": "Grass is green."}],
}
CHUNKS = {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "Chunk one."}]}}
NOTES = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Grass."}, "title": "T"}


def _written(upstream: str, body: object) -> tuple[bytes, Losses]:
    losses = Losses()
    asked = conversion("messages").read_request(head("messages", msgspec.json.encode(body)))
    return conversion(upstream).write_request(asked, UPSTREAMS[upstream], losses), losses


@pytest.mark.parametrize("upstream", [name for name in PROTOCOLS if name != "messages"])
@pytest.mark.parametrize("block", [PASSAGE, CHUNKS, NOTES], ids=["search_result", "content", "text"])
def test_passages_and_documents(upstream, block):
    turn = {"role": "user", "content": [block, {"type": "text", "text": "What colour?"}]}
    _, losses = _written(upstream, {"model": "m", "max_tokens": 99, "messages": [turn]})
    losses.check(strict=True)


@pytest.mark.parametrize("upstream", [name for name in PROTOCOLS if name != "messages"])
@pytest.mark.parametrize("kind", ["bash_20250124", "memory_20250818", "text_editor_20250728"])
def test_tools_known_by_their_type(upstream, kind):
    tool = {"type": kind, "name": kind.rpartition("_")[0]}
    body = {"model": "m", "max_tokens": 99, "messages": [{"role": "user", "content": "Hi"}], "tools": [tool]}
    _, losses = _written(upstream, body)
    losses.check(strict=True)


def test_a_passage_keeps_its_address():
    turn = {"role": "user", "content": [PASSAGE]}
    for upstream in ("chat", "responses"):
        body, _ = _written(upstream, {"model": "m", "max_tokens": 99, "messages": [turn]})
        assert b"https://a.example" in body


def test_they_go_back_as_they_came():
    tool = {"name": "memory", "type": "memory_20250818", "defer_loading": True}
    turn = {"role": "user", "content": [PASSAGE, CHUNKS]}
    body, losses = _written("messages", {"model": "m", "max_tokens": 99, "messages": [turn], "tools": [tool]})
    found = msgspec.json.decode(body)
    assert (found["messages"], found["tools"]) == ([turn], [tool])
    losses.check(strict=True)
