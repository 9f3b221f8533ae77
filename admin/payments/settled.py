"""Changing an order: a transaction that is tried again when the database asks for it, and the terms it needs."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from admin.options.bonuses import Bonuses
from admin.options.payments import Payments
from admin.services import Services
from admin.sessions import ContendedError
from storage.payments.receipts import Issuer
from storage.payments.settling import Terms

T = TypeVar("T")

_TRIES = 4


async def transact(services: Services, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """As storage.ledger.transact, through the services: a database that is away is a Problem (503).

    `work` is called again, in a new transaction, when others' locks undid the one before.
    """
    for left in range(_TRIES - 1, -1, -1):
        try:
            async with services.sessions.begin() as session:
                return await work(session)
        except ContendedError:
            if not left:
                raise
        await asyncio.sleep(0.02 * (_TRIES - left))
    raise AssertionError  # the last try returns or raises


async def terms(services: Services) -> Terms:
    """Who issues receipts, and what inviters get."""
    settings = await services.options.get(Payments)
    bonuses = await services.options.get(Bonuses)
    seller = {
        "name": settings.seller_name,
        "address": settings.seller_address,
        "tax_id": settings.seller_tax_id,
        "note": settings.receipt_note,
    }
    return Terms(Issuer(seller, settings.receipt_prefix), bonuses.share)
