"""Audit: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.audit import AuditOut, ListedAuditOut, RollbackIn, RollbackOut
    from admin.client.transport import Transport


class AuditApi:
    """The operations of audit."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_audit_file(
        self,
        file: Path,
        *,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
        q: str | None = None,
        actor: str | None = None,
        actor_user_id: int | None = None,
        action: str | None = None,
        kind: str | None = None,
        object_id: str | None = None,
        request_id: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> int:
        """Entries by `id` or `at`, the newest first; an organisation's people see what: into a file."""
        return self._transport.download(
            "/api/v1/audit",
            file,
            query={
                "format": format,
                "limit": limit,
                "cursor": cursor,
                "sort": sort,
                "q": q,
                "actor": actor,
                "actor_user_id": actor_user_id,
                "action": action,
                "kind": kind,
                "object_id": object_id,
                "request_id": request_id,
                "since": since,
                "until": until,
            },
        )

    def list_audit(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
        q: str | None = None,
        actor: str | None = None,
        actor_user_id: int | None = None,
        action: str | None = None,
        kind: str | None = None,
        object_id: str | None = None,
        request_id: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> ListedAuditOut:
        """Entries by `id` or `at`, the newest first; an organisation's people see what ..."""
        return cast(
            "ListedAuditOut",
            self._transport.call(
                "GET",
                "/api/v1/audit",
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "sort": sort,
                    "q": q,
                    "actor": actor,
                    "actor_user_id": actor_user_id,
                    "action": action,
                    "kind": kind,
                    "object_id": object_id,
                    "request_id": request_id,
                    "since": since,
                    "until": until,
                },
            ),
        )

    def every_audit(
        self,
        *,
        sort: str | None = None,
        q: str | None = None,
        actor: str | None = None,
        actor_user_id: int | None = None,
        action: str | None = None,
        kind: str | None = None,
        object_id: str | None = None,
        request_id: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[AuditOut]:
        """Entries by `id` or `at`, the newest first; an organisation's people see what: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_audit(
                sort=sort,
                q=q,
                actor=actor,
                actor_user_id=actor_user_id,
                action=action,
                kind=kind,
                object_id=object_id,
                request_id=request_id,
                since=since,
                until=until,
                limit=1000,
                cursor=cursor,
            )
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def get_audit_entry(self, entry: int) -> AuditOut:
        """One entry."""
        return cast("AuditOut", self._transport.call("GET", f"/api/v1/audit/{segment(entry, 'audit')}"))

    def roll_back(self, entry: int, body: RollbackIn | None = None, *, if_match: str | None = None) -> RollbackOut:
        """Take a change of a channel or of settings back."""
        return cast(
            "RollbackOut",
            self._transport.call(
                "POST", f"/api/v1/audit/{segment(entry, 'audit')}/rollback", body, headers={"if-match": if_match}
            ),
        )
