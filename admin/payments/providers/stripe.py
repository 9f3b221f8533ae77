"""Stripe: hosted Checkout sessions, signed events, refunds (docs.stripe.com/api, 2026-11)."""

import re
from typing import Any, ClassVar

import msgspec

from admin.options.stripe import Stripe as Options
from admin.payments.provider import (
    Checkout,
    ForgedError,
    Incoming,
    Made,
    Places,
    Provider,
    ProviderError,
    UnknownResultError,
    Way,
    call,
    field,
    number,
    text,
)
from storage.models.order import Order, Refund
from storage.payments.currencies import DIGITS
from storage.payments.states import Kind, Notice

VERSION = "2026-10-28.endive"
"""The API as version 16 of Stripe's library speaks it."""
TOLERANCE_S = 300
"""How old a signature may be, and how far ahead: docs.stripe.com/webhooks/signature, 2026-11."""

_AT = re.compile(r"(?:^|,)t=(\d{1,12})(?:,|$)")
_DONE = {"succeeded": "done", "pending": "asked", "requires_action": "asked"}


class Stripe(Provider):
    """Payments by Stripe Checkout, in one currency."""

    name: ClassVar[str] = "stripe"
    title: ClassVar[str] = "Stripe"
    recurring: ClassVar[bool] = True
    options = Options
    accepted: ClassVar[tuple[str, str]] = ("{}", "application/json")
    settings: Options

    def ways(self) -> list[Way]:
        """One, in its currency."""
        ready = self.settings.enabled and self.settings.secret_key and self.settings.webhook_secret
        if not ready or self.settings.currency not in DIGITS:
            return []
        return [Way(self.name, "", self.settings.currency, self.title)]

    async def checkout(self, order: Order, places: Places) -> Checkout:
        """A Checkout session; the order's number is the idempotency key, so that there is one for each order."""
        form = {
            "mode": "payment",  # or "subscription", below
            "client_reference_id": order.number,
            "success_url": places.back,
            "cancel_url": places.cancelled,
            # Between 30 minutes and 24 hours from now (docs.stripe.com/api/checkout/sessions/create, 2026-11).
            "expires_at": str(max(order.expires_at, order.created_at + 45 * 60)),
            "locale": self.settings.locale,
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": order.currency.lower(),
            "line_items[0][price_data][unit_amount]": str(order.amount),
            "line_items[0][price_data][product_data][name]": order.title or "Credit",
            "metadata[order]": order.number,
        }
        recurring = order.details.get("recurring")
        if recurring:
            form |= {
                "mode": "subscription",
                "line_items[0][price_data][recurring][interval]": recurring["unit"],
                "line_items[0][price_data][recurring][interval_count]": str(recurring["count"]),
                "subscription_data[metadata][order]": order.number,
            }
        else:
            form["payment_intent_data[metadata][order]"] = order.number
        body = await self._post("/v1/checkout/sessions", form, order.number)
        url, ref = _address(body, "url"), text(body, "id")
        if not url or not ref:
            raise ProviderError("Stripe made no checkout.")
        return Checkout(url, ref=ref)

    def read(self, said: Incoming) -> list[Notice]:
        """An event (docs.stripe.com/checkout/fulfillment, 2026-11: paid is what `payment_status` says)."""
        self._verify(said.body, said.headers.get("stripe-signature", ""))
        try:
            event = msgspec.json.decode(said.body)
        except msgspec.DecodeError as error:
            raise ForgedError(str(error)) from None
        kind, about = text(event, "type"), field(event, "data", "object")
        if kind.startswith("checkout.session."):
            return _of_session(text(event, "id"), kind.removeprefix("checkout.session."), about)
        if kind == "invoice.paid" and text(about, "billing_reason") == "subscription_cycle":
            return _of_invoice(text(event, "id"), about)
        if kind == "charge.refunded":
            return [
                Notice(
                    Kind.REFUNDED, text(event, "id"), text(about, "metadata", "order"), "",
                    text(about, "payment_intent"), text(about, "currency").upper(), number(about, "amount_refunded"),
                )
            ]  # fmt: skip
        if kind in {"refund.failed", "refund.updated"} and text(about, "status") in {"failed", "canceled"}:
            return [
                Notice(
                    Kind.REFUND_FAILED, text(event, "id"), "", "", text(about, "payment_intent"),
                    text(about, "currency").upper(), number(about, "amount"), ref=text(about, "metadata", "refund"),
                )
            ]  # fmt: skip
        # The money leaves and comes back with these; other events of a dispute are about its course.
        disputes = {
            "charge.dispute.funds_withdrawn": Kind.DISPUTED,
            "charge.dispute.funds_reinstated": Kind.DISPUTE_WON,
        }
        if kind in disputes:
            return [
                Notice(
                    disputes[kind], text(event, "id"), "", "", text(about, "payment_intent"),
                    text(about, "currency").upper(), number(about, "amount"), ref=text(about, "id"),
                )
            ]  # fmt: skip
        return []

    async def poll(self, order: Order) -> Notice | None:
        """The session as it is now."""
        if not order.checkout_ref:
            return None
        url = f"{self.settings.api_url}/v1/checkout/sessions/{order.checkout_ref}"
        status, body = await call(self.http, "GET", url, headers=self._headers())
        if status != 200:
            raise ProviderError(f"Stripe answered with status {status}.")
        state = text(body, "status")
        known = _of_session(f"poll:{order.checkout_ref}:{state}", {"complete": "completed"}.get(state, state), body)
        return known[0] if known else None

    async def resolve(self, said: Notice) -> Notice:
        """The payment behind an invoice: refunds and disputes name that one."""
        if not said.payment_ref.startswith("in_"):
            return said
        url = f"{self.settings.api_url}/v1/invoices/{said.payment_ref}"
        asked = {"expand[]": "payments"}
        status, body = await call(self.http, "GET", url, headers=self._headers(), params=asked)
        payments = field(body, "payments", "data")
        if status != 200 or not isinstance(payments, list):
            raise ProviderError(f"Stripe answered with status {status}.")
        found = [text(one, "payment", "payment_intent") for one in payments]
        return said._replace(payment_ref=next((ref for ref in found if ref), said.payment_ref))

    async def stop(self, ref: str) -> None:
        """Cancel a subscription; one that is gone is stopped."""
        url = f"{self.settings.api_url}/v1/subscriptions/{ref}"
        status, _body = await call(self.http, "DELETE", url, headers=self._headers())
        if status not in {200, 404}:
            raise ProviderError(f"Stripe answered with status {status}.")

    async def refund(self, order: Order, refund: Refund) -> Made:
        """A refund of the payment; the refund's number is the idempotency key."""
        form = {
            "payment_intent": order.payment_ref or "",
            "amount": str(refund.amount),
            "metadata[refund]": refund.number,
            "metadata[order]": order.number,
        }
        try:
            body = await self._post("/v1/refunds", form, refund.number)
        except ProviderError as error:
            return Made("failed", why=str(error))
        state = _DONE.get(text(body, "status"))
        if state == "done":
            return Made("done", text(body, "id"))
        if state == "asked":
            return Made("asked", text(body, "id"))
        return Made("failed", text(body, "id"), text(body, "failure_reason") or text(body, "status"))

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.settings.secret_key}", "stripe-version": VERSION}

    async def _post(self, path: str, form: dict[str, str], key: str) -> dict[str, Any]:
        headers = {**self._headers(), "idempotency-key": key}
        status, body = await call(self.http, "POST", self.settings.api_url + path, headers=headers, form=form)
        if status == 429:
            raise UnknownResultError("Stripe is asked too often; try again.")
        if status != 200:
            # `message` may repeat parts of a key; `code` is a word.
            raise ProviderError(f"Stripe refused ({status} {text(body, 'error', 'code')}).".replace(" )", ")"))
        return body

    def _verify(self, body: bytes, header: str) -> None:
        # 40 ms and 20 MB that only those pay who use it.
        from stripe import SignatureVerificationError, WebhookSignature  # noqa: PLC0415

        if not self.settings.webhook_secret:
            raise ForgedError("no webhook secret is set")
        try:
            WebhookSignature.verify_header(body, header, self.settings.webhook_secret)
        except (SignatureVerificationError, ValueError, TypeError) as error:
            # ValueError and TypeError: bytes that are no text, characters that are no signature.
            raise ForgedError(type(error).__name__) from None
        # The library compares with the clock of the machine, and only backwards.
        at = _AT.search(header)
        if at is None or abs(self.now() - int(at[1])) > TOLERANCE_S:
            raise ForgedError("the signature is too old")


