"""How the database is: which one, how large, how far its schema, how much work waits in it. Read only."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Delivery, Event, Job, Lease, Schedule, Session

_WAITING = 10_000
"""So many are counted at most: more are that many."""


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """`size_bytes` is None where the database does not say."""

    kind: str
    version: str
    revision: str
    latency_ms: float
    size_bytes: int | None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """How much of it there is; each count ends at 10,000."""

    leases: int
    jobs_queued: int
    jobs_running: int
    jobs_failed: int
    schedules: int
    schedules_failing: int
    events_unrouted: int
    deliveries_waiting: int
    deliveries_failed: int
    sessions: int


async def condition(session: AsyncSession) -> Condition:
    """The database that the session is of."""
    connection = await session.connection()
    before = time.perf_counter()
    await session.execute(select(1))
    latency = (time.perf_counter() - before) * 1000
    kind = connection.dialect.name
    numbers = connection.dialect.server_version_info or ()
    revision = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return Condition(
        kind=kind,
        version=".".join(str(number) for number in numbers),
        revision=str(revision or ""),
        latency_ms=round(latency, 2),
        size_bytes=await _size(session, kind),
    )


async def _size(session: AsyncSession, kind: str) -> int | None:
    if kind == "postgresql":
        return int(await session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    if kind == "sqlite":
        name = session.get_bind().engine.url.database or ""
        found = [path for end in ("", "-wal") if (path := Path(name + end)).exists()]
        return sum(path.stat().st_size for path in found)
    statement = "SELECT SUM(data_length + index_length) FROM information_schema.tables WHERE table_schema = DATABASE()"
    size = await session.scalar(text(statement))
    return None if size is None else int(size)


async def work(session: AsyncSession, *, now: int) -> Work:
    """What waits at `now`, unix seconds; failures are those of the last day."""
    day = now - 86_400

    async def count(*conditions: object) -> int:
        some = select(1).where(*conditions).limit(_WAITING).subquery()  # type: ignore[arg-type]  # conditions
        return (await session.scalar(select(func.count()).select_from(some))) or 0

    return Work(
        leases=await count(Lease.expires_at > now),
        jobs_queued=await count(Job.state == "queued"),
        jobs_running=await count(Job.state == "running"),
        jobs_failed=await count(Job.state == "failed", Job.ended_at >= day),
        schedules=await count(Schedule.name != ""),
        schedules_failing=await count(Schedule.failures > 0),
        events_unrouted=await count(Event.routed.is_(False)),
        deliveries_waiting=await count(Delivery.state == "waiting"),
        deliveries_failed=await count(Delivery.state == "failed", Delivery.next_at >= day),
        sessions=await count(Session.expires_at > now),
    )
