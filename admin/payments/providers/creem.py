"""Creem: checkouts of products, events signed with HMAC-SHA256, full refunds (docs.creem.io, 2026-11).

Creem sells products of fixed prices and adds taxes: an order is for one of the products that the options list.
"""

import hashlib
import hmac
from typing import ClassVar

import msgspec

from admin.options.creem import Creem as Options
from admin.payments.provider import (
    Checkout,
    ForgedError,
    Incoming,
    Made,
    Places,
    Provider,
    ProviderError,
    Way,
    call,
    field,
    number,
    text,
)
from admin.schemas.account import signed_to_nano
from storage.models.order import Order, Refund
from storage.payments.currencies import smallest
from storage.payments.states import Kind, Notice


class Creem(Provider):
    """Payments by Creem."""

    name: ClassVar[str] = "creem"
    title: ClassVar[str] = "Creem"
    refund_repeats: ClassVar[bool] = False  # no key against repeats is documented
    options = Options
    settings: Options

    def ways(self) -> list[Way]:
        """One for each product."""
        if not (self.settings.enabled and self.settings.api_key and self.settings.webhook_secret):
            return []
        return [
            Way(
                self.name, one.product, one.currency, f"Creem, {one.price} {one.currency}",
                smallest(one.price, one.currency), signed_to_nano(one.credit),
            )
            for one in self.settings.products
        ]  # fmt: skip

    async def checkout(self, order: Order, places: Places) -> Checkout:
        """A checkout of the order's product; `request_id` comes back with every event."""
        product = next((one.product for one in self.settings.products if one.product == order.method), "")
        if not product:
            raise ProviderError("There is no such product any more.")
        asked = {
            "product_id": product, "request_id": order.number, "units": 1, "success_url": places.back,
            "metadata": {"order": order.number},
        }  # fmt: skip
        url = f"{self.settings.api_url}/v1/checkouts"
        status, body = await call(self.http, "POST", url, headers=self._headers(), json=asked)
        address, ref = field(body, "checkout_url"), text(body, "id")
        if status not in {200, 201} or not isinstance(address, str) or not address.startswith("https://") or not ref:
            raise ProviderError(f"Creem refused ({status}).")
        return Checkout(address, ref=ref)

    def read(self, said: Incoming) -> list[Notice]:
        """An event: `creem-signature` is the HMAC of the body, in hex."""
        secret = self.settings.webhook_secret
        if not secret:
            raise ForgedError("no webhook secret is set")
        right = hmac.new(secret.encode(), said.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(right.encode(), said.headers.get("creem-signature", "").encode()):
            raise ForgedError("the signature is wrong")
        try:
            event = msgspec.json.decode(said.body)
        except msgspec.DecodeError as error:
            raise ForgedError(str(error)) from None
        kind, about, event_id = text(event, "eventType"), field(event, "object"), text(event, "id")
        event_id = event_id or right  # the digest of the same event is the same
        if kind == "checkout.completed":
            return _of_checkout(event_id, about)
        if kind == "refund.created" and text(about, "status") == "succeeded":
            # refunded_amount is cumulative; an older sample has the refund's own amount only.
            total = number(about, "transaction", "refunded_amount") or number(about, "refund_amount")
            order = text(about, "checkout", "request_id") or text(about, "checkout", "metadata", "order")
            currency = text(about, "refund_currency").upper()
            return [Notice(Kind.REFUNDED, event_id, order, "", _order_of(about), currency, total)]
        if kind == "dispute.created":
            amount, currency = number(about, "amount"), text(about, "currency").upper()
            return [Notice(Kind.DISPUTED, event_id, "", "", _order_of(about), currency, amount, ref=text(about, "id"))]
        return []

    async def poll(self, order: Order) -> Notice | None:
        """The checkout as it is now."""
        body = await self._checkout_of(order) if order.checkout_ref else {}
        found = _of_checkout(f"poll:{order.checkout_ref}:paid", body)
        return found[0] if found else None

    async def refund(self, order: Order, refund: Refund) -> Made:
        """Creem refunds all that is left of a transaction, and nothing less."""
        if refund.amount < order.paid_amount:
            return Made("failed", why="Creem refunds whole payments only.")
        try:
            transaction = text(await self._checkout_of(order), "order", "transaction")
        except ProviderError as error:
            return Made("failed", why=str(error))
        url = f"{self.settings.api_url}/v1/refunds"
        asked = {"transaction_id": transaction}
        status, body = await call(self.http, "POST", url, headers=self._headers(), json=asked)
        state = text(body, "status") if status in {200, 201} else "failed"
        ref = text(body, "id")
        if state == "succeeded":
            return Made("done", ref)
        return (
            Made("asked", ref)
            if state in {"pending", "requiresAction"}
            else Made("failed", ref, f"Creem refused ({status}).")
        )

    async def _checkout_of(self, order: Order) -> dict[str, object]:
        url = f"{self.settings.api_url}/v1/checkouts"
        asked = {"checkout_id": order.checkout_ref or ""}
        status, body = await call(self.http, "GET", url, headers=self._headers(), params=asked)
        if status != 200:
            raise ProviderError(f"Creem answered with status {status}.")
        return body

    def _headers(self) -> dict[str, str]:
        return {"x-api-key": self.settings.api_key}


def _of_checkout(event: str, checkout: object) -> list[Notice]:
    if text(checkout, "status") != "completed" or text(checkout, "order", "status") != "paid":
        return []
    number_ = text(checkout, "request_id")
    amount = number(checkout, "order", "amount")
    total = number(checkout, "order", "amount_paid") or amount
    return [
        Notice(
            Kind.PAID, event, number_, text(checkout, "id"), text(checkout, "order", "id"),
            text(checkout, "order", "currency").upper(), amount, total,
        )
    ]  # fmt: skip


def _order_of(about: object) -> str:
    order = field(about, "order")
    return text(about, "transaction", "order") or (order if isinstance(order, str) else text(order, "id"))


PROVIDER = Creem
