"""The mock answers as an OpenAI-compatible upstream does, and misbehaves as asked."""

import asyncio
import base64
import re
import struct
import time
from typing import Any

import anthropic
import httpx
import msgspec
import openai
import pytest

from benchmarks.mock_replies import Behaviour, behaviour


def chat(model, **more):
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], **more}


def events(text):
    found = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    assert found.pop() == "[DONE]"
    return [msgspec.json.decode(one) for one in found]


@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        ("mock-unary", Behaviour("unary", 700)),
        ("mock-paced-64x10-ns", Behaviour("paced", 64, 10, True)),
        ("mock-burst-64", Behaviour("burst", 64, 10)),
        ("mock-error-429", Behaviour("error", 429, 10)),
        ("mock-error", Behaviour("error", 500, 10)),
        ("gpt-4o", Behaviour("any", 16)),
    ],
)
def test_behaviour_of_a_model_name(model, wanted):
    found = behaviour(model)
    assert (found.kind, found.number, found.stamped) == (wanted.kind, wanted.number, wanted.stamped)
    if wanted.kind == "paced":
        assert found.interval_ms == 10


async def test_unary(client, mock):
    first = (await client.post("/v1/chat/completions", json=chat("mock-unary"))).json()
    answer = await client.post("/v1/chat/completions", json=chat("mock-unary"))
    body = answer.json()
    assert body["object"] == "chat.completion"
    assert body["model"] == "mock-unary"
    assert body["id"] != first["id"]
    assert body["choices"][0]["finish_reason"] == "stop"
    used = body["usage"]
    assert used["total_tokens"] == used["prompt_tokens"] + used["completion_tokens"] > 0
    assert 1000 < len(answer.content) < 1500
    assert mock[1].stats.requests == 2
    assert mock[1].stats.connections == 1


async def test_stream_with_and_without_usage(client):
    plain = await client.post("/v1/chat/completions", json=chat("mock-burst-3", stream=True))
    assert plain.headers["content-type"].startswith("text/event-stream")
    found = events(plain.text)
    assert [e["choices"][0]["delta"].get("content") for e in found] == ["", " the", " quick", " brown", None]
    assert "usage" not in found[0]
    body = chat("mock-burst-3", stream=True, stream_options={"include_usage": True})
    counted = events((await client.post("/v1/chat/completions", json=body)).text)
    assert all(e["usage"] is None for e in counted[:-1])
    assert counted[-1]["choices"] == []
    assert counted[-1]["usage"]["completion_tokens"] == 3
    assert len({e["id"] for e in counted}) == 1


async def test_paced_stream_comes_at_its_pace_with_its_sending_times(client):
    began = time.monotonic_ns()
    sent = []
    body = chat("mock-paced-5x20-ns", stream=True)
    async with client.stream("POST", "/v1/chat/completions", json=body) as answer:
        async for line in answer.aiter_lines():
            if stamp := re.search(r"ns=(\d+)", line):
                sent.append(int(stamp[1]))
                assert sent[-1] < time.monotonic_ns(), "it has come before it was sent"
    assert len(sent) == 5
    assert all(at - began >= (place + 1) * 20_000_000 - 5_000_000 for place, at in enumerate(sent))


async def test_errors_are_in_the_openai_shape(client):
    answer = await client.post("/v1/chat/completions", json=chat("mock-error-429"))
    assert answer.status_code == 429
    assert answer.json()["error"]["type"] == "rate_limit_error"
    assert answer.headers["retry-after"] == "1"
    assert (await client.post("/v1/chat/completions", content=b"{")).status_code == 400
    assert (await client.get("/nothing")).status_code == 404
    html = await client.post("/v1/chat/completions", json=chat("mock-html-502"))
    assert (html.status_code, html.headers["content-type"]) == (502, "text/html")


async def test_stall_waits_before_the_first_byte(client):
    began = time.monotonic()
    answer = await client.post("/v1/chat/completions", json=chat("mock-stall-150"))
    assert answer.status_code == 200
    assert time.monotonic() - began >= 0.145


async def test_cut_ends_the_connection_in_the_middle(client):
    text = ""
    with pytest.raises(httpx.RemoteProtocolError):  # noqa: PT012
        async with client.stream("POST", "/v1/chat/completions", json=chat("mock-cut-2", stream=True)) as answer:
            async for piece in answer.aiter_text():
                text += piece
    assert text.count("data: ") == 3
    assert "[DONE]" not in text


