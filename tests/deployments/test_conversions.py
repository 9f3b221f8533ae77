"""What happens around a conversion: losses, channels that do not fit, errors and cuts in streams, pings, headers."""

import asyncio
from typing import Any

import msgspec
import pytest

from tests.deployments import asks, speakers
from tests.deployments.asks import PROTOCOLS, ask, events, said
from tests.deployments.client import Client
from tests.deployments.gateway import Gateway, until
from tests.deployments.mock import UNARY_BYTES, Call, Upstream, answers, streams
from tests.deployments.test_protocol_paths import shaped

OTHERS = [(client, up) for client in PROTOCOLS for up in PROTOCOLS if client != up]
ALL = [(client, up) for client in PROTOCOLS for up in PROTOCOLS]
FAILURES = {
    "chat": b'data: {"error":{"message":"secret account trouble","type":"server_error","code":null}}\n\n',
    "responses": b'event: error\ndata: {"type":"error","sequence_number":9,"code":"server_error",'
    b'"message":"secret account trouble","param":null}\n\n',
    "messages": b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error",'
    b'"message":"secret account trouble"}}\n\n',
    "gemini": b'data: {"error":{"code":503,"message":"secret account trouble","status":"UNAVAILABLE"}}\n\n',
}


def _begun(up: str) -> tuple[bytes, ...]:
    """A stream up to its first words."""
    pieces = speakers.STREAMS[up]
    return pieces[: next(number for number, piece in enumerate(pieces) if b"Hel" in piece) + 1]


async def test_what_is_lost_is_said_in_a_header_the_record_and_a_metric(spoken: Gateway) -> None:
    answer = await ask(spoken, "chat", "x-messages", seed=7, logit_bias={"1": 2})
    assert answer.status == 200
    assert answer.headers["x-gateway-losses"] == "logit_bias,seed"
    assert (await spoken.record()).losses == "logit_bias,seed"
    counted = spoken.replica.telemetry.counters["gateway_conversion_losses_total"]
    assert counted == {("logit_bias",): 1, ("seed",): 1}
    assert "x-gateway-plan" not in answer.headers
    answer = await ask(spoken, "chat", "x-messages", key=spoken.admin_key)
    assert answer.headers["x-gateway-plan"] == "chat to messages"
    assert "x-gateway-losses" not in answer.headers


async def test_a_strict_key_gets_no_losses(spoken: Gateway, upstream: Upstream) -> None:
    strict = await spoken.add_key("strict", strict=True)
    answer = await ask(spoken, "chat", "x-messages", key=strict, seed=7)
    assert answer.status == 400
    assert "seed" in shaped("chat", answer)
    assert answer.json["error"]["code"] == "not_convertible"
    assert (await ask(spoken, "chat", "x-messages", key=strict)).status == 200
    assert (await ask(spoken, "chat", "x-chat", key=strict, seed=7)).status == 200
    refused = (await spoken.records(3))[0]
    assert (refused.status, refused.end, refused.error, refused.attempts) == (400, "rejected", "not_convertible", 0)
    assert len(upstream.calls) == 2


async def test_content_that_one_channel_cannot_be_given_goes_to_another(spoken: Gateway, upstream: Upstream) -> None:
    for name, protocol, priority in (("first", "messages", 1), ("second", "chat", 0)):
        await spoken.add_channel(
            name, upstream.url, models={"either": ""}, priority=priority, settings={"protocols": [protocol]}
        )
    answer = await ask(spoken, "chat", "either", n=2)
    assert answer.status == 200
    assert [speakers.protocol_of(call) for call in upstream.calls] == ["chat"]
    assert (await ask(spoken, "chat", "either")).status == 200
    assert [speakers.protocol_of(call) for call in upstream.calls] == ["chat", "messages"]
    first = (await spoken.records(2))[0]
    assert (first.attempts, first.plan) == (1, "passthrough")
    answer = await ask(spoken, "chat", "x-messages", n=2)
    assert answer.status == 400
    assert "n" in shaped("chat", answer)


