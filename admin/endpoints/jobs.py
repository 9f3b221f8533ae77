"""Background jobs: what runs, how far it is, stopping it; and the periodic ones."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit
from admin.caller import Caller, needs_all
from admin.endpoints.common import problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, fetch
from admin.problems import Problem, not_found
from admin.schemas.base import MAX_ID
from admin.schemas.job import JobOut, ScheduleList, job_out, schedule_out
from admin.services import Services
from admin.surroundings import Surroundings
from storage.models.job import Job
from storage.repositories import jobs

router = APIRouter(prefix="/jobs", tags=["jobs"], route_class=ListRoute)

SORTS = {"id": Job.id}
JobId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]
Readers = Annotated[Caller, needs_all("jobs.read")]
Writers = Annotated[Caller, needs_all("jobs.write")]
_Text = Annotated[str, Query(max_length=64, pattern=r"^[^\x00]*$")]

WATCH_S = 1.0
WATCH_FOR_S = 600.0


async def _load(session: AsyncSession, job_id: int) -> Job:
    found = await jobs.get(session, job_id)
    if found is None:
        raise not_found("job", str(job_id))
    return found


@router.get("", responses=problems(), operation_id="list_jobs")
async def list_jobs(
    services: Surroundings, _caller: Readers, page: Paged, kind: _Text = "", state: _Text = ""
) -> Listed[JobOut]:
    """Jobs that were started, by `id`."""
    statement = select(Job)
    if kind:
        statement = statement.where(Job.kind == kind)
    if state:
        statement = statement.where(Job.state == state)
    async with services.sessions() as session:
        rows, following = await fetch(session, statement, page, SORTS, Job.id)
    return Listed(items=[job_out(row) for row in rows], next=following)


@router.get("/schedules", responses=problems(), operation_id="list_schedules")
async def list_schedules(services: Surroundings, _caller: Readers) -> ScheduleList:
    """Jobs that run by the clock."""
    async with services.sessions() as session:
        rows = await jobs.schedules(session)
    return ScheduleList(items=[schedule_out(row, services.clock()) for row in rows])


@router.post("/schedules/{name}/run", status_code=202, responses=problems(404), operation_id="run_schedule")
async def run_schedule(
    services: Surroundings,
    caller: Writers,
    name: Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00]*$", examples=["subscriptions.renew"])],
) -> None:
    """Run a periodic job within seconds, before its time."""
    async with services.sessions.begin() as session:
        if not await jobs.hurry(session, name, services.clock()):
            raise not_found("schedule", name)
        await audit.record(session, services, caller, "jobs.run", kind="schedule", id=name, name=name)


@router.get("/{job}", responses=problems(404), operation_id="get_job")
async def get_job(services: Surroundings, _caller: Readers, job: JobId) -> JobOut:
    """One job, with what is known of its result."""
    async with services.sessions() as session:
        return job_out(await _load(session, job))


@router.post("/{job}/cancel", responses=problems(404, 409), operation_id="cancel_job")
async def cancel_job(services: Surroundings, caller: Writers, job: JobId) -> JobOut:
    """Stop a job: what it is at is given up within about a second, what it has done stays."""
    async with services.sessions.begin() as session:
        row = await _load(session, job)
        if row.state in jobs.ENDED:
            raise Problem(409, f"The job is {row.state} already.")
        await jobs.cancel(session, job, services.clock())
        await audit.record(session, services, caller, "jobs.cancel", kind="job", id=job, name=row.kind)
        return job_out(await _load(session, job))


@router.get(
    "/{job}/events",
    responses={
        **problems(404),
        200: {"content": {"text/event-stream": {}}, "description": "Events `job`, each a job."},
    },
    response_class=StreamingResponse,
    operation_id="watch_job",
)
async def watch_job(services: Surroundings, _caller: Readers, job: JobId) -> StreamingResponse:
    """The job each time it changes, as server-sent events, until it is over or ten minutes have passed."""
    async with services.sessions() as session:
        await _load(session, job)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_watch(services, job), media_type="text/event-stream", headers=headers)


async def _watch(services: Services, job_id: int) -> AsyncIterator[str]:
    shown = ""
    for _ in range(int(WATCH_FOR_S / WATCH_S)):
        async with services.sessions() as session:
            row = await jobs.get(session, job_id)
        if row is None:
            return
        fresh = job_out(row).model_dump_json()
        if fresh != shown:
            shown = fresh
            yield f"event: job\ndata: {fresh}\n\n"
        if row.state in jobs.ENDED:
            return
        await asyncio.sleep(WATCH_S)
