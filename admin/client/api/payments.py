"""Payments: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone
    from admin.client.shapes.payments import (
        CheckedIn,
        CheckInOut,
        CheckoutOut,
        CodeBulk,
        CodeOut,
        CodesCreate,
        CodeShown,
        CodesMade,
        ListedCodeOut,
        ListedOrderOut,
        Note,
        OrderBulk,
        OrderDetail,
        OrderOut,
        QuoteOut,
        ReceiptOut,
        Redeem,
        Redeemed,
        RefundOut,
        RefundSettle,
        RefundWanted,
        Removed,
        StatementOut,
        TopUpMade,
        TopUpOffer,
        TopUpWanted,
    )
    from admin.client.transport import Transport


class PaymentsApi:
    """The operations of payments."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_orders(self, body: OrderBulk, *, idempotency_key: str | None = None) -> BulkDone:
        """Stop waiting for the payments of many orders; or say that they are paid, which ..."""
        return cast(
            "BulkDone",
            self._transport.call("POST", "/api/v1/orders/bulk", body, headers={"Idempotency-Key": idempotency_key}),
        )

    def get_check_in(self) -> CheckInOut:
        """One's check-ins of this month."""
        return cast("CheckInOut", self._transport.call("GET", "/api/v1/check-in"))

    def check_in(self) -> CheckedIn:
        """Check in; a second time on the same day it gives nothing more."""
        return cast("CheckedIn", self._transport.call("POST", "/api/v1/check-in"))

    def list_orders_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        state: Literal["pending", "paid", "review", "failed", "expired", "cancelled", "refunded"] | None = None,
        purpose: Literal["topup", "subscription"] | None = None,
        provider: str | None = None,
        user_id: int | None = None,
        organisation: str | None = None,
        account: Literal["user", "organisation"] | None = None,
        since: str | None = None,
        until: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Orders, the newest first (`sort=-id`); `q` is the beginning of a number, or a: into a file."""
        return self._transport.download(
            "/api/v1/orders",
            file,
            query={
                "q": q,
                "state": state,
                "purpose": purpose,
                "provider": provider,
                "user_id": user_id,
                "organisation": organisation,
                "account": account,
                "since": since,
                "until": until,
                "format": format,
                "limit": limit,
                "cursor": cursor,
                "sort": sort,
            },
        )

    def list_orders(
        self,
        *,
        q: str | None = None,
        state: Literal["pending", "paid", "review", "failed", "expired", "cancelled", "refunded"] | None = None,
        purpose: Literal["topup", "subscription"] | None = None,
        provider: str | None = None,
        user_id: int | None = None,
        organisation: str | None = None,
        account: Literal["user", "organisation"] | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedOrderOut:
        """Orders, the newest first (`sort=-id`); `q` is the beginning of a number, or a ..."""
        return cast(
            "ListedOrderOut",
            self._transport.call(
                "GET",
                "/api/v1/orders",
                query={
                    "q": q,
                    "state": state,
                    "purpose": purpose,
                    "provider": provider,
                    "user_id": user_id,
                    "organisation": organisation,
                    "account": account,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "cursor": cursor,
                    "sort": sort,
                },
            ),
        )

    def every_orders(
        self,
        *,
        q: str | None = None,
        state: Literal["pending", "paid", "review", "failed", "expired", "cancelled", "refunded"] | None = None,
        purpose: Literal["topup", "subscription"] | None = None,
        provider: str | None = None,
        user_id: int | None = None,
        organisation: str | None = None,
        account: Literal["user", "organisation"] | None = None,
        since: str | None = None,
        until: str | None = None,
        sort: str | None = None,
    ) -> Iterator[OrderOut]:
        """Orders, the newest first (`sort=-id`); `q` is the beginning of a number, or a: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_orders(
                q=q,
                state=state,
                purpose=purpose,
                provider=provider,
                user_id=user_id,
                organisation=organisation,
                account=account,
                since=since,
                until=until,
                sort=sort,
                limit=1000,
                cursor=cursor,
            )
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def get_order(self, number: str) -> OrderDetail:
        """One order with its refunds, receipts, and for those who manage orders what its ..."""
        return cast("OrderDetail", self._transport.call("GET", f"/api/v1/orders/{segment(number, 'order')}"))

    def refresh_order(self, number: str) -> OrderDetail:
        """Ask the provider how far the payment is, for when its notification is late."""
        return cast("OrderDetail", self._transport.call("POST", f"/api/v1/orders/{segment(number, 'order')}/refresh"))

    def open_checkout(self, number: str) -> CheckoutOut:
        """Where a pending order is paid."""
        return cast("CheckoutOut", self._transport.call("POST", f"/api/v1/orders/{segment(number, 'order')}/checkout"))

    def cancel_order(self, number: str) -> OrderOut:
        """Stop waiting for the payment."""
        return cast("OrderOut", self._transport.call("POST", f"/api/v1/orders/{segment(number, 'order')}/cancel"))

    def complete_order(self, number: str, body: Note, *, idempotency_key: str | None = None) -> OrderOut:
        """Say that the order is paid: its credit is booked, once."""
        return cast(
            "OrderOut",
            self._transport.call(
                "POST",
                f"/api/v1/orders/{segment(number, 'order')}/complete",
                body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def get_receipt(self, number: str) -> ReceiptOut:
        """A receipt of an order, or a credit note of a refund."""
        return cast("ReceiptOut", self._transport.call("GET", f"/api/v1/receipts/{segment(number, 'receipt')}"))

    def list_redemption_codes_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        state: Literal["available", "redeemed", "expired", "disabled"] | None = None,
        batch: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Codes, the newest first (`sort=-id`); `q` is a whole code, or how a name, a: into a file."""
        return self._transport.download(
            "/api/v1/redemption-codes",
            file,
            query={
                "q": q,
                "state": state,
                "batch": batch,
                "format": format,
                "limit": limit,
                "cursor": cursor,
                "sort": sort,
            },
        )

    def list_redemption_codes(
        self,
        *,
        q: str | None = None,
        state: Literal["available", "redeemed", "expired", "disabled"] | None = None,
        batch: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedCodeOut:
        """Codes, the newest first (`sort=-id`); `q` is a whole code, or how a name, a ..."""
        return cast(
            "ListedCodeOut",
            self._transport.call(
                "GET",
                "/api/v1/redemption-codes",
                query={"q": q, "state": state, "batch": batch, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_redemption_codes(
        self,
        *,
        q: str | None = None,
        state: Literal["available", "redeemed", "expired", "disabled"] | None = None,
        batch: str | None = None,
        sort: str | None = None,
    ) -> Iterator[CodeOut]:
        """Codes, the newest first (`sort=-id`); `q` is a whole code, or how a name, a: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_redemption_codes(q=q, state=state, batch=batch, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_redemption_codes(self, body: CodesCreate, *, idempotency_key: str | None = None) -> CodesMade:
        """Make a batch."""
        return cast(
            "CodesMade",
            self._transport.call(
                "POST", "/api/v1/redemption-codes", body, headers={"Idempotency-Key": idempotency_key}
            ),
        )

    def export_redemption_codes(
        self,
        file: Path,
        *,
        format: Literal["csv", "jsonl"] | None = None,
        q: str | None = None,
        state: Literal["available", "redeemed", "expired", "disabled"] | None = None,
        batch: str | None = None,
    ) -> int:
        """A file of codes with their texts: into a file."""
        return self._transport.download(
            "/api/v1/redemption-codes/export", file, query={"format": format, "q": q, "state": state, "batch": batch}
        )

    def get_redemption_code(self, code: int) -> CodeOut:
        """One code, without its text."""
        return cast(
            "CodeOut", self._transport.call("GET", f"/api/v1/redemption-codes/{segment(code, 'redemption-code')}")
        )

    def reveal_redemption_code(self, code: int) -> CodeShown:
        """The text of a code."""
        return cast(
            "CodeShown",
            self._transport.call("POST", f"/api/v1/redemption-codes/{segment(code, 'redemption-code')}/reveal"),
        )

    def change_redemption_codes(self, body: CodeBulk) -> BulkDone:
        """Switch codes off or on, or delete them; redeemed ones stay as they are."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/redemption-codes/bulk", body))

    def remove_unusable_redemption_codes(self) -> Removed:
        """Delete what has expired or is switched off and was not redeemed."""
        return cast("Removed", self._transport.call("DELETE", "/api/v1/redemption-codes/unusable"))

    def redeem_code(self, body: Redeem, *, idempotency_key: str | None = None) -> Redeemed:
        """Credit oneself with a code."""
        return cast(
            "Redeemed",
            self._transport.call("POST", "/api/v1/redemptions", body, headers={"Idempotency-Key": idempotency_key}),
        )

    def refund_order(self, number: str, body: RefundWanted, *, idempotency_key: str | None = None) -> RefundOut:
        """Give money back: its credit is taken, then the provider is asked."""
        return cast(
            "RefundOut",
            self._transport.call(
                "POST",
                f"/api/v1/orders/{segment(number, 'order')}/refunds",
                body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def settle_refund(self, number: str, refund: str, body: RefundSettle) -> RefundOut:
        """End a refund that is 'asked': ask the provider again, or say what a person ..."""
        return cast(
            "RefundOut",
            self._transport.call(
                "POST", f"/api/v1/orders/{segment(number, 'order')}/refunds/{segment(refund, 'refund')}/settle", body
            ),
        )

    def get_statement(self, month: str, *, user: str | None = None, organisation: str | None = None) -> StatementOut:
        """The statement of a month in UTC, of oneself, of a user or of an organisation."""
        return cast(
            "StatementOut",
            self._transport.call(
                "GET",
                f"/api/v1/statements/{segment(month, 'statement')}",
                query={"user": user, "organisation": organisation},
            ),
        )

    def get_topup_offer(self) -> TopUpOffer:
        """Ways to pay, amounts, discounts."""
        return cast("TopUpOffer", self._transport.call("GET", "/api/v1/topups/offer"))

    def quote_topup(self, body: TopUpWanted) -> QuoteOut:
        """What an amount costs the caller; nothing is stored."""
        return cast("QuoteOut", self._transport.call("POST", "/api/v1/topups/quote", body))

    def create_topup(self, body: TopUpWanted, *, idempotency_key: str | None = None) -> TopUpMade:
        """Order credit."""
        return cast(
            "TopUpMade",
            self._transport.call("POST", "/api/v1/topups", body, headers={"Idempotency-Key": idempotency_key}),
        )
