"""Percentiles: slots of time, counted when a batch is settled, once, and made anew from the rows."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage import rollups
from storage.ledger import settle
from storage.repositories.usage_totals import durations
from storage.rollups import slots
from storage.rollups.groups import DAY_US, HOUR_US
from storage.rollups.slots import FIRST_TOKEN

DAY = 1_763_769_600_000_000 - 1_763_769_600_000_000 % DAY_US


def test_a_slot_is_near_what_it_stands_for() -> None:
    assert len(slots.BOUNDS) == slots.SLOTS - 1
    assert tuple(sorted(set(slots.BOUNDS))) == slots.BOUNDS
    for value in range(1000, 10_000_000, 997):
        assert abs(slots.middle(slots.slot(value)) / value - 1) < 0.095
    assert slots.slot(0) == 0
    assert slots.slot(2**42) == slots.SLOTS - 1
    counts = {slots.slot(10_000): 98, slots.slot(1_000_000): 2}
    near = [slots.middle(slots.slot(value)) for value in (10_000, 10_000, 1_000_000)]
    assert slots.percentiles(counts, (0.5, 0.95, 0.99)) == near
    assert slots.percentiles({}, (0.5,)) == [0]


async def test_durations_of_any_grouping(sessions: async_sessionmaker[AsyncSession], make_record) -> None:
    records = [
        make_record(
            f"r{number}", started_at=DAY + number * HOUR_US // 2, key_id=number % 2 + 1, team_id=number % 2,
            model=f"m{number % 3}", total_us=10_000 * (number % 2 * 9 + 1), first_token_us=0 if number % 4 else 5000,
        )
        for number in range(96)
    ]  # fmt: skip
    fast, slow, token = slots.slot(10_000), slots.slot(100_000), FIRST_TOKEN + slots.slot(5000)

    async def asked() -> list[object]:
        async with sessions() as session:
            return [
                await durations(session, {}),
                await durations(session, {}, group_by="key_id", since=DAY, until=DAY + DAY_US),
                await durations(session, {"team_id": 1}, per="hour", until=DAY + HOUR_US),
                await durations(session, {"key_id": 1, "model": "m0"}, group_by="day"),
                await durations(session, {"model": "m1"}, per="day", group_by="operation"),
            ]

    for _ in range(2):  # the second time they are there already
        async with sessions.begin() as session:
            await settle(session, records)
    found = await asked()
    assert found[0] == {(0, ""): {fast: 48, slow: 48, token: 24}}
    assert found[1] == {(0, 1): {fast: 24, token: 12}, (0, 2): {slow: 24}}
    assert found[2] == {(DAY, ""): {slow: 1}}
    assert found[3] == {(0, DAY): {fast: 8, token: 4}, (0, DAY + DAY_US): {fast: 8, token: 4}}
    assert found[4] == {(day, "chat"): {fast: 8, slow: 8, token: 4} for day in (DAY, DAY + DAY_US)}
    async with sessions() as session:
        assert await durations(session, {"key_id": 1, "model": "m0"}, per="hour") is None
    await rollups.rebuild(sessions, DAY, DAY + 2 * DAY_US)
    assert await asked() == found


@pytest.mark.parametrize("value", [999, 1000, 1188, 1189, 1190])
def test_bounds_belong_to_one_slot(value: int) -> None:
    at = slots.slot(value)
    assert at == 0 or slots.BOUNDS[at - 1] <= value
    assert value < slots.BOUNDS[at]
