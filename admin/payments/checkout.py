"""From an order to the page where it is paid. Nothing is open in the database while the provider is asked."""

import logging
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin.options.network import Network
from admin.payments import registry
from admin.payments.provider import Checkout, Places, ProviderError, UnknownResultError
from admin.payments.settled import transact
from admin.problems import Problem
from admin.services import Services
from storage.models.order import Order
from storage.payments import orders, states

log = logging.getLogger(__name__)

CONSOLE = "/console/wallet"


async def public_url(services: Services, request_url: str) -> str:
    """The gateway's address as people and providers see it, without a slash behind; `request_url` if none is set."""
    return ((await services.options.get(Network)).public_url or request_url).rstrip("/")


def places(base: str, order: Order) -> Places:
    """Where the provider of an order finds this gateway."""
    api = f"{base}/api/payments/{order.provider}"
    back = f"{api}/back/{order.number}"
    return Places(f"{api}/notify", back, f"{base}{CONSOLE}?order={order.number}")


async def open_checkout(services: Services, number: str, request_url: str) -> Checkout:
    """The page where the order is paid; the same one again for an order that has one.

    Raises a Problem: 404, 409 for an order that is not pending, 502 when the provider refuses or does not answer.
    """
    async with services.sessions() as session:
        order = await orders.find(session, number)
    if order is None:
        raise Problem(404, "There is no such order.", slug="not-found")
    if order.state != states.PENDING:
        raise Problem(409, f"The order is {order.state}.")
    if order.expires_at <= services.clock():
        raise Problem(409, "The order waited too long; make another.")
    if (kept := order.details.get("checkout")) is not None:
        return Checkout(kept["url"], kept["method"], kept["fields"], order.checkout_ref or "")
    provider = await registry.find(services, order.provider)
    if provider is None:
        raise Problem(409, "This order is not paid by a payment provider.")
    try:
        made = await provider.checkout(order, places(await public_url(services, request_url), order))
    except ProviderError as error:
        log.warning("order %s: %s refused the checkout: %s", order.number, order.provider, error)
        why = str(error)
        await transact(services, lambda session: _fail(session, number, why, services.clock()))
        raise Problem(502, why, slug="provider-refused") from None
    except UnknownResultError as error:
        raise Problem(502, f"Try again: {error}.", slug="provider-away") from None
    kept = {"url": made.url, "method": made.method, "fields": dict(made.fields)}
    await transact(services, lambda session: orders.set_checkout(session, number, made.ref, {"checkout": kept}))
    return made


async def _fail(session: AsyncSession, number: str, why: str, now: int) -> Any:  # noqa: ANN401  # nobody reads it
    order = await orders.lock(session, number)
    if order is not None and order.state == states.PENDING:
        order.state, order.problem, order.updated_at = states.FAILED, why[:255], now
