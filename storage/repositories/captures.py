"""Captured requests and the rules that name whose: every query and change. Opens nothing that is sealed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, cast

import msgspec
from sqlalchemy import Executable, Row, Table, delete, literal, select, tuple_
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models.base import now as time_now
from storage.models.capture import Capture, CaptureRule
from storage.repositories import revisions
from storage.repositories.changes import assign

_CHUNK = 500
_ROWS = cast("Table", Capture.__table__)


class CaptureData(msgspec.Struct, frozen=True, kw_only=True):
    """A row to be stored: the columns of storage.models.Capture."""

    request_id: str
    started_at: int
    key_id: int
    user_id: int
    organisation_id: int
    rule_id: int
    request_bytes: int
    response_bytes: int
    size: int
    expires_at: int
    sealed: bytes


async def insert(session: AsyncSession, rows: Collection[CaptureData]) -> None:
    """Store captured requests; one that is there already changes nothing."""
    if rows:
        statement = _insert((await session.connection()).dialect.name)
        await session.execute(statement, [msgspec.structs.asdict(row) for row in rows])


async def get(session: AsyncSession, request_id: str, now: int) -> Capture | None:
    """The captured request whose time (unix seconds) is not over."""
    statement = select(Capture).where(Capture.request_id == request_id, Capture.expires_at > now)
    return (await session.scalars(statement)).one_or_none()


async def among(session: AsyncSession, request_ids: Collection[str], now: int) -> set[str]:
    """Which of these requests were captured and are still there."""
    if not request_ids:
        return set()
    statement = select(_ROWS.c.request_id).where(_ROWS.c.request_id.in_(request_ids), _ROWS.c.expires_at > now)
    return set(await session.scalars(statement))


async def recent(
    session: AsyncSession,
    now: int,
    *,
    limit: int,
    behind: tuple[int, str] | None = None,
    rule_id: int | None = None,
    key_id: int | None = None,
    user_id: int | None = None,
    organisation_id: int | None = None,
    earliest_first: bool = False,
) -> Sequence[Row[Any]]:
    """Captured requests, newest first, without what is sealed; `behind`: (started_at, request_id) of the last one."""
    given = {"rule_id": rule_id, "key_id": key_id, "user_id": user_id, "organisation_id": organisation_id}
    columns = _ROWS.c
    wanted = [columns[name] == value for name, value in given.items() if value is not None]
    statement = select(*(column for column in columns if column.name != "sealed"))
    statement = statement.where(columns.expires_at > now, *wanted)
    if behind is not None:
        place, here = tuple_(literal(behind[0]), literal(behind[1])), tuple_(columns.started_at, columns.request_id)
        # The bound of the first column alone is what an index is used for.
        if earliest_first:
            statement = statement.where(columns.started_at >= behind[0], here > place)
        else:
            statement = statement.where(columns.started_at <= behind[0], here < place)
    order = columns.started_at.desc(), columns.request_id.desc()
    if earliest_first:
        order = columns.started_at.asc(), columns.request_id.asc()
    return (await session.execute(statement.order_by(*order).limit(limit))).all()


async def remove(session: AsyncSession, request_id: str) -> None:
    """Delete what was captured of a request."""
    await session.execute(delete(_ROWS).where(_ROWS.c.request_id == request_id))


async def remove_some_of(session: AsyncSession, rule_id: int) -> int:
    """Delete some of what a rule has captured; returns how many, 0 when nothing is left."""
    ids = (await session.scalars(select(_ROWS.c.request_id).where(_ROWS.c.rule_id == rule_id).limit(_CHUNK))).all()
    if ids:
        await session.execute(delete(_ROWS).where(_ROWS.c.request_id.in_(ids)))
    return len(ids)


async def purge(session: AsyncSession, now: int) -> int:
    """Delete some of what has expired; returns how many, 0 when nothing is left."""
    ids = (await session.scalars(select(_ROWS.c.request_id).where(_ROWS.c.expires_at <= now).limit(_CHUNK))).all()
    if ids:
        await session.execute(delete(_ROWS).where(_ROWS.c.request_id.in_(ids)))
    return len(ids)


async def list_rules(session: AsyncSession) -> Sequence[CaptureRule]:
    """All rules by id."""
    return (await session.scalars(select(CaptureRule).order_by(CaptureRule.id))).all()


async def get_rule(session: AsyncSession, rule_id: int) -> CaptureRule | None:
    """The rule of that id."""
    return await session.get(CaptureRule, rule_id)


async def create_rule(session: AsyncSession, rule: CaptureRule) -> CaptureRule:
    """Store a rule; replicas follow it from the next table on. Raises IntegrityError when its scope has one."""
    await revisions.bump(session, revisions.ROUTES)
    session.add(rule)
    await session.flush()
    return rule


async def update_rule(session: AsyncSession, rule: CaptureRule, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value."""
    if not assign(rule, changes):
        return False
    await revisions.bump(session, revisions.ROUTES)
    rule.updated_at = time_now()
    await session.flush()
    return True


async def remove_rule(session: AsyncSession, rule: CaptureRule) -> None:
    """Delete a rule; what it has captured stays until its time is over."""
    await revisions.bump(session, revisions.ROUTES)
    await session.delete(rule)
    await session.flush()


@cache
def _insert(dialect: str) -> Executable:
    if dialect == "mysql":
        return mysql.insert(_ROWS).prefix_with("IGNORE")
    if dialect == "postgresql":
        return postgresql.insert(_ROWS).on_conflict_do_nothing()
    return sqlite.insert(_ROWS).on_conflict_do_nothing()
