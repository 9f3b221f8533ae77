"""Counts of durations beside the roll-ups: added in the transaction that settles, read for percentiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, Table, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models.rollup_times import DayTimes, HourTimesByKey, HourTimesByModel
from storage.records import UsageRecord
from storage.rollups.groups import WHAT, WHO, Values, digest
from storage.rollups.slots import FIRST_TOKEN, slot
from storage.rollups.tables import ROLLUPS, Rollup


class Times(NamedTuple):
    """A table of counts and the sums that it stands beside."""

    table: Table
    sums: Rollup


TIMES = (
    Times(cast("Table", HourTimesByKey.__table__), ROLLUPS[0]),
    Times(cast("Table", HourTimesByModel.__table__), ROLLUPS[1]),
    Times(cast("Table", DayTimes.__table__), ROLLUPS[4]),
)
"""In the order in which all transactions lock them."""

Counts = dict[tuple[int, bytes, int], int]


async def add(connection: AsyncConnection, records: Sequence[UsageRecord]) -> None:
    """Count records that were not there before."""
    for times, counts in zip(TIMES, count(records), strict=True):
        rows = [(*place, number) for place, number in sorted(counts.items())]
        if not rows:
            continue
        statement = _statement(connection.dialect.name, times.table.name)
        if connection.dialect.name == "postgresql":
            columns = list(zip(*rows, strict=True))
            await connection.exec_driver_sql(statement, tuple(list(column) for column in columns))
        else:
            await connection.exec_driver_sql(statement, rows)


def count(records: Iterable[UsageRecord]) -> list[Counts]:
    """The counts of each table of TIMES."""
    found: list[Counts] = [{} for _ in TIMES]
    digests: dict[Values, bytes] = {}
    for record in records:
        who: Values = (record.user_id, record.organisation_id, record.key_id, record.team_id)
        what: Values = (
            record.group, record.model, record.channel_id, record.provider, record.operation, record.status, record.end,
        )  # fmt: skip
        slots = [slot(record.total_us)]
        if record.first_token_us:
            slots.append(FIRST_TOKEN + slot(record.first_token_us))
        for counts, times in zip(found, TIMES, strict=True):
            values: Values = (who if times.sums.who else ()) + (what if times.sums.what else ())
            key = digests.get(values)
            if key is None:
                digests[values] = key = digest(values)
            bucket = record.started_at - record.started_at % times.sums.unit
            for number in slots:
                place = (bucket, key, number)
                counts[place] = counts.get(place, 0) + 1
    return found


def answering(dimensions: Iterable[str], *, per_hour: bool) -> Times | None:
    """The counts that know these dimensions, by hour where there are such."""
    wanted = set(dimensions)
    if wanted <= set(WHAT):
        return TIMES[1]
    if wanted <= set(WHO):
        return TIMES[0]
    return None if per_hour else TIMES[2]


def query(times: Times, since: int | None, until: int | None) -> tuple[Select[Any], Table]:
    """Counts by slot of the whole hours or days that the time touches, and the sums' table, to group and filter by."""
    counts, sums = times.table.c, times.sums.table
    joined = and_(counts.bucket == sums.c.bucket, counts.digest == sums.c.digest)
    statement = select(counts.slot, func.sum(counts.requests)).join_from(times.table, sums, joined)
    if since is not None:
        statement = statement.where(counts.bucket >= since - since % times.sums.unit)
    if until is not None:
        statement = statement.where(counts.bucket < until)
    return statement, sums


@cache
def _statement(dialect: str, name: str) -> str:
    """Insert or add, in the words of the database's driver."""
    columns = "bucket, digest, slot, requests"
    # S608: the texts are made of our own names only.
    if dialect == "postgresql":
        rows = "SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::int[], $4::bigint[])"
    else:
        rows = f"VALUES ({', '.join(['%s' if dialect == 'mysql' else '?'] * 4)})"
    if dialect == "mysql":
        conflict = "ON DUPLICATE KEY UPDATE requests = requests + VALUES(requests)"
    else:
        conflict = f"ON CONFLICT (bucket, digest, slot) DO UPDATE SET requests = {name}.requests + excluded.requests"
    return f"INSERT INTO {name} ({columns}) {rows} {conflict}"
