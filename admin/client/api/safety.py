"""Safety: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone
    from admin.client.shapes.safety import (
        DetectorList,
        ListedSafetyRuleOut,
        SafetyRuleBulk,
        SafetyRuleCreate,
        SafetyRuleOut,
        SafetyRulePatch,
        Tried,
        TryIt,
    )
    from admin.client.transport import Transport


class SafetyApi:
    """The operations of safety."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_safety_rules(self, body: SafetyRuleBulk) -> BulkDone:
        """Switch many safety rules on or off, or remove them."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/safety-rules/bulk", body))

    def list_safety_rules_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        kind: Literal["words", "patterns", "detectors", "webhook"] | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Rules in the order in which they are looked at; `sort`: position, name, id: into a file."""
        return self._transport.download(
            "/api/v1/safety-rules",
            file,
            query={"q": q, "kind": kind, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_safety_rules(
        self,
        *,
        q: str | None = None,
        kind: Literal["words", "patterns", "detectors", "webhook"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedSafetyRuleOut:
        """Rules in the order in which they are looked at; `sort`: position, name, id."""
        return cast(
            "ListedSafetyRuleOut",
            self._transport.call(
                "GET",
                "/api/v1/safety-rules",
                query={"q": q, "kind": kind, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_safety_rules(
        self,
        *,
        q: str | None = None,
        kind: Literal["words", "patterns", "detectors", "webhook"] | None = None,
        sort: str | None = None,
    ) -> Iterator[SafetyRuleOut]:
        """Rules in the order in which they are looked at; `sort`: position, name, id: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_safety_rules(q=q, kind=kind, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_safety_rule(self, body: SafetyRuleCreate) -> SafetyRuleOut:
        """Make a rule."""
        return cast("SafetyRuleOut", self._transport.call("POST", "/api/v1/safety-rules", body))

    def list_detectors(self) -> DetectorList:
        """What detectors know."""
        return cast("DetectorList", self._transport.call("GET", "/api/v1/safety-rules/detectors"))

    def try_safety_rules(self, body: TryIt) -> Tried:
        """What rules would do to a text."""
        return cast("Tried", self._transport.call("POST", "/api/v1/safety-rules/try", body))

    def get_safety_rule(self, rule: str) -> SafetyRuleOut:
        """One rule."""
        return cast(
            "SafetyRuleOut", self._transport.call("GET", f"/api/v1/safety-rules/{segment(rule, 'safety-rule')}")
        )

    def change_safety_rule(self, rule: str, body: SafetyRulePatch, *, if_match: str | None = None) -> SafetyRuleOut:
        """Change what the body names and leave the rest."""
        return cast(
            "SafetyRuleOut",
            self._transport.call(
                "PATCH", f"/api/v1/safety-rules/{segment(rule, 'safety-rule')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_safety_rule(self, rule: str, *, if_match: str | None = None) -> None:
        """Remove a rule."""
        self._transport.call(
            "DELETE", f"/api/v1/safety-rules/{segment(rule, 'safety-rule')}", headers={"if-match": if_match}
        )
