"""Background jobs on the wire."""

from typing import Any

from pydantic import Field

from admin.schemas.account import time_of
from admin.schemas.base import StoredTime, Wire
from storage.models.job import Job, Schedule


class JobOut(Wire):
    """A job that somebody started. `result` is the kind's own; while it runs it holds what is known so far."""

    id: int
    kind: str = Field(examples=["channels.test"])
    state: str = Field(description="queued, running, done, failed or cancelled.", examples=["running"])
    done: int
    total: int = Field(description="0: not known.")
    result: dict[str, Any]
    error: str = Field(description="Class of the error that ended it.")
    actor: str
    cancelling: bool
    created_at: StoredTime
    started_at: StoredTime | None
    ended_at: StoredTime | None


class ScheduleOut(Wire):
    """A job that runs by the clock, in one replica."""

    name: str = Field(examples=["subscriptions.renew"])
    running: bool
    replica: str = Field(description="Where it runs.")
    next_at: StoredTime | None
    started_at: StoredTime | None
    ended_at: StoredTime | None
    runs: int
    failures: int = Field(description="In a row.")
    error: str


class ScheduleList(Wire):
    """Periodic jobs by name."""

    items: list[ScheduleOut]


def job_out(row: Job) -> JobOut:
    """A stored job as the API shows it."""
    return JobOut(
        id=row.id, kind=row.kind, state=row.state, done=row.done, total=row.total, result=row.result, error=row.error,
        actor=row.actor, cancelling=row.cancel and row.state in {"queued", "running"},
        created_at=time_of(row.created_at), started_at=time_of(row.started_at) if row.started_at else None,
        ended_at=time_of(row.ended_at) if row.ended_at else None,
    )  # fmt: skip


def schedule_out(row: Schedule, now: int) -> ScheduleOut:
    """A stored schedule as the API shows it."""
    return ScheduleOut(
        name=row.name, running=row.lease_until >= now, replica=row.holder.rpartition(":")[0],
        next_at=time_of(row.next_at) if row.next_at else None,
        started_at=time_of(row.started_at) if row.started_at else None,
        ended_at=time_of(row.ended_at) if row.ended_at else None, runs=row.runs, failures=row.failures, error=row.error,
    )  # fmt: skip
