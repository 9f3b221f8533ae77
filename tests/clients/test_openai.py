"""OpenAI's client, in Chat Completions and in Responses, on models of vendors that speak something else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import openai
import pytest

from tests.clients import heard, scenes
from tests.clients.provider import Say, Script
from tests.deployments.asks import TOOLS
from tests.deployments.gateway import Gateway

Scripted = Callable[..., Script]
OTHERS = ("messages", "gemini")
IMAGE = f"data:image/png;base64,{scenes.PNG}"


@pytest.fixture
async def client(served: Gateway) -> AsyncIterator[openai.AsyncOpenAI]:
    url = f"http://127.0.0.1:{served.port}/v1"
    async with openai.AsyncOpenAI(api_key=served.key, base_url=url, max_retries=0) as made:
        yield made


@pytest.mark.parametrize("up", ["responses", *OTHERS])
async def test_a_tool_loop_of_chat_streams(client: openai.AsyncOpenAI, scripted: Scripted, up: str) -> None:
    script = scripted(scenes.CALLS, scenes.DONE)
    messages: list[Any] = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "How is the weather?"},
    ]
    done: list[str] = []
    for _ in range(2):
        async with client.chat.completions.stream(
            model=f"x-{up}", messages=messages, tools=TOOLS["chat"], reasoning_effort="high"
        ) as stream:
            kinds = [event.type async for event in stream]
            final = await stream.get_final_completion()
        assert kinds.count("tool_calls.function.arguments.done") == (0 if done else 2)
        message = final.choices[0].message
        assert final.choices[0].finish_reason == ("stop" if done else "tool_calls")
        done.append(message.content or "")
        messages.append(message.model_dump(exclude_none=True, exclude={"parsed"}))
        messages += [
            {"role": "tool", "tool_call_id": call.id, "content": scenes.WEATHER[scenes.CITIES[number]]}
            for number, call in enumerate(message.tool_calls or [])
        ]
    assert done == [scenes.CALLS.text, scenes.DONE.text]
    scenes.check_tool_loop(script)
    assert heard.thinking(script.calls[0])
    assert ("system", "text", "Be brief.") in heard.turns(script.calls[1]) or up == "responses"


@pytest.mark.parametrize("up", ["chat", *OTHERS])
async def test_a_tool_loop_of_response_streams(client: openai.AsyncOpenAI, scripted: Scripted, up: str) -> None:
    script = scripted(scenes.CALLS, scenes.DONE)
    items: list[Any] = [{"role": "user", "content": "How is the weather?"}]
    done: list[str] = []
    for _ in range(2):
        async with client.responses.stream(
            model=f"x-{up}",
            instructions="Be brief.",
            input=items,
            tools=TOOLS["responses"],
            reasoning={"effort": "high", "summary": "auto"},
            include=["reasoning.encrypted_content"],
            store=False,
        ) as stream:
            events = [event async for event in stream]
            final = await stream.get_final_response()
        thoughts = "".join(event.delta for event in events if event.type == "response.reasoning_summary_text.delta")
        thoughts += "".join(event.delta for event in events if event.type == "response.reasoning_text.delta")
        assert thoughts == (scenes.DONE if done else scenes.CALLS).thinking
        done.append(final.output_text)
        items += [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in final.output]
        calls = [item for item in final.output if item.type == "function_call"]
        items += [
            {
                "type": "function_call_output",
                "call_id": call.call_id,
                "output": scenes.WEATHER[scenes.CITIES[number]],
            }
            for number, call in enumerate(calls)
        ]
    assert done == [scenes.CALLS.text, scenes.DONE.text]
    scenes.check_tool_loop(script, signed=True)
    assert heard.turns(script.calls[1])[0] == ("system", "text", "Be brief.")
    assert heard.thinking(script.calls[0])


@pytest.mark.parametrize("up", ["responses", *OTHERS])
async def test_parsed_chat(client: openai.AsyncOpenAI, scripted: Scripted, up: str) -> None:
    script = scripted(scenes.PERSON)
    messages: list[Any] = [{"role": "user", "content": "Who is it?"}]
    parsed = await client.chat.completions.parse(model=f"x-{up}", messages=messages, response_format=scenes.Person)
    assert parsed.choices[0].message.parsed == scenes.Person(name="Ada", age=36)
    async with client.chat.completions.stream(
        model=f"x-{up}", messages=messages, response_format=scenes.Person
    ) as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_completion()
    assert "content.done" in kinds
    assert final.choices[0].message.parsed == scenes.Person(name="Ada", age=36)
    scenes.check_schema(script)


@pytest.mark.parametrize("up", ["chat", *OTHERS])
async def test_parsed_responses(client: openai.AsyncOpenAI, scripted: Scripted, up: str) -> None:
    script = scripted(scenes.PERSON)
    parsed = await client.responses.parse(model=f"x-{up}", input="Who is it?", text_format=scenes.Person)
    assert parsed.output_parsed == scenes.Person(name="Ada", age=36)
    async with client.responses.stream(model=f"x-{up}", input="Who?", text_format=scenes.Person) as stream:
        async for _ in stream:
            pass
        assert (await stream.get_final_response()).output_parsed == scenes.Person(name="Ada", age=36)
    scenes.check_schema(script)


@pytest.mark.parametrize("up", OTHERS)
async def test_pictures(client: openai.AsyncOpenAI, scripted: Scripted, up: str) -> None:
    script = scripted(scenes.PICTURE)
    said = await client.chat.completions.create(
        model=f"x-{up}",
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is it?"},
                    {"type": "image_url", "image_url": {"url": IMAGE}},
                ],
            }
        ],
    )
    assert said.choices[0].message.content == scenes.PICTURE.text
    answer = await client.responses.create(
        model=f"x-{up}",
        input=[
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is it?"},
                    {"type": "input_image", "image_url": IMAGE, "detail": "auto"},
                ],
            }
        ],
    )
    assert answer.output_text == scenes.PICTURE.text
    for call in script.calls:
        assert heard.turns(call) == [("user", "text", "What is it?"), ("user", "image", scenes.PNG)]


@pytest.mark.parametrize("up", ["responses", *OTHERS])
async def test_the_client_that_waits(served: Gateway, scripted: Scripted, up: str) -> None:
    """openai.OpenAI, in a thread: streams by hand, with usage."""
    scripted(Say(text="Hello there.", thinking="A greeting."))

    def ask() -> tuple[str, Any]:
        with openai.OpenAI(api_key=served.key, base_url=f"http://127.0.0.1:{served.port}/v1", max_retries=0) as client:
            chunks = list(
                client.chat.completions.create(
                    model=f"x-{up}",
                    messages=[{"role": "user", "content": "hi"}],
                    stream=True,
                    stream_options={"include_usage": True},
                )
            )
        text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
        return text, chunks[-1].usage

    text, usage = await asyncio.to_thread(ask)
    assert text == "Hello there."
    assert (usage.prompt_tokens, usage.completion_tokens, usage.prompt_tokens_details.cached_tokens) == (20, 10, 5)


async def test_embeddings(client: openai.AsyncOpenAI, scripted: Scripted) -> None:
    """Without encoding_format the client asks for base64 and decodes it."""
    scripted()
    found = await client.embeddings.create(model="x-gemini", input=["one"])
    assert found.data[0].embedding == [0.5, 0.25]
    found = await client.embeddings.create(model="x-gemini", input=["one"], encoding_format="float")
    assert found.data[0].embedding == [0.5, 0.25]
