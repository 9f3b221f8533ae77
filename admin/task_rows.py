"""Asynchronous tasks as the API shows them: narrowed to what a caller reaches, with names."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import Caller
from admin.permissions import Reach
from admin.said import said
from admin.schemas.account import time_of
from admin.schemas.base import UtcTime
from admin.schemas.task import Settlement, TaskKind, TaskOut, TaskState
from admin.usage_filters import KINDS, Narrowing, wanted
from storage.models import Task
from storage.repositories import names, tasks

SORTS = {
    "made_at": Task.made_at, "updated_at": Task.updated_at, "finished_at": Task.finished_at, "cost": Task.cost,
    "output_tokens": Task.output_tokens, "id": Task.id,
}  # fmt: skip
LATEST = "-made_at"

_NAME = Query(min_length=1, max_length=200, pattern=r"^[^\x00]*$", description="Name or id.")
_Named = Annotated[str | None, _NAME]
_Word = Annotated[str | None, Query(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]


class Filters:
    """What a query says: who and what as for usage, and what only tasks have."""

    def __init__(
        self,
        kind: TaskKind | None = None,
        state: TaskState | None = None,
        settlement: Settlement | None = None,
        since: Annotated[UtcTime | None, Query(description="Begun then or later.")] = None,
        until: Annotated[UtcTime | None, Query(description="Begun before.")] = None,
        key: _Named = None,
        user: _Named = None,
        team: Annotated[
            str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00]*$", description="ORGANISATION/TEAM.")
        ] = None,
        organisation: _Named = None,
        channel: _Named = None,
        model: _Word = None,
        provider: Annotated[str | None, Query(min_length=1, max_length=64, pattern=r"^[^\x00]*$")] = None,
        request_id: Annotated[str | None, Query(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")] = None,
        q: Annotated[
            str, Query(max_length=200, pattern=r"^[^\x00]*$", description="Part of an id or of a model's name.")
        ] = "",
    ) -> None:
        named = {"key": key, "user": user, "team": team, "organisation": organisation, "channel": channel}
        self.usage = Narrowing(
            since, until, {word: ref for word, ref in named.items() if ref is not None},
            {word: text for word, text in {"model": model, "provider": provider}.items() if text is not None},
        )  # fmt: skip
        self.own = {"kind": kind, "state": state, "settlement": settlement, "request_id": request_id}
        self.text = q


TaskFilters = Annotated[Filters, Depends()]


async def narrowed(session: AsyncSession, filters: Filters, caller: Caller) -> Select[Task]:
    """The tasks that a query asks for and the caller reaches. Raises a Problem (403, 404)."""
    found = await wanted(session, filters.usage, caller, "tasks.read")
    conditions: list[ColumnElement[bool]] = [
        getattr(Task, name) == value
        for name, value in (found.dimensions | {k: v for k, v in filters.own.items() if v is not None}).items()
    ]
    if found.since is not None:
        conditions.append(Task.made_at >= found.since // 1_000_000)
    if found.until is not None:
        conditions.append(Task.made_at < -(-found.until // 1_000_000))
    if filters.text:
        texts = (Task.upstream_id, Task.request_id, Task.reference, Task.model)
        conditions.append(or_(*(column.icontains(filters.text, autoescape=True) for column in texts)))
    return select(Task).where(*conditions)


async def shown(session: AsyncSession, rows: Sequence[Task], caller: Caller) -> list[TaskOut]:
    """The tasks with present names; what only operators see is left out for others."""
    found = {
        word: await names.names(session, kind, (getattr(row, f"{word}_id") for row in rows))
        for word, kind in KINDS.items()
    }
    hidden: dict[str, Any] = {"channel_id": 0, "channel": "", "provider": "", "note": ""}
    if caller.reach("tasks.read") is Reach.ALL:
        hidden = {}
    same = TaskOut.model_fields.keys() & Task.__table__.columns.keys()
    items = []
    for row in rows:
        values: dict[str, Any] = {name: getattr(row, name) for name in same}
        values |= {word: named[getattr(row, f"{word}_id")] for word, named in found.items()}
        times = {name: _time(getattr(row, name)) for name in ("made_at", "updated_at", "finished_at", "expires_at")}
        values |= times | {"next_at": _time(row.next_at) if row.settlement == tasks.OPEN else None}
        note = hidden.get("note", row.note)
        items.append(TaskOut.model_validate({**values, "settled_by": row.reference, "note_said": said(note), **hidden}))
    return items


def _time(seconds: int) -> datetime | None:
    return time_of(seconds) if seconds else None
