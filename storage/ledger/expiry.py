"""Expiry: what becomes of the leases of replicas that are gone.

A replica that was killed may have spent of its lease what is still in its journal. So the rest of an expired lease is
released only when that journal is known to be drained to its end, or so long after that its server counts as lost.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, leases
from storage.ledger.entries import GATEWAY, RELEASE, Row, write
from storage.ledger.leases import Held
from storage.ledger.transactions import among, begin_write, new_id

GRACE_S = 3600

_C = leases.TABLE.c


class Reclaimed(msgspec.Struct, frozen=True):
    """What was released of one lease. `lost`: its replica may have spent it all the same, nobody could tell."""

    account_id: int
    replica: str
    released: int
    lost: bool


async def expired_replicas(session: AsyncSession, now: int) -> list[str]:
    """The replicas with leases that expired: the caller finds out which of their journals are drained to the end."""
    statement = select(_C.replica).where(_C.expires_at < now).distinct().order_by(_C.replica)
    return list(await session.scalars(statement))


async def reclaim(
    session: AsyncSession, now: int, *, grace_s: int = GRACE_S, closed: Collection[str] = (), limit: int = 500
) -> list[Reclaimed]:
    """Release what is left of at most `limit` expired leases; call it again while it returns that many.

    `closed` are replicas that are gone and whose journals were drained to the end before this call.
    """
    due = or_(among(session, _C.replica, list(closed)), (_C.expires_at > 0) & (_C.expires_at < now - grace_s))
    settled = (_C.granted <= _C.settled) & (_C.abandoned == 0)
    wanted = (_C.expires_at < now) & or_(due, settled)
    statement = select(_C.account_id, _C.replica).where(wanted).order_by(_C.account_id, _C.replica).limit(limit)
    found = (await session.execute(statement)).all()
    if not found:
        return []
    await accounts.lock(session, sorted({row.account_id for row in found}))
    # Read again under the locks: a lease may have been renewed, settled or taken from in between.
    names = [(row.account_id, row.replica) for row in found]
    gone: list[Held] = []
    lost: list[Held] = []
    for lease in await leases.read(session, tuple_(_C.account_id, _C.replica).in_(names), wanted):
        is_lost = lease.replica not in closed and lease.remainder > 0
        (lost if is_lost else gone).append(lease)
    await _forget(session, gone)
    # What it held may have been spent: late records of that replica are counted to this first.
    await leases.save(
        session,
        [
            lease._replace(
                abandoned=lease.abandoned + lease.remainder, granted=lease.settled, expires_at=0, recalled=False
            )
            for lease in lost
        ],
    )
    released = [lease for lease in (*gone, *lost) if lease.remainder]
    await write(session, [_release(lease, now) for lease in released])
    return [
        Reclaimed(lease.account_id, lease.replica, lease.remainder, lease.replica not in closed) for lease in released
    ]


async def _forget(session: AsyncSession, gone: list[Held]) -> None:
    if gone:
        names = [(lease.account_id, lease.replica) for lease in gone]
        await begin_write(session)
        await session.execute(delete(leases.TABLE).where(tuple_(_C.account_id, _C.replica).in_(names)))


def _release(lease: Held, now: int) -> Row:
    return Row(
        lease.account_id, 0, -lease.remainder, RELEASE, GATEWAY, new_id(), now, f"lease of {lease.replica} expired"
    )
