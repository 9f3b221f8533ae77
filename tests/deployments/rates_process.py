"""One replica of the rate tests as a process of its own: `python rates_process.py URL PREFIX JOB ...`.

`flood AMOUNT WINDOW SECONDS PER_SECOND`: requests at that pace; prints when each was admitted, and when some were
refused (one of each hundredth of a second), on the system's clock.
`hold AMOUNT`: takes so many slots, says so, and waits to be killed.
"""

import asyncio
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from storage.rates import LEASE_S, RedisAuthority
from tests.deployments.rates import SUBJECT, Fleet, limit

TIMEOUT_S = 30.0
"""A machine that stands still is no outage: then each replica would count for itself."""

SOON_S = 0.1
"""A refusal that took longer was decided before a pause, and tells nothing of the window as it is now."""


async def flood(fleet: Fleet, seconds: float, per_second: float) -> None:
    admitted: list[float] = []
    refused: dict[int, float] = {}
    tasks: set[asyncio.Task[None]] = set()
    loop = asyncio.get_running_loop()

    async def one() -> None:
        asked = time.monotonic()
        admission = await fleet.admit(0)
        if admission is not None:
            admitted.append(admission.at)
        else:
            now = time.monotonic()
            if now - asked < SOON_S:
                refused.setdefault(int(now * 100), now)

    begin = time.monotonic()
    sent = 0
    while (passed := time.monotonic() - begin) < seconds:
        for _ in range(int(passed * per_second) - sent):
            sent += 1
            task = loop.create_task(one())
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(0.001)
    await asyncio.gather(*tasks)
    print(sent, fleet.awaited, fleet.authority.calls, f"{time.process_time():.2f}")
    print(" ".join(f"{at:.6f}" for at in admitted))
    print(" ".join(f"{at:.6f}" for at in refused.values()))


async def main() -> None:
    url, prefix, job, *numbers = sys.argv[1:]
    # Held slots last at the authority as ever, so that a pause does not end them, but are renewed more often.
    authority = RedisAuthority(url, prefix=prefix, ttl_s=LEASE_S, timeout_s=TIMEOUT_S)
    if job == "flood":
        amount, window, seconds, per_second = numbers
        fleet = Fleet(authority, [limit(int(amount), window)], size=0)
        fleet.books = [fleet.book(f"process-{os.getpid()}", [limit(int(amount), window)], timeout_s=TIMEOUT_S)]
        await fleet.admit(0, subject=SUBJECT._replace(key_id=99))  # connected before the clock runs
        print("ready", flush=True)
        sys.stdin.readline()
        await flood(fleet, float(seconds), float(per_second))
        await fleet.close()
        return
    fleet = Fleet(authority, [limit(int(numbers[0]), metric="concurrent")], size=0)
    rows = [limit(int(numbers[0]), metric="concurrent")]
    fleet.books = [fleet.book(f"process-{os.getpid()}", rows, timeout_s=TIMEOUT_S, lease_s=1.5)]
    held = [await fleet.admit(0) for _ in range(int(numbers[0]))]
    print("held", sum(admission is not None for admission in held), flush=True)
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main())
