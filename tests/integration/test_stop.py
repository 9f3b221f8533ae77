"""Ctrl-C, SIGTERM and kill -9: open streams finish, new connections are refused, nothing is left."""

import asyncio
import os
import signal
from collections.abc import Callable

import httpx
import pytest

from tests.integration.conftest import DRAIN_S, MakeInstance
from tests.integration.instance import Instance
from tests.integration.load import Seen, open_streams
from tests.stopwatch import Stopwatch

SHORT = "mock-paced-80x50"
"""4 s: longer than it takes to close the port, and shorter than drain_s, both by more than a machine stands still."""

STOPPED_S = DRAIN_S + 12.0
"""drain_s, and what Serve and Ray take for the rest on a busy machine."""


async def stop_under_streams(instance: Instance, key: str, stop: Callable[[], None]) -> None:
    """Stop with short and endless streams open, and look at everything that is promised about that."""
    async with (
        open_streams(instance.url, key, SHORT, 10) as (short, _),
        open_streams(instance.url, key, "mock-paced-2000x50", 3) as (endless, _),
    ):
        watch = Stopwatch()
        stop()
        refused_s = await refused(instance, watch)
        assert not short.complete, "the streams were still open when the port was closed"
    ended_s = watch.s
    code, _ = await asyncio.to_thread(instance.wait, STOPPED_S)
    stopped_s = watch.s
    left = await asyncio.to_thread(instance.nothing_left)
    gone_s = watch.s
    print(
        f"\nstart {instance.ready_s:.1f} s; new connections refused after {refused_s:.2f} s, last stream over after "
        f"{ended_s:.1f} s, exit {code} after {stopped_s:.1f} s, nothing left after {gone_s:.1f} s"
    )
    assert (len(short.complete), short.failures) == (10, Seen().failures), "streams within the bound finish"
    assert endless.ended_with_error_event == 3, f"longer ones end with an error event: {endless}"
    assert refused_s < 3
    assert ended_s < DRAIN_S + 4
    assert code == 0
    assert stopped_s < STOPPED_S
    assert left == ""
    assert "Traceback" not in instance.log()


async def refused(instance: Instance, watch: Stopwatch) -> float:
    """Seconds until a new connection is refused."""
    while watch.s < 10:
        async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
            try:
                await client.get(f"{instance.url}/healthz")
            except httpx.ConnectError:
                return watch.s
            except httpx.HTTPError:
                pass
        await asyncio.sleep(0.02)
    raise AssertionError("new connections are still accepted 10 s after the stop")


async def test_ctrl_c_of_serve_run_by_hand(make_instance: MakeInstance, upstream: str):
    instance = make_instance({"timeouts": {"drain_s": DRAIN_S}}, by_hand=True)
    await asyncio.to_thread(instance.start)
    instance.add_channel("mock", upstream)
    await stop_under_streams(instance, instance.add_key("k"), lambda: ctrl_c(instance))


@pytest.mark.ends_the_shared_gateway
async def test_kill_9_then_a_start_at_once_then_ctrl_c(gateway: Instance):
    key = gateway.add_key("stop")
    async with open_streams(gateway.url, key, "mock-burst-20", 20) as (seen, _):
        pass
    assert len(seen.complete) == 20
    gateway.signal(signal.SIGKILL)
    killed = Stopwatch()
    gateway.wait(30)
    assert killed.s < 5
    await refused(gateway, killed)
    print(f"\nport free {killed.s:.2f} s after kill -9 of the launcher")

    # At once: two agents of Ray live on for a minute, and hold nothing that a new run needs.
    await asyncio.to_thread(gateway.start)
    rows = await asyncio.to_thread(gateway.usage_of, seen.complete, key="stop")
    assert {row["request_id"] for row in rows} == seen.complete, "records in the journal outlive the run"
    await stop_under_streams(gateway, key, lambda: ctrl_c(gateway))


def ctrl_c(instance: Instance) -> None:
    """A terminal sends SIGINT to the whole process group, Ray's own processes included."""
    os.killpg(instance.process.pid, signal.SIGINT)
