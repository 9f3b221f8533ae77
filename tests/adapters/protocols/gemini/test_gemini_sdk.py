"""google-genai against this protocol's own writers: sync, async, streams, chats, automatic function calling, errors.

The transport is a function; the other side is another vendor's answer in the neutral form.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from google import genai
from google.genai import errors as sdk
from google.genai import types
from pydantic import BaseModel

from adapters.canonical.blocks import Block, Origin, Text, Thinking, ToolCall, ToolResult
from adapters.canonical.context import Client
from adapters.canonical.events import End, Event
from adapters.canonical.fold import unfold
from adapters.canonical.request import Request
from adapters.canonical.response import Candidate, Response
from adapters.errors import UpstreamError
from adapters.head import Target
from adapters.protocols.gemini import errors
from adapters.protocols.gemini.head import parse
from adapters.protocols.gemini.read_request import read_request
from adapters.protocols.gemini.write_response import write_response
from adapters.protocols.gemini.write_stream import StreamWriter
from adapters.usage import Usage

THOUGHT = Thinking("Let me see.", "sig", origin=Origin("messages", "anthropic"))
CALLS = (
    THOUGHT,
    Text("I look. "),
    ToolCall("toolu_1", "weather", '{"city":"Paris"}'),
    ToolCall("toolu_2", "weather", '{"city":"Rome"}'),
)
ANSWER = (Text("Sunny, Grüße 🎉"),)


class Gateway:
    """Answers as another vendor would; keeps what it was asked, as the neutral form has it."""

    def __init__(self, *, fails: bool = False) -> None:
        self.asked: list[Request] = []
        self.fails = fails
        transport = httpx.MockTransport(self.answer)
        self.client = genai.Client(
            api_key="key",
            http_options=types.HttpOptions(
                base_url="http://gateway",
                httpx_client=httpx.Client(transport=transport),
                httpx_async_client=httpx.AsyncClient(transport=transport),
            ),
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        model, _, verb = request.url.path.rpartition("/")[2].partition(":")
        operation = {"countTokens": "count_tokens", "batchEmbedContents": "embeddings"}.get(verb, "chat")
        asked = read_request(parse(operation, request.content, Target(model=model, verb=verb)))
        self.asked.append(asked)
        to = Client(request_id="req_1", created=1, model=model, operation=operation)
        if operation == "count_tokens":
            return httpx.Response(200, content=write_response(Response(usage=Usage(7)), to))
        if operation == "embeddings":
            vectors = tuple(msgspec.Raw(b"[0.5,1]") for _ in asked.turns)
            return httpx.Response(200, content=write_response(Response(vectors=vectors), to))
        last = asked.turns[-1].blocks[-1]
        wants_tool = bool(asked.tools) and not isinstance(last, ToolResult)
        blocks: tuple[Block, ...] = CALLS if wants_tool else ANSWER
        if asked.output is not None:
            blocks = (Text('{"city":"Paris","people":2}'),)
        whole = Response(
            id="msg_1",
            model="claude",
            candidates=(Candidate(blocks=blocks, finish="tool_calls" if wants_tool else "stop"),),
            usage=Usage(10, 5, 2, 0, 1, "upstream"),
        )
        if not asked.stream:
            return httpx.Response(200, content=write_response(whole, to))
        writer = StreamWriter(to)
        events = unfold(whole)
        if self.fails:
            begun: list[Event] = [event for event in events if type(event) is not End][:-2]
            cut = writer.feed(begun)
            return httpx.Response(
                200, content=cut + errors.render_event(UpstreamError(503, "gone", klass="x"), "req_1")
            )
        stream = writer.ping() + b"".join(writer.feed([event]) + writer.ping() for event in events)
        return httpx.Response(200, content=stream, headers={"content-type": "text/event-stream"})


def weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


TOOLS = types.GenerateContentConfig(tools=[weather])


def shape(request: Request) -> list[tuple[str, list[str]]]:
    return [(turn.role, [type(block).__name__ for block in turn.blocks]) for turn in request.turns]


AFTER_TOOLS = [
    ("user", ["Text"]),
    ("assistant", ["Thinking", "Text", "ToolCall", "ToolCall"]),
    ("user", ["ToolResult", "ToolResult"]),
]


def check_second(request: Request) -> None:
    """The second request of a tool loop brings everything back, in one turn, with the other vendor's signature."""
    assert shape(request) == AFTER_TOOLS
    thought, text, first, second = request.turns[1].blocks
    assert thought == THOUGHT
    assert text == Text("I look. ")
    assert isinstance(first, ToolCall)
    assert isinstance(second, ToolCall)
    results = [block for block in request.turns[2].blocks if isinstance(block, ToolResult)]
    assert [result.id for result in results] == [first.id, second.id] == ["toolu_1", "toolu_2"]
    assert [result.content for result in results] == [(Text("sunny in Paris"),), (Text("sunny in Rome"),)]


def test_an_answer() -> None:
    answer = Gateway().client.models.generate_content(model="m", contents="hi")
    assert answer.text == "Sunny, Grüße 🎉"
    assert answer.candidates is not None
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.usage_metadata is not None
    assert answer.usage_metadata.total_token_count == 15
    assert (answer.response_id, answer.model_version) == ("msg_1", "claude")


def test_functions_are_called() -> None:
    gateway = Gateway()
    answer = gateway.client.models.generate_content(model="m", contents="hi", config=TOOLS)
    assert answer.text == "Sunny, Grüße 🎉"
    check_second(gateway.asked[1])


