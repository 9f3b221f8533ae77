"""Asynchronous tasks: every query and change but the conclusion, which is storage/pricing/conclude.py's.

Also the form in which a usage record carries a task through the journal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import msgspec
from sqlalchemy import CursorResult, Executable, Table, delete, exists, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Task
from storage.records import UsageRecord

RESPONSE = "response"

OPEN = "open"
EXACT = "exact"
ESTIMATE = "estimate"

QUEUED = "queued"
LOST = "lost"
SAID = (QUEUED, "in_progress", "completed", "incomplete", "failed", "cancelled")
"""States that a provider tells."""

GIVE_UP_S = 48 * 3600
"""A task of which nothing was heard for so long stays at its estimate."""
FIRST_S = 10
LONGEST_S = 600

_LONGEST_ID = 255
_ROWS = cast("Table", Task.__table__)


class Begun(msgspec.Struct, frozen=True, array_like=True):
    """What a usage record says of the task that its request began; `made_at` is unix seconds."""

    kind: str
    upstream_id: str
    reference: str
    made_at: int
    channel_key_id: int = 0


_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Begun)


def packed(begun: Begun) -> str:
    """For UsageRecord.task."""
    return _encode(begun).decode()


def reference_of(kept_id: bytes, key_id: int, channel_id: int, made_at: int) -> str:
    """The request id of the record that books the rest of a response, the same wherever it is worked out."""
    text = b"%b:%d:%d:%d" % (kept_id, key_id, channel_id, made_at)
    return f"req_task{hashlib.sha256(text).hexdigest()[:32]}"


def booked_at(made_at: int) -> int:
    """The time of that record, unix microseconds: the primary key holds it where the table is partitioned."""
    return (made_at + 1) * 1_000_000


def pause(age: int) -> int:
    """Seconds until the provider is asked again about a task of that age: often at first, then seldom."""
    return min(max(age // 6, FIRST_S), LONGEST_S)


async def add(session: AsyncSession, records: Sequence[UsageRecord]) -> None:
    """Note the tasks that these new records began; one that is there already changes nothing."""
    rows = [row for record in records if record.task and (row := _row(record)) is not None]
    if rows:
        await session.execute(_insert((await session.connection()).dialect.name), rows)


def _row(record: UsageRecord) -> dict[str, Any] | None:
    try:
        begun = _decoder.decode(record.task)
    except msgspec.MsgspecError:
        return None  # of a later version: the estimate stays
    if not begun.upstream_id.isprintable() or len(begun.upstream_id) > _LONGEST_ID:
        return None  # nobody can be asked about it
    return {
        **msgspec.structs.asdict(begun),
        **{
            name: getattr(record, name)
            for name in (
                "request_id", "started_at", "key_id", "user_id", "team_id", "organisation_id", "channel_id",
                "provider", "model",
            )
        },
        "state": QUEUED, "settlement": OPEN, "updated_at": begun.made_at, "finished_at": 0,
        "expires_at": begun.made_at + GIVE_UP_S, "next_at": begun.made_at + FIRST_S, "polls": 0, "missing": 0,
        "input_tokens": 0, "output_tokens": 0, "cached_tokens": 0, "reasoning_tokens": 0,
        "estimate": record.cost, "cost": record.cost, "note": "",
    }  # fmt: skip


async def get(session: AsyncSession, task_id: int) -> Task | None:
    """The task of that id, as it is now."""
    return await session.get(Task, task_id, populate_existing=True)


async def locked(session: AsyncSession, task_id: int) -> Task | None:
    """As `get`; nobody else changes it until the transaction ends. On SQLite the caller has written before."""
    return await session.get(Task, task_id, populate_existing=True, with_for_update=True)


async def any_due(session: AsyncSession, now: int) -> bool:
    """Whether some provider is to be asked."""
    due = select(_ROWS.c.id).where(_ROWS.c.settlement == OPEN, _ROWS.c.next_at <= now)
    return bool(await session.scalar(select(exists(due))))


async def due(session: AsyncSession, now: int, limit: int) -> Sequence[Task]:
    """Those whose provider is to be asked, the longest overdue first."""
    wanted = select(Task).where(Task.settlement == OPEN, Task.next_at <= now)
    return (await session.scalars(wanted.order_by(Task.next_at, Task.id).limit(limit))).all()


async def asked(
    session: AsyncSession, task: Task, now: int, *, state: str = "", missing: int = 0, note: str = ""
) -> None:
    """The provider was asked and the task goes on; `state` "": it did not say."""
    values: dict[str, Any] = {
        "polls": Task.polls + 1, "missing": missing, "note": note[:255], "next_at": now + pause(now - task.made_at),
    }  # fmt: skip
    if state and state != task.state:
        values |= {"state": state[:16], "updated_at": now}
    # Who reads a state that somebody else concluded meanwhile changes nothing.
    await session.execute(update(_ROWS).where(_ROWS.c.id == task.id, _ROWS.c.settlement == OPEN).values(values))


async def hurry(session: AsyncSession, reference: str, now: int) -> None:
    """Ask about a task soon: something was heard of its end."""
    wanted = _ROWS.c.reference == reference, _ROWS.c.settlement == OPEN
    await session.execute(update(_ROWS).where(*wanted).values(next_at=now))


async def forget(session: AsyncSession, before: int, limit: int = 1000) -> int:
    """Remove some that were made before and are not open; returns how many."""
    wanted = select(_ROWS.c.id).where(_ROWS.c.made_at < before, _ROWS.c.settlement != OPEN)
    ids = (await session.scalars(wanted.order_by(_ROWS.c.made_at).limit(limit))).all()
    if not ids:
        return 0
    return cast("CursorResult[Any]", await session.execute(delete(_ROWS).where(_ROWS.c.id.in_(ids)))).rowcount


@cache
def _insert(dialect: str) -> Executable:
    if dialect == "mysql":
        return mysql.insert(_ROWS).prefix_with("IGNORE")
    if dialect == "postgresql":
        return postgresql.insert(_ROWS).on_conflict_do_nothing()
    return sqlite.insert(_ROWS).on_conflict_do_nothing()
