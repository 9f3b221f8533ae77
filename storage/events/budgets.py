"""Budgets that crossed a percentage, as events of those whose money it is."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from storage.events.outbox import emit
from storage.ledger.alerts import Alert
from storage.models import Key, Organisation, Team, User
from storage.pricing.units import usd_text


async def tell(session: AsyncSession, alert: Alert, now: int) -> None:
    """The event of an alert; a budget's is told once for each percentage of a period."""
    name, user_id, organisation_id = "", None, None
    if alert.scope == "key" and (key := await session.get(Key, alert.scope_id)) is not None:
        name, user_id = key.name, key.user_id
    elif alert.scope == "user" and (user := await session.get(User, alert.scope_id)) is not None:
        name, user_id = user.name, user.id
    elif alert.scope == "organisation" and (found := await session.get(Organisation, alert.scope_id)) is not None:
        name, organisation_id = found.name, found.id
    elif alert.scope == "team" and (team := await session.get(Team, alert.scope_id)) is not None:
        name, organisation_id = team.name, team.organisation_id
    data = {
        "budget_id": alert.budget_id,
        "scope": alert.scope,
        "name": name,
        "period": alert.period,
        "percent": alert.percent,
        "spent": usd_text(alert.spent),
        "amount": usd_text(alert.amount),
    }
    await emit(session, "budget.alert", data, user_id=user_id, organisation_id=organisation_id, now=now)
