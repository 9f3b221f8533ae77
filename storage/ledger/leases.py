"""Leases: parts of a balance that replicas take, spend from on their own, renew and give back.

Owns what is held of an account. A grant, what is given back and what expires is an entry each. Spending is settled in
settling.py, which also counts it to the lease. Nothing here knows how a replica spends.

Every call that moves money names its operation: repeated after a lost answer, it answers the same and moves nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts
from storage.ledger.entries import LEASE, RELEASE, Row, booked, write
from storage.ledger.transactions import among, begin_write, many, table_of
from storage.models import Lease

TABLE = table_of(Lease)
_C = TABLE.c

# Of an account, a replica gets at most one part in so many beyond what it needs at once: others find something too.
_FAIR_SHARE = 4


class Ask(msgspec.Struct, frozen=True):
    """What a replica wants of an account: `need` or nothing, and up to `want` where that leaves enough for others."""

    account_id: int
    need: int
    want: int


class Grant(msgspec.Struct, frozen=True):
    """What it got. `available` is left for others, `others_held` is with other replicas and may be recalled.

    `began`: a lease began with this grant, so whatever the replica believed to hold of this account is void.
    """

    account_id: int
    granted: int
    available: int
    others_held: int
    began: bool


class Renewal(msgspec.Struct, frozen=True):
    """`recalled`: give back what is not in use. `lost`: there is no such lease any more, spend nothing from it."""

    recalled: list[int]
    lost: list[int]


class Held(NamedTuple):
    """A lease while this transaction holds the lock of its account."""

    account_id: int
    replica: str
    granted: int
    settled: int
    abandoned: int
    since: int
    expires_at: int
    recalled: bool

    @property
    def remainder(self) -> int:
        """What it still holds of the account."""
        return max(self.granted - self.settled, 0)


COLUMNS = tuple(_C[name] for name in Held._fields)
_UPDATE = (
    update(TABLE)
    .where(_C.account_id == bindparam("new_account_id"), _C.replica == bindparam("new_replica"))
    .values({name: bindparam(f"new_{name}") for name in Held._fields[2:]})
)
_POSTGRES_UPDATE = (
    "UPDATE leases SET granted = new.granted, settled = new.settled, abandoned = new.abandoned, since = new.since, "
    "expires_at = new.expires_at, recalled = new.recalled FROM unnest($1::bigint[], $2::varchar[], $3::bigint[], "
    "$4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::boolean[]) "
    "AS new (account_id, replica, granted, settled, abandoned, since, expires_at, recalled) "
    "WHERE leases.account_id = new.account_id AND leases.replica = new.replica"
)


async def read(session: AsyncSession, *conditions: Any) -> list[Held]:  # noqa: ANN401 - SQLAlchemy's conditions
    """The leases that match, locked, in the order of account and replica."""
    await begin_write(session)
    statement = select(*COLUMNS).where(*conditions).order_by(_C.account_id, _C.replica).with_for_update(key_share=True)
    return [Held(*row) for row in await session.execute(statement)]


async def take(
    session: AsyncSession, replica: str, asks: Sequence[Ask], *, operation: str, ttl_s: int, now: int
) -> list[Grant]:
    """Grant what the accounts have to spare, in the order of `asks`; each account is named once.

    An account that is not limited gives all that is wanted, an unknown one nothing.
    """
    ids = [ask.account_id for ask in asks]
    locked = await accounts.lock(session, ids)
    own = {
        lease.account_id: lease
        for lease in await read(session, _C.replica == replica, among(session, _C.account_id, ids))
    }
    earlier = await booked(session, LEASE, operation, ids)
    grants: list[Grant] = []
    rows: list[Row] = []
    made: list[Held] = []
    grown: list[Held] = []
    for ask in asks:
        account = locked.get(ask.account_id)
        if account is None:
            grants.append(Grant(ask.account_id, 0, 0, 0, began=False))
            continue
        lease = own.get(ask.account_id)
        others = account.held - (lease.remainder if lease else 0)
        if ask.account_id in earlier:
            granted = _granted_before(earlier[ask.account_id], lease)
            began = lease is not None and lease.granted == granted
            grants.append(Grant(ask.account_id, granted, account.available, others, began=began))
            continue
        # What this replica spent beyond its lease has been charged already; its next grant makes up for it.
        excess = max(lease.settled - lease.granted, 0) if lease and lease.expires_at else 0
        granted = ask.want if not account.limited else _share(account.available + excess, ask.need, ask.want)
        began = lease is None or not lease.expires_at
        if granted:
            held = max(granted - excess, 0)
            after = _grown(lease, replica, ask.account_id, granted, now=now, ttl_s=ttl_s)
            (grown if lease else made).append(after)
            note = "" if held == granted else str(granted)
            rows.append(Row(ask.account_id, 0, held, LEASE, replica, operation, now, note))
            account = account._replace(held=account.held + held)
        grants.append(Grant(ask.account_id, granted, account.available, others, began=began and granted > 0))
    if made:
        await session.execute(insert(TABLE), [lease._asdict() for lease in made])
    await save(session, grown)
    await write(session, rows)
    return grants


def _share(available: int, need: int, want: int) -> int:
    if available <= 0 or need > available:
        return 0
    return min(max(want, need), max(need, available // _FAIR_SHARE))


def _granted_before(entry: tuple[int, int, int, str], lease: Held | None) -> int:
    """What this operation was granted, 0 when that has expired in the meantime."""
    _, held, at, note = entry
    if lease is None or not lease.expires_at or at < lease.since:
        return 0
    return int(note) if note else held


def _grown(lease: Held | None, replica: str, account_id: int, granted: int, *, now: int, ttl_s: int) -> Held:
    if lease is not None and lease.expires_at:
        return lease._replace(granted=lease.granted + granted, expires_at=now + ttl_s)
    # One that was given up begins anew in the same row, which remembers what its replica may have spent of the old one.
    abandoned = lease.abandoned if lease is not None else 0
    return Held(account_id, replica, granted, 0, abandoned, now, now + ttl_s, recalled=False)


async def save(session: AsyncSession, leases: Collection[Held]) -> None:
    """Write leases that were read under the lock of their account."""
    rows = [{f"new_{name}": value for name, value in lease._asdict().items()} for lease in leases]
    await many(session, _UPDATE, _POSTGRES_UPDATE, rows)


async def give_back(
    session: AsyncSession, replica: str, amounts: Mapping[int, int], *, operation: str, now: int
) -> dict[int, int]:
    """Release these amounts of the replica's leases, by account; returns what was released in fact.

    An amount of 0 answers a recall: there is nothing to spare. More than the lease holds is not released.
    """
    await accounts.lock(session, amounts)
    leases = await read(session, _C.replica == replica, among(session, _C.account_id, amounts))
    earlier = await booked(session, RELEASE, operation, amounts)
    released = {account_id: -entry[1] for account_id, entry in earlier.items()}
    rows: list[Row] = []
    changed: list[Held] = []
    for lease in leases:
        if lease.account_id in released:
            continue
        amount = max(min(amounts[lease.account_id], lease.remainder), 0)
        released[lease.account_id] = amount
        if amount or lease.recalled:
            changed.append(lease._replace(granted=lease.granted - amount, recalled=False))
        if amount:
            rows.append(Row(lease.account_id, 0, -amount, RELEASE, replica, operation, now))
    await save(session, changed)
    await write(session, rows)
    return released


async def renew(session: AsyncSession, replica: str, account_ids: Collection[int], *, ttl_s: int, now: int) -> Renewal:
    """Put off the expiry of the leases that the replica believes to hold of these accounts.

    A lease it does not name (the answer to its grant was lost, and it did not ask again) is left to expire.
    """
    recalled: list[int] = []
    alive: list[int] = []
    for lease in await read(session, _C.replica == replica, among(session, _C.account_id, account_ids)):
        if lease.expires_at:
            alive.append(lease.account_id)
            if lease.recalled:
                recalled.append(lease.account_id)
    if alive:
        mine = update(TABLE).where(_C.replica == replica, among(session, _C.account_id, alive))
        await session.execute(mine.values(expires_at=now + ttl_s))
    return Renewal(recalled, sorted(set(account_ids).difference(alive)))


async def recall(session: AsyncSession, account_ids: Collection[int], by_replica: str) -> list[tuple[int, str]]:
    """Ask all other replicas to give back what they hold of these accounts; returns (account, replica) of those asked.

    They learn of it at their next renewal; the caller may tell them at once.
    """
    conditions = (among(session, _C.account_id, account_ids), _C.replica != by_replica, _C.granted > _C.settled)
    found = await read(session, *conditions, _C.expires_at > 0)
    await save(session, [lease._replace(recalled=True) for lease in found if not lease.recalled])
    return [(lease.account_id, lease.replica) for lease in found]


async def holding(session: AsyncSession, account_id: int) -> list[Held]:
    """The leases of an account, to be shown."""
    return [Held(*row) for row in await session.execute(select(*COLUMNS).where(_C.account_id == account_id))]
