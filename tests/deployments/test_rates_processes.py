"""Rate limits over real processes on a real Redis: one clock, several replicas, SIGKILL and SIGSTOP."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.rates import RedisAuthority
from tests.deployments.rates import Fleet, limit
from tests.redis_server import RedisServer

PROGRAM = Path(__file__).with_name("rates_process.py")
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def server(pick_port: Callable[[], int], tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of this test."""
    redis = RedisServer(pick_port(), tmp_path)
    redis.start()
    yield redis
    redis.kill()


@pytest.fixture
def start(server: RedisServer) -> Iterator[Start]:
    """A function that starts a replica as a process."""
    running: list[subprocess.Popen[str]] = []

    def make(*words: Any) -> subprocess.Popen[str]:
        command = [sys.executable, str(PROGRAM), server.url, "p:", *map(str, words)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(process)
        return process

    yield make
    for process in running:
        process.kill()
        process.communicate()


def line(process: "subprocess.Popen[str]") -> str:
    """The next line a process says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.slow
@pytest.mark.parametrize(("amount", "window", "pace"), [(400, "second", 500), (12_000, "minute", 3000)])
def test_two_processes_stay_within_two_percent_of_the_limit(start: Start, amount: int, window: str, pace: int) -> None:
    seconds = 5.0
    processes = [start("flood", amount, window, seconds, pace) for _ in range(2)]
    assert [line(process) for process in processes] == ["ready", "ready"]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    times: list[float] = []
    print()
    for process in processes:
        sent, awaited, calls, cpu = line(process).split()
        mine = [float(word) for word in line(process).split()]
        print(f"{len(mine)} of {sent} admitted, {awaited} awaited, {calls} round trips, {cpu} s CPU")
        times += mine
    times.sort()
    if window == "minute":
        assert 0.98 * amount <= len(times) <= amount  # all of it within the first seconds of its window
        print(f"{len(times)} of {amount} in a minute")
        return
    most = max(bisect_left(times, begin + 1.0 - 1e-5) - place for place, begin in enumerate(times))
    begin = times[0] + 1.0
    kept = (bisect_left(times, begin + 3.0) - bisect_left(times, begin)) / 3 / amount
    print(f"at most {most} in a second, {kept:.4f} of the limit over three")
    assert most <= amount
    assert kept >= 0.98


async def test_slots_of_a_killed_process_come_back(start: Start, server: RedisServer) -> None:
    process = start("hold", 3)
    assert await asyncio.to_thread(line, process) == "held 3"
    authority = RedisAuthority(server.url, prefix="p:", ttl_s=1.5, timeout_s=2.0)
    fleet = Fleet(authority, [limit(3, metric="concurrent")], size=1)
    await asyncio.sleep(2.0)  # longer than its lease: it is alive and keeps them
    assert await fleet.admit(0) is None
    process.send_signal(signal.SIGKILL)
    since = time.monotonic()
    while await fleet.admit(0) is None:
        await asyncio.sleep(0.05)
        assert time.monotonic() - since < 5
    print(f"\na slot is free {time.monotonic() - since:.2f} s after kill -9 (lease 1.5 s)")
    assert [await fleet.admit(0) is not None for _ in range(3)] == [True, True, False]
    await fleet.close()
    await authority.close()


async def test_a_redis_that_hangs_delays_one_request_at_most(server: RedisServer) -> None:
    authority = RedisAuthority(server.url, prefix="p:", timeout_s=0.2)
    fleet = Fleet(authority, [limit(5)], size=1)
    assert await fleet.admit(0) is not None
    pid = server.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        since = time.monotonic()
        assert await fleet.admit(0) is not None
        first = time.monotonic() - since
        since = time.monotonic()
        assert await fleet.admit(0) is not None
        second = time.monotonic() - since
        print(f"\nthe first request waited {first * 1000:.0f} ms, the second {second * 1000:.2f} ms")
        assert first < 0.6
        assert second < 0.02
        await asyncio.sleep(0.8)
    finally:
        os.kill(pid, signal.SIGCONT)
    await asyncio.sleep(1.5)
    assert fleet.books[0].up
    assert [await fleet.admit(0) is not None for _ in range(4)] == [True, True, False, False]
    await fleet.close()
    await authority.close()
