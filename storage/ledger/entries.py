"""Entries: booking one change of one account by hand, and reading them. There is no way to change an entry.

What leases and settled requests book in bulk is in leases.py and settling.py.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Select, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts
from storage.ledger.transactions import among, many, new_id, table_of
from storage.models import Entry

REQUEST = "request"
TOPUP = "topup"
REDEMPTION = "redemption"
GRANT = "grant"
REFUND = "refund"
CORRECTION = "correction"
PURCHASE = "purchase"
LEASE = "lease"
RELEASE = "release"
BUDGET_RESET = "budget_reset"
BY_HAND = (TOPUP, REDEMPTION, GRANT, REFUND, CORRECTION, PURCHASE, BUDGET_RESET)

# Half of what 64 bits hold, about 4.6 billion USD: no sum of two balances overflows.
LIMIT = 2**62

GATEWAY = "gateway"
"""The actor of what nobody ordered: settling, expiry, a new period."""

_TABLE = table_of(Entry)
_C = _TABLE.c


class UnknownAccountError(LookupError):
    """There is no account of that id."""


class DifferentEntryError(ValueError):
    """That reference is booked already, with another amount."""


class InsufficientError(ValueError):
    """A limited account does not have as much as is to be taken away. `missing` is nano-USD."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} nano-USD are missing")
        self.missing = missing


class Row(msgspec.Struct, frozen=True):
    """One entry to be written."""

    account_id: int
    amount: int
    held: int
    reason: str
    actor: str
    reference: str
    at: int
    note: str = ""


_POSTGRES_INSERT = (
    "INSERT INTO entries (account_id, amount, held, reason, actor, reference, at, note) SELECT * FROM unnest("
    "$1::bigint[], $2::bigint[], $3::bigint[], $4::varchar[], $5::varchar[], $6::varchar[], $7::bigint[], $8::text[])"
)


async def write(session: AsyncSession, rows: Sequence[Row]) -> None:
    """Write entries and change the balances. The caller holds the accounts' locks and knows that none is there yet."""
    if not rows:
        return
    await many(session, insert(_TABLE), _POSTGRES_INSERT, [msgspec.structs.asdict(row) for row in rows])
    await accounts.change(session, [(row.account_id, row.amount, row.held) for row in rows])


async def booked(
    session: AsyncSession, reason: str, reference: str, account_ids: Collection[int]
) -> dict[int, tuple[int, int, int, str]]:
    """(amount, held, at, note) by account, of those that have an entry of this reason and reference."""
    statement = select(_C.account_id, _C.amount, _C.held, _C.at, _C.note).where(
        _C.reference == reference, _C.reason == reason, among(session, _C.account_id, account_ids)
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in await session.execute(statement)}


async def post(
    session: AsyncSession,
    account_id: int,
    amount: int,
    *,
    reason: str,
    actor: str,
    reference: str = "",
    note: str = "",
    overdraw: bool = False,
    now: int | None = None,
) -> tuple[Entry, bool]:
    """Book `amount` nano-USD on the account; returns the entry and whether it is new.

    The same reason and reference a second time books nothing and returns the first entry; without a reference one is
    made up. With `overdraw` a limited account may fall below what is available: for what has been spent in fact.

    Raises UnknownAccountError, DifferentEntryError, InsufficientError, and OverflowError beyond LIMIT.
    """
    reference = reference or new_id()
    account = (await accounts.lock(session, [account_id])).get(account_id)
    if account is None:
        msg = f"there is no account {account_id}"
        raise UnknownAccountError(msg)
    earlier = await find(session, account_id, reason, reference)
    if earlier is not None:
        if earlier.amount != amount:
            msg = f"{reason} {reference!r} is booked already, with {earlier.amount} nano-USD"
            raise DifferentEntryError(msg)
        return earlier, False
    if abs(amount) > LIMIT or abs(account.balance + amount) > LIMIT:
        msg = "a balance ends at about 4.6 billion USD"
        raise OverflowError(msg)
    if amount < 0 and account.limited and not overdraw and account.available + amount < 0:
        raise InsufficientError(-(account.available + amount))
    entry = Entry(
        account_id=account_id, amount=amount, held=0, reason=reason, actor=actor, reference=reference,
        at=int(time.time()) if now is None else now, note=note,
    )  # fmt: skip
    session.add(entry)
    await session.flush()
    await accounts.change(session, [(account_id, amount, 0)])
    return entry, True


async def find(session: AsyncSession, account_id: int, reason: str, reference: str) -> Entry | None:
    """The entry of that reason and reference."""
    statement = select(Entry).where(_C.reference == reference, _C.reason == reason, _C.account_id == account_id)
    return (await session.scalars(statement)).one_or_none()


async def list_page(
    session: AsyncSession,
    account_id: int,
    *,
    before: int | None = None,
    reasons: Collection[str] = (),
    limit: int = 100,
) -> Sequence[Entry]:
    """The account's entries, the newest first, from before the id `before`."""
    statement = query(account_id, reasons=reasons).order_by(_C.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(_C.id < before)
    return (await session.scalars(statement)).all()


def query(account_id: int, *, reasons: Collection[str] = ()) -> Select[Entry]:
    """The account's entries; with `reasons` only those."""
    statement = select(Entry).where(_C.account_id == account_id)
    return statement.where(_C.reason.in_(reasons)) if reasons else statement
