"""Background jobs: claiming one by a lease, keeping the lease, noting progress and the end.

A claim is one UPDATE that names what it expects, so that of any number of replicas one gets it. Every later change
names the holder: a run that lost its lease changes nothing any more. Times are unix seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, Update, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models.job import Job, Schedule

OPEN = ("queued", "running")
ENDED = ("done", "failed", "cancelled")


class Kept(NamedTuple):
    """Whether a lease was still there to be renewed, and whether somebody wants the job to stop."""

    held: bool
    cancel: bool


async def add_schedules(session: AsyncSession, names: Collection[str]) -> None:
    """Make the rows of periodic jobs that have none. Raises IntegrityError when another replica does so too."""
    known = set(await session.scalars(select(Schedule.name)))
    for name in sorted(set(names) - known):
        session.add(Schedule(name=name, state={}))
    await session.flush()


async def schedules(session: AsyncSession) -> Sequence[Schedule]:
    """All periodic jobs by name, also those that this version does not know any more."""
    return (await session.scalars(select(Schedule).order_by(Schedule.name))).all()


async def due(session: AsyncSession, names: Collection[str], now: int) -> Sequence[str]:
    """Those of the periodic jobs that are due and that nobody runs."""
    wanted = (Schedule.name.in_(list(names)), Schedule.next_at <= now, Schedule.lease_until < now)
    return (await session.scalars(select(Schedule.name).where(*wanted).order_by(Schedule.next_at))).all()


async def claim_schedule(
    session: AsyncSession, name: str, holder: str, *, now: int, ttl_s: int
) -> dict[str, Any] | None:
    """Become the one who runs it; returns where it goes on, None: somebody else is faster, or it is not due."""
    mine = update(Schedule).where(Schedule.name == name, Schedule.next_at <= now, Schedule.lease_until < now)
    if not await _changed(session, mine.values(holder=holder, lease_until=now + ttl_s, started_at=now)):
        return None
    return await session.scalar(select(Schedule.state).where(Schedule.name == name)) or {}


async def keep_schedule(
    session: AsyncSession, name: str, holder: str, *, now: int, ttl_s: int, state: dict[str, Any] | None = None
) -> Kept:
    """Put off the end of the lease; with `state` note where to go on."""
    values: dict[str, Any] = {"lease_until": now + ttl_s}
    if state is not None:
        values["state"] = state
    mine = update(Schedule).where(Schedule.name == name, Schedule.holder == holder, Schedule.lease_until > 0)
    return Kept(await _changed(session, mine.values(values)), cancel=False)


async def end_schedule(
    session: AsyncSession, name: str, holder: str, *, now: int, next_at: int, error: str | None
) -> int:
    """The run is over; `error` says why it failed, None: it did not. Returns how many have failed in a row."""
    failed = error is not None
    mine = update(Schedule).where(Schedule.name == name, Schedule.holder == holder)
    values = {
        "lease_until": 0, "holder": "", "ended_at": now, "next_at": next_at, "runs": Schedule.runs + 1,
        "error": error or "", "failures": Schedule.failures + 1 if failed else 0,
    }  # fmt: skip
    if not await _changed(session, mine.values(values)):
        return 0
    return await session.scalar(select(Schedule.failures).where(Schedule.name == name)) or 0


async def hurry(session: AsyncSession, name: str, now: int) -> bool:
    """Let a periodic job run now; False: there is none of that name."""
    return await _changed(session, update(Schedule).where(Schedule.name == name).values(next_at=now))


async def add(
    session: AsyncSession,
    kind: str,
    payload: dict[str, Any],
    *,
    actor: str,
    user_id: int | None,
    now: int,
    total: int = 0,
) -> Job:
    """A job that waits to be run; its id is filled in."""
    row = Job(
        kind=kind, payload=payload, cursor={}, result={}, actor=actor, user_id=user_id, created_at=now, total=total
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def get(session: AsyncSession, job_id: int) -> Job | None:
    """The job of that id, as it is now."""
    return await session.get(Job, job_id, populate_existing=True)


async def waiting(session: AsyncSession, kinds: Collection[str], now: int, *, limit: int) -> Sequence[int]:
    """Ids of jobs that nobody runs, the oldest first: new ones and those whose replica is gone."""
    wanted = (Job.state.in_(OPEN), Job.kind.in_(list(kinds)), Job.lease_until < now)
    return (await session.scalars(select(Job.id).where(*wanted).order_by(Job.id).limit(limit))).all()


async def claim(session: AsyncSession, job_id: int, holder: str, *, now: int, ttl_s: int) -> Job | None:
    """Become the one who runs it; None: somebody else is faster."""
    mine = update(Job).where(Job.id == job_id, Job.state.in_(OPEN), Job.lease_until < now)
    if not await _changed(session, mine.values(holder=holder, lease_until=now + ttl_s, state="running")):
        return None
    row = await get(session, job_id)
    if row is not None and not row.started_at:
        row.started_at = now
        await session.flush()
    return row


async def keep(
    session: AsyncSession, job_id: int, holder: str, *, now: int, ttl_s: int, progress: Mapping[str, Any] | None = None
) -> Kept:
    """Put off the end of the lease; `progress` is any of done, total, cursor and result."""
    mine = update(Job).where(Job.id == job_id, Job.holder == holder, Job.state == "running")
    held = await _changed(session, mine.values({"lease_until": now + ttl_s, **(progress or {})}))
    cancel = bool(await session.scalar(select(Job.cancel).where(Job.id == job_id)))
    return Kept(held, cancel)


async def end(
    session: AsyncSession,
    job_id: int,
    holder: str,
    *,
    state: str,
    now: int,
    result: dict[str, Any] | None,
    error: str = "",
) -> None:
    """The job is over: done, failed or cancelled; queued again where its replica stops. None: the result stays."""
    values: dict[str, Any] = {"state": state, "holder": "", "lease_until": 0, "error": error}
    if state != "queued":
        values["ended_at"] = now
    if result is not None:
        values["result"] = result
    await _changed(session, update(Job).where(Job.id == job_id, Job.holder == holder).values(values))


async def cancel(session: AsyncSession, job_id: int, now: int) -> None:
    """Ask a job to stop. One that does not run yet, or whose replica is gone, is over at once."""
    idle = (Job.id == job_id, Job.state.in_(OPEN), Job.lease_until < now)
    await _changed(session, update(Job).where(*idle).values(state="cancelled", ended_at=now, holder="", cancel=True))
    await _changed(session, update(Job).where(Job.id == job_id, Job.state.in_(OPEN)).values(cancel=True))


async def open_of(session: AsyncSession, kind: str) -> bool:
    """Whether a job of that kind waits or runs."""
    wanted = select(Job.id).where(Job.kind == kind, Job.state.in_(OPEN), Job.cancel.is_(False))
    return await session.scalar(wanted.limit(1)) is not None


async def stopped(session: AsyncSession, job_id: int) -> bool:
    """Whether somebody asked it to stop."""
    return bool(await session.scalar(select(Job.cancel).where(Job.id == job_id)))


async def forget(session: AsyncSession, before: int, *, limit: int = 1000) -> int:
    """Remove jobs that ended before that time, at most `limit`; returns how many."""
    old = select(Job.id).where(Job.created_at < before, Job.state.in_(ENDED)).order_by(Job.created_at).limit(limit)
    ids = list(await session.scalars(old))
    if ids:
        await session.execute(delete(Job).where(Job.id.in_(ids)).execution_options(synchronize_session=False))
    return len(ids)


async def _changed(session: AsyncSession, statement: Update) -> bool:
    found = await session.execute(statement.execution_options(synchronize_session=False))
    return bool(cast("CursorResult[object]", found).rowcount)
