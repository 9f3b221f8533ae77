"""The data plane goes on without the Router."""

import asyncio
import os
import signal
import time

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.instance import Instance, eventually
from tests.integration.load import Load
from tests.integration.test_cli import PUSHED_S


def router_up(gateway: Instance) -> float:
    """gateway_router_up as scraped now."""
    text = httpx.get(f"{gateway.url}/metrics", timeout=30, trust_env=False).text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    return float(families["gateway_router_up"].samples[0].value)


async def pushed(gateway: Instance, key: str, channel: int, model: str) -> float:
    """Seconds until a change of a channel's models is in force."""
    await asyncio.to_thread(gateway.call, "PATCH", f"/channels/{channel}", {"models": {model: "mock-unary"}})
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=gateway.url, timeout=30, trust_env=False) as client:
        while (await client.get(f"/v1/models/{model}", headers={"authorization": f"Bearer {key}"})).status_code != 200:
            assert time.monotonic() - began < 60
            await asyncio.sleep(0.01)
    return time.monotonic() - began


async def test_no_request_fails_while_the_router_is_replaced(gateway: Instance, upstream: str):
    key = gateway.add_key("router-away")
    (pid,) = gateway.pids("Router")
    ups: list[float] = []
    async with Load(gateway.url, key, [("mock-unary", False), ("mock-burst-20", True)], workers=6) as load:
        await load.more(100, 60)
        assert await asyncio.to_thread(eventually, lambda: router_up(gateway), lambda up: up == 1, 30) == 1
        os.kill(pid, signal.SIGKILL)
        killed = time.monotonic()
        while time.monotonic() - killed < 180:
            ups.append(await asyncio.to_thread(router_up, gateway))
            if ups[-1] == 1 and gateway.pids("Router") - {pid}:
                break
            await asyncio.sleep(0.2)
        back_s = time.monotonic() - killed
        await load.more(100, 60)

        # The new Router pushes: a model named now is there within a second, and the admin API is found again.
        channel = await asyncio.to_thread(gateway.add_channel, "after", upstream, {"after-router": "mock-unary"})
        try:
            pushed_s = [await pushed(gateway, key, channel, f"after-router-{number}") for number in range(5)]
        finally:
            await asyncio.to_thread(gateway.call, "DELETE", f"/channels/{channel}")
    shown = " ".join(f"{seconds * 1000:.0f}" for seconds in pushed_s)
    print(f"\nRouter back after {back_s:.1f} s; changes after that in force after {shown} ms")
    assert 0 in ups, "metrics answered while the Router was away, and said so"
    assert ups[-1] == 1
    assert max(pushed_s) < PUSHED_S
    assert not load.seen.failures, f"of {len(load.seen.complete)}: {load.seen.failures}"
    rows = await asyncio.to_thread(gateway.usage_of, load.seen.complete, key="router-away")
    assert load.seen.complete <= {row["request_id"] for row in rows}


def test_a_change_made_while_the_router_is_away_comes_with_the_next(gateway: Instance, upstream: str):
    key = gateway.add_key("meanwhile")
    version = gateway.status()["table_version"]
    (pid,) = gateway.pids("Router")
    os.kill(pid, signal.SIGKILL)
    channel = gateway.add_channel("meanwhile", upstream, {"meanwhile": "mock-unary"})
    try:
        headers = {"authorization": f"Bearer {key}"}
        with httpx.Client(base_url=gateway.url, headers=headers, timeout=30, trust_env=False) as client:
            status = eventually(lambda: client.get("/v1/models/meanwhile").status_code, lambda code: code == 200, 180)
        assert status == 200
        # Replicas may have it from the new Router before the Admin has found that one.
        assert gateway.status()["table_version"] > version
    finally:
        gateway.call("DELETE", f"/channels/{channel}")
