"""What a provider says, from the request to the ledger, and what it is answered.

A notification with a wrong signature is a 400 and changes nothing. One that is right is answered only after its
transaction is committed, so that a provider that hears nothing says it again.
"""

import logging
from typing import NamedTuple

from admin.payments import registry
from admin.payments.provider import ForgedError, Incoming, Provider, ProviderError, UnknownResultError
from admin.payments.settled import terms, transact
from admin.problems import Problem
from admin.services import Services
from storage.models.order import Order
from storage.payments import settling, states
from storage.payments.fulfilment import By
from storage.payments.settling import Settled
from storage.payments.states import Notice, Outcome

log = logging.getLogger(__name__)


class Reply(NamedTuple):
    """The answer to a provider."""

    body: str
    media: str


async def receive(services: Services, name: str, said: Incoming) -> tuple[Reply, list[Settled]]:
    """Handle a notification of the provider `name`. Raises a Problem: 404, 400 for a wrong signature, 503."""
    provider = await registry.find(services, name)
    if provider is None:
        raise Problem(404, "There is no such payment provider.", slug="not-found")
    try:
        notices = provider.read(said)
    except ForgedError as error:
        log.warning("a notification for %s is not signed by it: %s", provider.name, error)
        raise Problem(400, "The signature is wrong.", slug="signature") from None
    # No id of anything has a NUL, and PostgreSQL cannot even look for one.
    notices = [one for one in notices if not any("\0" in part for part in one if isinstance(part, str))]
    settled = [await settle(services, provider, one) for one in notices]
    return Reply(*provider.accepted), settled


async def settle(services: Services, provider: Provider, said: Notice) -> Settled:
    """What the provider said becomes what is right, in a transaction of its own."""
    try:
        said = await provider.resolve(said)
    except (ProviderError, UnknownResultError) as error:
        log.warning("a notification of %s waits: %s", provider.name, error)
        raise Problem(502, "The payment provider could not be asked about it.", slug="provider-away") from None
    settled_on = await terms(services)
    by = By(provider.name, services.clock())
    found = await transact(services, lambda session: settling.notice(session, provider.name, said, by, settled_on))
    if found.order is not None:
        log.info("order %s: %s by %s: %s", found.order.number, said.kind.value, provider.name, found.outcome.value)
    elif said.number:
        log.warning("%s told of an order that is not here", provider.name)
    if found.outcome is Outcome.REVIEW and found.order is not None:
        log.error("order %s needs somebody to look at it: %s", found.order.number, found.order.problem)
    return found


async def ask(services: Services, order: Order) -> Settled | None:
    """Ask the order's provider how far it is; None: nothing new. Raises ProviderError, UnknownResultError."""
    provider = await registry.find(services, order.provider)
    if provider is None or order.state not in {states.PENDING, states.EXPIRED, states.FAILED, states.CANCELLED}:
        return None
    said = await provider.poll(order)
    return None if said is None else await settle(services, provider, said)


async def ask_quietly(services: Services, order: Order) -> Settled | None:
    """As `ask`; a provider that is away or refuses is logged."""
    try:
        return await ask(services, order)
    except (ProviderError, UnknownResultError) as error:
        log.warning("order %s: %s could not be asked: %s", order.number, order.provider, error)
        return None
