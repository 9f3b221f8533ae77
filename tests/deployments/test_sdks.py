"""The vendors' official clients against upstreams of every protocol: answers, streams, tools, lists and errors."""

import anthropic
import openai
import pytest
from anthropic.types import ToolUseBlock
from google import genai
from google.genai import errors as genai_errors
from google.genai import types as genai_types

from tests.deployments import asks, speakers
from tests.deployments.asks import PROTOCOLS
from tests.deployments.gateway import Gateway, until
from tests.deployments.mock import Upstream, streams
from tests.deployments.test_conversions import FAILURES

# google-genai (1.60) derives a class from aiohttp's, which warns of it.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")


def openai_client(gateway: Gateway) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(api_key=gateway.key, base_url=f"http://127.0.0.1:{gateway.port}/v1", max_retries=0)


def anthropic_client(gateway: Gateway) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(api_key=gateway.key, base_url=f"http://127.0.0.1:{gateway.port}", max_retries=0)


def google_client(gateway: Gateway) -> genai.Client:
    options = genai_types.HttpOptions(base_url=f"http://127.0.0.1:{gateway.port}")
    return genai.Client(api_key=gateway.key, http_options=options)


@pytest.mark.parametrize("up", PROTOCOLS)
async def test_openai_chat(spoken: Gateway, up: str) -> None:
    async with openai_client(spoken) as client:
        model = f"x-{up}"
        said = await client.chat.completions.create(model=model, messages=[{"role": "user", "content": "hi"}])
        assert said.choices[0].message.content == speakers.TEXT
        assert said.usage is not None
        assert (said.usage.prompt_tokens, said.usage.completion_tokens) == (9, 4)
        async with client.chat.completions.stream(
            model=model,
            messages=[{"role": "user", "content": "hi"}],
            tools=asks.TOOLS["chat"],
            stream_options={"include_usage": True},
        ) as stream:
            async for _ in stream:
                pass
            final = await stream.get_final_completion()
        calls = final.choices[0].message.tool_calls
        assert calls is not None
        assert (calls[0].function.name, calls[0].function.arguments.replace(" ", "")) == ("weather", speakers.ARGUMENTS)
        assert final.choices[0].finish_reason == "tool_calls"
        assert final.usage is not None


@pytest.mark.parametrize("up", PROTOCOLS)
async def test_openai_responses(spoken: Gateway, up: str) -> None:
    async with openai_client(spoken) as client:
        said = await client.responses.create(model=f"x-{up}", input="hi", store=False)
        assert said.output_text == speakers.TEXT
        assert said.status == "completed"
        assert said.usage is not None
        assert (said.usage.input_tokens, said.usage.output_tokens) == (9, 4)
        async with client.responses.stream(model=f"x-{up}", input="hi", tools=asks.TOOLS["responses"]) as stream:
            kinds = [event.type async for event in stream]
            final = await stream.get_final_response()
        assert (kinds[0], kinds[-1]) == ("response.created", "response.completed")
        call = final.output[0]
        assert call.type == "function_call"
        assert call.arguments.replace(" ", "") == speakers.ARGUMENTS


@pytest.mark.parametrize("up", PROTOCOLS)
async def test_anthropic(spoken: Gateway, up: str) -> None:
    async with anthropic_client(spoken) as client:
        said = await client.messages.create(
            model=f"x-{up}", max_tokens=100, messages=[{"role": "user", "content": "hi"}]
        )
        assert "".join(block.text for block in said.content if block.type == "text") == speakers.TEXT
        assert (said.stop_reason, said.usage.output_tokens) == ("end_turn", 4)
        async with client.messages.stream(
            model=f"x-{up}", max_tokens=100, messages=[{"role": "user", "content": "hi"}]
        ) as stream:
            assert "".join([piece async for piece in stream.text_stream]) == speakers.TEXT
        async with client.messages.stream(
            model=f"x-{up}",
            max_tokens=100,
            messages=[{"role": "user", "content": "hi"}],
            tools=asks.TOOLS["messages"],
        ) as stream:
            final = await stream.get_final_message()
        call = final.content[-1]
        assert isinstance(call, ToolUseBlock)
        assert (call.name, call.input, final.stop_reason) == ("weather", {"city": "Paris"}, "tool_use")
        counted = await client.messages.count_tokens(model=f"x-{up}", messages=[{"role": "user", "content": "hi"}])
        assert counted.input_tokens > 0


