"""Keys reading their own usage, with nothing but the key: for clients that show what is left.

A key that is switched off or over its date is told nothing.
"""

import hmac
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import open_route
from admin.credentials import unauthorized
from admin.endpoints.common import problems
from admin.problems import invalid
from admin.schemas.own_usage import (
    BillingSubscription,
    BillingUsage,
    DailyCost,
    LineItem,
    TokenUsage,
    TokenUsageOut,
)
from admin.services import Services
from admin.surroundings import Surroundings
from storage import crypto
from storage.ledger import accounts
from storage.ledger.purses import Purse, holder
from storage.models import Key
from storage.pricing.units import quota_units
from storage.repositories import keys, usage_totals
from storage.rollups.groups import DAY_US

public_router = APIRouter(tags=["own usage"], dependencies=[Depends(open_route)])

UNLIMITED_USD = 100_000_000.0
MOST_DAYS = 100
_NANO = 1_000_000_000
_NANO_PER_CENT = _NANO / 100
_HOW = "Send `Authorization: Bearer <key>`."

Day = Annotated[date | None, Query(examples=["2026-11-01"])]


async def key_of(services: Surroundings, request: Request) -> Key:
    """The key that the request carries; raises 401."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    digest = crypto.digest(token.strip())
    async with services.sessions() as session:
        found = await keys.find_by_digest(session, digest) if scheme.lower() == "bearer" else None
        # A value that was rotated out counts as long as it does for requests.
        old = found is not None and not hmac.compare_digest(found.digest, digest)
        if found is None or not found.enabled or not _in_time(found, services.clock(), old=old):
            raise unauthorized("This key is not valid.", _HOW)
        return found


def _in_time(key: Key, now: int, *, old: bool) -> bool:
    ends = [key.expires_at] if key.expires_at is not None else []
    if old:
        if key.old_until is None:
            return False
        ends.append(key.old_until)
    return all(end.timestamp() > now for end in ends)


Own = Annotated[Key, Depends(key_of)]


@public_router.get("/api/usage/token", responses=problems(), operation_id="own_token_usage")
@public_router.get("/api/usage/token/", include_in_schema=False)
async def token_usage(services: Surroundings, key: Own) -> TokenUsageOut:
    """What the key has used and what is left for it, as New API says it."""
    used, left = await _money(services, key)
    spent, available = quota_units(used), quota_units(left or 0)
    return TokenUsageOut(
        data=TokenUsage(
            name=key.name,
            total_granted=spent + available,
            total_used=spent,
            total_available=available,
            unlimited_quota=left is None,
            model_limits=dict.fromkeys(key.models or (), True),
            model_limits_enabled=key.models is not None,
            expires_at=_expiry(key),
        )
    )


@public_router.get("/v1/dashboard/billing/subscription", responses=problems(), operation_id="own_subscription")
@public_router.get("/dashboard/billing/subscription", include_in_schema=False)
async def subscription(services: Surroundings, key: Own) -> BillingSubscription:
    """What the key may spend in all, as OpenAI's dashboard said it."""
    used, left = await _money(services, key)
    usd = UNLIMITED_USD if left is None else (used + left) / _NANO
    return BillingSubscription(
        soft_limit_usd=usd, hard_limit_usd=usd, system_hard_limit_usd=usd, access_until=_expiry(key)
    )


@public_router.get("/v1/dashboard/billing/usage", responses=problems(), operation_id="own_billing_usage")
@public_router.get("/dashboard/billing/usage", include_in_schema=False)
async def billing_usage(services: Surroundings, key: Own, start_date: Day = None, end_date: Day = None) -> BillingUsage:
    """What the key has used, by day and model where a time is asked for: up to 100 days, the last one left out."""
    if start_date is None:
        used, _ = await _money(services, key)
        return BillingUsage(daily_costs=[], total_usage=used / _NANO_PER_CENT)
    end = end_date or start_date + timedelta(days=MOST_DAYS)
    if not timedelta(0) < end - start_date <= timedelta(days=MOST_DAYS) or start_date.year < 2000:
        raise invalid([("query.end_date", f"must be 1 to {MOST_DAYS} days after start_date")])
    since, until = _microseconds(start_date), _microseconds(end)
    async with services.sessions() as session:
        rows = await usage_totals.totals(session, since=since, until=until, per="day", group_by="model", key_id=key.id)
    days: dict[int, list[LineItem]] = {}
    for row in rows:
        days.setdefault(row.bucket, []).append(LineItem(name=str(row.group), cost=row.cost / _NANO_PER_CENT))
    return BillingUsage(
        daily_costs=[DailyCost(timestamp=day // 1_000_000, line_items=items) for day, items in sorted(days.items())],
        total_usage=sum(row.cost for row in rows) / _NANO_PER_CENT,
    )


def _microseconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) // 86_400 * DAY_US


def _expiry(key: Key) -> int:
    return int(key.expires_at.timestamp()) if key.expires_at is not None else 0


async def _money(services: Services, key: Key) -> tuple[int, int | None]:
    """(used, left) in nano-USD; None: nothing limits the key."""
    async with services.sessions.begin() as session:  # makes the accounts of periods that have just begun
        held_by = await holder(session, key, services.clock())
        if not held_by.enabled:
            raise unauthorized("This key is not valid.", _HOW)
        (sums,) = await usage_totals.totals(session, key_id=key.id)
        return sums.cost, await left(session, [held_by.purses, *held_by.more])


async def left(session: AsyncSession, choices: Sequence[Sequence[Purse]]) -> int | None:
    """What all choices can pay together, nano-USD, not below zero; None: one of them is limited by nothing.

    What every choice draws on bounds them all; besides that each has its own.
    """
    if not all(choices):
        return None
    found: dict[int, int] = {}
    for account_id in {purse.account_id for choice in choices for purse in choice}:
        account = await accounts.get(session, account_id)
        found[account_id] = max(account.balance, 0) if account is not None else 0
    shared = set.intersection(*({purse.account_id for purse in choice} for choice in choices))
    own = [{purse.account_id for purse in choice} - shared for choice in choices]
    bounds = [found[account_id] for account_id in shared]
    if all(own):
        # The same subscription may stand in several choices: it is counted once.
        several = {min(each, key=lambda one: found[one]) for each in own}
        bounds.append(sum(found[account_id] for account_id in several))
    return min(bounds)
