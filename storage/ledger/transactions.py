"""Transactions of the ledger: the locks it takes, lists as parameters, and work that is tried again.

The order in which everything here locks, so that no two can wait for each other: usage rows, roll-ups, accounts by id,
leases by account and replica. Decisions are made on rows read after their lock; the isolation is READ COMMITTED.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Executable, Table, any_, literal, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.models import Base

T = TypeVar("T")

_TRIES = 6
# PostgreSQL: serialization failure, deadlock, no lock. MySQL: lock wait timeout, deadlock, changed since it was read.
_SQLSTATES = {"40001", "40P01", "55P03"}
_MYSQL_CODES = {1205, 1213, 1020}


async def transact(sessions: async_sessionmaker[AsyncSession], work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Run `work` in a transaction of its own and commit; again, in a new one, when the database asks for that.

    A connection that breaks is not among these cases: whether the commit took place is unknown then. All work of the
    ledger can be repeated by its caller in that case, because it names what it does (operation, reference, request id).
    """
    for left in range(_TRIES - 1, -1, -1):
        try:
            async with sessions.begin() as session:
                return await work(session)
        except DBAPIError as error:
            if not left or not worth_again(error):
                raise
        await asyncio.sleep(random.uniform(0.005, 0.05) * (_TRIES - left))  # noqa: S311 - no secret
    raise AssertionError  # the last try returns or raises


def worth_again(error: DBAPIError) -> bool:
    """True when nothing was changed and the same work may succeed now: a deadlock or a lock that was not to be had."""
    original = error.orig
    if getattr(original, "sqlstate", None) in _SQLSTATES:
        return True
    arguments: tuple[Any, ...] = getattr(original, "args", ())
    return bool(arguments) and (arguments[0] in _MYSQL_CODES or "database is locked" in str(arguments[0]))


async def begin_write(session: AsyncSession) -> None:
    """Take SQLite's write lock now: what is read from here on stays true until the commit.

    The other databases lock rows, by FOR UPDATE. SQLite has no such lock, and begins a transaction at the first write.
    """
    if session.get_bind().dialect.name == "sqlite":
        await session.execute(_NOTHING)


_NOTHING = text("UPDATE accounts SET held = held WHERE id = -1")


def among(session: AsyncSession, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """`column` is one of `values`. One array on PostgreSQL, where each length of a list is another statement."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    return column.in_(values)


async def many(session: AsyncSession, statement: Executable, postgres: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute for each of `rows`, all with the same names; on PostgreSQL `postgres`, with the columns as arrays.

    That is one statement and one round trip there, in place of one execution for each row.
    """
    if not rows:
        return
    if session.get_bind().dialect.name == "postgresql":
        connection = await session.connection()
        columns = [[row[name] for row in rows] for name in rows[0]]
        await connection.exec_driver_sql(postgres, tuple(columns))
    else:
        await session.execute(statement, rows)


def table_of(model: type[Base]) -> Table:
    """The table of a model: here rows are read and written as columns, past the session's memory of objects."""
    return cast("Table", model.__table__)


def new_id() -> str:
    """An id of 24 characters that nothing else has; ids sort in the order of their microseconds."""
    return f"{time.time_ns() // 1000:014x}{os.urandom(5).hex()}"
