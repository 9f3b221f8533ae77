"""An EPay service and Creem's API, as their documents say they behave."""

import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec

EPAY_KEY = "89unJUB8HZ54Hj7x4nUj56HN4nUzUJ8i"
CREEM_KEY = "creem_1"
CREEM_SECRET = "whsec_creem"


def epay_sign(fields: dict[str, str]) -> str:
    """Written from the document again, and not from the code under test."""
    plain = "&".join(
        f"{key}={fields[key]}" for key in sorted(fields) if fields[key] != "" and key not in ("sign", "sign_type")
    )
    return hashlib.md5((plain + EPAY_KEY).encode()).hexdigest()


class FakeEpay:
    """Takes the form of submit.php, notifies by GET, answers api.php."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, str]] = {}
        self.refunded: dict[str, str] = {}
        self.lose = 0

    def submit(self, url: str, fields: dict[str, str]) -> None:
        """The customer's browser sends the form."""
        assert url == "https://epay.example/submit.php"
        assert fields["sign"] == epay_sign(fields)
        trade = f"2026{len(self.orders):06d}"
        self.orders[fields["out_trade_no"]] = {**fields, "trade_no": trade, "status": "0"}

    def pay(self, number: str, **wrong: str) -> dict[str, str]:
        """The customer pays; returns the fields of the notification."""
        order = self.orders[number]
        order["status"] = "1"
        fields = {
            "pid": order["pid"], "trade_no": order["trade_no"], "out_trade_no": number, "type": order["type"],
            "name": order["name"], "money": order["money"], "trade_status": "TRADE_SUCCESS", **wrong,
        }  # fmt: skip
        return {**fields, "sign": epay_sign(fields), "sign_type": "MD5"}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params) | dict(parse_qsl(request.content.decode()))
        if (query.get("pid"), query.get("key")) != ("1001", EPAY_KEY):
            return httpx.Response(200, json={"code": -3, "msg": "key"})
        order = self.orders.get(query.get("out_trade_no", ""))
        if order is None:
            return httpx.Response(200, json={"code": -1, "msg": "none"})
        if query["act"] == "refund":
            if order["trade_no"] in self.refunded:
                return httpx.Response(200, json={"code": -1, "msg": "refunded already"})
            self.refunded[order["trade_no"]] = query["money"]
            if self.lose:
                self.lose -= 1
                raise httpx.ReadTimeout("no answer")
            return httpx.Response(200, json={"code": 1, "msg": "ok"})
        shown = {name: order[name] for name in ("trade_no", "out_trade_no", "type", "name", "money")}
        return httpx.Response(200, json={"code": 1, "pid": 1001, "status": int(order["status"]), **shown})


class FakeCreem:
    """Checkouts of products and full refunds."""

    def __init__(self) -> None:
        self.checkouts: dict[str, dict[str, Any]] = {}
        self.refunds: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("x-api-key") != CREEM_KEY:
            return httpx.Response(403, json={"error": "Forbidden"})
        if request.method == "GET":
            return httpx.Response(200, json=self.checkouts[request.url.params["checkout_id"]])
        asked = msgspec.json.decode(request.content)
        if request.url.path == "/v1/refunds":
            self.refunds.append(asked["transaction_id"])
            return httpx.Response(201, json={"id": "ref_1", "status": "pending"})
        made = {
            "id": f"ch_{len(self.checkouts)}", "object": "checkout", "status": "pending",
            "product": asked["product_id"], "request_id": asked["request_id"], "metadata": asked["metadata"],
            "checkout_url": f"https://checkout.creem.io/ch_{len(self.checkouts)}",
        }  # fmt: skip
        self.checkouts[made["id"]] = made
        return httpx.Response(200, json=made)

    def pay(self, number: str) -> dict[str, Any]:
        """The customer pays, with a tax of 21 %; returns the checkout."""
        (checkout,) = [one for one in self.checkouts.values() if one["request_id"] == number]
        checkout["status"] = "completed"
        checkout["order"] = {
            "id": "ord_1", "amount": 1000, "amount_paid": 1210, "tax_amount": 210, "currency": "EUR", "status": "paid",
            "transaction": "tran_1", "type": "onetime",
        }  # fmt: skip
        return checkout


def creem_event(
    kind: str, about: dict[str, Any], event_id: str = "evt_c1", secret: str = CREEM_SECRET
) -> dict[str, Any]:
    """The request of a signed event, as keyword arguments of httpx."""
    body = msgspec.json.encode({"id": event_id, "eventType": kind, "created_at": 1, "object": about})
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"content": body, "headers": {"creem-signature": signature, "content-type": "application/json"}}
