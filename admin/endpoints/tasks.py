"""Asynchronous tasks: searched, exported, shown, cancelled. What they used is booked by admin/task_watch.py."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, task_rows, task_watch
from admin.caller import Caller, needs
from admin.endpoints.common import problems
from admin.exports import FILES, Format, export
from admin.listing import Listed, Paged, fetch
from admin.problems import Problem, not_found
from admin.schemas.base import MAX_ID
from admin.schemas.task import TaskOut
from admin.services import ChannelAskError, Services
from admin.surroundings import Surroundings
from admin.task_rows import LATEST, SORTS, Filters, TaskFilters
from storage.listing import Page
from storage.models import Task
from storage.repositories import tasks, teams

router = APIRouter(prefix="/tasks", tags=["tasks"])

Reader = Annotated[Caller, needs("tasks.read")]
Writer = Annotated[Caller, needs("tasks.write")]
TaskId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]

_EXPORTED = tuple(name for name in TaskOut.model_fields if name != "note_said")
_BATCH = 1000


@router.get("", responses=problems(404), operation_id="list_tasks")
async def list_tasks(services: Surroundings, caller: Reader, page: Paged, filters: TaskFilters) -> Listed[TaskOut]:
    """Asynchronous tasks, newest first; sorted by `made_at`, `updated_at`, `finished_at`, `cost`, `output_tokens`.

    Or by `id`.
    """
    async with services.sessions() as session:
        statement = await task_rows.narrowed(session, filters, caller)
        rows, following = await fetch(session, statement, _sorted(page), SORTS, Task.id)
        items = await task_rows.shown(session, rows, caller)
    return Listed(items=items, next=following)


@router.get("/export", responses=problems(404) | FILES, operation_id="export_tasks", response_class=StreamingResponse)
async def export_tasks(
    services: Surroundings,
    caller: Reader,
    filters: TaskFilters,
    form: Annotated[Format, Query(alias="format")] = "csv",
    limit: Annotated[int, Query(ge=1, le=10_000_000, description="Tasks at most.")] = 1_000_000,
) -> StreamingResponse:
    """The tasks that match everything given as a file, newest first."""
    return await export(_batches(services, caller, filters, limit), _EXPORTED, form, "tasks")


@router.get("/{task}", responses=problems(404), operation_id="get_task")
async def get_task(services: Surroundings, caller: Reader, task: TaskId) -> TaskOut:
    """One task."""
    async with services.sessions() as session:
        row = await _load(session, task, caller, "tasks.read")
        return (await task_rows.shown(session, [row], caller))[0]


@router.post("/{task}/cancel", responses=problems(404, 409), operation_id="cancel_task")
async def cancel_task(services: Surroundings, caller: Writer, task: TaskId) -> TaskOut:
    """Have the provider stop it; what it used until then is booked. 409: it has ended, or the provider refuses."""
    async with services.sessions.begin() as session:
        row = await _load(session, task, caller, "tasks.write")
        if row.settlement != tasks.OPEN:
            raise Problem(409, f"The task is {row.state} already.")
        await audit.record(
            session, services, caller, "tasks.cancel", kind="task", id=task, name=row.upstream_id,
            organisation_id=row.organisation_id or None,
        )  # fmt: skip
    try:
        after = await task_watch.look(services, row, cancel=True)
    except ChannelAskError as error:
        raise Problem(409, str(error), slug="provider") from None
    async with services.sessions() as session:
        return (await task_rows.shown(session, [after or row], caller))[0]


async def _load(session: AsyncSession, task_id: int, caller: Caller, permission: str) -> Task:
    """A task within the caller's reach: one's own, the organisation's, one of a team that the caller leads."""
    row = await tasks.get(session, task_id)
    if row is not None and caller.scope(permission).holds(row.user_id, row.organisation_id):
        return row
    if (
        row is None
        or not row.team_id
        or not caller.user_id
        or not await teams.leads(session, row.team_id, caller.user_id)
    ):
        raise not_found("task", str(task_id))
    return row


def _sorted(page: Page) -> Page:
    return page if page.sort else page._replace(sort=LATEST)


async def _batches(
    services: Services, caller: Caller, filters: Filters, limit: int
) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """The tasks, each batch in a session of its own: a slow reader holds none open."""
    page = Page(_BATCH, "", LATEST)
    while limit > 0:
        async with services.sessions() as session:
            statement = await task_rows.narrowed(session, filters, caller)
            rows, following = await fetch(session, statement, page, SORTS, Task.id)
            items = await task_rows.shown(session, rows[:limit], caller)
        yield [item.model_dump(mode="json") for item in items]
        limit -= len(rows)
        if following is None:
            return
        page = page._replace(cursor=following)
