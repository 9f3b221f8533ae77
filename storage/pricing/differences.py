"""Booking what single requests cost more or less than was charged: corrections of them, an entry for each account."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, charges, entries
from storage.models import Correction, Usage
from storage.records import UsageRecord
from storage.repositories import corrections, key_totals, revisions

LOCK = f"{revisions.MARKER}rerate"
"""Who books differences takes this turn first: two at once would both book the same."""


def difference(row: Usage, cost: int, provider_cost: int) -> UsageRecord:
    """What decides who pays a difference, as the ledger's charges read it."""
    return UsageRecord(
        row.request_id,
        row.started_at,
        key_id=row.key_id,
        channel_id=row.channel_id,
        user_id=row.user_id,
        organisation_id=row.organisation_id,
        accounts=row.accounts,
        cost=cost,
        provider_cost=provider_cost,
    )


async def book_differences(
    session: AsyncSession,
    found: Sequence[Correction],
    differences: Sequence[UsageRecord],
    *,
    actor: str,
    note: str,
) -> None:
    """Note corrections, all of one reference and time, and book their sum on each account that paid.

    Accounts may fall below what is available: the requests were served.
    """
    await corrections.add(session, found)
    await key_totals.correct(session, differences)
    batch = charges.add_up(differences)
    amounts = charges.amounts(batch, await accounts.ensure(session, batch.subjects()))
    locked = await accounts.lock(session, amounts)
    reference, at = found[0].reference, found[0].at
    rows = [
        entries.Row(account_id, amounts[account_id], 0, entries.CORRECTION, actor, reference, at, note)
        for account_id in sorted(locked)
        if amounts[account_id]
    ]
    await entries.write(session, rows)
