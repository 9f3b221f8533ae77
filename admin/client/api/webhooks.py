"""Webhooks: the operations. Written by `python -m admin.client` from the OpenAPI document."""

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
    from admin.client.shapes.webhooks import WebhookCreate
    from admin.client.transport import Transport


class WebhooksApi:
    """The operations of webhooks."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_webhooks(self, body: TargetBulk) -> BulkDone:
        """Switch many webhooks on or off, or remove them."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/webhooks/bulk", body))

    def list_webhooks_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Webhooks by `name` or `id`: into a file."""
        return self._transport.download(
            "/api/v1/webhooks", file, query={"q": q, "format": format, "limit": limit, "cursor": cursor, "sort": sort}
        )

    def list_webhooks(
        self, *, q: str | None = None, limit: int | None = None, cursor: str | None = None, sort: str | None = None
    ) -> ListedTargetOut:
        """Webhooks by `name` or `id`."""
        return cast(
            "ListedTargetOut",
            self._transport.call(
                "GET", "/api/v1/webhooks", query={"q": q, "limit": limit, "cursor": cursor, "sort": sort}
            ),
        )

    def every_webhooks(self, *, q: str | None = None, sort: str | None = None) -> Iterator[TargetOut]:
        """Webhooks by `name` or `id`: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_webhooks(q=q, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_webhook(self, body: WebhookCreate) -> TargetCreated:
        """Make a webhook."""
        return cast("TargetCreated", self._transport.call("POST", "/api/v1/webhooks", body))

    def get_webhook(self, webhook: int) -> TargetOut:
        """One webhook."""
        return cast("TargetOut", self._transport.call("GET", f"/api/v1/webhooks/{segment(webhook, 'webhook')}"))

    def change_webhook(self, webhook: int, body: TargetPatch, *, if_match: str | None = None) -> TargetOut:
        """Change what the body names; switched on again, its failures are forgotten."""
        return cast(
            "TargetOut",
            self._transport.call(
                "PATCH", f"/api/v1/webhooks/{segment(webhook, 'webhook')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_webhook(self, webhook: int, *, if_match: str | None = None) -> None:
        """Remove a webhook with the record of its deliveries."""
        self._transport.call(
            "DELETE", f"/api/v1/webhooks/{segment(webhook, 'webhook')}", headers={"if-match": if_match}
        )

    def rotate_webhook(self, webhook: int, body: Rotation) -> TargetCreated:
        """A new secret; for a time deliveries are signed with both."""
        return cast(
            "TargetCreated",
            self._transport.call("POST", f"/api/v1/webhooks/{segment(webhook, 'webhook')}/rotate", body),
        )

    def test_webhook(self, webhook: int) -> DeliveryOut:
        """Send an event `target.test`; its delivery says within seconds what came of it."""
        return cast("DeliveryOut", self._transport.call("POST", f"/api/v1/webhooks/{segment(webhook, 'webhook')}/test"))

    def list_webhook_deliveries_file(
        self,
        webhook: int,
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
            f"/api/v1/webhooks/{segment(webhook, 'webhook')}/deliveries",
            file,
            query={"state": state, "event": event, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_webhook_deliveries(
        self,
        webhook: int,
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
                f"/api/v1/webhooks/{segment(webhook, 'webhook')}/deliveries",
                query={"state": state, "event": event, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_webhook_deliveries(
        self,
        webhook: int,
        *,
        state: Literal["waiting", "delivered", "failed"] | None = None,
        event: str | None = None,
        sort: str | None = None,
    ) -> Iterator[DeliveryOut]:
        """Deliveries by `id`; sort=-id has the latest first: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_webhook_deliveries(webhook, state=state, event=event, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def redeliver_webhook(self, webhook: int, delivery: int) -> DeliveryOut:
        """Deliver that event once more, with the same message id."""
        return cast(
            "DeliveryOut",
            self._transport.call(
                "POST",
                f"/api/v1/webhooks/{segment(webhook, 'webhook')}/deliveries/{segment(delivery, 'delivery')}/again",
            ),
        )
