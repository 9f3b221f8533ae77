"""Rate limits in a replica: who may pass now.

In the steady state nothing is awaited: units are in hand, leased from the authority ahead of need. A bucket whose limit
is below 50, is almost used up, or was idle, asks the authority for each request. Must do no I/O: rates_link.py does.

The pipeline calls `try_admit`, and `admit` when that gives None; after the answer `settle` and `release`.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence

from deployments.rates_answers import RateLimited, Vendor, headers, unavailable
from deployments.rates_bucket import Bucket
from deployments.rates_link import RateLink
from deployments.rates_rules import LimitRow, Rule, Subject, compile_rules
from deployments.settings import OnOutage
from storage.rates import LEASE_S, Authority

MAX_REMEMBERED = 20_000
"""Subjects whose buckets are remembered; beyond it all are forgotten and found again."""

MAX_TRIES = 3
"""Round trips that a request may wait for, when others take what was granted."""

Count = Callable[[str, tuple[str, ...]], None]


class Admission:
    """A request that may pass since `at`. `settle` when its tokens are known, `release` when it is over."""

    __slots__ = ("_book", "_open", "_tokens", "at", "buckets")

    def __init__(self, book: "RateBook", buckets: tuple[Bucket, ...], tokens: int, at: float) -> None:
        self._book = book
        self.buckets = buckets
        self._tokens = tokens
        self.at = at
        self._open = True

    def headers(self, vendor: Vendor = "openai") -> bytes:
        """Header lines for the answer, in the vendor's names."""
        return headers(vendor, self.buckets) if self.buckets else b""

    def settle(self, tokens: int) -> None:
        """What the request used in truth: more is counted now, less goes back to where the estimate was counted."""
        if self.buckets and tokens != self._tokens:
            self._book.correct(self.buckets, tokens - self._tokens, self.at)
            self._tokens = tokens

    def release(self) -> None:
        """The request is over: its slots are free."""
        if self.buckets and self._open:
            self._open = False
            self._book.free(self.buckets)

    def cancel(self) -> None:
        """The request never happened: everything goes back."""
        self.settle(0)
        if self.buckets and self._open:
            self._book.unuse(self.buckets, self.at)
        self.release()

    def join(self, other: "Admission") -> "Admission":
        """One admission for both: that of the request and that of its channel."""
        if not other.buckets:
            return self
        if not self.buckets:
            return other
        return Admission(self._book, self.buckets + other.buckets, self._tokens, self.at)


class _Waiter:
    """A request that waits for the authority."""

    __slots__ = ("_book", "_tokens", "_tries", "buckets", "future")

    def __init__(self, book: "RateBook", buckets: tuple[Bucket, ...], tokens: int) -> None:
        self._book = book
        self.buckets = buckets
        self._tokens = tokens
        self._tries = 0
        self.future: asyncio.Future[Admission] = asyncio.get_running_loop().create_future()

    def answered(self, now: float) -> None:
        """See rates_link.Waiter."""
        if self.future.done():  # the client has left
            return
        self._tries += 1
        try:
            admission = self._book.decide(self.buckets, self._tokens, now, last=self._tries >= MAX_TRIES)
        except Exception as error:  # noqa: BLE001  # it belongs to the request that waits
            self.future.set_exception(error)
            return
        if admission is not None:
            self.future.set_result(admission)
        else:
            self._book.queue(self, self._tokens, now)


