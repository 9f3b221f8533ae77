"""The overview, put together from roll-ups: whole hours and days only, so that no single request is read for it.

Models of one organisation or user are the exception: by hour there is no roll-up of who asked for what. Few requests
are read themselves; of many, whole days are counted.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import Scope
from admin.said import said
from admin.schemas.account import time_of
from admin.schemas.base import stored_utc
from admin.schemas.dashboard import FailingChannel, Health, Part, Ranked, Sums
from storage.models import Channel, Key, User
from storage.repositories import channel_counts, names, usage_totals
from storage.repositories.usage_totals import GroupBy, UsageTotals
from storage.rollups.groups import DAY_US, HOUR_US, SUMS

TOP = 8
FEW = 20_000
"""So many requests are read themselves."""

HOURS_UP_TO_US = 3 * DAY_US + HOUR_US
"""Longer periods are shown by day."""

MOST_DAYS = 400
Order = Literal["cost", "requests"]


class Period(NamedTuple):
    """Unix microseconds; `until` is the first one too late, None: now."""

    since: int
    until: int | None
    before: int
    """Where the period before begins; it ends where this one begins."""
    per: Literal["hour", "day"]


def period(since: int, until: int, now: int) -> Period:
    """The period in whole hours, or days where it is long. Times are unix microseconds."""
    per: Literal["hour", "day"] = "hour" if until - since <= HOURS_UP_TO_US else "day"
    unit = HOUR_US if per == "hour" else DAY_US
    first = since - since % unit
    last = None if until >= now else until + -until % HOUR_US
    length = (now if last is None else last) - first
    # To the nearest hour: the time before is as long as this one, within half an hour.
    before = first - (length + HOUR_US // 2) // HOUR_US * HOUR_US
    return Period(first, last, before, per)


def filters(scope: Scope) -> dict[str, Any]:
    """Whose requests are summed."""
    if scope.user_id is not None:
        return {"user_id": scope.user_id}
    return {} if scope.organisation_id is None else {"organisation_id": scope.organisation_id}


def added(rows: Sequence[UsageTotals]) -> UsageTotals:
    """The sums of several."""
    return UsageTotals(group="", **{name: sum(getattr(row, name) for row in rows) for name in SUMS})


def share(part: int, whole: int) -> float:
    """Part of the whole, 0 to 1."""
    return round(part / whole, 4) if whole else 0.0


def shown(row: UsageTotals, *, everything: bool) -> dict[str, Any]:
    """The fields of Sums."""
    return {
        "requests": row.requests,
        "errors": row.errors,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "cached_tokens": row.cached_tokens,
        "cache_write_tokens": row.cache_write_tokens,
        "reasoning_tokens": row.reasoning_tokens,
        "cost": row.cost,
        "provider_cost": row.provider_cost if everything else 0,
        "mean_total_us": row.total_us // max(row.requests, 1),
        "mean_first_token_us": row.first_token_us // max(row.first_tokens, 1),
        "error_share": share(row.errors, row.requests),
        "cache_share": share(row.cached_tokens, row.input_tokens),
        "tokens_per_second": round(row.output_tokens * 1e6 / row.total_us, 1) if row.total_us else 0.0,
    }


async def sums(
    session: AsyncSession, asked: Period, scope: Scope, *, everything: bool
) -> tuple[Sums, Sums, list[Part]]:
    """The sums of the period, of the one before, and of each hour or day."""
    mine = filters(scope)
    parts = await usage_totals.totals(session, since=asked.since, until=asked.until, per=asked.per, **mine)
    (before,) = await usage_totals.totals(session, since=asked.before, until=asked.since, **mine)
    series = [Part(at=time_of(row.bucket // 1_000_000), **shown(row, everything=everything)) for row in parts]
    whole = Sums(**shown(added(parts), everything=everything))
    return whole, Sums(**shown(before, everything=everything)), series


async def top(
    session: AsyncSession, asked: Period, scope: Scope, group_by: GroupBy, order: Order, *, everything: bool
) -> list[Ranked]:
    """The largest of a kind; those of nobody and of nothing are left out."""
    rows = await usage_totals.totals(
        session, since=asked.since, until=asked.until, group_by=group_by, order_by=order, limit=TOP + 1,
        **filters(scope),
    )  # fmt: skip
    kept = [row for row in rows if row.group][:TOP]
    kinds: dict[str, names.Named] = {"user_id": User, "key_id": Key, "channel_id": Channel}
    kind = kinds.get(group_by)
    if kind is None:
        return [Ranked(id=None, name=str(row.group), **shown(row, everything=everything)) for row in kept]
    known = await names.names(session, kind, (int(row.group) for row in kept))
    return [Ranked(id=int(row.group), name=known[int(row.group)], **shown(row, everything=everything)) for row in kept]


def for_models(asked: Period, scope: Scope, requests: int) -> Period:
    """The period that models are counted in."""
    if filters(scope) and requests > FEW:
        until = None if asked.until is None else asked.until + -asked.until % DAY_US
        return asked._replace(since=asked.since - asked.since % DAY_US, until=until)
    return asked


async def health(session: AsyncSession, limit: int = 10) -> Health:
    """What the channels are like."""
    found = await channel_counts.counts(session)
    failing = []
    for row in await channel_counts.failing(session, limit):
        since = row.tested_at if row.enabled else row.off_at
        reason = (row.test_error if row.enabled else row.off_reason) or ""
        failing.append(
            FailingChannel(
                id=row.id, name=row.name, enabled=row.enabled, reason=reason, reason_said=said(reason),
                since=None if since is None else stored_utc(since),
            )
        )  # fmt: skip
    return Health(channels=found.total, enabled=found.enabled, off_by_failures=found.off_by_failures, failing=failing)
