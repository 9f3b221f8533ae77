"""Anthropic's client on models of vendors that speak something else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import anthropic
import msgspec
import pytest

from tests.clients import heard, scenes
from tests.clients.provider import Say, Script
from tests.deployments.asks import TOOLS
from tests.deployments.gateway import Gateway

Scripted = Callable[..., Script]
OTHERS = ("chat", "responses", "gemini")
HI: Any = [{"role": "user", "content": "hi"}]
THINKING: Any = {"type": "enabled", "budget_tokens": 2048}


@pytest.fixture
async def client(served: Gateway) -> AsyncIterator[anthropic.AsyncAnthropic]:
    url = f"http://127.0.0.1:{served.port}"
    async with anthropic.AsyncAnthropic(api_key=served.key, base_url=url, max_retries=0) as made:
        yield made


@pytest.mark.parametrize("up", OTHERS)
async def test_a_tool_loop_of_streams(client: anthropic.AsyncAnthropic, scripted: Scripted, up: str) -> None:
    script = scripted(scenes.CALLS, scenes.DONE)
    messages: list[Any] = [{"role": "user", "content": "How is the weather?"}]
    done: list[str] = []
    for _ in range(2):
        async with client.messages.stream(
            model=f"x-{up}",
            max_tokens=4096,
            system="Be brief.",
            messages=messages,
            tools=TOOLS["messages"],
            thinking=THINKING,
        ) as stream:
            events = [event async for event in stream]
            final = await stream.get_final_message()
        assert "".join(event.thinking for event in events if event.type == "thinking") == (
            (scenes.DONE if done else scenes.CALLS).thinking
        )
        assert [block.type for block in final.content if block.type not in ("redacted_thinking", "tool_use")] == [
            "thinking",
            "text",
        ]
        assert final.stop_reason == ("end_turn" if done else "tool_use")
        assert final.usage.output_tokens == 10
        assert (final.usage.input_tokens, final.usage.cache_read_input_tokens) == (15, 5)
        done += [block.text for block in final.content if block.type == "text"]
        messages.append({"role": "assistant", "content": final.content})
        results = [
            {"type": "tool_result", "tool_use_id": block.id, "content": scenes.WEATHER[str(block.input["city"])]}
            for block in final.content
            if block.type == "tool_use"
        ]
        messages.append({"role": "user", "content": results})
    assert done == [scenes.CALLS.text, scenes.DONE.text]
    scenes.check_tool_loop(script, signed=True)
    assert heard.thinking(script.calls[0])
    assert "Be brief." in heard.of(script.calls[0], "text")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("up", OTHERS)
async def test_the_tool_runner(client: anthropic.AsyncAnthropic, scripted: Scripted, up: str, stream: bool) -> None:
    @anthropic.beta_async_tool
    async def weather(city: str) -> str:
        """The weather of a city.

        Args:
            city: Its name.
        """
        return scenes.WEATHER[city]

    script = scripted(scenes.CALLS, scenes.DONE)
    asked: Any = {"max_tokens": 4096, "model": f"x-{up}", "messages": HI, "tools": [weather], "thinking": THINKING}
    if stream:
        texts = [
            "".join([event.text async for event in each if event.type == "text"])
            async for each in client.beta.messages.tool_runner(**asked, stream=True)
        ]
        assert texts == [scenes.CALLS.text, scenes.DONE.text]
    else:
        final = await client.beta.messages.tool_runner(**asked).until_done()
        assert final.content[-1].text == scenes.DONE.text
    scenes.check_tool_loop(script, signed=True)


@pytest.mark.parametrize("up", OTHERS)
async def test_parsed(client: anthropic.AsyncAnthropic, scripted: Scripted, up: str) -> None:
    script = scripted(scenes.PERSON)
    parsed = await client.messages.parse(model=f"x-{up}", max_tokens=100, messages=HI, output_format=scenes.Person)
    assert parsed.parsed_output == scenes.Person(name="Ada", age=36)
    async with client.messages.stream(
        model=f"x-{up}", max_tokens=100, messages=HI, output_format=scenes.Person
    ) as stream:
        assert (await stream.get_final_message()).parsed_output == scenes.Person(name="Ada", age=36)
    scenes.check_schema(script)


@pytest.mark.parametrize("up", OTHERS)
async def test_pictures_and_documents(client: anthropic.AsyncAnthropic, scripted: Scripted, up: str) -> None:
    script = scripted(scenes.PICTURE)
    picture: Any = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": scenes.PNG}}
    content: Any = [picture, {"type": "text", "text": "What is it?"}]
    said = await client.messages.create(
        model=f"x-{up}", max_tokens=100, messages=[{"role": "user", "content": content}]
    )
    assert [block.text for block in said.content if block.type == "text"] == [scenes.PICTURE.text]
    assert heard.turns(script.calls[0]) == [("user", "image", scenes.PNG), ("user", "text", "What is it?")]

    looked: Any = [
        {"role": "user", "content": "Look."},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_a", "name": "look", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_a", "content": [picture]}]},
    ]
    tool: Any = {"name": "look", "input_schema": {"type": "object", "properties": {}}}
    await client.messages.create(model=f"x-{up}", max_tokens=100, messages=looked, tools=[tool])
    assert scenes.PNG.encode() in script.calls[1].body, "an image in a tool's result"


@pytest.mark.parametrize("up", ["chat", "responses"])
async def test_a_users_id_fits(client: anthropic.AsyncAnthropic, scripted: Scripted, up: str) -> None:
    """OpenAI takes 64 characters, Claude Code sends some 150; two requests of one user stay those of one."""
    script = scripted(Say(text="Hello."))
    for user in ("a" * 150, "a" * 150, "a" * 149, "someone"):
        await client.messages.create(model=f"x-{up}", max_tokens=99, messages=HI, metadata={"user_id": user})
    users = [call.json["user"] for call in script.calls]
    assert users[0] == users[1] != users[2]
    assert {len(user) for user in users[:3]} == {64}
    assert users[3] == "someone"


@pytest.mark.parametrize("up", OTHERS)
async def test_the_client_that_waits(served: Gateway, scripted: Scripted, up: str) -> None:
    """anthropic.Anthropic, in a thread."""
    scripted(Say(text="Hello there.", thinking="A greeting."))

    def ask() -> tuple[str, str | None, str]:
        url = f"http://127.0.0.1:{served.port}"
        with anthropic.Anthropic(auth_token=served.key, api_key=None, base_url=url, max_retries=0) as client:
            with client.messages.stream(model=f"x-{up}", max_tokens=100, messages=HI) as stream:
                text = "".join(stream.text_stream)
                stop = stream.get_final_message().stop_reason
            raw = client.messages.with_raw_response.create(model=f"x-{up}", max_tokens=100, messages=HI, stream=True)
            kinds = [event.type for event in raw.parse()]
        return text, stop, msgspec.json.encode([kinds[0], kinds[-2], kinds[-1]]).decode()

    text, stop, kinds = await asyncio.to_thread(ask)
    assert (text, stop) == ("Hello there.", "end_turn")
    assert kinds == '["message_start","message_delta","message_stop"]'
