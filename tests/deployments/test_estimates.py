"""What is counted of an answer that its provider did not count: bounded, in proportion, and marked."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from adapters.head import NO_TARGET
from adapters.protocols.table import WIRES
from adapters.usage import Usage
from deployments import estimates, tokenizer
from deployments.settings_quota import Quota
from tests.deployments import mock, speakers
from tests.deployments.gateway import CHAT, Gateway
from tests.deployments.mock import Call, CutError, Upstream

TEXT = "The quick brown fox jumps over the lazy dog. "
QUOTA = Quota()


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> Iterator[None]:
    tokenizer.load()
    yield
    tokenizer._Loaded.encoding = None  # other tests count by the rule of thumb


def asking(body: dict[str, Any]) -> estimates.Asking:
    head = WIRES["chat"].parse("chat", msgspec.json.encode(body), NO_TARGET)
    return estimates.asking(head, head.fields)


def asked(content: Any) -> estimates.Asking:
    return asking({"model": "m", "messages": [{"role": "user", "content": content}]})


def stream(pieces: list[bytes]) -> estimates.Answering:
    answering = estimates.Answering()
    for piece in pieces:
        if answering.room > 0:
            answering.add(piece)
    return answering


def test_the_tokenizer_counts_as_published() -> None:
    assert tokenizer.count("hello world") == 2
    assert tokenizer.count("") == 0
    assert tokenizer.count(TEXT * 10_000) == pytest.approx(100_000, rel=0.01)


def test_a_question() -> None:
    assert asked(TEXT * 20).tokens(QUOTA) == pytest.approx(201, abs=5)
    long = asked(TEXT * 20_000)
    assert len(long.text) <= estimates.SAMPLE_BYTES
    assert long.tokens(QUOTA) == pytest.approx(200_000, rel=0.02)


def test_an_image_is_no_text() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "iVBORw0KGgo" * 50_000}}
    found = asked([image, {"type": "text", "text": TEXT}]).tokens(QUOTA)
    assert found is not None
    assert QUOTA.image_tokens < found < QUOTA.image_tokens + 1000


def test_text_without_spaces_is_text() -> None:
    chinese = "你好世界" * 2000
    assert asked(chinese).tokens(QUOTA) == pytest.approx(tokenizer.count(chinese), rel=0.02)
    escaped = msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": "C"}]})
    escaped = escaped.replace(b"C", "".join(f"\\u{ord(sign):04x}" for sign in chinese[:1000]).encode())
    head = WIRES["chat"].parse("chat", escaped, NO_TARGET)
    found = estimates.asking(head, head.fields).tokens(QUOTA)
    assert found == pytest.approx(tokenizer.count(chinese[:1000]), rel=0.02)


def test_a_long_text_behind_an_image_is_counted() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "iVBORw0KGgo" * 50_000}}
    found = asked([image, {"type": "text", "text": TEXT * 10_000}]).tokens(QUOTA)
    assert found == pytest.approx(100_000 + QUOTA.image_tokens, rel=0.02)


def test_a_huge_piece_is_kept_in_part() -> None:
    answering = stream([b"x" * 1_000_000])
    assert sum(map(len, answering._pieces)) == estimates.SAMPLE_BYTES


def test_names_of_fields_are_not_counted() -> None:
    assert asked("one two").tokens(QUOTA) < 12  # type: ignore[operator]


@pytest.mark.parametrize("protocol", tuple(WIRES))
def test_a_stream_of_each_protocol(protocol: str) -> None:
    found = stream(list(speakers.STREAMS[protocol])).tokens(WIRES[protocol], 3)
    assert found == tokenizer.count(speakers.TEXT)


def test_of_a_long_stream_the_beginning_is_counted() -> None:
    pieces = [mock.event(TEXT) for _ in range(5000)]
    answering = stream(pieces)
    assert answering.tokens(WIRES["chat"], 5000) == pytest.approx(50_000, rel=0.01)


def test_the_whole_is_marked() -> None:
    answering = stream([mock.event(TEXT)])
    usage = estimates.of_stream(
        Usage(4000, 1, source="estimate"), asked(TEXT), answering, WIRES["chat"], events=1, quota=QUOTA
    )
    assert (usage.source, usage.output) == ("estimate", 11)
    assert usage.input < 20
    begun = Usage(77, 1, cached=5, source="upstream")
    usage = estimates.of_stream(begun, asked(TEXT), answering, WIRES["chat"], events=1, quota=QUOTA)
    assert (usage.source, usage.input, usage.cached, usage.output) == ("estimate", 77, 5, 11)


def test_without_a_tokenizer_the_rule_of_thumb_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenizer._Loaded, "encoding", None)
    before = Usage(10, 20, source="estimate")
    assert estimates.of_stream(before, asked(TEXT), stream([]), WIRES["chat"], events=3, quota=QUOTA) is before


async def test_what_broke_off_is_booked_by_the_tokenizer(gateway: Gateway, upstream: Upstream) -> None:
    async def breaks_off(call: Call) -> None:
        await call.begin()
        for _ in range(30):
            await call.chunk(mock.event(TEXT))
        raise CutError

    upstream.behave = breaks_off
    await gateway.post(msgspec.json.encode({**CHAT, "stream": True}))
    record = await gateway.record()
    assert (record.end, record.usage_source) == ("upstream_cut", "estimate")
    assert record.output_tokens == tokenizer.count(TEXT * 30)
    assert record.input_tokens < 10


async def test_a_whole_answer_without_counts(gateway: Gateway, upstream: Upstream) -> None:
    async def counts_nothing(call: Call) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": TEXT * 100}, "finish_reason": "stop"}
        await call.answer(200, msgspec.json.encode({**mock.UNARY, "usage": None, "choices": [choice]}))

    upstream.behave = counts_nothing
    await gateway.post(msgspec.json.encode(CHAT))
    record = await gateway.record()
    assert (record.end, record.usage_source) == ("complete", "estimate")
    assert record.output_tokens == tokenizer.count(TEXT * 100)
