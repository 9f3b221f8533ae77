"""`placement: pool` in one process: the ingress side and Adapter planes with the same table."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from deployments import compiler, table
from deployments.adapter import AdapterPlane
from deployments.keys import Key
from deployments.limits import Limits
from deployments.messages import Live, Pool, Update
from deployments.replica import Replica
from deployments.server import Server
from storage.models import ChannelKey
from tests.deployments.client import Client, request
from tests.deployments.gateway import MASTER, Gateway, until
from tests.deployments.mock import STREAM, UNARY_BYTES, WORDS, Call, Upstream, answers, closes, event, stalls, streams


async def no_keys(_digest: bytes) -> Key | None:
    return None


class Member:
    """One Adapter replica without Ray."""

    def __init__(self, gateway: Gateway) -> None:
        self.replica = Replica(gateway.settings, MASTER, no_keys, name="adapter")
        self.server = Server(AdapterPlane(self.replica).handle, Limits())

    async def start(self) -> str:
        port = await self.server.listen("127.0.0.1", 0)
        return f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        await self.server.drain(0.0, 0.5)
        await self.replica.close()


@pytest.fixture
async def pooled(gateway: Gateway):
    """The gateway with two Adapter members; a function that pushes the table to everybody."""
    members = [Member(gateway), Member(gateway)]
    urls = tuple([await member.start() for member in members])

    async def push() -> None:
        async with gateway.sessions() as session:
            data = await compiler.compile_table(session, gateway.settings.timeouts)
        assert data is not None
        blob = table.encode(data)
        for replica in (gateway.replica, *(member.replica for member in members)):
            replica.apply(Update(table=blob, live=Live("", (Pool("openai", urls),)), live_seq=1))

    await push()
    yield members, push
    for member in members:
        await member.stop()


Push = Callable[[], Awaitable[None]]
Members = tuple[list[Member], Push]


@pytest.mark.parametrize("stream", [False, True])
async def test_the_same_as_inline(gateway: Gateway, upstream: Upstream, pooled: Members, stream: bool) -> None:
    answer = await gateway.post({"stream": stream}, headers={"user-agent": "x", "openai-beta": "y", "cookie": "z"})
    assert (answer.status, answer.body) == (200, STREAM if stream else UNARY_BYTES)
    assert answer.headers["content-type"] == ("text/event-stream" if stream else "application/json")
    call = upstream.calls[0]
    assert call.target == "/v1/chat/completions"
    assert call.json["model"] == "up-model"
    names = [name for name, _ in call.header_list]
    assert sorted(names) == sorted(set(names)), "no header twice"
    assert call.headers["authorization"] == "Bearer sk-upstream-one"
    assert call.headers["user-agent"] == "ray-llm-gateway"
    assert call.headers["openai-beta"] == "y"
    assert not [name for name in names if name.startswith("x-gateway") or name == "cookie"]
    record = await gateway.record()
    assert (record.end, record.input_tokens, record.output_tokens) == ("complete", 9, 4)
    assert record.upstream_request_id == "up_1"


async def test_calls_are_spread_over_the_members(gateway: Gateway, upstream: Upstream, pooled: Members) -> None:
    go_on = asyncio.Event()

    async def behave(call: Call) -> None:
        await go_on.wait()
        await streams(*WORDS, event(finish="stop"), b"data: [DONE]\n\n")(call)

    upstream.behave = behave
    seen = asyncio.gather(*(gateway.post({"stream": True}) for _ in range(10)))
    await until(lambda: sum(member.server.open_requests for member in pooled[0]) == 10)
    assert {member.server.open_requests for member in pooled[0]} == {5}
    go_on.set()
    assert all(answer.body == STREAM for answer in await seen)
    await until(lambda: not any(member.open for member in gateway.replica._pools["openai"]._members))
    await gateway.records(10)


@pytest.mark.parametrize(
    ("behave", "status", "klass"),
    [
        (closes, 502, "upstream_reset"),
        (answers(401, b'{"error":{"message":"sk-abc123"}}'), 502, "upstream_auth"),
        (answers(429, more="retry-after: 7\r\n"), 429, "upstream_rate_limit"),
        (answers(400), 400, "upstream_invalid"),
        (answers(200, b"<html>", "text/html"), 502, "upstream_not_json"),
        (streams(), 502, "upstream_empty"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_trouble_is_the_same_trouble(
    gateway: Gateway, upstream: Upstream, pooled: Members, behave, status: int, klass: str, stream: bool
) -> None:
    upstream.behave = behave
    answer = await gateway.post({"stream": stream})
    assert answer.status == status
    assert b"abc123" not in answer.body
    record = await gateway.record()
    assert record.error == klass
    if klass == "upstream_rate_limit":
        assert answer.headers["retry-after"] == "7"


async def test_a_refused_connection(gateway: Gateway, pooled: Members) -> None:
    await gateway.add_channel("refused", "http://127.0.0.1:9/v1", models={"refused": ""}, push=False)
    await pooled[1]()
    answer = await gateway.post({"model": "refused"})
    assert (answer.status, answer.error["code"]) == (502, "upstream_unreachable")


@pytest.mark.parametrize("end", ["cut", "reset"])
async def test_a_cut_in_the_middle_is_a_cut(gateway: Gateway, upstream: Upstream, pooled: Members, end: str) -> None:
    upstream.behave = streams(*WORDS, end=end)
    answer = await gateway.post({"stream": True})
    assert msgspec.json.decode(answer.body[len(b"".join(WORDS)) + 6 :])["error"]["code"] == "upstream_cut"
    assert (await gateway.record()).end == "upstream_cut"


async def test_a_client_that_leaves_ends_the_call_through_the_pool(
    gateway: Gateway, upstream: Upstream, pooled: Members
) -> None:
    upstream.behave = streams(*WORDS * 100, pause=0.02)
    async with Client(gateway.port) as client:
        client.send(gateway.raw({"stream": True}))
        await client.head()
        await client.piece()
    await until(lambda: upstream.calls[0].gone_at > 0, 1.0)
    assert (await gateway.record()).end == "client_gone"
    await until(lambda: all(not member.server.open_requests for member in pooled[0]))


async def test_the_ingress_keeps_the_time(gateway: Gateway, upstream: Upstream, pooled: Members) -> None:
    await gateway.add_channel(
        "hasty", upstream.url, models={"h": ""}, settings={"first_byte_timeout_s": 0.1}, push=False
    )
    await pooled[1]()
    upstream.behave = stalls
    answer = await gateway.post({"model": "h"})
    assert (answer.status, answer.error["code"]) == (504, "upstream_timeout")


async def test_a_member_that_has_gone(gateway: Gateway, pooled: Members) -> None:
    await pooled[0][0].server.drain(0.0, 0.1)
    answers_ = [await gateway.post() for _ in range(6)]
    assert {answer.status for answer in answers_} == {200}
    await pooled[0][1].server.drain(0.0, 0.1)
    answer = await gateway.post()
    assert (answer.status, answer.error["code"]) == (502, "upstream_no_adapter")
    gateway.replica.apply(Update(live=Live("", (Pool("openai", ()),)), live_seq=2))
    answer = await gateway.post()
    assert (answer.status, answer.error["code"]) == (503, "upstream_no_adapter")
    gateway.replica.apply(Update(live=Live(), live_seq=3))
    assert (await gateway.post()).status == 200, "without a pool the call is made here"


async def test_internal_ports_are_internal(gateway: Gateway, upstream: Upstream, pooled: Members) -> None:
    member = pooled[0][0]
    port = int(gateway.replica._pools["openai"]._members[0].url.rsplit(":", 1)[1])
    gateway.port = port
    for headers in ({}, {"x-gateway-internal": "wrong"}, {"x-gateway-internal": "\xff"}):
        answer = await gateway.send(request("POST", "/chat/completions", {**headers, "x-gateway-channel": "1"}, b"{}"))
        assert (answer.status, answer.error["message"]) == (403, "This port is internal.")
    token = {"x-gateway-internal": member.replica.internal_token}
    for channel in ({}, {"x-gateway-channel": "99"}, {"x-gateway-channel": "x"}, {"x-gateway-channel": "\xb2"}):
        answer = await gateway.send(request("POST", "/chat/completions", {**token, **channel}, b"{}"))
        assert (answer.status, answer.headers["x-gateway-failed"]) == (502, "502 upstream_no_adapter 1")
    assert not upstream.calls


async def test_the_key_of_several_is_chosen_by_the_ingress(pooled, gateway: Gateway, upstream: Upstream) -> None:
    _, push = pooled
    number = await gateway.add_channel(
        "several", upstream.url, push=False, provider="openai", models={"several-x": "up"}, key_mode="round_robin"
    )
    for each in range(2):
        async with gateway.sessions.begin() as session:
            key = ChannelKey(channel_id=number, secret=b"")
            session.add(key)
            await session.flush()
            key.secret = gateway.box.seal(f"sk-number-{each}", f"channel-key:{key.id}")
    await push()
    for _ in range(2):
        assert (await gateway.post({"model": "several-x"})).status == 200
    shown = {call.headers["authorization"] for call in upstream.calls}
    assert shown == {"Bearer sk-number-0", "Bearer sk-number-1"}
    assert all("x-gateway-channel-key" not in call.headers for call in upstream.calls)
