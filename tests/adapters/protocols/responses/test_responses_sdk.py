"""The official SDK against answers that were written here: streams, its accumulator, parsing, tools, errors, async."""

import asyncio
from typing import Any

import httpx2 as httpx
import openai
import pydantic
import pytest

from adapters.canonical.blocks import Origin, Text, Thinking, ToolCall
from adapters.canonical.events import (
    ArgumentsDelta,
    BlockStart,
    BlockStop,
    End,
    Finished,
    SignatureDelta,
    Start,
    TextDelta,
    UsageSeen,
)
from adapters.canonical.response import Candidate, Response
from adapters.errors import ClientError, UpstreamError
from adapters.protocols.responses.errors import render, render_event, render_length
from adapters.protocols.responses.head import parse
from adapters.protocols.responses.read_request import read_request
from adapters.protocols.responses.write_response import write_response
from adapters.protocols.responses.write_stream import StreamWriter
from adapters.usage import Usage
from tests.adapters.protocols.responses.wire import client

CLAUDE = Origin("messages", "anthropic")
EVENTS: list[Any] = [
    Start("msg_1", "claude", 5),
    BlockStart(0, Thinking(origin=CLAUDE)), TextDelta(0, "hm"), SignatureDelta(0, "sig"), BlockStop(0),
    BlockStart(1, Text("")), TextDelta(1, '{"city":'), TextDelta(1, '"Ulm"}'), BlockStop(1),
    BlockStart(2, ToolCall("c1", "Weather", "")), ArgumentsDelta(2, '{"city":'), ArgumentsDelta(2, '"Ulm"}'),
    BlockStop(2), UsageSeen(Usage(3, 2)), Finished("tool_calls"), End(),
]  # fmt: skip
BLOCKS = (Thinking("hm", "sig", origin=CLAUDE), Text('{"city":"Ulm"}'), ToolCall("c1", "Weather", '{"city":"Ulm"}'))


class Weather(pydantic.BaseModel):
    city: str


def answering(request):
    """What the gateway would do, with an answer that is always the same."""
    head = parse("chat", request.content)
    read_request(head)
    to = client()
    to.fields = head.fields
    if not head.stream:
        response = Response(candidates=(Candidate(blocks=BLOCKS, finish="tool_calls"),), usage=Usage(3, 2))
        return httpx.Response(200, content=write_response(response, to), headers={"content-type": "application/json"})
    writer = StreamWriter(to)
    data = b"".join(writer.feed([event]) + writer.ping() for event in EVENTS)
    return httpx.Response(200, content=data, headers={"content-type": "text/event-stream"})


def sdk(handler=answering):
    transport = httpx.MockTransport(handler)
    return openai.OpenAI(
        api_key="k", base_url="http://gateway/v1", max_retries=0, http_client=httpx.Client(transport=transport)
    )


def streamed(*chunks):
    return lambda _: httpx.Response(200, content=b"".join(chunks), headers={"content-type": "text/event-stream"})


def test_create():
    response = sdk().responses.create(model="m", input="x", instructions="y", temperature=0.5)
    assert (response.output_text, response.instructions, response.temperature) == ('{"city":"Ulm"}', "y", 0.5)
    assert [item.type for item in response.output] == ["reasoning", "message", "function_call"]
    assert response.usage is not None
    assert response.usage.total_tokens == 5


def test_parse():
    tools = [openai.pydantic_function_tool(Weather)["function"]]
    response = sdk().responses.parse(
        model="m", input="x", text_format=Weather, tools=[{"type": "function", **tools[0], "strict": True}]
    )
    assert response.output_parsed == Weather(city="Ulm")
    assert response.output[2].parsed_arguments == {"city": "Ulm"}


def test_stream_events():
    seen = [event.type for event in sdk().responses.create(model="m", input="x", stream=True)]
    assert seen[0] == "response.created"
    assert seen[-1] == "response.completed"


def test_the_accumulator():
    with sdk().responses.stream(model="m", input="x", text_format=Weather) as stream:
        texts = [event.snapshot for event in stream if event.type == "response.output_text.delta"]
        final = stream.get_final_response()
    assert texts == ['{"city":', '{"city":"Ulm"}']
    assert final.output_parsed == Weather(city="Ulm")
    assert final.output[2].arguments == '{"city":"Ulm"}'


def test_async():
    async def run():
        http = httpx.AsyncClient(transport=httpx.MockTransport(answering))
        asked = openai.AsyncOpenAI(api_key="k", base_url="http://gateway/v1", http_client=http)
        async with asked, asked.responses.stream(model="m", input="x") as stream:
            return await stream.get_final_response()

    assert asyncio.run(run()).output_text == '{"city":"Ulm"}'


def test_an_output_can_be_given_back():
    first = sdk().responses.create(model="m", input="x")
    sent = [item.model_dump() for item in first.output]
    asked = [*sent, {"type": "function_call_output", "call_id": "c1", "output": "sunny"}]
    seen: list[Any] = []

    def remembering(request):
        seen.append(read_request(parse("chat", request.content)))
        return answering(request)

    sdk(remembering).responses.create(model="m", input=asked)
    thought, text, call, result = (turn.blocks[0] for turn in seen[0].turns)
    assert (thought.text, thought.signature, thought.origin) == ("hm", "sig", CLAUDE)
    assert (text.text, call.id, call.arguments, result.id) == ('{"city":"Ulm"}', "c1", '{"city":"Ulm"}', "c1")
    assert not [turn.extra for turn in seen[0].turns if turn.extra]


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (ClientError(400, "bad"), openai.BadRequestError),
        (ClientError(401, "who"), openai.AuthenticationError),
        (ClientError(404, "where"), openai.NotFoundError),
        (UpstreamError(429, "slow", klass="k"), openai.RateLimitError),
        (UpstreamError(503, "later", klass="k"), openai.InternalServerError),
    ],
)
def test_errors(error, raised):
    asked = sdk(lambda _: httpx.Response(error.status, content=render(error, "req_1")))
    with pytest.raises(raised) as caught:
        asked.responses.create(model="m", input="x")
    assert error.message in str(caught.value)


def begun():
    writer = StreamWriter(client())
    return writer, writer.feed(EVENTS[:7])


def test_an_error_in_a_stream_is_raised():
    error = UpstreamError(503, "no room", klass="upstream_overloaded")
    writer, data = begun()
    for end in (writer.fail(error, "req_1"), render_event(error, "req_1")):
        with pytest.raises(openai.APIError, match="no room"):
            list(sdk(streamed(data, end)).responses.create(model="m", input="x", stream=True))


def test_a_cut_stream_keeps_what_was_said():
    _, data = begun()
    end = render_length("chat", "m", "resp_req1")
    with sdk(streamed(data, end)).responses.stream(model="m", input="x") as stream:
        last = list(stream)[-1]
    assert last.type == "response.incomplete"
    assert last.response.output[1].content[0].text == '{"city":'
