"""Limits: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone
    from admin.client.shapes.limits import LimitBulk, LimitOut, LimitSet, ListedLimitOut
    from admin.client.transport import Transport


class LimitsApi:
    """The operations of limits."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_limits(self, body: LimitBulk) -> BulkDone:
        """Switch many rate limits on or off, or remove them."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/limits/bulk", body))

    def list_limits_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Limits by name or `id`; for others than operators those that name their users: into a file."""
        return self._transport.download(
            "/api/v1/limits", file, query={"q": q, "format": format, "limit": limit, "cursor": cursor, "sort": sort}
        )

    def list_limits(
        self, *, q: str | None = None, limit: int | None = None, cursor: str | None = None, sort: str | None = None
    ) -> ListedLimitOut:
        """Limits by name or `id`; for others than operators those that name their users ..."""
        return cast(
            "ListedLimitOut",
            self._transport.call(
                "GET", "/api/v1/limits", query={"q": q, "limit": limit, "cursor": cursor, "sort": sort}
            ),
        )

    def every_limits(self, *, q: str | None = None, sort: str | None = None) -> Iterator[LimitOut]:
        """Limits by name or `id`; for others than operators those that name their users: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_limits(q=q, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def set_limit(self, body: LimitSet, *, if_match: str | None = None) -> LimitOut:
        """Set the limit of that name."""
        return cast("LimitOut", self._transport.call("PUT", "/api/v1/limits", body, headers={"if-match": if_match}))

    def get_limit(self, limit: str) -> LimitOut:
        """One limit."""
        return cast("LimitOut", self._transport.call("GET", f"/api/v1/limits/{segment(limit, 'limit')}"))

    def delete_limit(self, limit: str, *, if_match: str | None = None) -> None:
        """Remove a limit."""
        self._transport.call("DELETE", f"/api/v1/limits/{segment(limit, 'limit')}", headers={"if-match": if_match})
