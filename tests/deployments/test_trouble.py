"""What an upstream can do wrong: mapped, retried where that is safe, recorded, and told without its secrets."""

import asyncio
import socket

import msgspec
import pytest

from tests.deployments.client import Client
from tests.deployments.gateway import Gateway
from tests.deployments.mock import (
    DONE,
    STREAM,
    USAGE,
    WORDS,
    Behaviour,
    Call,
    Upstream,
    answers,
    closes,
    event,
    normal,
    resets,
    stalls,
    streams,
)

HTML = b"<html><body>upstream-7.internal says no</body></html>"
SECRET = b'{"error":{"message":"Incorrect API key provided: sk-abc123 of org-abc123","code":"invalid_api_key"}}'

CONTENT = (
    b'{"code":"permission-denied","error":"Content violates usage guidelines. Team: abc123, API key ID: abc123, '
    b'Failed check: SAFETY_CHECK_TYPE_BIO"}'
)


async def cut_body(call: Call) -> None:
    await call.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{")
    await closes(call)


async def garbage(call: Call) -> None:
    await call.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    await closes(call)


TROUBLE: dict[str, tuple[Behaviour, int, str, str]] = {
    "stalls": (stalls, 504, "upstream_timeout", "upstream_timeout"),
    "resets": (resets, 502, "upstream_reset", "upstream_error"),
    "closes": (closes, 502, "upstream_reset", "upstream_error"),
    "no HTTP": (garbage, 502, "upstream_reset", "upstream_error"),
    "HTML": (answers(200, HTML, "text/html"), 502, "upstream_not_json", "upstream_error"),
    "empty": (answers(200, b"", "application/json"), 502, "upstream_not_json", "upstream_error"),
    "cut body": (cut_body, 502, "upstream_cut", "upstream_cut"),
    "empty stream": (streams(), 502, "upstream_empty", "upstream_error"),
    "error at once": (streams(b'data: {"error":{"message":"x"}}\n\n'), 502, "upstream_error_event", "upstream_error"),
    "400": (answers(400), 400, "upstream_invalid", "upstream_error"),
    "401": (answers(401, SECRET), 502, "upstream_auth", "upstream_error"),
    "402": (answers(402, SECRET), 502, "upstream_credit", "upstream_error"),
    "403": (answers(403, SECRET), 502, "upstream_auth", "upstream_error"),
    "403 for the content": (answers(403, CONTENT), 403, "upstream_content_policy", "upstream_error"),
    "404": (answers(404), 404, "upstream_not_found", "upstream_error"),
    "408": (answers(408), 504, "upstream_timeout", "upstream_timeout"),
    "429": (answers(429, SECRET, more="retry-after: 7\r\n"), 429, "upstream_rate_limit", "upstream_error"),
    "429 in HTML": (answers(429, HTML * 4000, "text/html"), 429, "upstream_rate_limit", "upstream_error"),
    "498": (answers(498), 498, "upstream_invalid", "upstream_error"),
    "500": (answers(500, SECRET), 502, "upstream_error", "upstream_error"),
    "502 in HTML": (answers(502, HTML, "text/html"), 502, "upstream_error", "upstream_error"),
    "503": (answers(503, more="retry-after: 3\r\n"), 503, "upstream_overloaded", "upstream_error"),
    "redirect": (
        answers(307, b"", more="location: http://upstream-7.internal/\r\n"),
        502,
        "upstream_error",
        "upstream_error",
    ),
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", TROUBLE)
async def test_trouble_before_the_first_byte(gateway: Gateway, upstream: Upstream, name: str, stream: bool) -> None:
    upstream.behave, status, klass, end = TROUBLE[name]
    if name == "stalls":
        await gateway.add_channel("hasty", upstream.url, models={"hasty": ""}, settings={"first_byte_timeout_s": 0.1})
    answer = await gateway.post({"stream": stream, "model": "hasty" if name == "stalls" else "gpt-x"})
    assert answer.status == status
    assert answer.whole
    assert b"abc123" not in answer.body
    assert b"internal" not in answer.body
    assert str(upstream.port).encode() not in answer.body
    record = await gateway.record()
    assert (record.status, record.end, record.error) == (status, end, klass)
    assert (record.usage_source, record.cost) == ("none", 0)
    assert record.channel_id > 0
    log = msgspec.json.decode(record.attempt_log)
    assert [step[1] for step in log] == [klass] * record.attempts
    if name in ("400", "404", "498"):
        assert answer.json == {"error": {"message": "no"}}
    else:
        assert answer.error["code"] == klass
    assert answer.headers.get("retry-after") == {"429": "7", "503": "3"}.get(name)
    counted = gateway.replica.telemetry.counters["gateway_upstream_errors_total"]
    assert counted == {("openai-compatible", klass): 1}


async def test_a_refusal_for_the_content_is_not_taken_elsewhere_and_rests_no_channel(
    gateway: Gateway, upstream: Upstream
) -> None:
    upstream.behave = answers(403, CONTENT)
    await gateway.add_channel("second", upstream.url)
    for _ in range(gateway.replica.settings.breaker.failures + 1):
        assert (await gateway.post()).error["code"] == "upstream_content_policy"
    assert gateway.replica.resting == set()
    assert len(upstream.calls) == gateway.replica.settings.breaker.failures + 1
    assert {record.attempts for record in await gateway.records(len(upstream.calls))} == {1}


async def test_refused_and_unreachable(gateway: Gateway) -> None:
    with socket.socket() as probe:  # bound and not listening: nobody else can take the port meanwhile
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        await gateway.add_price("*", 0, 0)  # on another machine, a model without a price would be refused
        await gateway.add_channel("refused", f"http://127.0.0.1:{port}/v1", models={"a": ""})
        await gateway.add_channel("nowhere", "http://does-not-exist.invalid/v1", models={"b": ""})
        await gateway.add_channel("nonsense", "http://[::1/v1", models={"c": ""})
        await gateway.add_channel("no address", "", models={"d": ""})
        klasses = {}
        for model in "abcd":
            answer = await gateway.post({"model": model})
            assert answer.status == 502
            klasses[model] = answer.error["code"]
            assert b"invalid/v1" not in answer.body
    assert klasses == {
        "a": "upstream_unreachable",
        "b": "upstream_unreachable",
        "c": "upstream_config",
        "d": "upstream_config",
    }
    await gateway.records(4)


async def test_connect_timeout(gateway: Gateway) -> None:
    with socket.socket() as full:  # a listener whose queue is full answers no more connections
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = []
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            fillers.append(filler)
        await gateway.add_channel(
            "full", f"http://127.0.0.1:{port}/v1", models={"full": ""}, settings={"connect_timeout_s": 0.2}
        )
        answer = await gateway.post({"model": "full"})
        for filler in fillers:
            filler.close()
    assert (answer.status, answer.error["code"]) == (502, "upstream_unreachable")


CUTS: dict[str, tuple[Behaviour, str, str]] = {
    "cut": (streams(*WORDS, end="cut"), "upstream_cut", "upstream_cut"),
    "reset": (streams(*WORDS, end="reset"), "upstream_cut", "upstream_cut"),
    "ended early": (streams(*WORDS), "upstream_cut", "upstream_cut"),
    "cut in an event": (streams(*WORDS, b'data: {"choi', end="cut"), "upstream_cut", "upstream_cut"),
    "ended in an event": (streams(*WORDS, b'data: {"choi'), "upstream_cut", "upstream_cut"),
    "error event": (
        streams(*WORDS, b'data: {"error":{"message":"sk-abc123","type":"server_error"}}\n\n', DONE),
        "upstream_error_event",
        "upstream_error",
    ),
    "error beside others": (
        streams(b"".join(WORDS) + b'event: error\ndata: {"error":{"message":"sk-abc123"}}\n\n' + DONE),
        "upstream_error_event",
        "upstream_error",
    ),
    "stall": (streams(*WORDS, end="stall"), "upstream_timeout", "upstream_timeout"),
}


@pytest.mark.parametrize("name", CUTS)
async def test_trouble_in_the_middle_of_a_stream(gateway: Gateway, upstream: Upstream, name: str) -> None:
    upstream.behave, klass, end = CUTS[name]
    await gateway.add_channel("second", upstream.url, priority=-1)
    patience = {"idle_timeout_s": 0.6} if name == "stall" else {}
    await gateway.add_channel("hasty", upstream.url, models={"hasty": "up-model"}, settings=patience)
    answer = await gateway.post({"stream": True, "model": "hasty"})
    assert answer.status == 200
    assert answer.whole, "the framing is complete: the error event says what happened"
    sent = b"".join(WORDS)
    assert answer.body.startswith(sent)
    error = msgspec.json.decode(answer.body[len(sent) :].removeprefix(b"data: "))["error"]
    assert error["code"] == klass
    assert error["request_id"] == answer.headers["x-request-id"]
    assert answer.body.endswith(b"}\n\n")
    assert b"abc123" not in answer.body
    assert len(upstream.calls) == 1, "no retry once a byte is out"
    record = await gateway.record()
    assert (record.status, record.end, record.error) == (200, end, klass)
    assert record.usage_source == "estimate"
    assert record.output_tokens >= 3
    assert record.first_token_us > 0


@pytest.mark.parametrize("last", [event(finish="stop"), event(finish="length") + USAGE])
@pytest.mark.parametrize("end", ["end", "cut"])
async def test_a_stream_without_done_that_says_why_it_ended(
    gateway: Gateway, upstream: Upstream, last: bytes, end: str
) -> None:
    upstream.behave = streams(*WORDS, last, end=end)
    answer = await gateway.post({"stream": True})
    assert answer.status == 200, answer.body
    record = await gateway.record()
    assert record.finish_reason in ("stop", "length")
    if end == "end":
        assert answer.body == b"".join(WORDS) + last.replace(USAGE, b"")
        assert (record.end, record.error) == ("complete", "")
    else:
        assert b"upstream_cut" in answer.body
        assert record.end == "upstream_cut"


async def test_a_slow_drip_is_no_stall(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_channel("hasty", upstream.url, models={"hasty": ""}, settings={"idle_timeout_s": 0.75})
    upstream.behave = streams(*WORDS * 2, STREAM[-300:], DONE, pause=0.16)
    answer = await gateway.post({"stream": True, "model": "hasty"})
    assert b"error" not in answer.body
    assert (await gateway.record()).end == "complete"


async def test_silence_in_a_whole_answer(gateway: Gateway, upstream: Upstream) -> None:
    async def behave(call: Call) -> None:
        await call.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000000\r\n\r\n{")
        await asyncio.sleep(60)

    upstream.behave = behave
    await gateway.add_channel("hasty", upstream.url, models={"hasty": ""}, settings={"first_byte_timeout_s": 0.2})
    answer = await gateway.post({"model": "hasty"})
    assert (answer.status, answer.error["code"]) == (504, "upstream_timeout")


async def test_an_answer_that_is_too_large(make_gateway, upstream: Upstream) -> None:
    gateway = await make_gateway(sizes={"answer": 100_000})
    await gateway.add_channel("one", upstream.url)
    upstream.behave = answers(200, b'{"a":"%b"}' % (b"x" * 200_000))
    answer = await gateway.post()
    assert (answer.status, answer.error["code"]) == (502, "upstream_too_large")


async def test_a_closed_kept_connection_is_tried_once_more(gateway: Gateway, upstream: Upstream) -> None:
    async def once(call: Call) -> None:
        await (normal if len(upstream.calls) != 2 else closes)(call)

    upstream.behave = once
    async with Client(gateway.port) as client:
        for _ in range(3):
            client.send(gateway.raw())
            assert (await client.answer()).status == 200
    assert len(upstream.calls) == 4
    assert gateway.replica.resting == set()
    records = await gateway.records(3)
    assert [record.attempts for record in records] == [1, 2, 1]
    assert [step[1] for step in msgspec.json.decode(records[1].attempt_log)] == ["upstream_reset", "ok"]


async def test_headers_of_a_provider_that_break_out(gateway: Gateway, upstream: Upstream) -> None:
    async def behave(call: Call) -> None:
        await call.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nset-cookie: a=b\r\nopenai-version: \xff\r\n"
            b"x-request-id: " + b"r" * 500 + b"\r\ncontent-length: 2\r\n\r\n{}"
        )

    upstream.behave = behave
    answer = await gateway.post()
    assert answer.status == 200
    assert "set-cookie" not in answer.headers
    assert (await gateway.record()).upstream_request_id == "r" * 128
