"""Rating past requests again at other prices, and booking the differences.

Rows and entries of the past stay as they are: a difference is a correction of the request and a new entry for each
account that paid. What was corrected before counts, so repeating a run books nothing, and a run that was broken off is
simply started again. Multipliers of group and channel stay those of the request.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
from sqlalchemy import literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger.transactions import new_id
from storage.models import Correction, Usage
from storage.pricing.book import PriceBook
from storage.pricing.detail import counts_of, read
from storage.pricing.differences import LOCK, book_differences, difference
from storage.pricing.rate import Charge, rate
from storage.pricing.tariff import Tariff
from storage.pricing.units import ONE
from storage.records import UsageRecord
from storage.repositories import corrections, revisions
from storage.repositories.corrections import Sums

PAGE = 1000


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests: those that began at or after `since` and before `until` (unix microseconds) and were priced.

    `model` is the upstream's name. `tariff` is the price to rate at, None: the version in force when each began. With
    `unpriced` also requests that had no price.
    """

    since: int
    until: int
    model: str | None = None
    provider: str | None = None
    tariff: Tariff | None = None
    unpriced: bool = False


class Rerated(msgspec.Struct, frozen=True, kw_only=True):
    """What one page came to; differences in nano-USD, above zero: more than was charged.

    `next` continues behind it, None at the end. `no_price` are requests for which there is no price now, `unreadable`
    those whose detail cannot be read.
    """

    checked: int
    changed: int
    no_price: int
    unreadable: int
    cost: int
    provider_cost: int
    next: tuple[int, str] | None


async def rerate_page(
    session: AsyncSession,
    wanted: Wanted,
    book: PriceBook,
    *,
    actor: str,
    dry_run: bool,
    after: tuple[int, str] | None = None,
    limit: int = PAGE,
) -> Rerated:
    """Rate the next `limit` requests again and book the differences; the caller commits. `dry_run` writes nothing."""
    if not dry_run:
        await revisions.bump(session, LOCK)  # its lock: two runs at once would both book the same difference
    rows = await _rows(session, wanted, after, limit)
    before = await corrections.sums(session, [row.request_id for row in rows])
    reference = f"rerate-{new_id()}"
    found: list[Correction] = []
    differences: list[UsageRecord] = []
    no_price = unreadable = 0
    at = int(time.time())
    for row in rows:
        tariff = wanted.tariff or book.find(row.provider, row.upstream_model, row.started_at // 1_000_000)
        if tariff is None:
            no_price += 1
            continue
        charge = _again(row, tariff)
        if charge is None:
            unreadable += 1
            continue
        known = before.get(row.request_id, Sums())
        cost = charge.amount - row.cost - known.cost
        provider_cost = charge.provider_amount - row.provider_cost - known.provider_cost
        if cost or provider_cost:
            found.append(
                Correction(
                    request_id=row.request_id,
                    reference=reference,
                    at=at,
                    price_id=tariff.id,
                    cost=cost,
                    provider_cost=provider_cost,
                    price_detail=charge.detail,
                )
            )
            differences.append(difference(row, cost, provider_cost))
    if found and not dry_run:
        note = f"{len(differences)} requests at other prices"
        await book_differences(session, found, differences, actor=actor, note=note)
    last = rows[-1] if len(rows) == limit else None
    return Rerated(
        checked=len(rows),
        changed=len(found),
        no_price=no_price,
        unreadable=unreadable,
        cost=sum(each.cost for each in found),
        provider_cost=sum(each.provider_cost for each in found),
        next=None if last is None else (last.started_at, last.request_id),
    )


async def _rows(session: AsyncSession, wanted: Wanted, after: tuple[int, str] | None, limit: int) -> Sequence[Usage]:
    statement = select(Usage).where(
        Usage.started_at >= wanted.since, Usage.started_at < wanted.until, Usage.usage_source != "none"
    )
    if wanted.model is not None:
        statement = statement.where(Usage.upstream_model == wanted.model)
    if wanted.provider is not None:
        statement = statement.where(Usage.provider == wanted.provider)
    if not wanted.unpriced:
        statement = statement.where(Usage.price_id != 0)
    if after is not None:
        place = tuple_(literal(after[0]), literal(after[1]))
        statement = statement.where(Usage.started_at >= after[0], tuple_(Usage.started_at, Usage.request_id) > place)
    return (await session.scalars(statement.order_by(Usage.started_at, Usage.request_id).limit(limit))).all()


def _again(row: Usage, tariff: Tariff) -> Charge | None:
    try:
        detail = read(row.price_detail) if row.price_detail else None
    except msgspec.MsgspecError:
        return None  # its multipliers are not known, and a guess would be booked
    group, channel = (ONE, ONE) if detail is None else (detail.group, detail.channel)
    at = row.started_at // 1_000_000
    return rate(tariff, counts_of(row, detail), group_ratio=group, channel_ratio=channel, at=at)