def test_functions_are_called_in_a_stream() -> None:
    gateway = Gateway()
    chunks = list(gateway.client.models.generate_content_stream(model="m", contents="hi", config=TOOLS))
    text = "".join(chunk.text or "" for chunk in chunks)
    assert text == "I look. Sunny, Grüße 🎉"
    check_second(gateway.asked[1])


def test_chats_keep_a_history() -> None:
    gateway = Gateway()
    chat = gateway.client.chats.create(model="m", config=TOOLS)
    for _ in chat.send_message_stream("hi"):
        pass
    assert chat.send_message("again").text == "Sunny, Grüße 🎉"
    assert chat.get_history(curated=True) == chat.get_history(curated=False)
    check_second(gateway.asked[1])
    assert shape(gateway.asked[2])[:3] == AFTER_TOOLS
    assert gateway.asked[2].turns[3].blocks == ANSWER


async def test_async() -> None:
    gateway = Gateway()
    models = gateway.client.aio.models
    assert (await models.generate_content(model="m", contents="hi", config=TOOLS)).text == "Sunny, Grüße 🎉"
    check_second(gateway.asked[1])
    stream: AsyncIterator[Any] = await models.generate_content_stream(model="m", contents="hi", config=TOOLS)
    assert "".join([chunk.text or "" async for chunk in stream]).endswith("Sunny, Grüße 🎉")
    check_second(gateway.asked[3])
    chat = gateway.client.aio.chats.create(model="m")
    assert [chunk async for chunk in await chat.send_message_stream("hi")][-1].usage_metadata is not None
    assert len(chat.get_history(curated=True)) > 1


class City(BaseModel):
    city: str
    people: int


@pytest.mark.parametrize("bound", [{"response_schema": City}, {"response_json_schema": City.model_json_schema()}])
def test_structured_output(bound: dict[str, Any]) -> None:
    gateway = Gateway()
    config = types.GenerateContentConfig(response_mime_type="application/json", **bound)
    answer = gateway.client.models.generate_content(model="m", contents="hi", config=config)
    parsed = answer.parsed
    assert (parsed if isinstance(parsed, dict) else City.model_validate(parsed).model_dump()) == {
        "city": "Paris",
        "people": 2,
    }
    output = gateway.asked[0].output
    assert output is not None
    assert output.schema is not None
    schema = msgspec.json.decode(output.schema)
    assert schema["properties"]["people"]["type"] == "integer"
    assert schema["required"] == ["city", "people"]


def test_every_setting_of_the_sdk_is_read() -> None:
    gateway = Gateway()
    config = types.GenerateContentConfig(
        system_instruction="Be short.", temperature=0.5, top_p=0.9, top_k=4, candidate_count=1, max_output_tokens=99,
        stop_sequences=["x"], response_logprobs=True, logprobs=2, presence_penalty=0.1, frequency_penalty=0.2, seed=3,
        thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_budget=1024),
        tools=[types.Tool(google_search=types.GoogleSearch()), types.Tool(code_execution=types.ToolCodeExecution())],
        tool_config=types.ToolConfig(
            function_calling_config=types.FunctionCallingConfig(mode=types.FunctionCallingConfigMode.NONE)
        ),
        safety_settings=[types.SafetySetting(
            category=types.HarmCategory.HARM_CATEGORY_HARASSMENT, threshold=types.HarmBlockThreshold.BLOCK_NONE)],
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )  # fmt: skip
    contents: Any = [
        types.Part.from_bytes(data=b"\xff\xfe\xfd", mime_type="image/png"),
        types.Part.from_uri(file_uri="gs://a/b.pdf", mime_type="application/pdf"),
        "What is it?",
    ]
    gateway.client.models.generate_content(model="m", contents=contents, config=config)
    (asked,) = gateway.asked
    assert shape(asked) == [("system", ["Text"]), ("user", ["Media", "Media", "Text"])]
    assert asked.turns[1].blocks[0].data == "//79"  # type: ignore[union-attr]  # Media
    assert (asked.temperature, asked.top_p, asked.top_k, asked.n, asked.max_output) == (0.5, 0.9, 4, 1, 99)
    assert (asked.stop, asked.logprobs, asked.top_logprobs, asked.seed) == (("x",), True, 2, 3)
    assert asked.reasoning is not None
    assert (asked.reasoning.budget, asked.reasoning.include) == (1024, True)
    assert len(asked.tools) == 2
    assert asked.tool_choice is not None
    assert asked.tool_choice.mode == "none"
    assert asked.extensions["gemini"].keys() == {"safetySettings"}


def test_counting_and_embedding() -> None:
    client = Gateway().client
    assert client.models.count_tokens(model="m", contents="hi").total_tokens == 7
    texts: Any = ["a", "b"]
    found = client.models.embed_content(model="gemini-embedding-001", contents=texts)
    assert found.embeddings is not None
    assert [one.values for one in found.embeddings] == [[0.5, 1.0], [0.5, 1.0]]


def test_a_stream_that_fails_raises() -> None:
    seen: list[str] = []
    stream = Gateway(fails=True).client.models.generate_content_stream(model="m", contents="hi")
    with pytest.raises(sdk.ServerError) as caught:
        seen.extend(chunk.text or "" for chunk in stream)
    assert (caught.value.code, caught.value.status) == (503, "UNAVAILABLE")
    assert "".join(seen) == "Sunny, Grüße 🎉"