async def test_fail_sends_an_error_event(client):
    text = (await client.post("/v1/chat/completions", json=chat("mock-fail-2", stream=True))).text
    assert '"error"' in text.split("\n\n")[-2]
    assert "[DONE]" not in text


async def test_reset_resets(client):
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await client.post("/v1/chat/completions", json=chat("mock-reset"))


async def test_a_client_that_leaves_is_counted(client, mock):
    body = chat("mock-paced-100x50", stream=True)
    async with client.stream("POST", "/v1/chat/completions", json=body) as answer:
        async for _ in answer.aiter_lines():
            break
    for _ in range(100):
        if mock[1].stats.abandoned:
            break
        await asyncio.sleep(0.01)
    assert mock[1].stats.abandoned == 1
    assert mock[1].stats.open_answers == 0


async def test_chunked_and_pipelined_requests(mock):
    async def body():
        yield b'{"model":"mock-unary",'
        yield b'"messages":[]}'

    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"http://127.0.0.1:{mock[0]}/v1/chat/completions", content=body())
        assert answer.status_code == 200
    reader, writer = await asyncio.open_connection("127.0.0.1", mock[0])
    one = b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 26\r\n\r\n" + b'{"model":"mock-stall-20"}\n'
    writer.write(one * 3)
    for _ in range(3):
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert head.startswith(b"HTTP/1.1 200")
        length = re.search(rb"content-length: (\d+)", head)
        assert length is not None
        await reader.readexactly(int(length[1]))
    writer.write(b"garbage\r\n\r\n")
    assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 400")
    writer.close()


async def test_the_last_request_as_it_arrived(client):
    await client.post("/v1/chat/completions", json=chat("gpt-x"), headers={"X-Some": "Value"})
    last = (await client.get("/__last")).json()
    assert last["path"] == "/v1/chat/completions"
    assert ["X-Some", "Value"] in last["headers"]
    assert msgspec.json.decode(last["body"])["model"] == "gpt-x"
    assert (await client.get("/__stats")).json()["completed"] == 1


async def test_the_official_sdk(mock):
    async with openai.AsyncOpenAI(api_key="x", base_url=f"http://127.0.0.1:{mock[0]}/v1", max_retries=0) as sdk:
        answer = await sdk.chat.completions.create(model="mock-unary", messages=[{"role": "user", "content": "x"}])
        assert (answer.choices[0].message.content or "").startswith("The gateway")
        stream = await sdk.chat.completions.create(
            model="mock-burst-4", messages=[{"role": "user", "content": "x"}], stream=True,
            stream_options={"include_usage": True},
        )  # fmt: skip
        seen = [chunk async for chunk in stream]
        assert seen[-1].usage is not None
        assert seen[-1].usage.completion_tokens == 4
        text = await sdk.completions.create(model="mock-unary", prompt="x")
        assert text.object == "text_completion"
        pieces = [c.choices[0].text async for c in await sdk.completions.create(model="m", prompt="x", stream=True)]
        assert "".join(pieces).startswith(" the quick")
        vectors = await sdk.embeddings.create(model="mock-embed", input=["a", "b"])
        assert [len(row.embedding) for row in vectors.data] == [256, 256]
        assert "mock-unary" in [model.id async for model in sdk.models.list()]


async def test_the_official_sdk_of_the_other_protocol(mock):
    base_url = f"http://127.0.0.1:{mock[0]}"
    async with anthropic.AsyncAnthropic(api_key="x", base_url=base_url, max_retries=0) as sdk:
        asked: Any = {"max_tokens": 100, "messages": [{"role": "user", "content": "x"}]}
        answer: Any = await sdk.messages.create(model="mock-unary", **asked)
        assert answer.content[0].text.startswith("The gateway")
        async with sdk.messages.stream(model="mock-burst-4", **asked) as stream:
            assert await stream.get_final_text() == " the quick brown fox"
            assert (await stream.get_final_message()).usage.output_tokens == 4


async def test_embeddings_as_base64(client):
    body = {"model": "e", "input": "a", "encoding_format": "base64"}
    row = (await client.post("/v1/embeddings", json=body)).json()["data"][0]
    assert struct.unpack("<256f", base64.b64decode(row["embedding"]))[0] == -0.5
