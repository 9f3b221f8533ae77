"""Owns the replicas of the tests of rate limits: several RateBooks on one authority, in one process.

The authority can be made to fail, to be slow, and to forget; every round trip is counted.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

from deployments.rates import Admission, RateBook
from deployments.rates_answers import RateLimited
from deployments.rates_rules import LimitRow, Subject
from deployments.settings import OnOutage
from storage.rates import LEASE_S, Answer, Ask, Authority, AuthorityAwayError, Level

SUBJECT = Subject(key_id=1, user_id=2, group="pro", model="gpt-5-mini")


def limit(amount: int, window: str = "minute", metric: str = "requests", **more: Any) -> LimitRow:
    """A rule, by default for each key."""
    number = more.pop("id", 1)
    per = more.pop("per", ("key",))
    return LimitRow(number, f"limit-{number}", metric, "" if metric == "concurrent" else window, amount, per, **more)


class Troubled:
    """An authority that does as another one does, unless told otherwise."""

    def __init__(self, real: Authority) -> None:
        self.real = real
        self.pause_s = real.pause_s
        self.away = False
        self.delay = 0.0
        self.calls = 0
        self.asks = 0

    async def take(self, replica: str, asks: Sequence[Ask]) -> Answer:
        self.calls += 1
        self.asks += len(asks)
        if self.away:
            raise AuthorityAwayError("told to be away")
        if self.delay:
            await asyncio.sleep(self.delay)
        return await self.real.take(replica, asks)

    async def peek(self, buckets: Sequence[tuple[str, int]]) -> list[Level]:
        return await self.real.peek(buckets)

    async def close(self) -> None:
        pass


class Fleet:
    """`size` replicas; `counted` is what they counted together."""

    def __init__(self, authority: Authority, rows: Sequence[LimitRow], size: int = 2, **outage: Any) -> None:
        self.authority = Troubled(authority)
        self.counted: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.awaited = 0
        self.books = [self.book(f"replica-{number}", rows, **outage) for number in range(size)]

    def book(
        self, name: str, rows: Sequence[LimitRow], timeout_s: float = 1.0, lease_s: float = LEASE_S, **outage: Any
    ) -> RateBook:
        """One more replica."""

        def count(metric: str, labels: tuple[str, ...]) -> None:
            self.counted[metric, labels] += 1

        book = RateBook(
            self.authority, name, on_outage=OnOutage(**outage), timeout_s=timeout_s, count=count, lease_s=lease_s
        )
        book.load(rows)
        return book

    async def admit(self, replica: int, tokens: int = 0, subject: Subject = SUBJECT) -> Admission | None:
        """As the pipeline does it; None when the limit refuses."""
        book = self.books[replica]
        try:
            admission = book.try_admit(subject, tokens)
            if admission is None:
                self.awaited += 1
                admission = await book.admit(subject, tokens)
        except RateLimited:
            return None
        return admission

    async def close(self) -> None:
        for book in self.books:
            await book.close()
