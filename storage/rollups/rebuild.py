"""Making roll-ups anew from the usage records, while the gateway runs."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, case, delete, func, literal, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from storage.models import Usage
from storage.records import UsageRecord
from storage.rollups import times
from storage.rollups.groups import DAY_US, HOUR_US, SUMS, WHAT, WHO, Finest, coarser
from storage.rollups.tables import ROLLUPS
from storage.rollups.upsert import upsert

_PAGE = 5000
_RECORDS: Table = Usage.__table__  # type: ignore[assignment]  # the mapper types it as any selectable


async def rebuild(sessions: async_sessionmaker[AsyncSession], since: int, until: int) -> int:
    """Sum up anew the days from the one of `since` to the one before `until` (unix microseconds); returns their rows.

    One transaction for each day; settling waits that long. Days whose records retention has deleted must not be asked
    for: nothing would be left of them.
    """
    rows = 0
    for day in range(since - since % DAY_US, until, DAY_US):
        async with sessions() as session:
            rows += await _rebuild_day(await _clear(session, day), day)
            await session.commit()
    return rows


async def _clear(session: AsyncSession, day: int) -> AsyncConnection:
    """Delete the day's sums, and keep every batch that would add to them waiting until the end of the transaction.

    Nothing may be read before: then a batch is either committed, and its records are seen with its sums, or it waits
    here with its sums. PostgreSQL needs a lock for that. SQLite has the one write lock by now. In MySQL's repeatable
    read the deletes lock the day's range, rows that do not exist yet included, and the first read makes the snapshot.
    """
    dialect = session.get_bind().dialect.name
    isolation = {"isolation_level": "REPEATABLE READ"} if dialect == "mysql" else {}
    connection = await session.connection(execution_options=isolation)
    if dialect == "postgresql":
        names = ", ".join(table.name for table in _tables())
        await connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
    for table in _tables():
        bucket = table.c.bucket
        await connection.execute(delete(table).where(bucket >= day, bucket < day + DAY_US))
    return connection


def _tables() -> list[Table]:
    return [each.table for each in (*ROLLUPS, *times.TIMES)]


async def _rebuild_day(connection: AsyncConnection, day: int) -> int:
    usage = _RECORDS.c
    dimensions = [usage[name] for name in (*WHO, *WHAT)]
    failed = or_(usage.status >= 400, usage.end != "complete")
    counts: dict[str, ColumnElement[int]] = {
        "requests": func.count(),
        "errors": func.sum(case((failed, 1), else_=0)),
        "first_tokens": func.sum(case((usage.first_token_us > 0, 1), else_=0)),
    }
    hour = (usage.started_at - usage.started_at % HOUR_US).label("hour")
    found = await connection.execute(
        select(hour, *dimensions, *(counts[name] if name in counts else func.sum(usage[name]) for name in SUMS))
        .where(usage.started_at >= day, usage.started_at < day + DAY_US)
        .group_by(hour, *dimensions)
    )
    what, sums = 1 + len(WHO), 1 + len(WHO) + len(WHAT)
    groups: Finest = {
        (row[0], tuple(row[1:what]), tuple(row[what:sums])): [int(value) for value in row[sums:]] for row in found
    }
    rows = 0
    for rollup in ROLLUPS if groups else ():
        part = coarser(groups, rollup.unit, who=rollup.who, what=rollup.what)
        await upsert(connection, rollup, part)
        rows += len(part)
    await _rebuild_times(connection, day)
    return rows


async def _rebuild_times(connection: AsyncConnection, day: int) -> None:
    """The counts of durations, from the rows of the day some at a time."""
    names = ("request_id", "started_at", *WHO, *WHAT, "total_us", "first_token_us")
    usage = _RECORDS.c
    statement = select(*(usage[name] for name in names)).where(usage.started_at >= day, usage.started_at < day + DAY_US)
    place = (day - 1, "")
    while True:
        behind = tuple_(usage.started_at, usage.request_id) > tuple_(literal(place[0]), literal(place[1]))
        ordered = statement.where(behind).order_by(usage.started_at, usage.request_id).limit(_PAGE)
        found = (await connection.execute(ordered)).all()
        if found:
            await times.add(connection, [UsageRecord(**dict(zip(names, row, strict=True))) for row in found])
            place = (found[-1].started_at, found[-1].request_id)
        if len(found) < _PAGE:
            return
