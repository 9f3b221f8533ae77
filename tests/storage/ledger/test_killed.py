"""kill -9 of processes that lease and settle, at random moments: no lost record, no double charge, a clean ledger."""

# ruff: noqa: ASYNC220, ASYNC251 - waiting for the process that is killed is all this test does meanwhile

import os
import random
import signal
import subprocess
import sys
import time

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.ledger import expired_replicas, reclaim, settle
from storage.ledger.transactions import transact
from storage.models import Usage
from storage.records import UsageRecord
from tests.storage.ledger.conftest import NOW, Clean, Sessions, make_account, state

MONEY = 10**9
RECORDS = 400

# Settles the same records again and again from the beginning, as a drainer does that was killed before it noted how far
# it was, while it takes leases and gives them back.
WORK = """
import asyncio, os, sys
from storage.database import open_engine, session_factory
from storage.ledger import Ask, give_back, settle, take, transact
from storage.records import UsageRecord
url, account, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
now = int(sys.argv[5])

def record(number):
    return UsageRecord(f"r{number}", number, user_id=1, channel_id=2, accounts=str(account), cost=7, provider_cost=5,
                       replica="a")

async def main():
    sessions = session_factory(open_engine(url))
    os.write(1, b"ready\\n")
    turn = 0
    while True:
        for first in range(0, int(sys.argv[4]), 20):
            turn += 1
            records = [record(number) for number in range(first, first + 20)]
            await transact(sessions, lambda s: settle(s, records, now=now))
            asks = [Ask(account, 1, 1000)]
            await transact(sessions, lambda s: take(s, name, asks, operation=f"{name}{turn}", ttl_s=60, now=now))
            back = {account: 500}
            await transact(sessions, lambda s: give_back(s, name, back, operation=f"{name}{turn}", now=now))
asyncio.run(main())
"""


async def test_killed_at_any_moment(engine: AsyncEngine, sessions: Sessions, clean: Clean) -> None:
    account_id = await make_account(sessions, MONEY)
    url = engine.url.render_as_string(hide_password=False)
    names = [f"replica-{number}" for number in range(3)]
    running: list[subprocess.Popen[bytes]] = []
    for name in names:
        command = [sys.executable, "-c", WORK, url, str(account_id), name, str(RECORDS), str(NOW)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        running.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(random.uniform(0.02, 0.4))
        if len(running) == 2:  # two at work at any time; the older is killed
            kill(running.pop(0))
            await clean()
    kill(running.pop())
    await clean()
    records = [
        UsageRecord(f"r{number}", number, user_id=1, channel_id=2, accounts=str(account_id), cost=7, provider_cost=5,
                    replica="a")
        for number in range(RECORDS)
    ]  # fmt: skip
    await transact(sessions, lambda session: settle(session, records, now=NOW))
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Usage)) == RECORDS
        assert set(await expired_replicas(session, NOW + 61)) <= set(names)
    await transact(sessions, lambda session: reclaim(session, NOW + 61, closed=names))
    assert await state(sessions, account_id) == (MONEY - 7 * RECORDS, 0)
    await clean()


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    if process.stdout is not None:
        process.stdout.close()
