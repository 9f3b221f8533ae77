"""Notifications: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import (
        BulkDone,
        DeliveryOut,
        ListedDeliveryOut,
        ListedTargetOut,
        Rotation,
        TargetBulk,
        TargetCreated,
        TargetOut,
        TargetPatch,
    )
    from admin.client.shapes.notifications import (
        EventOut,
        KindList,
        ListedEventOut,
        LowBalanceInput,
        LowBalanceOutput,
        TargetCreate,
    )
    from admin.client.transport import Transport


class NotificationsApi:
    """The operations of notifications."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_targets(self, body: TargetBulk) -> BulkDone:
        """Switch many targets on or off, or remove them."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/notifications/targets/bulk", body))

    def list_event_kinds(self) -> KindList:
        """Every kind of event."""
        return cast("KindList", self._transport.call("GET", "/api/v1/notifications/kinds"))

    def list_events_file(
        self,
        file: Path,
        *,
        language: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """What happened, by `id`; sort=-id has the latest first: into a file."""
        return self._transport.download(
            "/api/v1/notifications/events",
            file,
            query={"language": language, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_events(
        self,
        *,
        language: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedEventOut:
        """What happened, by `id`; sort=-id has the latest first."""
        return cast(
            "ListedEventOut",
            self._transport.call(
                "GET",
                "/api/v1/notifications/events",
                query={"language": language, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_events(self, *, language: str | None = None, sort: str | None = None) -> Iterator[EventOut]:
        """What happened, by `id`; sort=-id has the latest first: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_events(language=language, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def list_targets_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        kind: Literal["webhook", "email", "bark", "gotify"] | None = None,
        owner: Literal["me", "organisation", "gateway"] | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Targets by `id` or `name`; webhooks are among them: into a file."""
        return self._transport.download(
            "/api/v1/notifications/targets",
            file,
            query={
                "q": q,
                "kind": kind,
                "owner": owner,
                "format": format,
                "limit": limit,
                "cursor": cursor,
                "sort": sort,
            },
        )

    def list_targets(
        self,
        *,
        q: str | None = None,
        kind: Literal["webhook", "email", "bark", "gotify"] | None = None,
        owner: Literal["me", "organisation", "gateway"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedTargetOut:
        """Targets by `id` or `name`; webhooks are among them."""
        return cast(
            "ListedTargetOut",
            self._transport.call(
                "GET",
                "/api/v1/notifications/targets",
                query={"q": q, "kind": kind, "owner": owner, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_targets(
        self,
        *,
        q: str | None = None,
        kind: Literal["webhook", "email", "bark", "gotify"] | None = None,
        owner: Literal["me", "organisation", "gateway"] | None = None,
        sort: str | None = None,
    ) -> Iterator[TargetOut]:
        """Targets by `id` or `name`; webhooks are among them: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_targets(q=q, kind=kind, owner=owner, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_target(self, body: TargetCreate) -> TargetCreated:
        """Make a target; all but one's own mailbox need a second check."""
        return cast("TargetCreated", self._transport.call("POST", "/api/v1/notifications/targets", body))

    def get_target(self, target: int) -> TargetOut:
        """One target."""
        return cast(
            "TargetOut", self._transport.call("GET", f"/api/v1/notifications/targets/{segment(target, 'target')}")
        )

    def change_target(self, target: int, body: TargetPatch, *, if_match: str | None = None) -> TargetOut:
        """Change what the body names; switched on again, its failures are forgotten."""
        return cast(
            "TargetOut",
            self._transport.call(
                "PATCH",
                f"/api/v1/notifications/targets/{segment(target, 'target')}",
                body,
                headers={"if-match": if_match},
            ),
        )

    def delete_target(self, target: int, *, if_match: str | None = None) -> None:
        """Remove a target."""
        self._transport.call(
            "DELETE", f"/api/v1/notifications/targets/{segment(target, 'target')}", headers={"if-match": if_match}
        )

    def rotate_target(self, target: int, body: Rotation) -> TargetCreated:
        """A new secret of a webhook; for a time deliveries are signed with both."""
        return cast(
            "TargetCreated",
            self._transport.call("POST", f"/api/v1/notifications/targets/{segment(target, 'target')}/rotate", body),
        )

    def test_target(self, target: int) -> DeliveryOut:
        """Send an event `target.test`; its delivery says within seconds what came of it."""
        return cast(
            "DeliveryOut",
            self._transport.call("POST", f"/api/v1/notifications/targets/{segment(target, 'target')}/test"),
        )

    def list_target_deliveries_file(
        self,
        target: int,
        file: Path,
        *,
        state: Literal["waiting", "delivered", "failed"] | None = None,
        event: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Deliveries by `id`; sort=-id has the latest first: into a file."""
        return self._transport.download(
            f"/api/v1/notifications/targets/{segment(target, 'target')}/deliveries",
            file,
            query={"state": state, "event": event, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_target_deliveries(
        self,
        target: int,
        *,
        state: Literal["waiting", "delivered", "failed"] | None = None,
        event: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedDeliveryOut:
        """Deliveries by `id`; sort=-id has the latest first."""
        return cast(
            "ListedDeliveryOut",
            self._transport.call(
                "GET",
                f"/api/v1/notifications/targets/{segment(target, 'target')}/deliveries",
                query={"state": state, "event": event, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_target_deliveries(
        self,
        target: int,
        *,
        state: Literal["waiting", "delivered", "failed"] | None = None,
        event: str | None = None,
        sort: str | None = None,
    ) -> Iterator[DeliveryOut]:
        """Deliveries by `id`; sort=-id has the latest first: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_target_deliveries(target, state=state, event=event, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def redeliver_target(self, target: int, delivery: int) -> DeliveryOut:
        """Deliver that event once more, with the same message id."""
        return cast(
            "DeliveryOut",
            self._transport.call(
                "POST",
                f"/api/v1/notifications/targets/{segment(target, 'target')}/deliveries/{segment(delivery, 'delivery')}/again",
            ),
        )

    def get_low_balance(self, *, organisation: bool | None = None) -> LowBalanceOutput:
        """From which balance on the owner is told."""
        return cast(
            "LowBalanceOutput",
            self._transport.call("GET", "/api/v1/notifications/low-balance", query={"organisation": organisation}),
        )

    def set_low_balance(self, body: LowBalanceInput, *, if_match: str | None = None) -> LowBalanceOutput:
        """Name the balance from which on the owner is told; only a balance that limits ..."""
        return cast(
            "LowBalanceOutput",
            self._transport.call("PUT", "/api/v1/notifications/low-balance", body, headers={"if-match": if_match}),
        )
