"""Searching usage records by whatever is known of a request, page by page.

Three ways, so that what is read stays near what is asked for: failures have a small table of their own; where several
things are known the roll-ups say in which hours there is anything; and what no index helps with is done only within as
many requests as can be looked through, which the roll-ups count beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, Table, and_, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Usage
from storage.pricing.detail import MEDIA_WORDS
from storage.repositories.failed_requests import TABLE as FAILED
from storage.rollups.groups import DAY_US, HOUR_US, WHAT, WHO
from storage.rollups.tables import answering

Sort = Literal["started_at", "cost", "total_us", "first_token_us", "input_tokens", "output_tokens"]

MOST_LOOKED_THROUGH = 500_000
"""Requests among which something without an index is looked for."""

_MOST_SPANS = 100
_INDEXED = {"key_id", "user_id", "organisation_id", "team_id", "channel_id", "model"}
_USAGE: Table = Usage.__table__  # type: ignore[assignment]  # the mapper types it as any selectable

Place = tuple[int, str]
"""Where a page begins: the value that is sorted by and the request id of the last record before it."""


class TooManyError(ValueError):
    """More requests would have to be looked through than is allowed; `requests` is how many."""

    def __init__(self, requests: int) -> None:
        super().__init__(f"{requests} requests would have to be looked through, at most {MOST_LOOKED_THROUGH} can be")
        self.requests = requests


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the requests; None: anything. Times are unix microseconds, `until` is the first one too late.

    `text` is a part of what the client was told, or of the name of the error; `failed` False: those that went well.
    `upstream_request_id`, `upstream_model`, `client_ip`, `stream`, `media`: looked for among what the rest leaves.
    `media` True: images, sound or video were counted.
    """

    since: int | None = None
    until: int | None = None
    key_id: int | None = None
    user_id: int | None = None
    organisation_id: int | None = None
    team_id: int | None = None
    group: str | None = None
    channel_id: int | None = None
    provider: str | None = None
    operation: str | None = None
    model: str | None = None
    status: int | None = None
    end: str | None = None
    failed: bool | None = None
    text: str = ""
    upstream_request_id: str | None = None
    upstream_model: str | None = None
    client_ip: str | None = None
    stream: bool | None = None
    media: bool | None = None

    @property
    def dimensions(self) -> dict[str, int | str]:
        """What roll-ups know, too."""
        return {name: value for name in (*WHO, *WHAT) if (value := getattr(self, name)) is not None}

    @property
    def others(self) -> dict[str, int | str]:
        """What only the rows know."""
        names = ("upstream_request_id", "upstream_model", "client_ip", "stream", "media")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    @property
    def among_failures(self) -> bool:
        """Whether only failed requests can be meant."""
        failed = self.status is not None and self.status >= 400
        return bool(self.text) or self.failed is True or failed or self.end not in (None, "complete")


async def search(
    session: AsyncSession,
    wanted: Wanted,
    *,
    limit: int,
    sort: Sort = "started_at",
    descending: bool = True,
    behind: Place | None = None,
) -> Sequence[Usage]:
    """At most `limit` records in that order, from behind that place; equal ones by request id in the same direction.

    Raises TooManyError.
    """
    if wanted.among_failures and not wanted.others and sort == "started_at":
        return await _failures(session, wanted, limit, behind, descending=descending)
    if sort != "started_at" or wanted.others:
        requests = await count(session, wanted)
        if requests > MOST_LOOKED_THROUGH:
            raise TooManyError(requests)
    conditions = _conditions(_USAGE, wanted)
    conditions += [_is(name, value) for name, value in wanted.others.items()]
    spans = await _spans(session, wanted, limit, sort, behind, descending=descending)
    if spans is not None:
        if not spans:
            return []
        time = _USAGE.c.started_at
        conditions.append(or_(*(and_(time >= first, time < end) for first, end in spans)))
    statement = select(Usage).where(*conditions)
    statement = _ordered(statement, _USAGE, sort, behind, descending=descending).limit(limit)
    return (await session.scalars(statement)).all()


async def count(session: AsyncSession, wanted: Wanted) -> int:
    """How many requests the roll-ups know that match, in all hours (or days) that the time touches: not fewer."""
    unit, table = _finest(wanted.dimensions)
    statement = select(func.coalesce(func.sum(table.c.requests), 0)).where(*_within(table, unit, wanted))
    return int(await session.scalar(statement) or 0)


