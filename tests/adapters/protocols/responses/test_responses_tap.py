"""The watcher of a passthrough: bytes stay as they are, and what the record needs is learnt."""

from typing import Any

import pytest

from adapters.protocols.responses.tap import StreamTap, Unary
from adapters.tap import MAX_HELD_BYTES
from tests.adapters.protocols.responses.wire import encode, stream

USAGE = {"input_tokens": 5, "output_tokens": 3, "input_tokens_details": {"cached_tokens": 2}}
CREATED = {"type": "response.created", "response": {"id": "resp_1", "model": "gpt-5", "status": "in_progress"}}
DELTA = {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "héllo"}
COMPLETED: dict[str, Any] = {
    "type": "response.completed",
    "response": {"id": "resp_1", "model": "gpt-5", "status": "completed", "output": [], "usage": USAGE},
}
WHOLE = stream(CREATED, DELTA, DELTA, COMPLETED)


def run(data, size=0):
    tap = StreamTap(withhold=True)
    step = size or len(data)
    out = b"".join(tap.feed(data[start : start + step]) for start in range(0, len(data), step))
    return tap, out + tap.finish()


@pytest.mark.parametrize("size", [0, 1, 7, 100])
@pytest.mark.parametrize("data", [WHOLE, WHOLE.replace(b"\n", b"\r\n")], ids=["lf", "crlf"])
def test_bytes_stay_and_are_understood(data, size):
    tap, out = run(data, size)
    assert out == data
    assert (tap.usage.input, tap.usage.output, tap.usage.cached) == (5, 3, 2)
    assert (tap.model, tap.id, tap.finish_reason) == ("gpt-5", "resp_1", "completed")
    assert (tap.started, tap.complete, tap.failed, tap.events) == (True, True, False, 2)
    assert tap.counted(100).source == "upstream"
    assert not tap.over  # whatever a server still says is forwarded


def test_the_few_servers_that_say_done():
    tap, out = run(WHOLE + b"data: [DONE]\n\n")
    assert out.endswith(b"data: [DONE]\n\n")
    assert tap.over


def test_a_cut_answer_is_estimated():
    tap, out = run(stream(CREATED, DELTA, DELTA) + b'event: response.output_text.delta\ndata: {"type":"respo')
    assert out == stream(CREATED, DELTA, DELTA)
    assert not tap.complete
    counted = tap.counted(400)
    assert (counted.source, counted.input) == ("estimate", 100)
    assert counted.output >= 2


def test_nothing_seen_costs_nothing():
    assert StreamTap().counted(100).source == "none"


@pytest.mark.parametrize(
    "failure",
    [
        {"type": "error", "error": {"code": "insufficient_quota", "message": "your account"}},
        {"type": "error", "code": "server_error", "message": "oops"},
        {"type": "response.failed", "response": {"id": "resp_1", "error": {"code": "x", "message": "y"}}},
        {"type": "response.failed", "response": {"id": "resp_1", "instructions": "x" * 3 * MAX_HELD_BYTES}},
    ],
)
@pytest.mark.parametrize("size", [0, 50, 5000])
def test_a_failure_is_kept_back(failure, size):
    before = stream(CREATED, DELTA)
    tap, out = run(before + stream(failure, DELTA), size)
    assert out == before
    assert (tap.failed, tap.over, tap.complete) == (True, True, False)


@pytest.mark.parametrize("size", [1000, 20000, 0])
def test_long_events_go_through_and_the_last_is_read(size):
    picture = {"type": "response.image_generation_call.partial_image", "partial_image_b64": "A" * 3 * MAX_HELD_BYTES}
    response = {**COMPLETED["response"], "output": [{"type": "message", "text": "x" * 4 * MAX_HELD_BYTES}]}
    data = stream(CREATED, picture, DELTA, {"type": "response.completed", "response": response}, DELTA)
    tap, out = run(data, size)
    assert out == data
    assert (tap.usage.output, tap.finish_reason, tap.started) == (3, "completed", True)


def test_how_it_ended():
    incomplete = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    assert run(stream({"type": "response.incomplete", "response": incomplete}))[0].finish_reason == "max_output_tokens"
    assert run(stream({"type": "response.completed", "response": {}}))[0].finish_reason == "completed"


def test_words_of_a_model_are_no_events():
    said = {**DELTA, "delta": 'say "response.failed" and {"type":"error"} and "response.completed"'}
    tap, out = run(stream(said))
    assert out == stream(said)
    assert not tap.failed
    assert not tap.complete


@pytest.mark.parametrize(
    "data", [b'data: {"type":"error"\n\n', b'data: "error"\n\n', b'data: {"type":"\xff","error":1}\n\n']
)
def test_what_cannot_be_read_goes_through(data):
    assert run(data)[1] == data


def test_an_answer_in_one_piece():
    seen = Unary(encode({**COMPLETED["response"], "tool_usage": {"web_search": {"num_requests": 1}}}))
    assert (seen.usage.output, seen.model, seen.finish_reason, seen.id) == (3, "gpt-5", "completed", "resp_1")
    assert seen.usage.extra is not None
    assert seen.usage.extra.tools == {"web_search": 1}
    assert seen.valid


@pytest.mark.parametrize(
    ("body", "valid"), [(b"", False), (b"[]", False), (b'{"usage":', False), (b'{"usage":[]}', True)]
)
def test_an_unusual_answer(body, valid):
    assert Unary(body).valid is valid


def test_a_last_event_without_measure(monkeypatch):
    monkeypatch.setattr("adapters.protocols.responses.tap.MAX_COPIED_BYTES", 2 * MAX_HELD_BYTES)
    response = {**COMPLETED["response"], "output": "x" * 4 * MAX_HELD_BYTES}
    data = stream(CREATED, DELTA, {"type": "response.completed", "response": response})
    tap, out = run(data, 50000)
    assert out == data
    assert (tap.finish_reason, tap.usage.source) == ("completed", "none")
