"""Whom a replica's leases come from: the protocol, and the ledger in the database behind it.

Each call is a short transaction of its own and moves nothing twice: repeated with the same operation after a lost
answer, it answers the same.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from deployments.leases_account import Wanted
from storage import ledger
from storage.ledger import Ask, Grant, Renewal

Holding = tuple[int, str]
"""Account id, replica that holds some of it."""


class LeaseAuthority(Protocol):
    """May raise anything when it is away: whether something was done is unknown then, and the caller repeats."""

    async def take(self, replica: str, wanted: Sequence[Wanted], *, operation: str) -> list[Grant]:
        """One grant for each, in order. Where `need` is not to be had, the replicas that hold some are asked for it."""

    async def give_back(self, replica: str, amounts: Mapping[int, int], *, operation: str) -> Mapping[int, int]:
        """Release by account id; 0 answers a recall. Returns what was released."""

    async def renew(self, replica: str, account_ids: Collection[int]) -> Renewal:
        """Put off the expiry by the time to live."""


class NoAuthority:
    """Where nothing draws on limited accounts: Adapter replicas, which carry what was paid for elsewhere."""

    async def take(self, replica: str, wanted: Sequence[Wanted], *, operation: str) -> list[Grant]:
        """See LeaseAuthority."""
        raise LookupError(f"{replica} has no ledger for {operation} ({len(wanted)} accounts)")

    async def give_back(self, replica: str, amounts: Mapping[int, int], *, operation: str) -> Mapping[int, int]:
        """See LeaseAuthority."""
        raise LookupError(f"{replica} has no ledger for {operation} ({len(amounts)} accounts)")

    async def renew(self, replica: str, account_ids: Collection[int]) -> Renewal:
        """See LeaseAuthority."""
        raise LookupError(f"{replica} has no ledger ({len(account_ids)} accounts)")


class LedgerAuthority:
    """The ledger. `tell` hands recalls on to where they are pushed (the Router); without it renewals bring them."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        *,
        ttl_s: int,
        tell: Callable[[list[Holding]], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._sessions = sessions
        self._ttl_s = ttl_s
        self._tell = tell
        self._clock = clock

    async def take(self, replica: str, wanted: Sequence[Wanted], *, operation: str) -> list[Grant]:
        """See LeaseAuthority."""
        grants, recalled = await ledger.transact(
            self._sessions, partial(self._take, replica=replica, wanted=wanted, operation=operation)
        )
        if recalled and self._tell is not None:
            self._tell(recalled)
        return grants

    async def give_back(self, replica: str, amounts: Mapping[int, int], *, operation: str) -> Mapping[int, int]:
        """See LeaseAuthority."""
        work = partial(ledger.give_back, replica=replica, amounts=amounts, operation=operation, now=self._now())
        return await ledger.transact(self._sessions, work)

    async def renew(self, replica: str, account_ids: Collection[int]) -> Renewal:
        """See LeaseAuthority."""
        work = partial(
            ledger.renew, replica=replica, account_ids=account_ids, ttl_s=self._ttl_s, now=self._now()
        )  # fmt: skip
        return await ledger.transact(self._sessions, work)

    async def _take(
        self, session: AsyncSession, *, replica: str, wanted: Sequence[Wanted], operation: str
    ) -> tuple[list[Grant], list[Holding]]:
        # In the order of ids throughout, so that this and the second try lock in one order.
        order = sorted(wanted, key=lambda one: one.account_id)
        asks = [Ask(one.account_id, one.need, one.want) for one in order]
        take = partial(ledger.take, session, replica, operation=operation, ttl_s=self._ttl_s, now=self._now())
        grants = {grant.account_id: grant for grant in await take(asks)}
        rest = [
            Ask(one.account_id, amount, amount)
            for one in order
            if not grants[one.account_id].granted
            and one.need > (amount := grants[one.account_id].available) >= one.least > 0
        ]
        if rest:
            grants |= {grant.account_id: grant for grant in await take(rest)}
        short = [one.account_id for one in order if _worth_recalling(one, grants[one.account_id])]
        recalled = await ledger.recall(session, short, replica) if short else []
        return [grants[one.account_id] for one in wanted], recalled

    def _now(self) -> int:
        return int(self._clock())


def _worth_recalling(wanted: Wanted, grant: Grant) -> bool:
    """Whether others hold what is short. A request that they could not help either disturbs nobody."""
    in_reach = grant.granted + grant.available + grant.others_held
    return grant.others_held > 0 and grant.granted < wanted.need and in_reach >= wanted.least


class Recall(msgspec.Struct, array_like=True, frozen=True):
    """An account of which `replica` is to give back what it can spare."""

    account_id: int
    replica: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Recall])


def encode_recalls(holdings: Sequence[Holding]) -> bytes:
    """For the Router's `recall`."""
    return _encoder.encode([Recall(*holding) for holding in holdings])


class Recalls:
    """The Router's end of recalls: kept by replica until its poll fetches them. What is lost, renewals bring."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[int]] = {}

    def add(self, data: bytes, members: Collection[str]) -> bool:
        """Take in what a replica sent; True when somebody is to be told. Raises msgspec.DecodeError."""
        news = False
        for recall in _decoder.decode(data):
            if recall.replica in members:
                self._waiting.setdefault(recall.replica, set()).add(recall.account_id)
                news = True
        return news

    def fetch(self, replica: str) -> list[int]:
        """The accounts that this replica is to be told of, once."""
        return sorted(self._waiting.pop(replica, ()))

    def forget(self, replica: str) -> None:
        """The replica is gone."""
        self._waiting.pop(replica, None)
