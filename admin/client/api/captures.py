"""Captures: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.captures import (
        CaptureBulk,
        CapturedItem,
        CaptureOut,
        CaptureRuleCreate,
        CaptureRuleOut,
        CaptureRulePatch,
        ListedCapturedItem,
        NamedBulkDone,
        RuleList,
    )
    from admin.client.transport import Transport


class CapturesApi:
    """The operations of captures."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_captures(self, body: CaptureBulk) -> NamedBulkDone:
        """Delete what was captured of many requests, before its time."""
        return cast("NamedBulkDone", self._transport.call("POST", "/api/v1/captures/bulk", body))

    def list_capture_rules(self) -> RuleList:
        """Whose bodies are captured."""
        return cast("RuleList", self._transport.call("GET", "/api/v1/captures/rules"))

    def create_capture_rule(self, body: CaptureRuleCreate) -> CaptureRuleOut:
        """Capture bodies of a key's requests, or of an organisation's, from now on."""
        return cast("CaptureRuleOut", self._transport.call("POST", "/api/v1/captures/rules", body))

    def get_capture_rule(self, rule: int) -> CaptureRuleOut:
        """One rule."""
        return cast("CaptureRuleOut", self._transport.call("GET", f"/api/v1/captures/rules/{segment(rule, 'rule')}"))

    def change_capture_rule(self, rule: int, body: CaptureRulePatch, *, if_match: str | None = None) -> CaptureRuleOut:
        """Change a rule; requests that have begun go on as before."""
        return cast(
            "CaptureRuleOut",
            self._transport.call(
                "PATCH", f"/api/v1/captures/rules/{segment(rule, 'rule')}", body, headers={"if-match": if_match}
            ),
        )

    def remove_capture_rule(self, rule: int, *, purge: bool | None = None, if_match: str | None = None) -> None:
        """Stop capturing; what was captured stays until its time is over, unless it is purged."""
        self._transport.call(
            "DELETE",
            f"/api/v1/captures/rules/{segment(rule, 'rule')}",
            query={"purge": purge},
            headers={"if-match": if_match},
        )

    def list_captures_file(
        self,
        file: Path,
        *,
        rule: int | None = None,
        key: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
        format: Literal["csv", "jsonl"],
    ) -> int:
        """Captured requests without their bodies, the newest first; by `started_at`: into a file."""
        return self._transport.download(
            "/api/v1/captures",
            file,
            query={"rule": rule, "key": key, "limit": limit, "cursor": cursor, "sort": sort, "format": format},
        )

    def list_captures(
        self,
        *,
        rule: int | None = None,
        key: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedCapturedItem:
        """Captured requests without their bodies, the newest first; by `started_at` ..."""
        return cast(
            "ListedCapturedItem",
            self._transport.call(
                "GET",
                "/api/v1/captures",
                query={"rule": rule, "key": key, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_captures(
        self, *, rule: int | None = None, key: int | None = None, sort: str | None = None
    ) -> Iterator[CapturedItem]:
        """Captured requests without their bodies, the newest first; by `started_at`: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_captures(rule=rule, key=key, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def read_capture(self, request_id: str) -> CaptureOut:
        """What the client sent and what it got."""
        return cast("CaptureOut", self._transport.call("GET", f"/api/v1/captures/{segment(request_id, 'capture')}"))

    def remove_capture(self, request_id: str) -> None:
        """Delete what was captured of a request, before its time."""
        self._transport.call("DELETE", f"/api/v1/captures/{segment(request_id, 'capture')}")
