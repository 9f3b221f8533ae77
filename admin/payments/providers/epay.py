"""EPay: a form to the service's page, notifications signed with MD5 over sorted fields, api.php for questions.

The interface has no owner; it is what the services that call themselves so (易支付) document alike: submit.php,
notify_url by GET with trade_status TRADE_SUCCESS, the answer "success", api.php?act=order and act=refund (2026-11).
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import parse_qsl

from admin.options.epay import Epay as Options
from admin.payments.provider import Checkout, ForgedError, Incoming, Made, Places, Provider, ProviderError, Way, call
from storage.models.order import Order, Refund
from storage.payments.currencies import DIGITS, smallest, text
from storage.payments.states import Kind, Notice

_TITLES = {"alipay": "Alipay", "wxpay": "WeChat Pay", "qqpay": "QQ Wallet", "bank": "UnionPay", "usdt": "USDT"}


def sign(fields: Mapping[str, str], key: str) -> str:
    """The signature: MD5 over name=value of what is not empty, sorted, values as they are, then the key."""
    parts = sorted((name, value) for name, value in fields.items() if value and name not in {"sign", "sign_type"})
    plain = "&".join(f"{name}={value}" for name, value in parts) + key
    return hashlib.md5(plain.encode(), usedforsecurity=False).hexdigest()


class Epay(Provider):
    """Payments by an EPay service."""

    name: ClassVar[str] = "epay"
    title: ClassVar[str] = "EPay"
    refund_repeats: ClassVar[bool] = False
    signed_return: ClassVar[bool] = True
    options = Options
    accepted: ClassVar[tuple[str, str]] = ("success", "text/plain")
    settings: Options

    def ways(self) -> list[Way]:
        """One for each method."""
        settings = self.settings
        if not (settings.enabled and settings.url and settings.pid and settings.key) or settings.currency not in DIGITS:
            return []
        return [Way(self.name, method, settings.currency, _TITLES.get(method, method)) for method in settings.methods]

    async def checkout(self, order: Order, places: Places) -> Checkout:
        """A signed form; nothing is asked of the service before the customer's browser sends it."""
        fields = {
            "pid": self.settings.pid,
            "type": order.method,
            "out_trade_no": order.number,
            "notify_url": places.notify,
            "return_url": places.back,
            "name": order.title or "Credit",
            "money": text(order.amount, order.currency),
        }
        signed = {**fields, "sign": sign(fields, self.settings.key), "sign_type": "MD5"}
        return Checkout(self._url("submit.php"), "POST", signed)

    def read(self, said: Incoming) -> list[Notice]:
        """A notification, or the customer's return: the same signed fields."""
        fields = dict(said.query)
        if said.method == "POST":
            # Some services send the fields as a form.
            fields |= dict(parse_qsl(said.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=50))
        if not self.settings.key or not self.settings.pid:
            raise ForgedError("EPay is not set up")
        given = fields.get("sign", "").lower()
        if not hmac.compare_digest(sign(fields, self.settings.key).encode(), given.encode()):
            raise ForgedError("the signature is wrong")
        if fields.get("pid") != self.settings.pid:
            raise ForgedError("of another merchant")
        if fields.get("trade_status") != "TRADE_SUCCESS":
            return []
        return [self._paid(fields)]

    async def poll(self, order: Order) -> Notice | None:
        """What api.php says of the order: status 1 is paid."""
        asked = {"act": "order", "pid": self.settings.pid, "key": self.settings.key, "out_trade_no": order.number}
        status, body = await call(self.http, "GET", self._url("api.php"), params=asked)
        if status != 200:
            raise ProviderError(f"EPay answered with status {status}.")
        fields = {name: str(value) for name, value in body.items() if isinstance(value, str | int)}
        if fields.get("code") != "1" or fields.get("status") != "1" or fields.get("out_trade_no") != order.number:
            return None
        return self._paid(fields)

    async def refund(self, order: Order, refund: Refund) -> Made:
        """api.php?act=refund: code 1 is done. The interface knows no key against repeats: see docs/payments.md."""
        form = {
            "pid": self.settings.pid, "key": self.settings.key, "trade_no": order.payment_ref or "",
            "out_trade_no": order.number, "money": text(refund.amount, order.currency),
        }  # fmt: skip
        url = self._url("api.php")
        status, body = await call(self.http, "POST", url, params={"act": "refund"}, form=form)
        if status == 200 and str(body.get("code")) == "1":
            return Made("done", f"{order.payment_ref}:{refund.number}")
        return Made("failed", why=f"EPay refused ({status}).")

    def _paid(self, fields: Mapping[str, str]) -> Notice:
        currency = self.settings.currency
        try:
            amount = smallest(fields.get("money", ""), currency)
        except ValueError:
            amount = 0  # is not what was ordered, and waits for finance
        ref, order = fields.get("trade_no", "")[:200], fields.get("out_trade_no", "")[:40]
        return Notice(Kind.PAID, f"{order}:{ref}", order, "", ref, currency, amount, amount)

    def _url(self, file: str) -> str:
        return f"{self.settings.url.rstrip('/').removesuffix('/submit.php')}/{file}"


PROVIDER = Epay