@pytest.mark.parametrize("up", PROTOCOLS)
async def test_google(spoken: Gateway, up: str) -> None:
    client = google_client(spoken).aio
    model = f"x-{up}"
    said = await client.models.generate_content(model=model, contents="hi")
    assert said.text == speakers.TEXT
    assert said.usage_metadata is not None
    assert said.usage_metadata.prompt_token_count == 9
    pieces = [piece async for piece in await client.models.generate_content_stream(model=model, contents="hi")]
    assert "".join(piece.text or "" for piece in pieces) == speakers.TEXT
    assert len(pieces) >= 3
    tool = genai_types.Tool(
        function_declarations=[
            genai_types.FunctionDeclaration(name="weather", description="w", parameters_json_schema=asks.SCHEMA)
        ]
    )
    config = genai_types.GenerateContentConfig(tools=[tool])
    said = await client.models.generate_content(model=model, contents="hi", config=config)
    assert said.function_calls is not None
    assert (said.function_calls[0].name, said.function_calls[0].args) == ("weather", {"city": "Paris"})
    counted = await client.models.count_tokens(model=model, contents="hi")
    assert counted.total_tokens
    await client.aclose()


async def test_lists(spoken: Gateway) -> None:
    names = sorted(f"x-{up}" for up in PROTOCOLS)
    async with openai_client(spoken) as client:
        assert [model.id async for model in client.models.list()] == names
        assert (await client.models.retrieve("x-chat")).id == "x-chat"
    async with anthropic_client(spoken) as claude:
        assert [model.id async for model in claude.models.list(limit=2)] == names
        assert (await claude.models.retrieve("x-chat")).id == "x-chat"
    google = google_client(spoken).aio
    assert [model.name async for model in await google.models.list()] == [f"models/{name}" for name in names]
    assert (await google.models.get(model="x-chat")).name == "models/x-chat"
    await google.aclose()


@pytest.mark.parametrize("up", PROTOCOLS)
async def test_errors_are_of_the_clients_own_class(spoken: Gateway, upstream: Upstream, up: str) -> None:
    async with openai_client(spoken) as client:
        with pytest.raises(openai.NotFoundError):
            await client.chat.completions.create(model="nothing", messages=[{"role": "user", "content": "hi"}])
        with pytest.raises(openai.AuthenticationError):
            await client.with_options(api_key="sk-no").responses.create(model=f"x-{up}", input="hi")
    async with anthropic_client(spoken) as claude:
        with pytest.raises(anthropic.NotFoundError) as raised:
            await claude.messages.create(model="nothing", max_tokens=9, messages=[{"role": "user", "content": "hi"}])
        assert raised.value.request_id is not None
    google = google_client(spoken).aio
    with pytest.raises(genai_errors.ClientError) as refused:
        await google.models.generate_content(model="nothing", contents="hi")
    assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")

    upstream.behave = streams(*speakers.STREAMS[up][:3], FAILURES[up])
    async with openai_client(spoken) as client:
        stream = await client.chat.completions.create(
            model=f"x-{up}", messages=[{"role": "user", "content": "hi"}], stream=True
        )
        with pytest.raises(openai.APIError):
            async for _ in stream:
                pass
        events = await client.responses.create(model=f"x-{up}", input="hi", stream=True)
        with pytest.raises(openai.APIError):
            async for _ in events:
                pass
    async with anthropic_client(spoken) as claude:
        heard = await claude.messages.create(
            model=f"x-{up}", max_tokens=9, messages=[{"role": "user", "content": "hi"}], stream=True
        )
        with pytest.raises(anthropic.APIStatusError):
            async for _ in heard:
                pass
    with pytest.raises(genai_errors.APIError):
        async for _ in await google.models.generate_content_stream(model=f"x-{up}", contents="hi"):
            pass
    await google.aclose()
    await until(lambda: spoken.server.open_requests == 0)
