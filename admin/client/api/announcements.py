"""Announcements: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.announcements import (
        AnnouncementCreate,
        AnnouncementOut,
        AnnouncementPatch,
        Announcements,
        ListedAnnouncementOut,
    )
    from admin.client.shapes.common import BulkDone, RemovalBulk
    from admin.client.transport import Transport


class AnnouncementsApi:
    """The operations of announcements."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def public_announcements(self) -> Announcements:
        """What everybody sees now."""
        return cast("Announcements", self._transport.call("GET", "/api/v1/public/announcements"))

    def list_announcements(self) -> Announcements:
        """What somebody who is signed in sees now."""
        return cast("Announcements", self._transport.call("GET", "/api/v1/announcements"))

    def create_announcement(self, body: AnnouncementCreate) -> AnnouncementOut:
        """Write one."""
        return cast("AnnouncementOut", self._transport.call("POST", "/api/v1/announcements", body))

    def list_all_announcements_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        kind: Literal["notice", "announcement", "faq", "api"] | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """All of them by `id`, for editors: into a file."""
        return self._transport.download(
            "/api/v1/announcements/all",
            file,
            query={"q": q, "kind": kind, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_all_announcements(
        self,
        *,
        q: str | None = None,
        kind: Literal["notice", "announcement", "faq", "api"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedAnnouncementOut:
        """All of them by `id`, for editors."""
        return cast(
            "ListedAnnouncementOut",
            self._transport.call(
                "GET",
                "/api/v1/announcements/all",
                query={"q": q, "kind": kind, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_all_announcements(
        self,
        *,
        q: str | None = None,
        kind: Literal["notice", "announcement", "faq", "api"] | None = None,
        sort: str | None = None,
    ) -> Iterator[AnnouncementOut]:
        """All of them by `id`, for editors: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_all_announcements(q=q, kind=kind, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def get_announcement(self, announcement: int) -> AnnouncementOut:
        """One, for editors."""
        return cast(
            "AnnouncementOut",
            self._transport.call("GET", f"/api/v1/announcements/{segment(announcement, 'announcement')}"),
        )

    def change_announcement(
        self, announcement: int, body: AnnouncementPatch, *, if_match: str | None = None
    ) -> AnnouncementOut:
        """Change what the body names."""
        return cast(
            "AnnouncementOut",
            self._transport.call(
                "PATCH",
                f"/api/v1/announcements/{segment(announcement, 'announcement')}",
                body,
                headers={"if-match": if_match},
            ),
        )

    def delete_announcement(self, announcement: int, *, if_match: str | None = None) -> None:
        """Remove one."""
        self._transport.call(
            "DELETE", f"/api/v1/announcements/{segment(announcement, 'announcement')}", headers={"if-match": if_match}
        )

    def change_announcements(self, body: RemovalBulk) -> BulkDone:
        """Remove many announcements."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/announcements/bulk", body))