@pytest.mark.parametrize(("client", "up"), ALL)
async def test_an_error_in_the_middle_becomes_the_clients(
    spoken: Gateway, upstream: Upstream, client: str, up: str
) -> None:
    upstream.behave = streams(*speakers.STREAMS[up][:-2], FAILURES[up])
    answer = await ask(spoken, client, f"x-{up}", stream=True)
    assert (answer.status, answer.whole) == (200, True)
    assert b"secret" not in answer.body
    last = events(answer.body)[-1]
    if client == "messages":
        assert last["type"] == "error"
    elif client == "responses":
        assert "error" in (last["type"], events(answer.body)[-2]["type"])
    else:
        assert last["error"]["message"]
    assert answer.body.count(b"Hel") >= 1, "what came before has gone through"
    record = await spoken.record()
    assert (record.end, record.error, record.status) == ("upstream_error", "upstream_error_event", 200)
    assert record.usage_source != "none"


@pytest.mark.parametrize("end", ["end", "cut", "reset"])
@pytest.mark.parametrize(("client", "up"), ALL)
async def test_a_stream_that_breaks_off_is_not_taken_for_complete(
    spoken: Gateway, upstream: Upstream, client: str, up: str, end: str
) -> None:
    upstream.behave = streams(*_begun(up), end=end)
    answer = await ask(spoken, client, f"x-{up}", stream=True)
    assert answer.status == 200
    heard = events(answer.body)
    assert b"error" in answer.body
    assert b"[DONE]" not in answer.body
    assert not any(event.get("type") in ("message_stop", "response.completed") for event in heard)
    assert (await spoken.record()).end == "upstream_cut"


@pytest.mark.parametrize(("client", "up"), ALL)
async def test_each_frame_leaves_as_it_arrives(spoken: Gateway, upstream: Upstream, client: str, up: str) -> None:
    """The provider holds back what follows a word until the client has it: what a gateway kept would never come."""
    words = (b"Hel", b"lo, ", "wörld".encode())
    read = [asyncio.Event() for _ in words]

    async def behave(call: Call) -> None:
        said = 0
        await call.begin()
        for piece in speakers.STREAMS[up]:
            await call.chunk(piece)
            if said < len(words) and words[said] in piece:
                await read[said].wait()
                said += 1
        await call.end()

    upstream.behave = behave
    body = msgspec.json.encode(asks.body(client, f"x-{up}", stream=True))
    async with Client(spoken.port) as connection:
        connection.send(
            spoken.raw(
                body,
                asks.path(client, f"x-{up}", stream=True),
                headers={"authorization": "", **asks.headers(client, spoken.key)},
            )
        )
        await connection.head()
        for word, taken in zip(words, read, strict=True):
            while word not in await connection.piece():
                pass
            taken.set()
        while await connection.piece():
            pass


@pytest.mark.parametrize(("client", "up"), ALL)
async def test_any_cut_gives_the_same_bytes(spoken: Gateway, upstream: Upstream, client: str, up: str) -> None:
    whole = b"".join(speakers.TOOL_STREAMS[up])
    found = set()
    for size in (len(whole), 1, 7):
        upstream.behave = streams(*(whole[at : at + size] for at in range(0, len(whole), size)))
        answer = await ask(spoken, client, f"x-{up}", stream=True, tools=True)
        assert answer.status == 200
        found.add(_timeless(answer.body))
    assert len(found) == 1