async def _failures(
    session: AsyncSession, wanted: Wanted, limit: int, behind: Place | None, *, descending: bool
) -> Sequence[Usage]:
    statement = select(FAILED.c.request_id, FAILED.c.started_at).where(*_conditions(FAILED, wanted))
    statement = _ordered(statement, FAILED, "started_at", behind, descending=descending).limit(limit)
    found = (await session.execute(statement)).all()
    if not found:
        return []
    times = [row.started_at for row in found]
    # With the time each row is in one partition; by the id alone it would be looked for in all of them.
    rows = await session.scalars(
        select(Usage).where(
            Usage.request_id.in_([row.request_id for row in found]), Usage.started_at.between(min(times), max(times))
        )
    )
    # Retention may have deleted the row and not yet its entry among the failures.
    by_id = {row.request_id: row for row in rows}
    return [by_id[row.request_id] for row in found if row.request_id in by_id]


def _conditions(table: Table, wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = table.c
    found = [columns[name] == value for name, value in wanted.dimensions.items()]
    if wanted.since is not None:
        found.append(columns.started_at >= wanted.since)
    if wanted.until is not None:
        found.append(columns.started_at < wanted.until)
    if wanted.failed is not None and table is not FAILED:
        well = and_(columns.status < 400, columns.end == "complete")
        found.append(~well if wanted.failed else well)
    if wanted.text:
        parts = [column.icontains(wanted.text, autoescape=True) for column in (columns.error_text, columns.error)]
        found.append(or_(*parts))
    return found


def _is(name: str, value: int | str) -> ColumnElement[bool]:
    """What only the rows know. Of media a row says nothing but in the arithmetic of its cost."""
    if name != "media":
        return _USAGE.c[name] == value
    detail = _USAGE.c.price_detail
    found = or_(*(detail.contains(f'"{word}', autoescape=True) for word in MEDIA_WORDS))
    return found if value else ~found


def _ordered(statement: Select[Any], table: Table, sort: str, behind: Place | None, *, descending: bool) -> Select[Any]:
    value, name = table.c[sort], table.c.request_id
    if behind is not None:
        place = tuple_(literal(behind[0]), literal(behind[1]))
        # The first condition says nothing new; it lets every database use the index on the time.
        if descending:
            statement = statement.where(value <= behind[0], tuple_(value, name) < place)
        else:
            statement = statement.where(value >= behind[0], tuple_(value, name) > place)
    order = (value.desc(), name.desc()) if descending else (value.asc(), name.asc())
    return statement.order_by(*order)


def _finest(dimensions: Mapping[str, int | str]) -> tuple[int, Table]:
    """The roll-up that knows these dimensions: by hour where there is one, else by day."""
    hours = answering(HOUR_US, dimensions)
    if hours is not None:
        return HOUR_US, hours
    days = answering(DAY_US, dimensions)
    assert days is not None  # noqa: S101 - by day there is one with all dimensions
    return DAY_US, days


def _within(table: Table, unit: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    bucket = table.c.bucket
    found = [table.c[name] == value for name, value in wanted.dimensions.items()]
    if wanted.since is not None:
        found.append(bucket >= wanted.since - wanted.since % unit)
    if wanted.until is not None:
        found.append(bucket < wanted.until)
    return found


async def _spans(
    session: AsyncSession, wanted: Wanted, limit: int, sort: str, behind: Place | None, *, descending: bool
) -> list[tuple[int, int]] | None:
    """Times in which all of the page lies; None: an index leads there, look everywhere.

    No index fits two conditions at once: a key that asks often, for a model that it seldom asks for, would make the
    database look through all of its records.
    """
    dimensions = wanted.dimensions
    if not dimensions or (len(dimensions) == 1 and dimensions.keys() <= _INDEXED):
        return None
    unit, table = _finest(dimensions)
    bucket = table.c.bucket
    # Where more is asked than roll-ups know, each hour that has anything may be needed.
    stop = limit if sort == "started_at" and not wanted.others and not wanted.among_failures else None
    requests = func.sum(table.c.requests - table.c.errors if wanted.failed is False else table.c.requests)
    statement = select(bucket, requests).where(*_within(table, unit, wanted)).group_by(bucket).having(requests > 0)
    ends = [time for time in (wanted.since, wanted.until) if time is not None]
    if behind is not None and sort == "started_at":
        statement = statement.where(bucket <= behind[0] if descending else bucket > behind[0] - unit)
        ends.append(behind[0])
    statement = statement.order_by(bucket.desc() if descending else bucket.asc())
    if stop is not None:
        statement = statement.limit(stop + len(ends))
    spans: list[tuple[int, int]] = []
    found = 0
    for first, matching in await session.execute(statement):
        if spans and spans[-1][0] == first + unit:
            spans[-1] = (first, spans[-1][1])
        elif spans and spans[-1][1] == first:
            spans[-1] = (spans[-1][0], first + unit)
        else:
            spans.append((first, first + unit))
        # Of an hour in which the time or the page begins or ends, all may lie outside.
        found += 0 if any(first <= time < first + unit for time in ends) else int(matching)
        if stop is not None and found >= stop:
            break
    if len(spans) > _MOST_SPANS:
        return [(min(first for first, _ in spans), max(end for _, end in spans))]
    return spans