class RateBook:
    """All buckets of one replica. `lease_s` is the authority's time to live of what a replica holds."""

    def __init__(
        self,
        authority: Authority,
        replica: str,
        *,
        on_outage: OnOutage,
        timeout_s: float,
        count: Count,
        lease_s: float = LEASE_S,
    ) -> None:
        self.link = RateLink(authority, replica, timeout_s=timeout_s, lease_s=lease_s)
        self._closed = {metric for metric, what in on_outage.model_dump().items() if what == "closed"}
        self._count = count
        self._rules: list[Rule] = []
        self._buckets: dict[str, Bucket] = {}
        self._matching: dict[Subject, tuple[Bucket, ...]] = {}
        self._free = Admission(self, (), 0, 0.0)

    @property
    def up(self) -> bool:
        """Whether the authority answered last time (gateway_rate_authority_up)."""
        return self.link.up

    @property
    def by_channel(self) -> bool:
        """Whether any limit speaks of channels: else `try_admit` need not be asked for each attempt."""
        return any(rule.channels for rule in self._rules)

    def load(self, rows: Iterable[LimitRow]) -> None:
        """The limits of a new table. Counts go on where the window stayed the same."""
        self._rules = compile_rules(rows)
        self._matching.clear()
        self._buckets = {name: bucket for name, bucket in self._buckets.items() if not bucket.quiet}

    def try_admit(self, subject: Subject, tokens: int = 0) -> Admission | None:
        """Pass at once, or None: `admit` has to ask.

        Raises RateLimited (429), or GatewayFault (503: the authority is away and this kind of limit closed).
        """
        buckets = self._matching.get(subject)
        if buckets is None:
            buckets = self._find(subject)
        if not buckets:
            return self._free
        return self.decide(buckets, tokens or 1, time.monotonic())

    async def admit(self, subject: Subject, tokens: int = 0) -> Admission:
        """As `try_admit`, waiting for one round trip to the authority where that is needed."""
        admission = self.try_admit(subject, tokens)
        if admission is not None:
            return admission
        waiter = _Waiter(self, self._matching[subject], tokens or 1)
        self.queue(waiter, tokens or 1, time.monotonic())
        return await waiter.future

    async def close(self) -> None:
        """Give back what is in hand."""
        await self.link.close()

    def decide(self, buckets: tuple[Bucket, ...], tokens: int, now: float, *, last: bool = False) -> Admission | None:
        """Take from all buckets or from none. None: some have to be asked for; when `last`, that is a refusal."""
        short: list[Bucket] | None = None
        for bucket in buckets:
            if bucket.left < (tokens if bucket.rule.tokens else 1) or now >= bucket.until:
                short = short or []
                short.append(bucket)
        if short is not None and not self._short(short, tokens, now, last=last):
            return None
        for bucket in buckets:
            n = tokens if bucket.rule.tokens else 1
            if short is not None and bucket in short:
                bucket.spend_alone(n, now)
            else:
                bucket.spend(n, now)
                if bucket.left <= bucket.low and not bucket.asking:
                    self.link.poke(bucket)
                    continue
            if not bucket.live:
                self.link.watch(bucket)
        return Admission(self, buckets, tokens, now)

    def queue(self, waiter: _Waiter, tokens: int, now: float) -> None:
        """Ask the authority for what a request lacks."""
        short = []
        for bucket in waiter.buckets:
            n = tokens if bucket.rule.tokens else 1
            if bucket.left < n or now >= bucket.until:
                bucket.demand += n
                bucket.need = min(bucket.need or n, n)
                short.append(bucket)
        self.link.wait(waiter, short)

    def correct(self, buckets: Sequence[Bucket], more: int, at: float) -> None:
        """Tokens were used beyond what was estimated at `at`, or fewer."""
        now = time.monotonic()
        for bucket in buckets:
            if not bucket.rule.tokens:
                continue
            if more < 0:
                bucket.credit(-more, at, now)
            else:
                bucket.left -= min(more, bucket.left)
                bucket.note(more, now)
            self.link.watch(bucket)

    def free(self, buckets: Sequence[Bucket]) -> None:
        """Slots of a request are free."""
        for bucket in buckets:
            if bucket.rule.concurrent and bucket.free(keep=self.link.up):
                self.link.poke(bucket)

    def unuse(self, buckets: Sequence[Bucket], at: float) -> None:
        """A request was not made."""
        for bucket in buckets:
            if bucket.rule.metric == "requests":
                bucket.credit(1, at, time.monotonic())
                self.link.watch(bucket)

    def _short(self, short: Sequence[Bucket], tokens: int, now: float, *, last: bool) -> bool:
        """True: the authority is away, and these may pass without it. False: it has to be asked. Else raises."""
        for bucket in short:
            rule = bucket.rule
            n = tokens if rule.tokens else 1
            if n > rule.limit:
                raise self._refused(bucket, n, 0.0)
            if now < bucket.refused_until and n >= bucket.refused_need:
                raise self._refused(bucket, n, bucket.free_at - now)
            if not self.link.up:
                if rule.metric in self._closed:
                    self._count("gateway_rate_outage_total", (rule.metric, "refused"))
                    raise unavailable()
                wait = bucket.alone(n, now)
                if wait:
                    raise self._refused(bucket, n, wait)
        if self.link.up:
            if last:
                raise self._refused(short[0], tokens, max(0.1, short[0].free_at - now))
            return False
        for bucket in short:
            self._count("gateway_rate_outage_total", (bucket.rule.metric, "through"))
        return True

    def _refused(self, bucket: Bucket, n: int, seconds: float) -> RateLimited:
        self._count("gateway_rate_limited_total", (bucket.rule.name, bucket.rule.metric))
        return RateLimited(bucket.rule, n, seconds)

    def _find(self, subject: Subject) -> tuple[Bucket, ...]:
        found = []
        for rule in self._rules:
            if rule.counts(subject):
                name = rule.bucket(subject)
                bucket = self._buckets.get(name)
                if bucket is None:
                    bucket = self._buckets[name] = Bucket(name, rule)
                elif bucket.rule is not rule:
                    bucket.apply(rule)
                found.append(bucket)
        if len(self._matching) >= MAX_REMEMBERED:
            self._matching.clear()
            self._buckets = {name: bucket for name, bucket in self._buckets.items() if not bucket.quiet}
        buckets = self._matching[subject] = tuple(found)
        return buckets