def _timeless(body: bytes) -> bytes:
    """The stream without what differs from request to request: our ids and the time."""
    return msgspec.json.encode([_stripped(event) for event in events(body)])


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        dropped = {"id", "item_id", "created", "created_at", "completed_at", "responseId", "call_id", "createTime"}
        return {name: _stripped(each) for name, each in value.items() if name not in dropped}
    return [_stripped(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("client", "up"), OTHERS)
async def test_a_client_that_leaves_ends_the_call(spoken: Gateway, upstream: Upstream, client: str, up: str) -> None:
    upstream.behave = streams(*_begun(up), end="stall")
    body = msgspec.json.encode(asks.body(client, f"x-{up}", stream=True))
    headers = {"authorization": "", **asks.headers(client, spoken.key)}
    async with Client(spoken.port) as connection:
        connection.send(spoken.raw(body, asks.path(client, f"x-{up}", stream=True), headers=headers))
        await connection.head()
        await connection.piece()
    await until(lambda: upstream.calls[0].gone_at > 0, 1.0)
    record = await spoken.record()
    assert (record.end, record.usage_source != "none") == ("client_gone", True)


@pytest.mark.parametrize("client", PROTOCOLS)
async def test_pings_in_a_long_silence(make_gateway: Any, upstream: Upstream, client: str) -> None:
    gateway = await make_gateway(timeouts={"ping_s": 0.3})
    for protocol in PROTOCOLS:
        await gateway.add_channel(
            protocol, upstream.url, models={f"x-{protocol}": ""}, settings={"protocols": [protocol]}
        )
    for up in PROTOCOLS:
        pieces = speakers.STREAMS[up]

        async def behave(call: Call, pieces: tuple[bytes, ...] = pieces) -> None:
            await call.begin()
            await call.chunk(b"".join(pieces[:-1]))
            await asyncio.sleep(1.0)
            await call.chunk(pieces[-1])
            await call.end()

        upstream.behave = behave
        answer = await ask(gateway, client, f"x-{up}", stream=True)
        assert answer.whole
        pings = [
            piece
            for piece in answer.pieces
            if piece.startswith((b":", b"event: ping")) or (client == "gemini" and not piece.strip())
        ]
        assert 1 <= len(pings) <= 4, up
        assert "wörld".encode() in answer.body
    assert {record.end for record in await gateway.records(4)} == {"complete"}


@pytest.mark.parametrize("client", PROTOCOLS)
async def test_pings_before_the_first_event(make_gateway: Any, upstream: Upstream, client: str) -> None:
    gateway = await make_gateway(timeouts={"ping_s": 0.3})
    for protocol in PROTOCOLS:
        await gateway.add_channel(
            protocol, upstream.url, models={f"x-{protocol}": ""}, settings={"protocols": [protocol]}
        )
    for up in PROTOCOLS:
        pieces = speakers.STREAMS[up]

        async def behave(call: Call, pieces: tuple[bytes, ...] = pieces) -> None:
            await call.begin()
            await asyncio.sleep(1.0)
            for piece in pieces:
                await call.chunk(piece)
            await call.end()

        upstream.behave = behave
        answer = await ask(gateway, client, f"x-{up}", stream=True)
        assert answer.whole
        assert answer.pieces[0].strip() == (b"" if client == "gemini" else b": ping")
        assert "wörld".encode() in answer.body

    async def fails(call: Call) -> None:
        await call.begin()
        await asyncio.sleep(0.8)
        await call.end()

    upstream.behave = fails
    answer = await ask(gateway, client, "x-chat", stream=True)
    assert b"error" in answer.body
    assert [record.end for record in await gateway.records(5)] == ["complete"] * 4 + ["upstream_cut"]


async def test_headers_of_a_vendor(spoken: Gateway, upstream: Upstream) -> None:
    asked = msgspec.json.encode(asks.body("messages", "x-messages"))
    more = {"authorization": "", "x-api-key": spoken.key, "anthropic-version": "2024-01-01", "anthropic-beta": "a,b"}
    answer = await spoken.post(asked, "/v1/messages", headers=more)
    assert answer.headers["request-id"] == answer.headers["x-request-id"]
    sent = upstream.calls[0].header_list
    assert [value for name, value in sent if name == "anthropic-version"] == ["2024-01-01"]
    assert [value for name, value in sent if name == "anthropic-beta"] == ["a,b"]
    assert [value for name, value in sent if name == "x-api-key"] == ["sk-upstream-only-messages"]
    assert not {"authorization", "cookie"} & {name for name, _ in sent}
    await ask(spoken, "messages", "x-messages")
    await ask(spoken, "chat", "x-messages")
    for call in upstream.calls[1:]:
        assert call.headers["anthropic-version"] == "2023-06-01"
    await ask(spoken, "messages", "x-gemini")
    assert upstream.calls[-1].headers["x-goog-api-key"] == "sk-upstream-only-gemini"
    assert "key=" not in upstream.calls[-1].target
    assert not any(name.startswith("anthropic") for name in upstream.calls[-1].headers)


async def test_counting_tokens(spoken: Gateway, upstream: Upstream) -> None:
    body = msgspec.json.encode({"model": "x-messages", "messages": [{"role": "user", "content": "hi" * 400}]})
    headers = {"authorization": "", "x-api-key": spoken.key, "anthropic-version": "2023-06-01"}
    answer = await spoken.post(body, "/v1/messages/count_tokens", headers=headers)
    assert answer.json == {"input_tokens": 42}
    answer = await spoken.post(body.replace(b"x-messages", b"x-gemini"), "/v1/messages/count_tokens", headers=headers)
    assert answer.json == {"input_tokens": 42}
    assert upstream.calls[-1].target.endswith("/models/up-gemini:countTokens")
    for up in ("chat", "responses"):
        asked = body.replace(b"x-messages", f"x-{up}".encode())
        answer = await spoken.post(asked, "/v1/messages/count_tokens", headers=headers)
        assert 200 < answer.json["input_tokens"] < 400
    assert len(upstream.calls) == 2
    contents = msgspec.json.encode({"contents": [{"parts": [{"text": "hi"}]}]})
    goog = {"authorization": "", "x-goog-api-key": spoken.key}
    for up in PROTOCOLS:
        answer = await spoken.post(contents, f"/v1beta/models/x-{up}:countTokens", headers=goog)
        assert answer.status == 200
        assert answer.json["totalTokens"] == (42 if up in ("gemini", "messages") else answer.json["totalTokens"])
    records = await spoken.records(8)
    assert {(record.operation, record.cost, record.usage_source) for record in records} == {("count_tokens", 0, "none")}
    assert [record.plan for record in records[:4]] == ["passthrough", "messages to gemini", "estimate", "estimate"]


async def test_embeddings(spoken: Gateway, upstream: Upstream) -> None:
    answer = await spoken.post(b'{"model":"x-gemini","input":["a"]}', "/v1/embeddings")
    assert answer.json["data"][0]["embedding"] == [0.5, 0.25]
    assert upstream.calls[-1].target.endswith("/models/up-gemini:batchEmbedContents")
    goog = {"authorization": "", "x-goog-api-key": spoken.key}
    one = b'{"content":{"parts":[{"text":"a"}]}}'
    answer = await spoken.post(one, "/v1beta/models/x-gemini:embedContent", headers=goog)
    assert answer.json["embedding"]["values"] == [0.5, 0.25]
    assert upstream.calls[-1].target.endswith("/models/up-gemini:embedContent")
    answer = await spoken.post(one, "/v1beta/models/x-chat:embedContent", headers=goog)
    assert answer.json["embedding"]["values"] == [0.5, 0.25]
    assert upstream.calls[-1].target.endswith("/embeddings")
    many = b'{"requests":[{"model":"models/x-chat","content":{"parts":[{"text":"a"}]}}]}'
    answer = await spoken.post(many, "/v1beta/models/x-chat:batchEmbedContents", headers=goog)
    assert answer.json["embeddings"][0]["values"] == [0.5, 0.25]
    for up in ("responses", "messages"):
        answer = await spoken.post(b'{"model":"x-%b","input":"a"}' % up.encode(), "/v1/embeddings")
        assert (answer.status, answer.json["error"]["code"]) == (400, "operation_not_supported")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("up", PROTOCOLS)
async def test_completions_of_old(spoken: Gateway, upstream: Upstream, up: str, stream: bool) -> None:
    body = msgspec.json.encode({"model": f"x-{up}", "prompt": "hi", "max_tokens": 9, "stream": stream})
    if up == "chat":
        upstream.behave = answers(200, UNARY_BYTES)
    answer = await spoken.post(body, "/v1/completions")
    assert answer.status == 200
    if up == "chat":
        return
    if stream:
        heard = events(answer.body)
        assert "".join(event["choices"][0]["text"] for event in heard if event["choices"]) == speakers.TEXT
        assert answer.body.endswith(b"data: [DONE]\n\n")
    else:
        assert (answer.json["object"], answer.json["choices"][0]["text"]) == ("text_completion", speakers.TEXT)
    assert speakers.protocol_of(upstream.calls[0]) == up
    record = await spoken.record()
    assert (record.operation, record.plan) == ("text_completion", f"chat to {up}")


@pytest.mark.parametrize(("client", "up"), OTHERS)
async def test_whole_for_a_stream_and_a_stream_for_a_whole(
    spoken: Gateway, upstream: Upstream, client: str, up: str
) -> None:
    upstream.behave = answers(200, msgspec.json.encode(speakers.ANSWERS[up]))
    answer = await ask(spoken, client, f"x-{up}", stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert speakers.TEXT in answer.body.decode()
    upstream.behave = streams(*speakers.STREAMS[up])
    answer = await ask(spoken, client, f"x-{up}")
    assert said(client, answer.json)[0] == speakers.TEXT
    upstream.behave = streams(*_begun(up))
    answer = await ask(spoken, client, f"x-{up}")
    assert answer.status == 502
    assert shaped(client, answer)
    assert [record.end for record in await spoken.records(3)] == ["complete", "complete", "upstream_cut"]


@pytest.mark.parametrize(("client", "up"), OTHERS)
@pytest.mark.parametrize("said_instead", [b"<html>", b"[]", b"{}", b'"x"', b"\xff", b'{"choices":3}'])
async def test_an_answer_that_is_none(
    spoken: Gateway, upstream: Upstream, client: str, up: str, said_instead: bytes
) -> None:
    upstream.behave = answers(200, said_instead)
    answer = await ask(spoken, client, f"x-{up}")
    assert answer.status in (200, 502)
    if answer.status == 502:
        assert shaped(client, answer)


async def test_gemini_streams_as_a_json_array(spoken: Gateway, upstream: Upstream) -> None:
    goog = {"authorization": "", "x-goog-api-key": spoken.key}
    body = msgspec.json.encode(asks.body("gemini", ""))
    for up in ("chat", "responses", "messages"):
        path = asks.path("gemini", f"x-{up}", stream=True, array=True)
        answer = await spoken.post(body, path, headers=goog)
        assert answer.headers["content-type"].startswith("application/json")
        parts = [part for event in answer.json for part in event["candidates"][0].get("content", {}).get("parts", [])]
        assert "".join(part.get("text", "") for part in parts) == speakers.TEXT
        upstream.behave = streams(*_begun(up))
        answer = await spoken.post(body, path, headers=goog)
        assert answer.json[-1]["error"]["code"] == 502
        upstream.behave = speakers.speaks
    pieces = [data.removeprefix(b"data: ").strip() for data in speakers.STREAMS["gemini"]]

    async def array(call: Call) -> None:
        assert "alt=sse" not in call.target
        await call.begin(kind="application/json; charset=UTF-8")
        for number, piece in enumerate(pieces):
            await call.chunk((b"[" if number == 0 else b",\r\n") + piece)
        await call.chunk(b"]")
        await call.end()

    upstream.behave = array
    answer = await spoken.post(body, asks.path("gemini", "x-gemini", stream=True, array=True), headers=goog)
    assert answer.body == b"[" + b",\r\n".join(pieces) + b"]"
    record = (await spoken.records(7))[-1]
    assert (record.end, record.output_tokens, record.usage_source) == ("complete", 4, "upstream")


async def test_a_medium_that_one_channel_needs_and_nobody_can_fetch(spoken: Gateway, upstream: Upstream) -> None:
    for name, protocol, priority in (("first", "gemini", 1), ("second", "chat", 0)):
        await spoken.add_channel(
            name, upstream.url, models={"either": ""}, priority=priority,
            settings={"protocols": [protocol], "capabilities": {"images": True, "image_url": protocol == "chat"}},
        )  # fmt: skip
    image = {"type": "image", "source": {"type": "url", "url": "http://127.0.0.1:9/x.png"}}
    messages = [{"role": "user", "content": [image]}]
    answer = await ask(spoken, "messages", "either", messages=messages)
    assert answer.status == 200, answer.body
    assert [speakers.protocol_of(call) for call in upstream.calls] == ["chat"]
    answer = await ask(spoken, "messages", "x-gemini", messages=messages)
    assert answer.status == 400
    assert "127.0.0.1" in shaped("messages", answer)
    refused = (await spoken.records(2))[1]
    assert (refused.attempts, refused.channel_id, refused.upstream_protocol, refused.plan) == (0, 0, "", "")


async def test_an_array_from_a_provider_that_answers_whole(spoken: Gateway, upstream: Upstream) -> None:
    upstream.behave = answers(200, msgspec.json.encode(speakers.ANSWERS["chat"]))
    goog = {"authorization": "", "x-goog-api-key": spoken.key}
    body = msgspec.json.encode(asks.body("gemini", ""))
    answer = await spoken.post(body, asks.path("gemini", "x-chat", stream=True, array=True), headers=goog)
    assert answer.headers["content-type"].startswith("application/json")
    parts = [part for event in answer.json for part in event["candidates"][0].get("content", {}).get("parts", [])]
    assert "".join(part.get("text", "") for part in parts) == speakers.TEXT
