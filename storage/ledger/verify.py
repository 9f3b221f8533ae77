"""Verifying: balances, holds and settled batches computed anew from what they are made of, and compared.

Reads only, a page at a time: memory stays bounded, and nothing that runs has to stop. A page of accounts is one
statement, so it sees all of them, their entries and their leases at one moment; a settled batch never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, charges, leases
from storage.ledger.charges import Batch, Payer
from storage.ledger.entries import REQUEST
from storage.ledger.transactions import among, table_of
from storage.models import Entry, Settlement, Usage

_A = accounts.TABLE.c
_E = table_of(Entry).c
_L = leases.TABLE.c
_S = table_of(Settlement).c
_U = table_of(Usage).c


class Difference(msgspec.Struct, frozen=True):
    """Something that is not what it is the sum of. `where` names the account or the batch, `what` the quantity."""

    where: str
    what: str
    stored: int
    computed: int


class Page(msgspec.Struct, frozen=True):
    """What one page found. `next` continues behind it, None at the end.

    `skipped` are batches with rows that retention has removed: nothing is left to compare with.
    """

    checked: int
    next: str | None
    differences: list[Difference]
    skipped: int = 0


async def counts(session: AsyncSession) -> tuple[int, int]:
    """How many accounts and settled batches there are to compare."""
    found = await session.execute(
        select(
            select(func.count()).select_from(accounts.TABLE).scalar_subquery(),
            select(func.count()).select_from(table_of(Settlement)).scalar_subquery(),
        )
    )
    of_accounts, of_batches = found.one()
    return int(of_accounts), int(of_batches)


async def accounts_page(session: AsyncSession, *, after: str | None = None, limit: int = 200) -> Page:
    """Compare the next `limit` accounts with their entries and leases."""
    # Their ids first, as values: with a subquery in their place PostgreSQL reads all entries for each page.
    ids = list(await session.scalars(select(_A.id).where(_A.id > int(after or 0)).order_by(_A.id).limit(limit)))
    of_entries = (
        select(_E.account_id, func.sum(_E.amount).label("amount"), func.sum(_E.held).label("held"))
        .where(among(session, _E.account_id, ids))
        .group_by(_E.account_id)
        .subquery("of_entries")
    )
    of_leases = (
        select(_L.account_id, func.sum(_remainder()).label("held"))
        .where(among(session, _L.account_id, ids))
        .group_by(_L.account_id)
        .subquery("of_leases")
    )
    statement = (
        select(_A.id, _A.balance, _A.held, of_entries.c.amount, of_entries.c.held, of_leases.c.held)
        .join_from(accounts.TABLE, of_entries, of_entries.c.account_id == _A.id, isouter=True)
        .join(of_leases, of_leases.c.account_id == _A.id, isouter=True)
        .where(among(session, _A.id, ids))
        .order_by(_A.id)
    )
    rows = (await session.execute(statement)).all()
    found: list[Difference] = []
    for account_id, balance, held, amounts, holds, leased in rows:
        where = f"account {account_id}"
        found += _unequal(where, "balance, against its entries", balance, amounts)
        found += _unequal(where, "held, against its entries", held, holds)
        found += _unequal(where, "held, against its leases", held, leased)
    return Page(len(rows), str(rows[-1][0]) if len(rows) == limit else None, found)


def _remainder() -> Any:  # noqa: ANN401 - an expression
    return case((_L.granted > _L.settled, _L.granted - _L.settled), else_=0)


def _unequal(where: str, what: str, stored: int, computed: int | None) -> Iterable[Difference]:
    # PostgreSQL and MySQL sum 64-bit integers to a decimal type; the sum of nothing is NULL.
    if stored != int(computed or 0):
        yield Difference(where, what, stored, int(computed or 0))


async def batches_page(session: AsyncSession, *, after: str | None = None, limit: int = 50) -> Page:
    """Compare the entries of the next `limit` settled batches with the usage rows of each."""
    statement = select(_S.id, _S.records, _S.oldest).where(_S.id > (after or "")).order_by(_S.id).limit(limit)
    batches = (await session.execute(statement)).all()
    if not batches:
        return Page(0, None, [])
    names = [batch.id for batch in batches]
    rows, sums = await _rows(session, names)
    # Read after the rows: what retention removed before they were read is older than this.
    kept_from = await session.scalar(select(func.min(_U.started_at)))
    gone = {b.id for b in batches if rows.get(b.id, 0) < b.records and (kept_from is None or b.oldest < kept_from)}
    booked = await _booked(session, names)
    ids = await accounts.find_ids(session, {subject for batch in sums.values() for subject in batch.subjects()})
    found: list[Difference] = []
    for name, records, _ in batches:
        if name in gone:
            continue
        found += _unequal(f"batch {name}", "usage rows", records, rows.get(name, 0))
        found += _compare(name, sums.get(name, Batch({}, {})), booked.get(name, {}), ids)
    return Page(len(batches), names[-1] if len(batches) == limit else None, found, skipped=len(gone))


def _compare(name: str, batch: Batch, booked: dict[int, int], ids: dict[accounts.Subject, int]) -> Iterable[Difference]:
    for subject in batch.subjects() - ids.keys():
        yield Difference(f"batch {name}", f"account of {subject[0]} {subject[1]} is missing", 0, 1)
        return
    amounts = charges.amounts(batch, ids)
    for account_id in sorted(amounts.keys() | booked.keys()):
        where = f"batch {name}, account {account_id}"
        yield from _unequal(where, "entry, against the usage rows", booked.get(account_id, 0), amounts.get(account_id))


async def _rows(session: AsyncSession, names: Sequence[str]) -> tuple[dict[str, int], dict[str, Batch]]:
    """The number of usage rows and their sums, by batch."""
    by = (_U.batch, _U.accounts, _U.user_id, _U.organisation_id, _U.channel_id)
    sums = (func.count(), func.sum(_U.cost), func.sum(_U.provider_cost))
    statement = select(*by, *sums).where(among(session, _U.batch, names)).group_by(*by)
    counts: dict[str, int] = {}
    batches: dict[str, Batch] = {}
    for name, paid_by, user_id, organisation_id, channel_id, count, cost, provider_cost in await session.execute(
        statement
    ):
        counts[name] = counts.get(name, 0) + count
        costs, channels = batches.setdefault(name, Batch({}, {}))
        payer = Payer(paid_by, user_id, organisation_id, "")
        if cost:
            costs[payer] = costs.get(payer, 0) + int(cost)
        if channel_id and provider_cost:
            channels[channel_id] = channels.get(channel_id, 0) + int(provider_cost)
    return counts, batches


async def _booked(session: AsyncSession, names: Sequence[str]) -> dict[str, dict[int, int]]:
    statement = select(_E.reference, _E.account_id, _E.amount).where(
        among(session, _E.reference, names), _E.reason == REQUEST
    )
    found: dict[str, dict[int, int]] = {}
    for reference, account_id, amount in await session.execute(statement):
        found.setdefault(reference, {})[account_id] = amount
    return found
