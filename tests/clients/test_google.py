"""Google's client on models of vendors that speak something else."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from google import genai
from google.genai import types

from tests.clients import heard, scenes
from tests.clients.provider import Say, Script
from tests.deployments.asks import SCHEMA
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream

# google-genai derives a class from aiohttp's, which warns of it; test_sdks.py says the same.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")

Scripted = Callable[..., Script]
OTHERS = ("chat", "responses", "messages")
THINKING = types.ThinkingConfig(include_thoughts=True, thinking_budget=2048)
PNG = base64.b64decode(scenes.PNG)


def made(served: Gateway) -> genai.Client:
    options = types.HttpOptions(base_url=f"http://127.0.0.1:{served.port}")
    return genai.Client(api_key=served.key, http_options=options)


@pytest.fixture
async def client(served: Gateway) -> AsyncIterator[Any]:
    client = made(served).aio
    yield client
    await client.aclose()


def weather(city: str) -> str:
    """The weather of a city."""
    return scenes.WEATHER[city]


def declared() -> types.Tool:
    function = types.FunctionDeclaration(name="weather", description="w", parameters_json_schema=SCHEMA)
    return types.Tool(function_declarations=[function])


@pytest.mark.parametrize("up", OTHERS)
async def test_a_tool_loop_of_streams(client: Any, scripted: Scripted, up: str) -> None:
    """By hand: the model's parts go back as they came."""
    script = scripted(scenes.CALLS, scenes.DONE)
    contents: list[Any] = [types.Content(role="user", parts=[types.Part(text="How is the weather?")])]
    config = types.GenerateContentConfig(
        tools=[declared()], system_instruction="Be brief.", thinking_config=THINKING, max_output_tokens=4096
    )
    done: list[str] = []
    for _ in range(2):
        pieces = [
            piece
            async for piece in await client.models.generate_content_stream(
                model=f"x-{up}", contents=contents, config=config
            )
        ]
        parts = [part for piece in pieces for part in piece.candidates[0].content.parts or []]
        assert "".join(part.text or "" for part in parts if part.thought) == (
            (scenes.DONE if done else scenes.CALLS).thinking
        )
        done.append("".join(part.text or "" for part in parts if not part.thought))
        assert pieces[-1].candidates[0].finish_reason == types.FinishReason.STOP
        assert pieces[-1].usage_metadata.prompt_token_count == 20
        contents.append(types.Content(role="model", parts=parts))
        calls = [part.function_call for part in parts if part.function_call]
        contents.append(
            types.Content(
                role="user",
                parts=[
                    types.Part(
                        function_response=types.FunctionResponse(
                            id=call.id, name=call.name, response={"result": weather(**call.args)}
                        )
                    )
                    for call in calls
                ],
            )
        )
    assert done == [scenes.CALLS.text, scenes.DONE.text]
    scenes.check_tool_loop(script, signed=True)
    assert heard.thinking(script.calls[0])
    assert "Be brief." in heard.of(script.calls[0], "text")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("up", OTHERS)
async def test_automatic_function_calling(client: Any, scripted: Scripted, up: str, stream: bool) -> None:
    """The client runs a Python function, and asks again by itself."""
    script = scripted(scenes.CALLS, scenes.DONE)
    config = types.GenerateContentConfig(tools=[weather], thinking_config=THINKING, max_output_tokens=4096)
    asked: Any = {"model": f"x-{up}", "contents": "How is the weather?", "config": config}
    if stream:
        pieces = [piece async for piece in await client.models.generate_content_stream(**asked)]
        assert "".join(piece.text or "" for piece in pieces).endswith(scenes.DONE.text)
    else:
        assert (await client.models.generate_content(**asked)).text == scenes.DONE.text
    scenes.check_tool_loop(script, signed=True)


@pytest.mark.parametrize("up", OTHERS)
async def test_a_chat_remembers(client: Any, scripted: Scripted, up: str) -> None:
    script = scripted(Say(text="Hello there."), Say(text="As I said."))
    chat = client.chats.create(model=f"x-{up}")
    assert (await chat.send_message("hi")).text == "Hello there."
    pieces = [piece.text or "" async for piece in await chat.send_message_stream("again")]
    assert "".join(pieces) == "As I said."
    assert heard.turns(script.calls[1]) == [
        ("user", "text", "hi"),
        ("assistant", "text", "Hello there."),
        ("user", "text", "again"),
    ]


@pytest.mark.parametrize("up", OTHERS)
async def test_parsed(client: Any, scripted: Scripted, up: str) -> None:
    script = scripted(scenes.PERSON)
    for schema in ({"response_schema": scenes.Person}, {"response_json_schema": scenes.Person.model_json_schema()}):
        config = types.GenerateContentConfig(response_mime_type="application/json", **schema)
        said = await client.models.generate_content(model=f"x-{up}", contents="Who is it?", config=config)
        assert said.text == scenes.PERSON.text
        assert said.parsed in (scenes.Person(name="Ada", age=36), {"name": "Ada", "age": 36})
        scenes.check_schema(script)


@pytest.mark.parametrize("up", OTHERS)
async def test_pictures(client: Any, scripted: Scripted, up: str) -> None:
    script = scripted(scenes.PICTURE)
    contents = ["What is it?", types.Part.from_bytes(data=PNG, mime_type="image/png")]
    said = await client.models.generate_content(model=f"x-{up}", contents=contents)
    assert said.text == scenes.PICTURE.text
    assert heard.turns(script.calls[0]) == [("user", "text", "What is it?"), ("user", "image", scenes.PNG)]


async def test_embeddings(served: Gateway, client: Any, upstream: Upstream, scripted: Scripted) -> None:
    scripted()
    address = upstream.url.removesuffix("/v1")
    await served.add_channel("more", address, provider="openai", models={"embed": "text-embedding-3-small"})
    found = await client.models.embed_content(model="embed", contents="one")
    assert found.embeddings[0].values == [0.5, 0.25]


@pytest.mark.parametrize("up", OTHERS)
async def test_the_client_that_waits(served: Gateway, scripted: Scripted, up: str) -> None:
    """genai.Client, in a thread: a stream, then a function that it runs by itself in a chat."""
    scripted(Say(text="Hello there.", thinking="A greeting."), scenes.CALLS, scenes.DONE)

    def ask() -> tuple[str, str | None, int | None]:
        client = made(served)
        pieces = list(client.models.generate_content_stream(model=f"x-{up}", contents="hi"))
        chat = client.chats.create(model=f"x-{up}", config=types.GenerateContentConfig(tools=[weather]))
        answer = chat.send_message("How is the weather?")
        counted = client.models.count_tokens(model=f"x-{up}", contents="hi")
        client.close()
        return "".join(piece.text or "" for piece in pieces), answer.text, counted.total_tokens

    text, answer, counted = await asyncio.to_thread(ask)
    assert (text, answer) == ("Hello there.", scenes.DONE.text)
    assert counted
