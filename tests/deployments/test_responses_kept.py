"""Conversations that the gateway keeps for clients of /v1/responses, on a channel that speaks Chat Completions only."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from deployments.responses_turn import _Last
from tests.deployments import speakers
from tests.deployments.asks import TOOLS, events, said
from tests.deployments.client import Answer, request
from tests.deployments.gateway import Gateway, until
from tests.deployments.mock import Call, Upstream

Make = Callable[..., Awaitable[Gateway]]
ON = {"store": "on"}


@pytest.fixture
def start(make_gateway: Make, upstream: Upstream) -> Make:
    """A gateway with one channel; it keeps responses."""
    upstream.behave = speakers.speaks

    async def begin(protocol: str = "chat", **rules: Any) -> Gateway:
        gateway = await make_gateway(responses={**ON, **rules})
        settings = {"protocols": [protocol], "capabilities": {"stream_usage": True}}
        await gateway.add_channel("only", upstream.url, models={"x": "up"}, settings=settings)
        return gateway

    return begin


async def ask(gateway: Gateway, said: Any, previous: str = "", **more: Any) -> Answer:
    """One turn."""
    key = more.pop("key", None)
    body = {"model": "x", "input": said, **({"previous_response_id": previous} if previous else {}), **more}
    return await gateway.post(msgspec.json.encode(body), "/v1/responses", key=key)


async def about(gateway: Gateway, path: str, method: str = "GET", key: str | None = None) -> Answer:
    """GET, DELETE or POST under /v1/responses/."""
    return await gateway.send(request(method, f"/v1/responses/{path}", gateway.headers(key)))


def roles(upstream: Upstream) -> list[tuple[str, Any]]:
    """What the provider was told last, in Chat Completions."""
    return [(message["role"], message.get("content")) for message in upstream.calls[-1].json["messages"]]


async def test_a_conversation_goes_on_from_its_id(start: Make, upstream: Upstream) -> None:
    gateway = await start()
    first = await ask(gateway, "one", instructions="be brief")
    assert first.status == 200, first.body
    assert first.json["store"] is True
    second = await ask(gateway, [{"role": "user", "content": "two"}], first.json["id"], store=True)
    assert second.status == 200, second.body
    assert second.json["previous_response_id"] == first.json["id"]
    assert roles(upstream) == [("user", "one"), ("assistant", speakers.TEXT), ("user", "two")]
    assert "store" not in upstream.calls[-1].json
    third = await ask(gateway, "three", second.json["id"], stream=True)
    done = events(third.body)[-1]["response"]
    assert done["previous_response_id"] == second.json["id"]
    assert said("responses", done)[0] == speakers.TEXT
    fourth = await ask(gateway, "four", done["id"])
    assert [content for _, content in roles(upstream)] == [
        "one", speakers.TEXT, "two", speakers.TEXT, "three", speakers.TEXT, "four",
    ]  # fmt: skip
    branch = await ask(gateway, "other", first.json["id"])
    assert branch.status == fourth.status == 200
    assert [content for _, content in roles(upstream)] == ["one", speakers.TEXT, "other"]
    record = (await gateway.records(5))[1]
    assert (record.losses, record.status, record.plan) == ("", 200, "responses to chat")


async def test_calls_of_tools_find_their_results(start: Make, upstream: Upstream) -> None:
    gateway = await start()
    first = await ask(gateway, "weather?", tools=TOOLS["responses"])
    (call,) = [item for item in first.json["output"] if item["type"] == "function_call"]
    result = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}
    second = await ask(gateway, [result], first.json["id"])
    assert second.status == 200, second.body
    messages = upstream.calls[-1].json["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "tool"]
    assert messages[1]["tool_calls"][0]["id"] == messages[2]["tool_call_id"]


async def test_what_is_kept_can_be_read_and_deleted(start: Make, upstream: Upstream) -> None:
    gateway = await start()
    first = (await ask(gateway, "one")).json
    second = (await ask(gateway, "two", first["id"])).json
    calls = len(upstream.calls)
    await until(lambda: counted(gateway, "kept") == 2)
    for found in (await about(gateway, second["id"]), await about(gateway, second["id"] + "?include=x")):
        assert found.status == 200
        assert found.json == second
        assert "x-request-id" in found.headers
    items = (await about(gateway, f"{second['id']}/input_items?order=asc")).json
    assert [item["type"] for item in items["data"]] == ["message", "message", "message"]
    assert [item["role"] for item in items["data"]] == ["user", "assistant", "user"]
    assert items["data"][0]["content"] == [{"type": "input_text", "text": "one"}]
    assert items["data"][1]["id"] == first["output"][0]["id"]
    assert (items["object"], items["has_more"]) == ("list", False)
    names = [item["id"] for item in items["data"]]
    assert (items["first_id"], items["last_id"]) == (names[0], names[2])
    page = (await about(gateway, f"{second['id']}/input_items?limit=1&after={names[2]}")).json
    assert ([item["id"] for item in page["data"]], page["has_more"]) == ([names[1]], True)
    page = (await about(gateway, f"{second['id']}/input_items?order=asc&before={names[1]}")).json
    assert [item["id"] for item in page["data"]] == [names[0]]
    for wrong in ("limit=0", "limit=101", "limit=x", "order=up", "after=nobody"):
        assert (await about(gateway, f"{second['id']}/input_items?{wrong}")).status == 400
    assert (await about(gateway, second["id"] + "/cancel", "POST")).status == 400
    assert (await about(gateway, second["id"] + "?stream=true")).status == 400
    assert (await about(gateway, second["id"], "PUT")).status == 405
    assert (await about(gateway, second["id"] + "/nothing")).status == 404
    deleted = await about(gateway, first["id"], "DELETE")
    assert deleted.json == {"id": first["id"], "object": "response", "deleted": True}
    assert (await about(gateway, first["id"])).status == 404
    assert (await about(gateway, first["id"], "DELETE")).status == 404
    gone = await ask(gateway, "three", second["id"])
    assert (gone.status, gone.json["error"]["code"]) == (400, "previous_response_not_found")
    assert (await about(gateway, second["id"])).status == 200
    assert len(upstream.calls) == calls


def counted(gateway: Gateway, outcome: str) -> float:
    """How many responses were kept or lost."""
    return gateway.replica.telemetry.counters.get("gateway_responses_kept_total", {}).get((outcome,), 0)


async def test_another_key_finds_nothing(start: Make, upstream: Upstream) -> None:
    gateway = await start()
    other = await gateway.add_key("other")
    name = (await ask(gateway, "secret")).json["id"]
    calls = len(upstream.calls)
    refused = await ask(gateway, "go on", name, key=other)
    assert (refused.status, refused.json["error"]["code"]) == (400, "previous_response_not_found")
    assert refused.json["error"]["param"] == "previous_response_id"
    for method, path in (("GET", name), ("DELETE", name), ("GET", f"{name}/input_items"), ("POST", f"{name}/cancel")):
        assert (await about(gateway, path, method, key=other)).status == 404
    assert (await about(gateway, name, key="")).status == 401
    assert (await about(gateway, name)).status == 200
    assert len(upstream.calls) == calls
    async with gateway.sessions() as session:
        rows = (await session.connection()).exec_driver_sql("SELECT id, sealed FROM kept_responses")
        stored = repr((await rows).fetchall())
    assert name not in stored
    assert "secret" not in stored


async def test_what_is_not_to_be_kept(start: Make, make_gateway: Make, upstream: Upstream) -> None:
    gateway = await start(max_bytes=2000)
    quiet = (await ask(gateway, "one", store=False)).json
    large = (await ask(gateway, "x" * 2500)).json
    assert (quiet["store"], (await about(gateway, quiet["id"])).status) == (False, 404)
    assert (await about(gateway, large["id"])).status == 404
    closed = await make_gateway()
    settings = {"protocols": ["chat"]}
    await closed.add_channel("only", upstream.url, models={"x": "up"}, settings=settings)
    first = (await ask(closed, "one")).json
    assert (await about(closed, first["id"])).status == 404
    refused = await ask(closed, "two", first["id"])
    assert (refused.status, refused.json["error"]["param"]) == (400, "previous_response_id")


async def test_items_that_are_only_named_are_written_out(start: Make, upstream: Upstream) -> None:
    gateway = await start()
    first = (await ask(gateway, "one")).json
    named = [
        {"role": "user", "content": "one"},
        {"type": "item_reference", "id": first["output"][0]["id"]},
        {"role": "user", "content": "two"},
    ]
    second = await ask(gateway, named)
    assert second.status == 200, second.body
    assert roles(upstream) == [("user", "one"), ("assistant", speakers.TEXT), ("user", "two")]
    other = await gateway.add_key("other")
    assert (await ask(gateway, named, key=other)).status == 400
    third = await ask(gateway, "three", second.json["id"])
    assert third.status == 200
    assert len(roles(upstream)) == 5


async def test_long_conversations_have_an_end(start: Make) -> None:
    gateway = await start(chain=2)
    name = ""
    for number in range(3):
        answer = await ask(gateway, str(number), name)
        assert answer.status == 200, answer.body
        name = answer.json["id"]
    refused = await ask(gateway, "again", name)
    assert (refused.status, refused.json["error"]["code"]) == (400, "conversation_too_long")
    assert (await ask(gateway, "again", "x" * 300)).status == 400
    assert (await ask(gateway, "again", 7)).status == 400  # type: ignore[arg-type]


async def test_a_provider_without_memory_of_the_same_protocol(start: Make, upstream: Upstream) -> None:
    gateway = await start("responses")
    first = (await ask(gateway, "one", stream=True)).body
    name = events(first)[-1]["response"]["id"]
    second = await ask(gateway, "two", name)
    assert second.status == 200, second.body
    sent = upstream.calls[-1].json
    assert "previous_response_id" not in sent
    assert [item["role"] for item in sent["input"]] == ["user", "assistant", "user"]
    assert "id" not in sent["input"][1]
    assert (await about(gateway, name)).json["output"][0]["content"][0]["text"] == speakers.TEXT


async def test_the_database_is_away(start: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = await start()
    first = (await ask(gateway, "one")).json
    await until(lambda: counted(gateway, "kept") == 1)

    async def away(*_: Any) -> Any:
        raise OSError("the database is away")

    for name in ("find", "insert"):
        monkeypatch.setattr(f"storage.repositories.kept_responses.{name}", away)
    refused = await ask(gateway, "two", first["id"])
    assert (refused.status, refused.json["error"]["code"]) == (503, "responses_away")
    assert (await about(gateway, first["id"])).status == 503
    second = await ask(gateway, "alone")
    assert second.status == 200
    # It waits in memory, where it can be read.
    third = await ask(gateway, "three", second.json["id"])
    assert third.status == 200
    monkeypatch.undo()
    await until(lambda: counted(gateway, "kept") == 3)


async def test_signatures_of_thinking_go_back_to_who_made_them(start: Make, upstream: Upstream) -> None:
    gateway = await start("messages")
    thought = {"type": "thinking", "thinking": "Paris, so ...", "signature": "c2lnbmVk"}
    use = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Paris"}}

    async def thinks(call: Call) -> None:
        answer = speakers.TOOL_ANSWERS["messages"] | {"content": [thought, use]}
        await call.answer(200, msgspec.json.encode(answer))

    upstream.behave = thinks
    reasoning = {"effort": "low"}
    first = (await ask(gateway, "weather?", tools=TOOLS["responses"], reasoning=reasoning)).json
    result = {"type": "function_call_output", "call_id": first["output"][-1]["call_id"], "output": "sunny"}
    second = await ask(gateway, [result], first["id"], tools=TOOLS["responses"], reasoning=reasoning)
    assert second.status == 200, second.body
    _, assistant, user = upstream.calls[-1].json["messages"]
    assert assistant["content"] == [thought, use]
    assert (user["content"][0]["type"], user["content"][0]["tool_use_id"]) == ("tool_result", "toolu_1")


async def test_background_requests_are_not_for_limited_keys(make_gateway: Make, upstream: Upstream) -> None:
    upstream.behave = speakers.speaks
    gateway = await make_gateway()
    settings = {"protocols": ["responses"], "capabilities": {"stored": True, "background": True}}
    await gateway.add_channel("only", upstream.url, models={"x": "up"}, settings=settings)
    limited = await gateway.add_key("limited", cost_cap=1_000_000_000)
    refused = await ask(gateway, "hi", background=True, key=limited)
    assert (refused.status, refused.json["error"]["code"]) == (400, "background_not_covered")
    assert "without 'background'" in refused.json["error"]["message"]
    body = msgspec.json.encode({"model": "x", "input": "hi", "background": True})
    capped = await gateway.post(body, "/v1/responses", headers={"x-gateway-cost-cap": "0.5"})
    assert (capped.status, capped.json["error"]["code"]) == (400, "background_not_covered")
    assert (await ask(gateway, "hi", background=True)).status == 200
    assert (await ask(gateway, "hi", background=False, key=limited)).status == 200


@pytest.mark.parametrize("size", [1, 7, 40, 100, 100_000])
def test_the_end_of_a_stream_is_found_however_it_is_cut(size: int) -> None:
    stream = b"".join(speakers.STREAMS["responses"])
    for whole in (stream, stream.replace(b"event: ", b"x: "), stream.replace(b"Hel", b"response.completed")):
        found: list[bytes] = []
        last = _Last(found.append)
        for start in range(0, len(whole), size):
            last.feed(whole[start : start + size])
        assert [msgspec.json.decode(body)["id"] for body in found if body != b"{}"] == ["resp_1"]


@pytest.mark.parametrize(
    "path", ["", "%00", "%ff", "a/b/c", "..", "%2e%2e%2fmodels", "x" * 3000, "a/cancel/", "%F0%9F"]
)
@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
async def test_paths_that_are_none(start: Make, path: str, method: str) -> None:
    gateway = await start()
    answer = await about(gateway, path, method)
    assert answer.status in (404, 405)
    assert answer.json["error"]["message"]
