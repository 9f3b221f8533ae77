"""Stripe's API as its documents say it behaves: idempotency keys, Checkout sessions, refunds, signed events."""

from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec
from stripe import WebhookSignature

SECRET = "whsec_test"
KEY = "sk_test_1"


class FakeStripe:
    """`lose` answers that many calls with a broken connection after having carried them out."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.by_key: dict[str, tuple[dict[str, str], dict[str, Any]]] = {}
        self.lose = 0
        self.refund_status = "succeeded"
        self.calls: list[str] = []
        self.stopped: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(f"{request.method} {request.url.path}")
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return httpx.Response(401, json={"error": {"code": "api_key_invalid", "message": "sk_test_***"}})
        if request.method == "DELETE":
            self.stopped.append(request.url.path.rpartition("/")[2])
            return httpx.Response(200, json={"status": "canceled"})
        if request.url.path.startswith("/v1/invoices/"):
            ref = request.url.path.rpartition("/")[2]
            assert request.url.params["expand[]"] == "payments"
            paid = [{"payment": {"type": "payment_intent", "payment_intent": f"pi_{ref}"}}]
            return httpx.Response(200, json={"id": ref, "payments": {"data": paid}})
        if request.method == "GET":
            found = self.sessions.get(request.url.path.rpartition("/")[2])
            return httpx.Response(200, json=found) if found else httpx.Response(404, json={"error": {}})
        form = dict(parse_qsl(request.content.decode()))
        key = request.headers["idempotency-key"]
        if key in self.by_key:
            same, answer = self.by_key[key]
            if same != form:
                return httpx.Response(400, json={"error": {"type": "idempotency_error"}})
        else:
            answer = self._session(form) if request.url.path == "/v1/checkout/sessions" else self._refund(form)
            self.by_key[key] = (form, answer)
        if self.lose:
            self.lose -= 1
            raise httpx.ReadError("the connection broke")
        status = 400 if "error" in answer else 200
        return httpx.Response(status, json=answer)

    def _session(self, form: dict[str, str]) -> dict[str, Any]:
        if form["line_items[0][price_data][currency]"] == "pln":
            return {"error": {"code": "currency_not_supported"}}
        made: dict[str, Any] = {
            "id": f"cs_test_{len(self.sessions)}", "object": "checkout.session", "mode": form["mode"],
            "url": f"https://checkout.stripe.com/c/pay/cs_test_{len(self.sessions)}#{'x' * 300}",
            "client_reference_id": form["client_reference_id"], "metadata": {"order": form["metadata[order]"]},
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
            "currency": form["line_items[0][price_data][currency]"], "payment_status": "unpaid", "status": "open",
            "payment_intent": None,
        }  # fmt: skip
        self.sessions[made["id"]] = made
        return made

    def _refund(self, form: dict[str, str]) -> dict[str, Any]:
        if self.refund_status == "error":
            return {"error": {"code": "charge_already_refunded"}}
        made: dict[str, Any] = {
            "id": f"re_{len(self.refunds)}", "object": "refund", "amount": int(form["amount"]),
            "status": self.refund_status, "payment_intent": form["payment_intent"], "currency": "eur",
            "metadata": {"refund": form["metadata[refund]"], "order": form["metadata[order]"]},
        }  # fmt: skip
        self.refunds[made["id"]] = made
        return made

    def pay(self, number: str) -> dict[str, Any]:
        """The customer pays the order."""
        (session,) = [one for one in self.sessions.values() if one["client_reference_id"] == number]
        session.update(payment_status="paid", status="complete")
        if session["mode"] == "subscription":
            session.update(subscription="sub_1", invoice="in_0")
        else:
            session["payment_intent"] = f"pi_{session['id']}"
        return session


def event(kind: str, about: object, *, at: int, event_id: str = "evt_1", secret: str = SECRET) -> dict[str, Any]:
    """The request of a signed event, as keyword arguments of httpx."""
    body = msgspec.json.encode({"id": event_id, "object": "event", "type": kind, "data": {"object": about}}).decode()
    header = WebhookSignature.generate_signature_header(body, secret, at)
    return {"content": body, "headers": {"stripe-signature": header, "content-type": "application/json"}}
