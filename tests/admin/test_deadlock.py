"""Two changes that wait for each other: one is made, the other is told to try again, or is tried again."""

import asyncio
from typing import Any, cast

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.payments.settled import transact
from admin.problems import Problem
from admin.sessions import Sessions
from storage.database import open_engine, session_factory
from tests.admin.services import make_services


@pytest.mark.parametrize("server", ["postgres_database", "mysql_database"])
async def test_who_loses_is_told_to_try_again(request: pytest.FixtureRequest, server: str) -> None:
    engine = open_engine(request.getfixturevalue(server))
    sessions = Sessions(session_factory(engine))
    async with sessions.begin() as session:
        await session.execute(text("CREATE TABLE pair (id INTEGER PRIMARY KEY, n INTEGER)"))
    async with sessions.begin() as session:
        await session.execute(text("INSERT INTO pair VALUES (1, 0), (2, 0)"))
    both = asyncio.Barrier(2)

    async def change(first: int, then: int) -> None:
        async with sessions.begin() as session:
            await session.execute(text("UPDATE pair SET n = n + 1 WHERE id = :id"), {"id": first})
            await both.wait()
            await session.execute(text("UPDATE pair SET n = n + 1 WHERE id = :id"), {"id": then})

    ends = await asyncio.gather(change(1, 2), change(2, 1), return_exceptions=True)
    (lost,) = (end for end in ends if end is not None)
    assert isinstance(lost, Problem)
    assert (lost.status, lost.headers["retry-after"]) == (503, "1")
    async with sessions() as session:
        assert list(await session.scalars(text("SELECT n FROM pair"))) == [1, 1]
    await engine.dispose()


@pytest.mark.parametrize("server", ["postgres_database", "mysql_database"])
async def test_a_change_of_an_order_is_tried_again(request: pytest.FixtureRequest, server: str) -> None:
    engine = open_engine(request.getfixturevalue(server))
    make = session_factory(engine)
    services = make_services(make, cast("Any", None))
    async with make.begin() as session:
        await session.execute(text("CREATE TABLE pair (id INTEGER PRIMARY KEY, n INTEGER)"))
    async with make.begin() as session:
        await session.execute(text("INSERT INTO pair VALUES (1, 0), (2, 0)"))
    both, tries = asyncio.Barrier(2), [0, 0]

    async def change(first: int, then: int) -> str:
        async def work(session: AsyncSession) -> str:
            tries[first - 1] += 1
            await session.execute(text("UPDATE pair SET n = n + 1 WHERE id = :id"), {"id": first})
            if tries[first - 1] == 1:
                await both.wait()
            await session.execute(text("UPDATE pair SET n = n + 1 WHERE id = :id"), {"id": then})
            return "done"

        return await transact(services, work)

    assert set(await asyncio.gather(change(1, 2), change(2, 1))) == {"done"}
    assert sorted(tries) == [1, 2]
    async with make() as session:
        assert list(await session.scalars(text("SELECT n FROM pair"))) == [2, 2]
    await engine.dispose()


class Locked(Exception):  # noqa: N818 - what SQLite's driver says
    """SQLite's own words for a lock that was not to be had."""


@pytest.mark.parametrize(("fails", "made"), [(0, True), (3, True), (4, False)])
async def test_it_is_tried_four_times(migrated_sqlite: str, fails: int, made: bool) -> None:
    engine = open_engine(migrated_sqlite)
    services = make_services(session_factory(engine), cast("Any", None))
    tries = 0

    async def work(_session: AsyncSession) -> str:
        nonlocal tries
        tries += 1
        if tries <= fails:
            raise DBAPIError("UPDATE orders", {}, Locked("database is locked"))
        return "done"

    if made:
        assert await transact(services, work) == "done"
    else:
        with pytest.raises(Problem) as refused:
            await transact(services, work)
        assert refused.value.status == 503
    assert tries == min(fails + 1, 4)
    await engine.dispose()
