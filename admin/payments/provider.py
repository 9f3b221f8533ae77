"""What a payment provider is: a class that makes checkouts, reads notifications, refunds and can be asked.

A provider writes nothing and decides nothing: what it returns goes through storage/payments, where a payment is counted
once. `read` is pure: it checks the signature and says what a notification means.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, Literal, NamedTuple

import httpx
import msgspec

from admin.options.base import OptionGroup
from storage.models.order import Order, Refund
from storage.payments.states import Notice


class ForgedError(Exception):
    """A notification without a right signature; the text is for the log."""


class ProviderError(Exception):
    """The provider refused: nothing happened there. The text is safe to show."""


class UnknownResultError(Exception):
    """The provider did not answer so that one knows whether it happened; it may be asked again. Safe to show."""


class Way(NamedTuple):
    """A way to pay. With `amount` (smallest unit) and `credit` (nano-USD) it is a product of one price.

    `note` is what the customer has to know.
    """

    provider: str
    method: str
    currency: str
    title: str
    amount: int | None = None
    credit: int | None = None
    note: str = ""


class Places(NamedTuple):
    """Addresses of this gateway: for the provider's notifications, and where the customer's browser comes back."""

    notify: str
    back: str
    cancelled: str


class Checkout(NamedTuple):
    """Where the customer pays: a page to open, or with method POST a form to send there. `ref` is the provider's id."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    fields: Mapping[str, str] = {}
    ref: str = ""


class Incoming(NamedTuple):
    """A notification as it arrived."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


class Made(NamedTuple):
    """What became of a refund: "done", "asked" (the provider is at it) or "failed", and the provider's id of it."""

    state: Literal["done", "asked", "failed"]
    ref: str = ""
    why: str = ""


class Provider(ABC):
    """One provider with its settings. `http` refuses private networks; `now` gives Unix seconds."""

    name: ClassVar[str]
    title: ClassVar[str]
    options: ClassVar[type[OptionGroup]]
    accepted: ClassVar[tuple[str, str]] = ("", "text/plain")
    """What a notification that was handled is answered with: body and media type."""
    refund_repeats: ClassVar[bool] = True
    """A refund that is asked for twice is made once. Where it is not, a person says what became of an open one."""
    recurring: ClassVar[bool] = False
    """It charges again on its own what an order's `details["recurring"]` says: {"unit": "month", "count": 1}."""
    signed_return: ClassVar[bool] = False
    """The customer's browser comes back with a signed notification."""

    def __init__(self, settings: OptionGroup, http: httpx.AsyncClient, now: Callable[[], int]) -> None:
        self.settings = settings
        self.http = http
        self.now = now

    @abstractmethod
    def ways(self) -> list[Way]:
        """Ways to pay; none while it is switched off or not set up."""

    @abstractmethod
    async def checkout(self, order: Order, places: Places) -> Checkout:
        """Begin the payment of an order. Called again for the same order it must not make the customer pay twice.

        Raises ProviderError, UnknownResultError.
        """

    @abstractmethod
    def read(self, said: Incoming) -> list[Notice]:
        """What a notification means; [] for what is of no concern. Raises ForgedError."""

    @abstractmethod
    async def poll(self, order: Order) -> Notice | None:
        """What the provider says of an order that nothing was heard of. Raises ProviderError, UnknownResultError."""

    @abstractmethod
    async def refund(self, order: Order, refund: Refund) -> Made:
        """Refund a part of an order. Raises UnknownResultError."""

    async def resolve(self, said: Notice) -> Notice:
        """A notification with what it leaves out and the provider has to be asked for. Raises as `poll`."""
        return said

    async def stop(self, ref: str) -> None:
        """Charge no more for what is charged again and again; `ref` is the provider's id of it. Raises as `poll`."""
        raise ProviderError(f"{self.title} charges nothing again, {ref} neither.")


async def call(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    json: object | None = None,
) -> tuple[int, dict[str, object]]:
    """One call to a provider: (status, JSON object; {} when it is none). Raises UnknownResultError.

    A status of 500 or more, or none, leaves it open whether something happened.
    """
    content = msgspec.json.encode(json) if json is not None else None
    given = {**(headers or {}), **({"content-type": "application/json"} if content is not None else {})}
    try:
        answer = await http.request(method, url, headers=given, params=params, data=form, content=content)
    except httpx.HTTPError as error:
        msg = f"the payment provider could not be reached ({type(error).__name__})"
        raise UnknownResultError(msg) from None
    if answer.status_code >= 500 or answer.status_code == 409:
        msg = f"the payment provider answered with status {answer.status_code}"
        raise UnknownResultError(msg)
    try:
        body = msgspec.json.decode(answer.content)
    except msgspec.DecodeError:
        body = {}
    return answer.status_code, body if isinstance(body, dict) else {}


def field(body: object, *path: str) -> object:
    """The value at a path of a JSON object, None when there is none."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def text(body: object, *path: str) -> str:
    """The text at a path, "" when there is none."""
    value = field(body, *path)
    return value[:255] if isinstance(value, str) else ""


def number(body: object, *path: str) -> int:
    """The integer at a path, 0 when there is none."""
    value = field(body, *path)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0
