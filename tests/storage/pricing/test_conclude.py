"""Concluding tasks: what the provider counted is paid once, exactly, whoever books it and whatever is killed."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from storage.ledger.settling import settle
from storage.ledger.transactions import transact
from storage.models import Account, Entry, Price, Task, Usage
from storage.pricing import Charge, Counted, PriceBook, Tariff, Terms, Tier, rate
from storage.pricing.conclude import Outcome, conclude
from storage.pricing.entry import entry_of, stored
from storage.pricing.rerate import Wanted, rerate_page
from storage.records import UsageRecord
from storage.repositories import corrections, prices, tasks
from tests.storage.ledger.conftest import differences

Sessions = async_sessionmaker[AsyncSession]

START = 1_800_000_000
NOW = START + 60
HALF = 500_000


async def priced(sessions: Sessions, model: str = "m", **fields: Any) -> Tariff:
    terms: dict[str, Any] = {"input": 10**9, "output": 4 * 10**9, **fields}
    async with sessions.begin() as session:
        row = Price(provider="openai", model=model, source="operator", **terms)
        return Tariff(entry_of(await prices.create(session, row)))


def at(tariff: Tariff, counts: Counted) -> Charge:
    return rate(tariff, counts, group_ratio=HALF, at=START)


def begun(tariff: Tariff | None, estimate: int, number: int = 1) -> UsageRecord:
    """The record of a request that began a task: an estimate of its input."""
    reference = tasks.reference_of(bytes(31) + bytes([number]), 5, 3, START)
    charge = at(tariff, Counted(estimate)) if tariff is not None else Charge(0, 0, "")
    return UsageRecord(
        f"r{number}", START * 1_000_000, key_id=5, channel_id=3, provider="openai", model="public", upstream_model="m",
        user_id=number, input_tokens=estimate, usage_source="estimate", cost=charge.amount,
        provider_cost=charge.provider_amount, price_detail=charge.detail, price_id=0 if tariff is None else tariff.id,
        status=200, end="complete",
        task=tasks.packed(tasks.Begun(tasks.RESPONSE, f"resp_{number}", reference, START)),
    )  # fmt: skip


def fetched(first: UsageRecord, tariff: Tariff, counts: Counted) -> UsageRecord:
    """What a replica books whose client fetched the end: it knows no group, nor what was estimated too much."""
    rest = Counted(max(counts.input - first.input_tokens, 0), counts.output)
    charge = rate(tariff, rest, at=START)
    name = msgspec.json.decode(first.task)[2]
    return msgspec.structs.replace(
        first, request_id=name, started_at=tasks.booked_at(START), input_tokens=rest.input, output_tokens=rest.output,
        usage_source="upstream", cost=charge.amount, provider_cost=charge.provider_amount, price_detail=charge.detail,
        task="",
    )  # fmt: skip


async def book(sessions: Sessions, *records: UsageRecord) -> None:
    await transact(sessions, lambda session: settle(session, records, now=NOW))


async def task_of(sessions: Sessions, number: int = 1) -> Task:
    async with sessions() as session:
        found = await session.scalar(select(Task).where(Task.request_id == f"r{number}"))
        assert found is not None
        return found


async def finish(sessions: Sessions, outcome: Outcome, number: int = 1, now: int = NOW) -> Task:
    wanted = (await task_of(sessions, number)).id
    found = await transact(sessions, lambda session: conclude(session, wanted, outcome, now))
    assert found is not None
    return found


async def paid(sessions: Sessions, number: int = 1) -> int:
    async with sessions() as session:
        account = await session.scalar(select(Account).where(Account.kind == "user", Account.subject_id == number))
        if account is None:
            return 0
        amounts = await session.scalars(select(Entry.amount).where(Entry.account_id == account.id))
        assert account.balance == sum(amounts)
        return -account.balance


DONE = Outcome(state="completed", counts=Counted(500, 70, 0, 0, 20), model="m-2026")


async def test_a_task_comes_with_the_record_and_is_paid_as_counted(sessions: Sessions) -> None:
    tariff = await priced(sessions)
    first = begun(tariff, 100)
    await book(sessions, first)
    await book(sessions, first)
    task = await task_of(sessions)
    assert (task.state, task.settlement, task.upstream_id, task.estimate) == ("queued", "open", "resp_1", first.cost)
    async with sessions() as session:
        assert not await tasks.any_due(session, START + tasks.FIRST_S - 1)
        assert [one.id for one in await tasks.due(session, START + tasks.FIRST_S, 5)] == [task.id]
    whole = at(tariff, Counted(500, 70))
    for _ in range(2):
        done = await finish(sessions, DONE)
        assert (done.state, done.settlement, done.cost) == ("completed", "exact", whole.amount)
        assert (done.input_tokens, done.output_tokens, done.reasoning_tokens) == (500, 70, 20)
        assert await paid(sessions) == whole.amount
    async with sessions() as session:
        rest = await session.scalar(select(Usage).where(Usage.request_id == task.reference))
        assert rest is not None
        assert (rest.input_tokens, rest.output_tokens, rest.model, rest.response_model) == (400, 70, "public", "m-2026")
        assert not await tasks.any_due(session, NOW + 10**6)
    assert await differences(sessions) == []


async def test_any_counts_any_price_any_order_come_to_what_was_counted(sessions: Sessions) -> None:
    """Estimates too low and too high, tiers, prices by the call; a fetch before, after, twice or not at all."""
    draw = random.Random(7)
    plain = await priced(sessions)
    tiers = (Tier(above=300, input=3 * 10**9, output=9 * 10**9),)
    dear = await priced(sessions, "tiers", terms=stored(Terms(tiers=tiers)))
    called = await priced(sessions, "call", terms=stored(Terms(call=10**12)))
    for number in range(1, 25):
        tariff = draw.choice([plain, dear, called])
        counts = Counted(draw.randrange(600), draw.randrange(100))
        first = begun(tariff, draw.randrange(600), number)
        rest = fetched(first, draw.choice([plain, tariff]), counts)
        done = Outcome(state="completed", counts=counts)
        await book(sessions, first)
        steps = [0, draw.choice([0, 1]), *draw.choice([(), (1,), (1, 1)])]
        draw.shuffle(steps)
        for step in steps:
            await (book(sessions, rest) if step else finish(sessions, done, number))
        assert await paid(sessions, number) == at(tariff, counts).amount, (number, steps)
        assert (await task_of(sessions, number)).cost == at(tariff, counts).amount
    assert await differences(sessions, 50) == []


async def test_a_fetch_and_several_who_ask_at_once_book_once(sessions: Sessions) -> None:
    tariff = await priced(sessions)
    counts = Counted(500, 70)
    first = begun(tariff, 600)
    rest = fetched(first, tariff, counts)
    await book(sessions, first)
    done = Outcome(state="completed", counts=counts)
    await asyncio.gather(
        book(sessions, rest), *(finish(sessions, done) for _ in range(3)), book(sessions, rest), book(sessions, first)
    )
    assert await paid(sessions) == at(tariff, counts).amount
    async with sessions() as session:
        assert len((await session.scalars(select(Usage.request_id))).all()) == 2
        assert len(await corrections.list_for(session, "r1")) == 1
    assert await differences(sessions) == []


@contextmanager
def breaking(engine: AsyncEngine, at_statement: int) -> Iterator[list[str]]:
    """The connection breaks at its n-th statement."""
    seen: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)
        if len(seen) == at_statement:
            raise ConnectionResetError

    event.listen(engine.sync_engine, "before_cursor_execute", look)
    try:
        yield seen
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", look)


async def test_killed_at_any_statement_nothing_is_booked_and_nothing_is_lost(
    sessions: Sessions, engine: AsyncEngine
) -> None:
    tariff = await priced(sessions)
    first = begun(tariff, 600)
    await book(sessions, first)
    wanted = (await task_of(sessions)).id
    for statement in range(1, 200):
        with breaking(engine, statement) as seen:
            try:
                async with sessions.begin() as session:
                    await conclude(session, wanted, DONE, NOW)
            except ConnectionResetError:
                assert await paid(sessions) == first.cost
                assert (await task_of(sessions)).settlement == "open"
                continue
        assert len(seen) < statement
        break
    assert statement > 15
    assert await paid(sessions) == at(tariff, Counted(500, 70)).amount
    assert await differences(sessions) == []


@pytest.mark.parametrize("fetched_before", [False, True])
async def test_one_that_nobody_knows_stays_as_it_was_booked(sessions: Sessions, fetched_before: bool) -> None:
    tariff = await priced(sessions)
    first = begun(tariff, 100)
    await book(sessions, first)
    if fetched_before:
        await book(sessions, fetched(first, tariff, Counted(500, 70)))
    lost = await finish(sessions, Outcome(state=tasks.LOST, note="The provider does not know it."))
    assert (lost.state, lost.settlement) == ("lost", "exact" if fetched_before else "estimate")
    assert await paid(sessions) == (at(tariff, Counted(500, 70)).amount if fetched_before else first.cost)
    assert (await finish(sessions, DONE)).state == "lost"


async def test_what_failed_and_was_not_counted_costs_nothing(sessions: Sessions) -> None:
    await book(sessions, begun(await priced(sessions), 100))
    failed = await finish(sessions, Outcome(state="failed"))
    assert (failed.settlement, failed.cost, await paid(sessions)) == ("exact", 0, 0)
    assert await differences(sessions) == []


async def test_what_was_cancelled_and_not_counted_stays_an_estimate(sessions: Sessions) -> None:
    first = begun(await priced(sessions), 100)
    await book(sessions, first)
    done = await finish(sessions, Outcome(state="cancelled"))
    assert (done.settlement, done.cost, await paid(sessions)) == ("estimate", first.cost, first.cost)


async def test_without_a_price_it_costs_nothing(sessions: Sessions) -> None:
    await book(sessions, begun(None, 100))
    done = await finish(sessions, DONE)
    assert (done.settlement, done.cost, done.output_tokens) == ("exact", 0, 70)


async def test_another_price_later_changes_what_was_counted_and_keeps_the_rest(sessions: Sessions) -> None:
    tariff = await priced(sessions)
    first = begun(tariff, 600)
    await book(sessions, first)
    await finish(sessions, DONE)
    before = await paid(sessions)
    async with sessions.begin() as session:
        page = await rerate_page(
            session, Wanted(since=0, until=START * 2_000_000), PriceBook(await prices.list_all(session)), actor="me",
            dry_run=False,
        )  # fmt: skip
    assert page.changed == 0
    assert await paid(sessions) == before


@pytest.mark.parametrize(
    "text", ["{}", "[1]", '["response","a\\u0000b","r",1]', '["response","' + "x" * 300 + '","r",1]']
)
async def test_what_is_no_task_is_booked_all_the_same(sessions: Sessions, text: str) -> None:
    await book(sessions, msgspec.structs.replace(begun(await priced(sessions), 100), task=text))
    async with sessions() as session:
        assert (await session.scalars(select(Task))).all() == []
    assert await paid(sessions) > 0


async def test_old_ones_are_forgotten_open_ones_are_not(sessions: Sessions) -> None:
    tariff = await priced(sessions)
    await book(sessions, begun(tariff, 100, 1), begun(tariff, 100, 2))
    await finish(sessions, DONE)
    async with sessions.begin() as session:
        assert await tasks.forget(session, START) == 0
        assert await tasks.forget(session, START + 1) == 1
        assert await tasks.forget(session, START + 1) == 0
    assert (await task_of(sessions, 2)).settlement == "open"
