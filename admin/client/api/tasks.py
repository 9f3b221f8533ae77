"""Tasks: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.tasks import ListedTaskOut, TaskOut
    from admin.client.transport import Transport


class TasksApi:
    """The operations of tasks."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_tasks(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
        kind: Literal["response"] | None = None,
        state: Literal["queued", "in_progress", "completed", "incomplete", "failed", "cancelled", "lost"] | None = None,
        settlement: Literal["open", "exact", "estimate"] | None = None,
        since: str | None = None,
        until: str | None = None,
        key: str | None = None,
        user: str | None = None,
        team: str | None = None,
        organisation: str | None = None,
        channel: str | None = None,
        model: str | None = None,
        provider: str | None = None,
        request_id: str | None = None,
        q: str | None = None,
    ) -> ListedTaskOut:
        """Asynchronous tasks, newest first; sorted by `made_at`, `updated_at` ..."""
        return cast(
            "ListedTaskOut",
            self._transport.call(
                "GET",
                "/api/v1/tasks",
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "sort": sort,
                    "kind": kind,
                    "state": state,
                    "settlement": settlement,
                    "since": since,
                    "until": until,
                    "key": key,
                    "user": user,
                    "team": team,
                    "organisation": organisation,
                    "channel": channel,
                    "model": model,
                    "provider": provider,
                    "request_id": request_id,
                    "q": q,
                },
            ),
        )

    def every_tasks(
        self,
        *,
        sort: str | None = None,
        kind: Literal["response"] | None = None,
        state: Literal["queued", "in_progress", "completed", "incomplete", "failed", "cancelled", "lost"] | None = None,
        settlement: Literal["open", "exact", "estimate"] | None = None,
        since: str | None = None,
        until: str | None = None,
        key: str | None = None,
        user: str | None = None,
        team: str | None = None,
        organisation: str | None = None,
        channel: str | None = None,
        model: str | None = None,
        provider: str | None = None,
        request_id: str | None = None,
        q: str | None = None,
    ) -> Iterator[TaskOut]:
        """Asynchronous tasks, newest first; sorted by `made_at`, `updated_at`: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_tasks(
                sort=sort,
                kind=kind,
                state=state,
                settlement=settlement,
                since=since,
                until=until,
                key=key,
                user=user,
                team=team,
                organisation=organisation,
                channel=channel,
                model=model,
                provider=provider,
                request_id=request_id,
                q=q,
                limit=1000,
                cursor=cursor,
            )
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def export_tasks(
        self,
        file: Path,
        *,
        format: Literal["csv", "jsonl"] | None = None,
        limit: int | None = None,
        kind: Literal["response"] | None = None,
        state: Literal["queued", "in_progress", "completed", "incomplete", "failed", "cancelled", "lost"] | None = None,
        settlement: Literal["open", "exact", "estimate"] | None = None,
        since: str | None = None,
        until: str | None = None,
        key: str | None = None,
        user: str | None = None,
        team: str | None = None,
        organisation: str | None = None,
        channel: str | None = None,
        model: str | None = None,
        provider: str | None = None,
        request_id: str | None = None,
        q: str | None = None,
    ) -> int:
        """The tasks that match everything given as a file, newest first: into a file."""
        return self._transport.download(
            "/api/v1/tasks/export",
            file,
            query={
                "format": format,
                "limit": limit,
                "kind": kind,
                "state": state,
                "settlement": settlement,
                "since": since,
                "until": until,
                "key": key,
                "user": user,
                "team": team,
                "organisation": organisation,
                "channel": channel,
                "model": model,
                "provider": provider,
                "request_id": request_id,
                "q": q,
            },
        )

    def get_task(self, task: int) -> TaskOut:
        """One task."""
        return cast("TaskOut", self._transport.call("GET", f"/api/v1/tasks/{segment(task, 'task')}"))

    def cancel_task(self, task: int) -> TaskOut:
        """Have the provider stop it; what it used until then is booked. 409: it has ..."""
        return cast("TaskOut", self._transport.call("POST", f"/api/v1/tasks/{segment(task, 'task')}/cancel"))
