"""The generator against the mock in one process: what it counts, what it calls an error, when latency begins."""

import socket

import msgspec
import pytest

from benchmarks import load, requests
from benchmarks.tally import Target
from tests.stopwatch import Stopwatch


def aim(port, model, *, events=0, prompt_bytes=0):
    body = requests.chat_body(model, stream=events > 0, prompt_bytes=prompt_bytes)
    return Target(port, [requests.chat_request(port, [("authorization", "Bearer k")], body)], events)


async def test_closed_loop_counts_what_the_mock_counted(mock):
    port, state = mock
    result = await load.closed_loop(aim(port, "mock-unary"), connections=4, seconds=10, count=50)
    assert (result.completed, result.failed, len(result.latency)) == (50, 0, 50)
    assert state.stats.requests == 50
    assert state.stats.connections == 4
    assert result.metrics()["requests_per_s"] > 0


async def test_closed_loop_stops_in_time(mock):
    watch = Stopwatch()
    result = await load.closed_loop(aim(mock[0], "mock-unary"), connections=2, seconds=0.2)
    assert result.completed > 0
    assert 0.2 <= result.elapsed_s < 2 + watch.lost_s


async def test_streams_are_checked_event_by_event(mock):
    port, _ = mock
    good = await load.closed_loop(aim(port, "mock-paced-5x5-ns", events=5), connections=3, seconds=10, count=6)
    assert (good.completed, good.failed) == (6, 0)
    # Role, five of content, finish and the end mark.
    assert good.events == 6 * 8
    assert len(good.event_delay) == 30
    assert len(good.first_event) == 6
    assert all(delay > 0 for delay in good.event_delay)
    short = await load.closed_loop(aim(port, "mock-burst-4-ns", events=5), connections=1, seconds=10, count=2)
    assert short.errors == {"4 of 5 events": 2}
    assert short.metrics()["requests_per_s"] == 0


@pytest.mark.parametrize(
    ("model", "events", "error"),
    [("mock-error-503", 0, "status 503"), ("mock-cut-3-ns", 3, "cut"), ("mock-reset", 0, "no answer")],
)
async def test_trouble_is_an_error_by_name(mock, model, events, error):
    result = await load.closed_loop(aim(mock[0], model, events=events), connections=1, seconds=10, count=3)
    assert (result.completed, dict(result.errors)) == (0, {error: 3})
    assert len(result.latency) == 0


async def test_what_does_not_end_is_an_error(mock):
    result = await load.closed_loop(aim(mock[0], "mock-stall-60000"), connections=2, seconds=0.1, grace_s=0.2)
    assert result.errors == {"no end in time": 2}


async def test_open_loop_keeps_its_rate_and_counts_from_the_intended_start(mock):
    port, state = mock
    result = await load.open_loop(aim(port, "mock-stall-50"), rate=100, seconds=0.5, connections=1, limit=100)
    assert (result.completed, result.failed) == (50, 0)
    assert min(result.latency) >= 49_000_000
    opened = state.stats.connections
    assert opened > 2
    # Two connections for a load that needs five: each waits longer than the one before, and that is in its latency.
    queued = await load.open_loop(aim(port, "mock-stall-50"), rate=100, seconds=0.5, connections=2, limit=2)
    assert queued.completed == 50
    assert state.stats.connections == opened + 2
    assert max(queued.latency) > 600_000_000


async def test_open_loop_counts_refused_connections():
    with socket.socket() as silent:  # bound, and not listening: nobody else is given the port meanwhile
        silent.bind(("127.0.0.1", 0))
        target = aim(silent.getsockname()[1], "mock-unary")
        result = await load.open_loop(target, rate=50, seconds=0.2, connections=0)
    assert result.completed == 0
    assert result.errors["connect"] == 10


def test_bodies():
    body = msgspec.json.decode(requests.chat_body("m", stream=True, prompt_bytes=500_000))
    assert body["stream"] is True
    assert 480_000 < len(requests.chat_body("m", prompt_bytes=500_000)) < 560_000
    wire = requests.chat_request(80, [("authorization", "Bearer k")], b"{}")
    assert wire.startswith(b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:80\r\n")
    assert b"content-length: 2\r\n\r\n{}" in wire
