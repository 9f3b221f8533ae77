"""Jobs: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import JobOut


class ListedJobOut(TypedDict):
    """ListedJobOut of the document."""

    items: list[JobOut]
    next: NotRequired[str | None]


class ScheduleList(TypedDict):
    """Periodic jobs by name."""

    items: list[ScheduleOut]


class ScheduleOut(TypedDict):
    """A job that runs by the clock, in one replica."""

    name: str
    running: bool
    replica: str
    next_at: str | None
    started_at: str | None
    ended_at: str | None
    runs: int
    failures: int
    error: str
