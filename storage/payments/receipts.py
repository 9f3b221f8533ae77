"""Receipts and credit notes: numbers without gaps, and the document as it was when it was issued.

The number is taken in the transaction that books the payment or refund: rolled back with it, so that none is missing.
How a document looks is for others (admin/payments/documents).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Executable, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger.transactions import table_of
from storage.models import Organisation, User
from storage.models.order import Order, Receipt, ReceiptSeries, Refund

RECEIPT = "receipt"
CREDIT_NOTE = "credit_note"

_SERIES = table_of(ReceiptSeries)


class Issuer(NamedTuple):
    """Who issues: `seller` is what the document says of them (lines of text by name), `prefix` begins their numbers."""

    seller: Mapping[str, str] = {}
    prefix: str = "R"


async def issue(session: AsyncSession, order: Order, issuer: Issuer, now: int, refund: Refund | None = None) -> Receipt:
    """The receipt of the order, or the credit note of one of its refunds; the first one when it was issued before."""
    of = refund.number if refund is not None else order.number
    found = (await session.scalars(select(Receipt).where(Receipt.of == of))).one_or_none()
    if found is not None:
        return found
    kind = CREDIT_NOTE if refund is not None else RECEIPT
    letter = "C" if refund is not None else ""
    series = f"{issuer.prefix}{letter}{time.gmtime(now).tm_year}"
    receipt = Receipt(
        number=f"{series}-{await _next(session, series):06d}", of=of, kind=kind, order_id=order.id, issued_at=now,
        document=await _document(session, order, issuer, refund),
    )  # fmt: skip
    session.add(receipt)
    await session.flush()
    return receipt


async def find(session: AsyncSession, number: str) -> Receipt | None:
    """The receipt of that number."""
    return (await session.scalars(select(Receipt).where(Receipt.number == number))).one_or_none()


async def _document(session: AsyncSession, order: Order, issuer: Issuer, refund: Refund | None) -> dict[str, Any]:
    user = await session.get(User, order.user_id)
    organisation_id = order.account_subject_id if order.account_kind == "organisation" else order.organisation_id
    organisation = await session.get(Organisation, organisation_id) if organisation_id is not None else None
    amount = -refund.amount if refund is not None else order.paid_amount
    return {
        "seller": dict(issuer.seller),
        "buyer": {
            "name": user.name if user is not None else f"user {order.user_id}",
            "organisation": organisation.name if organisation is not None else "",
        },
        "order": order.number,
        "title": order.title,
        "currency": order.currency,
        "net": order.amount if refund is None else None,
        "amount": amount,
        "credit": -refund.credit if refund is not None else order.credit,
        "provider": order.provider,
        "method": order.method,
        "payment": order.payment_ref or "",
        "refund": refund.number if refund is not None else "",
    }


async def _next(session: AsyncSession, series: str) -> int:
    """The next number; whoever asks at the same time waits for this transaction."""
    dialect = session.get_bind().dialect.name
    await session.execute(_insert_missing(dialect), {"name": series, "last": 0})
    await session.execute(update(_SERIES).where(_SERIES.c.name == series).values(last=_SERIES.c.last + 1))
    found = await session.scalar(select(_SERIES.c.last).where(_SERIES.c.name == series))
    return int(found or 0)


def _insert_missing(dialect: str) -> Executable:
    if dialect == "mysql":
        return mysql.insert(_SERIES).prefix_with("IGNORE")
    if dialect == "postgresql":
        return postgresql.insert(_SERIES).on_conflict_do_nothing()
    return sqlite.insert(_SERIES).on_conflict_do_nothing()
