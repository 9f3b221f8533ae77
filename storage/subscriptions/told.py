"""Events of subscriptions: begun, renewed, soon over, over, not paid for."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.events import emit
from storage.ledger.accounts import ORGANISATION, USER
from storage.models.subscription import Subscription
from storage.pricing.units import usd_text
from storage.subscriptions import plans

_WORDS = {
    "expired": "its term is over",
    "unpaid": "the balance did not cover another term",
    "withdrawn": "it was withdrawn",
    "refunded": "its payment was given back",
    "replaced": "another plan took its place",
}


async def tell(session: AsyncSession, what: str, row: Subscription, now: int) -> None:
    """`what`: "started", "renewed", "ending", "ended", "unpaid"; the last three once for each term."""
    named = await plans.names(session, [row.plan_id])
    once = what in ("ending", "ended", "unpaid")
    await emit(
        session,
        f"subscription.{what}",
        {
            "subscription_id": row.id,
            "plan": named.get(row.plan_id, ""),
            "ends": datetime.fromtimestamp(row.paid_until, tz=UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "because": _WORDS.get(row.ended_because, row.ended_because),
            "price": usd_text(row.price),
        },
        user_id=row.scope_id if row.scope == USER else None,
        organisation_id=row.scope_id if row.scope == ORGANISATION else None,
        dedupe=f"subscription:{row.id}:{row.paid_until}:{what}" if once else None,
        now=now,
    )