def _address(body: object, name: str) -> str:
    """The address in a field; that of a session is long."""
    value = field(body, name)
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else ""


def _of_session(event: str, what: str, session: object) -> list[Notice]:
    order = text(session, "client_reference_id")
    if not order or text(session, "metadata", "order") != order:
        return []  # a session of somebody else with the same account
    payment = text(session, "payment_intent") or text(session, "invoice")
    total = number(session, "amount_total")
    base = Notice(
        Kind.PAID, event, order, text(session, "id"), payment, text(session, "currency").upper(), total, total,
        recurring=text(session, "subscription"),
    )  # fmt: skip
    if what in {"completed", "async_payment_succeeded"} and text(session, "payment_status") == "paid":
        return [base]
    if what == "async_payment_failed":
        return [base._replace(kind=Kind.FAILED)]
    return [base._replace(kind=Kind.EXPIRED)] if what == "expired" else []


def _of_invoice(event: str, invoice: object) -> list[Notice]:
    """A charge of a subscription after the first; where its metadata are depends on the version of the API."""
    of = field(invoice, "parent", "subscription_details") or field(invoice, "subscription_details")
    order, paid, ref = text(of, "metadata", "order"), number(invoice, "amount_paid"), text(invoice, "id")
    if not order or not ref:
        return []
    subscription = text(of, "subscription") or text(invoice, "subscription")
    currency = text(invoice, "currency").upper()
    return [Notice(Kind.RENEWED, event, order, "", ref, currency, paid, paid, ref, subscription)]


PROVIDER = Stripe
