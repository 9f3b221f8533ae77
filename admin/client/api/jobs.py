"""Jobs: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import JobOut
    from admin.client.shapes.jobs import ListedJobOut, ScheduleList
    from admin.client.transport import Transport


class JobsApi:
    """The operations of jobs."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_jobs_file(
        self,
        file: Path,
        *,
        kind: str | None = None,
        state: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Jobs that were started, by `id`: into a file."""
        return self._transport.download(
            "/api/v1/jobs",
            file,
            query={"kind": kind, "state": state, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_jobs(
        self,
        *,
        kind: str | None = None,
        state: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedJobOut:
        """Jobs that were started, by `id`."""
        return cast(
            "ListedJobOut",
            self._transport.call(
                "GET",
                "/api/v1/jobs",
                query={"kind": kind, "state": state, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_jobs(
        self, *, kind: str | None = None, state: str | None = None, sort: str | None = None
    ) -> Iterator[JobOut]:
        """Jobs that were started, by `id`: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_jobs(kind=kind, state=state, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def list_schedules(self) -> ScheduleList:
        """Jobs that run by the clock."""
        return cast("ScheduleList", self._transport.call("GET", "/api/v1/jobs/schedules"))

    def run_schedule(self, name: str) -> object:
        """Run a periodic job within seconds, before its time."""
        return cast(object, self._transport.call("POST", f"/api/v1/jobs/schedules/{segment(name, 'schedule')}/run"))

    def get_job(self, job: int) -> JobOut:
        """One job, with what is known of its result."""
        return cast("JobOut", self._transport.call("GET", f"/api/v1/jobs/{segment(job, 'job')}"))

    def cancel_job(self, job: int) -> JobOut:
        """Stop a job: what it is at is given up within about a second, what it has done stays."""
        return cast("JobOut", self._transport.call("POST", f"/api/v1/jobs/{segment(job, 'job')}/cancel"))
