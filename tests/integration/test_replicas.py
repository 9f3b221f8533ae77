"""Two ingress replicas on one port: autoscaling by open streams, sums over both, and draining one under load."""

import asyncio
import time
from typing import Any

import openai
from openai import AsyncOpenAI

from tests.integration.conftest import MakeInstance
from tests.integration.instance import Instance, eventually
from tests.integration.load import Load, open_streams
from tests.integration.test_metrics import total

SCALE = {
    "min_replicas": 1,
    "max_replicas": 2,
    "target_open_requests": 8,
    "upscale_delay_s": 1,
    "downscale_delay_s": 3,
}
BREAKS = {"ConnectError", "ReadError", "RemoteProtocolError", "WriteError"}
"""What a client may see when the replica that its connection belongs to goes: SDKs send such a request again."""


async def ingress_count(instance: Instance, count: int, within_s: float) -> float:
    """Seconds until the Router knows so many."""
    began = time.monotonic()
    found = await asyncio.to_thread(
        eventually, lambda: len(instance.replicas("ingress")), lambda now: now == count, within_s, 0.2
    )
    assert found == count
    return time.monotonic() - began


async def gauge(instance: Instance, family: str, wanted: float) -> float:
    """The sum of a gauge, once it is what is wanted: replicas report every two seconds."""
    return await asyncio.to_thread(eventually, lambda: total(instance, family), lambda now: now == wanted, 60)


async def sdk_loop(url: str, key: str, stop: asyncio.Event, answers: list[int], errors: list[str]) -> None:
    """The SDK with its default retries, one request after the other."""
    async with AsyncOpenAI(base_url=f"{url}/v1", api_key=key, timeout=60) as client:
        while not stop.is_set():
            try:
                await client.chat.completions.create(
                    model="mock-unary", messages=[{"role": "user", "content": "Say this is a test."}]
                )
                answers.append(1)
            except openai.OpenAIError as error:
                errors.append(repr(error))
            await asyncio.sleep(0.01)


async def test_up_to_two_and_back_to_one_under_load(make_instance: MakeInstance, upstream: str):
    settings: dict[str, Any] = {"ingress": SCALE, "timeouts": {"drain_s": 20}}
    instance = make_instance(settings)
    await asyncio.to_thread(instance.start)
    await asyncio.to_thread(instance.add_channel, "mock", upstream)
    key = await asyncio.to_thread(instance.add_key, "two")
    stop = asyncio.Event()
    answers: list[int] = []
    errors: list[str] = []

    async with open_streams(instance.url, key, "mock-paced-6000x50", 14) as (many, tasks):
        began = time.monotonic()
        up_s = await ingress_count(instance, 2, 120)
        print(f"\nsecond replica after {up_s:.1f} s")

        # New connections go to both (once the second listens); the counters are sums over both.
        before = await asyncio.to_thread(total, instance, "gateway_requests", end="complete")
        sent = 0
        shares: dict[str, int] = {}
        while len(shares) < 2 and time.monotonic() - began < 180:
            async with Load(instance.url, key, [("mock-unary", False)], workers=4, fresh=True) as spread:
                await spread.more(80, 60)
            assert not spread.seen.failures
            sent += len(spread.seen.complete)
            rows = await asyncio.to_thread(instance.usage_of, spread.seen.complete, key="two")
            names = [row["replica"] for row in rows if row["request_id"] in spread.seen.complete]
            shares = {name: names.count(name) for name in names}
        print(f"both serve after {time.monotonic() - began:.1f} s; new connections per replica: {shares}")
        assert len(shares) == 2
        after = await asyncio.to_thread(
            eventually,
            lambda: total(instance, "gateway_requests", end="complete"),
            lambda now: now - before >= sent,
            60,
        )
        assert after - before == sent
        assert await gauge(instance, "gateway_replicas", 2) == 2
        assert await gauge(instance, "gateway_active_streams", 14) == 14

        # Enough has been seen of the many: end them, and let what is left be carried by one replica.
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        tasks.clear()
    assert not many.failures

    sdks = [asyncio.create_task(sdk_loop(instance.url, key, stop, answers, errors)) for _ in range(2)]
    try:
        async with (
            open_streams(instance.url, key, "mock-paced-300x50", 4) as (streams, _),
            Load(instance.url, key, [("mock-unary", False), ("mock-burst-10", True)], workers=2, fresh=True) as load,
        ):
            down_s = await ingress_count(instance, 1, 120)
            await load.more(100, 60)
    finally:
        stop.set()
        await asyncio.gather(*sdks)
    print(
        f"back to one after {down_s:.1f} s; meanwhile {len(load.seen.complete)} answers on new connections, failures "
        f"{dict(load.seen.failures)}; SDK with retries: {len(answers)} answers, {len(errors)} errors; streams through "
        f"the drain: {len(streams.complete)} of 4 whole"
    )
    assert errors == []
    assert (len(streams.complete), streams.ended_with_error_event) == (4, 0)
    assert set(load.seen.failures) <= BREAKS
    assert load.seen.failures.total() <= 3
    rows = await asyncio.to_thread(instance.usage_of, load.seen.complete | streams.complete, key="two")
    assert load.seen.complete | streams.complete <= {row["request_id"] for row in rows}
    assert await gauge(instance, "gateway_replicas", 1) == 1
