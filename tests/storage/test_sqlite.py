"""Connections to SQLite: whatever is cancelled, they end; a statement takes one turn of the thread."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storage.database import open_engine
from storage.sqlite import Connection

SLOW = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n")


@pytest.mark.parametrize("turns", range(5))
async def test_a_statement_that_is_cancelled_twice_leaves_nothing(tmp_path: Path, turns: int) -> None:
    before = asyncio.all_tasks()
    engine = open_engine(f"sqlite:///{tmp_path}/a.db")

    async def work() -> None:
        async with engine.connect() as connection:
            began.set()
            await connection.execute(SLOW)

    began = asyncio.Event()
    task = asyncio.create_task(work())
    await began.wait()
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()
    for _ in range(turns):  # the second comes while the connection is being closed
        await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    left = asyncio.all_tasks() - before - {task}
    if left:
        _, pending = await asyncio.wait(left, timeout=30)
        assert not pending
    await engine.dispose()


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[Connection]:
    """A connection with a table of 1,000 rows."""
    found = Connection(str(tmp_path / "a.db"))
    await found
    async with found.cursor() as cursor:
        await cursor.execute("CREATE TABLE n (i INTEGER PRIMARY KEY)")
        await cursor.executemany("INSERT INTO n VALUES (?)", [(i,) for i in range(1000)])
    await found.commit()
    yield found
    await found.close()


ASKS = st.one_of(st.integers(1, 700), st.sampled_from(["one", "all", "close"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(0, 1000), asks=st.lists(ASKS, max_size=6))
def test_rows_come_as_from_sqlite3(tmp_path_factory: pytest.TempPathFactory, count: int, asks: list[int | str]) -> None:
    sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n LIMIT ?"
    other = sqlite3.connect(":memory:")
    expected = other.execute(sql, (count,))

    async def compare() -> None:
        connection = Connection(":memory:")
        await connection
        cursor = await connection.cursor().execute(sql, (count,))
        try:
            assert cursor.description == expected.description
            for ask in asks:
                if ask == "close":
                    await cursor.close()
                    assert await cursor.fetchall() == []
                    return
                if ask == "one":
                    assert await cursor.fetchone() == expected.fetchone()
                elif ask == "all":
                    assert await cursor.fetchall() == expected.fetchall()
                else:
                    assert await cursor.fetchmany(int(ask)) == expected.fetchmany(int(ask))
            assert [row async for row in cursor] == list(expected)
        finally:
            await connection.close()

    try:
        asyncio.run(compare())
    finally:
        other.close()


def _count_turns(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    turns: list[object] = []
    asked = connection._execute

    async def counted(work, *args):
        turns.append(work)
        return await asked(work, *args)

    monkeypatch.setattr(connection, "_execute", counted)
    return turns


async def test_a_statement_takes_one_turn_and_a_stream_one_for_256_rows(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = _count_turns(connection, monkeypatch)
    async with connection.cursor() as cursor:
        await cursor.execute("SELECT i FROM n WHERE i < 200")
        assert len(await cursor.fetchall()) == 200
    await connection.rollback()  # of nothing
    assert len(turns) == 1
    async with connection.cursor() as cursor:
        await cursor.execute("SELECT i FROM n")
        assert len([row async for row in cursor]) == 1000
    assert len(turns) == 5
    async with connection.cursor() as cursor:
        await cursor.execute("SELECT i FROM n")
    assert len(turns) == 7, "the rows that nobody read were not given up"


async def test_what_was_written_is_undone_and_told(connection: Connection) -> None:
    async with connection.cursor() as cursor:
        await cursor.execute("INSERT INTO n VALUES (5000) RETURNING i")
        assert (await cursor.fetchall(), cursor.lastrowid) == ([(5000,)], 5000)
        await cursor.execute("UPDATE n SET i = -i WHERE i BETWEEN 1 AND 7")
        assert (cursor.rowcount, cursor.description) == (7, None)
        await connection.rollback()
        await cursor.execute("SELECT count(*), min(i), max(i) FROM n")
        assert await cursor.fetchone() == (1000, 0, 999)


@pytest.mark.parametrize(
    ("sql", "given", "error"),
    [
        ("SELECT nothing", (), sqlite3.OperationalError),
        ("INSERT INTO n VALUES (1)", (), sqlite3.IntegrityError),
        ("SELECT ?", (2**70,), OverflowError),
        ("SELECT ?", ("\ud800",), UnicodeEncodeError),
        ("SELECT abs(i - 300 - 9223372036854775807) FROM n", (), sqlite3.OperationalError),
    ],
)
async def test_a_cursor_outlives_an_error(
    connection: Connection, sql: str, given: tuple[object, ...], error: type[Exception]
) -> None:
    async with connection.cursor() as cursor:
        with pytest.raises(error):
            await (await cursor.execute(sql, given)).fetchall()
        assert await (await cursor.execute("SELECT 1")).fetchall() == [(1,)]
    await connection.rollback()


async def test_a_stream_that_is_cancelled_lets_go_of_the_table(connection: Connection, tmp_path: Path) -> None:
    cursor = connection.cursor()
    task = asyncio.create_task(cursor.execute("SELECT a.i FROM n a, n b"))
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await cursor.close()
    await connection.rollback()
    other = sqlite3.connect(tmp_path / "a.db", timeout=0.1)
    other.execute("DROP TABLE n")  # refused while somebody reads it
    other.close()
