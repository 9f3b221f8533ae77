"""Exactly one usage record for each request: with clients that leave, and with the ingress replica killed."""

import asyncio
import os
import signal

import httpx

from tests.integration.instance import Instance, eventually
from tests.integration.load import MESSAGES, Load, Seen, send
from tests.stopwatch import Stopwatch

MODELS = [("mock-unary", False), ("mock-burst-10", True), ("mock-paced-10x5", True)]
REPLACED_S = 40.0
"""Bound on Serve's replacement of a killed replica: it looks every 5 s, and a new one starts in 5 to 10 s."""


async def test_each_request_is_booked_once(gateway: Instance):
    key = gateway.add_key("counted")
    seen = Seen()
    left: list[str] = []
    watch = Stopwatch()

    async def leave(client: httpx.AsyncClient) -> None:
        """Begin a long stream and go away after some events."""
        body = {"model": "mock-paced-2500x20", "messages": MESSAGES, "stream": True}
        async with client.stream("POST", "/v1/chat/completions", json=body) as response:
            left.append(response.headers["x-request-id"])
            events = 0
            async for line in response.aiter_lines():
                events += bool(line)
                if events > 5:
                    return

    async with httpx.AsyncClient(
        base_url=gateway.url, headers={"authorization": f"Bearer {key}"}, timeout=30, trust_env=False
    ) as client:
        slots = asyncio.Semaphore(24)

        async def one(number: int) -> None:
            async with slots:
                if number % 10 == 0:
                    await leave(client)
                elif number % 10 == 1:
                    await send(client, "mock-error-500", seen, stream=number % 20 == 1)
                else:
                    model, stream = [("mock-unary", False), ("mock-burst-10", True), ("mock-paced-10x5", True)][
                        number % 3
                    ]
                    await send(client, model, seen, stream=stream)

        await asyncio.gather(*(one(number) for number in range(300)))
    assert len(seen.complete) == 240
    assert seen.failures.total() == 30
    assert len(set(left)) == 30

    rows = eventually(lambda: gateway.usage(key="counted"), lambda found: len(found) >= 300, 60)
    assert len(rows) == 300
    assert len({row["request_id"] for row in rows}) == 300
    assert seen.complete <= {row["request_id"] for row in rows if row["end"] == "complete" and row["status"] == 200}
    gone = [row for row in rows if row["end"] == "client_gone"]
    assert {row["request_id"] for row in gone} == set(left)
    # Of 2,500 in 50 s, had nobody noticed.
    within_s = 3.0 + watch.lost_s
    assert all(0 < row["output_tokens"] < 200 for row in gone), "what was streamed is booked, and no more"
    assert all(row["total_us"] < within_s * 1e6 for row in gone), "the upstream call went on without its client"
    total = gateway.call("GET", "/usage/totals", key="counted")["items"][0]
    assert total["requests"] == 300
    assert total["output_tokens"] == sum(row["output_tokens"] for row in rows)


async def test_a_killed_ingress_replica_loses_no_finished_request(gateway: Instance):
    key = gateway.add_key("killed")
    others = {name: gateway.pids(name) for name in ("Router", "Admin")}
    (replica,) = await asyncio.to_thread(gateway.replicas, "ingress")
    models = [("mock-unary", False), ("mock-burst-30", True), ("mock-unary", False), ("mock-paced-20x10", True)]
    async with Load(gateway.url, key, models, workers=12) as load:
        await load.more(150, 60)
        os.kill(replica["pid"], signal.SIGKILL)
        killed = Stopwatch()
        before = len(load.seen.complete)
        await asyncio.sleep(0.5)  # answers that were already in the client's socket
        await load.more(100, REPLACED_S)
    print(
        f"\nkilled after {before} answers; no answers for {load.seen.outage_s:.1f} s, "
        f"100 more {killed.s:.1f} s after the kill; clients saw {dict(load.seen.failures)}"
    )
    rows = await asyncio.to_thread(gateway.usage_of, load.seen.complete, key="killed")
    found = {row["request_id"] for row in rows}
    assert load.seen.complete <= found, f"{len(load.seen.complete - found)} finished requests are not booked"
    assert len(found) == len(rows)
    assert {row["replica"] for row in rows} >= {replica["replica"]}
    assert {name: gateway.pids(name) for name in others} == others, "the other replicas went on"
    known = await asyncio.to_thread(
        eventually,
        lambda: {row["pid"] for row in gateway.replicas("ingress")},
        lambda pids: bool(pids - {replica["pid"]}),
        60,
    )
    assert known - {replica["pid"]} == gateway.pids("Ingress")
