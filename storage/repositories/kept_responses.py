"""Responses that clients may refer to: every query and change. Reads and writes rows, and opens none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, cast

import msgspec
from sqlalchemy import CursorResult, Executable, Result, Table, delete, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models.kept_response import KeptResponse

GATEWAY = "gateway"
UPSTREAM = "upstream"
BACKGROUND = "background"
"""As "upstream", of a background request whose usage is not booked yet; `size` is its input tokens that are."""
ITEM = "item"

_CHUNK = 500
# Statements about the table and not about the class: the ORM's way takes twice as long, and nothing here needs it.
_ROWS = cast("Table", KeptResponse.__table__)
_PLAIN = [column for column in _ROWS.columns if column.name != "sealed"]


class Kept(msgspec.Struct, frozen=True):
    """A row; `sealed` only where it was asked for."""

    id: bytes
    key_id: int
    channel_id: int
    kind: str
    thread: bytes
    previous: bytes | None
    size: int
    created_at: int
    expires_at: int
    sealed: bytes | None = None


async def insert(session: AsyncSession, rows: Collection[Kept]) -> None:
    """Store the rows; one whose id is there already changes nothing. The first turns of a conversation live as long.

    A conversation that goes on is kept whole: each new turn moves the end of those it stands on to its own.
    """
    if not rows:
        return
    statement = _insert((await session.connection()).dialect.name)
    await session.execute(statement, [msgspec.structs.asdict(row) for row in rows])
    ends: dict[bytes, int] = {}
    for row in rows:
        if row.previous is not None and row.kind != ITEM:
            ends[row.thread] = max(row.expires_at, ends.get(row.thread, 0))
    for thread in sorted(ends):  # in one order everywhere: two transactions that lock rows do not wait in a circle
        found = _ROWS.c.thread == thread, _ROWS.c.expires_at < ends[thread]
        await session.execute(update(_ROWS).where(*found).values(expires_at=ends[thread]))


async def find(session: AsyncSession, ids: Sequence[bytes], now: int) -> dict[bytes, Kept]:
    """The rows of these ids, without their content, whose time is not over."""
    rows: dict[bytes, Kept] = {}
    for first in range(0, len(ids), _CHUNK):
        wanted = ids[first : first + _CHUNK]
        found = await session.execute(select(*_PLAIN).where(_ROWS.c.id.in_(wanted), _ROWS.c.expires_at > now))
        rows.update(_by_id(found))
    return rows


async def thread(session: AsyncSession, thread_id: bytes) -> dict[bytes, Kept]:
    """All turns of a conversation by id, without their content; branches are among them."""
    return _by_id(await session.execute(select(*_PLAIN).where(_ROWS.c.thread == thread_id, _ROWS.c.kind != ITEM)))


async def contents(session: AsyncSession, ids: Sequence[bytes]) -> dict[bytes, bytes]:
    """What is sealed in these rows, by id."""
    contents: dict[bytes, bytes] = {}
    for first in range(0, len(ids), _CHUNK):
        wanted = ids[first : first + _CHUNK]
        for row in await session.execute(select(_ROWS.c.id, _ROWS.c.sealed).where(_ROWS.c.id.in_(wanted))):
            if row.sealed is not None:
                contents[row.id] = row.sealed
    return contents


async def remove(session: AsyncSession, row: Kept) -> bool:
    """Delete a response and what leads to it from its items; False when it is gone already."""
    items = _ROWS.c.thread == row.thread, _ROWS.c.previous == row.id, _ROWS.c.kind == ITEM
    await session.execute(delete(_ROWS).where(*items))
    gone = delete(_ROWS).where(_ROWS.c.id == row.id)
    return cast("CursorResult[Any]", await session.execute(gone)).rowcount == 1


async def booked(session: AsyncSession, row: Kept) -> bool:
    """Mark the usage of a background response as booked; False when it is already."""
    found = _ROWS.c.id == row.id, _ROWS.c.kind == BACKGROUND
    marked = update(_ROWS).where(*found).values(kind=UPSTREAM, size=0)
    return cast("CursorResult[Any]", await session.execute(marked)).rowcount == 1


async def purge(session: AsyncSession, now: int) -> int:
    """Delete some of what has expired; returns how many, 0 when nothing is left."""
    expired = select(_ROWS.c.id).where(_ROWS.c.expires_at <= now).limit(_CHUNK)
    ids = (await session.scalars(expired)).all()
    if ids:
        # Asked again with the deletion: the conversation may have gone on meanwhile.
        await session.execute(delete(_ROWS).where(_ROWS.c.id.in_(ids), _ROWS.c.expires_at <= now))
    return len(ids)


def _by_id(found: Result[Any]) -> dict[bytes, Kept]:
    rows = [Kept(**row._mapping) for row in found]  # noqa: SLF001  # public in spite of its name
    return {row.id: row for row in rows}


@cache
def _insert(dialect: str) -> Executable:
    """Insert, or change nothing where there is a row of that id."""
    if dialect == "mysql":
        return mysql.insert(_ROWS).prefix_with("IGNORE")
    if dialect == "postgresql":
        return postgresql.insert(_ROWS).on_conflict_do_nothing()
    return sqlite.insert(_ROWS).on_conflict_do_nothing()
