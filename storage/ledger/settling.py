"""Settling: a batch of usage records becomes rows, roll-ups and one entry for each account, in one transaction.

Owns that a request is charged once: what is charged is exactly the rows that were new. An entry is the total of its
batch's rows, which carry the batch's id: one entry for each request and account would make the ledger several times as
large as the rows it repeats, and the busiest accounts a queue.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage import rollups
from storage.ledger import accounts, charges, leases
from storage.ledger.accounts import Locked
from storage.ledger.charges import Batch
from storage.ledger.entries import GATEWAY, LIMIT, REQUEST, Row, write
from storage.ledger.leases import Held
from storage.ledger.transactions import among, new_id
from storage.models import Settlement
from storage.records import UsageRecord
from storage.repositories import failed_requests, key_totals, tasks
from storage.repositories.usage_batch import insert_new


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch came to.

    `records` are those that were new, as they were stored; `cost` is their sum in nano-USD. `overdrawn` are limited
    accounts that have less than nothing now, because a provider counted more than the leases had reserved. `unknown`
    are account ids that records name and that do not exist.
    """

    batch: str
    records: list[UsageRecord]
    cost: int = 0
    overdrawn: list[int] = []
    unknown: list[int] = []


async def settle(session: AsyncSession, records: Sequence[UsageRecord], *, now: int | None = None) -> Settled:
    """Store and charge the records; those whose request id is there already change nothing.

    The caller commits, and may repeat the call with the same records whatever became of it.
    """
    batch = new_id()
    new = await insert_new(session, records, batch)
    if not new:
        return Settled(batch=batch, records=[])
    at = int(time.time()) if now is None else now
    await rollups.add(session, new)
    await failed_requests.add(session, new)
    await key_totals.add(session, new)
    await tasks.add(session, new)
    oldest = min(record.started_at for record in new)
    await session.execute(insert(Settlement).values(id=batch, at=at, records=len(new), oldest=oldest))
    sums = charges.add_up(new)
    locked = await _lock(session, sums)
    amounts = charges.amounts(sums, {account.subject: account.id for account in locked.values()})
    held = await _spend(session, charges.spent_from_leases(sums))
    rows = [_entry(account, amounts[account.id], held.get(account.id, 0), batch, at) for account in locked.values()]
    await write(session, rows)
    return Settled(
        batch=batch,
        records=new,
        cost=sum(sums.costs.values()),
        overdrawn=[row.account_id for row in rows if _is_overdrawn(locked[row.account_id], row)],
        unknown=sorted(amounts.keys() - locked.keys()),
    )


async def _lock(session: AsyncSession, sums: Batch) -> dict[int, Locked]:
    """All accounts that the batch is charged to, locked; those that are new are made."""
    named = {account_id for payer in sums.costs for account_id in charges.leased(payer)}
    subjects = sums.subjects()
    locked = await accounts.lock(session, named, subjects)
    missing = subjects.difference(account.subject for account in locked.values())
    if missing:
        made = await accounts.ensure(session, missing)
        locked |= await accounts.lock(session, list(made.values()))
    return locked


def _entry(account: Locked, amount: int, held: int, batch: str, at: int) -> Row:
    least = -LIMIT - account.balance
    if amount < least:
        # Only absurd amounts come here. Refusing them would hold up every record behind them.
        return Row(account.id, least, held, REQUEST, GATEWAY, batch, at, f"cut from {amount}: a balance ends here")
    return Row(account.id, amount, held, REQUEST, GATEWAY, batch, at)


def _is_overdrawn(account: Locked, row: Row) -> bool:
    return account.limited and account.available + row.amount - row.held < 0


async def _spend(session: AsyncSession, spent: Mapping[tuple[int, str], int]) -> dict[int, int]:
    """Count the spending to the leases; returns the change of what is held, by account."""
    if not spent:
        return {}
    found = await leases.read(
        session,
        among(session, leases.TABLE.c.account_id, sorted({account_id for account_id, _ in spent})),
        among(session, leases.TABLE.c.replica, sorted({replica for _, replica in spent})),
    )
    changed: list[Held] = []
    held: dict[int, int] = {}
    for lease in found:
        cost = spent.get((lease.account_id, lease.replica))
        if cost is None:
            continue
        # Of a lease that was given up for lost, nothing is held any more: its late records take nothing from the next.
        late = min(lease.abandoned, cost)
        after = lease._replace(abandoned=lease.abandoned - late, settled=lease.settled + cost - late)
        changed.append(after)
        held[lease.account_id] = held.get(lease.account_id, 0) + after.remainder - lease.remainder
    await leases.save(session, changed)
    return held
