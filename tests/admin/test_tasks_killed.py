"""kill -9 of processes that conclude asynchronous tasks, at any moment: each is booked once, to what was counted."""

# ruff: noqa: ASYNC221 - the processes that are killed are all this test waits for

import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import open_engine, session_factory
from storage.models import Account, Correction, Entry, KeyTotal, Price, Task, Usage
from storage.pricing import Counted, Tariff
from storage.pricing.entry import entry_of
from storage.repositories import prices
from tests.admin.tasks_killed import Plan
from tests.storage.ledger.conftest import differences
from tests.storage.pricing.test_conclude import START, at, begun, book, fetched

TASKS = 24
ROOT = Path(__file__).parents[2]


async def test_killed_at_any_moment(migrated_sqlite: str, migrated_postgres: str, tmp_path: Path) -> None:
    plans: dict[str, tuple[Plan, Tariff]] = {}
    for name, url in (("sqlite", migrated_sqlite), ("postgres", migrated_postgres)):
        plans[name] = await _begin(url)
        (tmp_path / f"{name}.json").write_bytes(msgspec.json.encode(plans[name][0]))
    files = [str(tmp_path / f"{name}.json") for name in plans]
    done = subprocess.run(
        [sys.executable, "-m", "tests.admin.tasks_killed", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for plan, tariff in plans.values():
        engine = open_engine(plan.url)
        sessions = session_factory(engine)
        async with sessions() as session:
            await _each_is_booked_once(session, plan, tariff)
        assert await differences(sessions, 100) == []
        await engine.dispose()


async def _begin(url: str) -> tuple[Plan, Tariff]:
    """Tasks whose estimates are too low and too high, some of which fail; of half of them a client fetches the end."""
    engine = open_engine(url)
    sessions = session_factory(engine)
    async with sessions.begin() as session:
        row = Price(provider="openai", model="m", source="operator", input=10**9, output=4 * 10**9)
        tariff = Tariff(entry_of(await prices.create(session, row)))
    plan = Plan(engine.url.render_as_string(hide_password=False), START + 60, {}, [], [])
    for number in range(1, TASKS + 1):
        counts = None if number % 6 == 0 else (number * 10, 70)
        first = begun(tariff, 200, number)
        plan.begun.append(first)
        plan.counted[f"resp_{number}"] = counts
        if counts is not None and number % 2:
            plan.fetched.append(fetched(first, tariff, Counted(*counts)))
    await book(sessions, *plan.begun)
    await engine.dispose()
    return plan, tariff


async def _each_is_booked_once(session: AsyncSession, plan: Plan, tariff: Tariff) -> None:
    used = 0
    rows = Counter(await session.scalars(select(Usage.request_id)))
    assert set(rows.values()) == {1}
    corrected = Counter(await session.scalars(select(Correction.request_id)))
    for task in await session.scalars(select(Task).order_by(Task.id)):
        number, counts = task.user_id, plan.counted[task.upstream_id]
        cost = 0 if counts is None else at(tariff, Counted(*counts)).amount
        state = "failed" if counts is None else "completed"
        assert (task.state, task.settlement, task.cost) == (state, "exact", cost), number
        account = (
            await session.scalars(select(Account).where(Account.kind == "user", Account.subject_id == number))
        ).one()
        amounts = list(await session.scalars(select(Entry.amount).where(Entry.account_id == account.id)))
        assert (account.balance, sum(amounts)) == (-cost, -cost), number
        assert rows[task.reference] == (counts is not None), number
        assert corrected[task.request_id] <= 1, number
        used += cost
    assert rows.total() == TASKS + sum(counts is not None for counts in plan.counted.values())
    assert (await session.scalars(select(KeyTotal.cost))).one() == used
