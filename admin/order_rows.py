"""Orders as the endpoints load and show them: by number, inside the caller's reach."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import EVERYTHING, Scope
from admin.problems import Problem
from admin.schemas.order import OrderOut, order_out
from storage.models import User
from storage.models.order import Order
from storage.payments import orders
from storage.repositories import users

MOST_PENDING = 20


def no_order() -> Problem:
    """404, for what is not there and for what is not the caller's."""
    return Problem(404, "There is no such order.", slug="not-found")


async def load(session: AsyncSession, number: str, scope: Scope = EVERYTHING) -> Order:
    """The order of that number inside the scope; raises a Problem (404)."""
    found = await orders.find(session, number)
    if found is None or not scope.holds(found.user_id, found.organisation_id):
        raise no_order()
    return found


async def locked(session: AsyncSession, number: str, scope: Scope = EVERYTHING) -> Order:
    """As `load`, and nobody else changes it before this transaction ends."""
    found = await orders.lock(session, number)
    if found is None or not scope.holds(found.user_id, found.organisation_id):
        raise no_order()
    return found


async def shown(session: AsyncSession, rows: Sequence[Order]) -> list[OrderOut]:
    """The orders with the names of their users."""
    names = await users.names(session, {row.user_id for row in rows})
    return [order_out(row, names) for row in rows]


async def refuse_many(session: AsyncSession, user_id: int, now: int) -> None:
    """Raise a Problem (409) when so many orders of the user wait that another one is no use."""
    if await orders.count_pending(session, user_id, now) >= MOST_PENDING:
        raise Problem(409, f"{MOST_PENDING} orders wait for their payment; pay or cancel one.", slug="too-many-orders")


async def payer(session: AsyncSession, user_id: int | None) -> User:
    """The user who asks; raises a Problem (409) for an operator's token, which is nobody's, and for who is locked."""
    found = None if user_id is None else await users.get(session, user_id)
    if found is None:
        raise Problem(409, "This is for people who are signed in; a token of the gateway has no account.")
    return found
