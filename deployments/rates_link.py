"""A replica's conversation with the authority of rates: batches, the clock that keeps leases alive, and outages.

One round trip is under way at a time; whatever came meanwhile goes with the next. While the authority is away nothing
waits for it: it is tried again in the background. Must not decide who may pass.
"""

import asyncio
import itertools
import logging
import time
from collections.abc import Iterable
from typing import Protocol

from deployments.rates_bucket import Bucket
from storage.patience import patience
from storage.rates import Answer, Ask, Authority, AuthorityAwayError

TICK_S = 0.5
"""How often buckets are looked at for something to tell or to give back; only while there are any."""

PING_S = 2.0
"""How long an authority may go unheard while it would have to be told again if it had forgotten."""

RETRY_S = 0.5
BATCH = 256
FORGET = 200
"""Buckets looked at in one tick for whether what they remember is over."""


class Waiter(Protocol):
    """A request that waits for the answer of the batch it was added to."""

    def answered(self, now: float) -> None:
        """The buckets have been answered, or the authority is away."""


class RateLink:
    """`up` False: the authority did not answer last time. `round_trips` counts calls of it."""

    def __init__(self, authority: Authority, replica: str, *, timeout_s: float, lease_s: float) -> None:
        self._authority = authority
        self._replica = replica
        self._timeout_s = timeout_s
        self._lease_s = lease_s
        self._epoch = ""
        self._pending: dict[Bucket, None] = {}
        self._waiters: list[Waiter] = []
        self._live: dict[Bucket, None] = {}
        self._remembering: dict[Bucket, None] = {}
        self._flight: asyncio.Task[None] | None = None
        self._probe: asyncio.Task[None] | None = None
        self._tick: asyncio.TimerHandle | None = None
        self._heard_at = 0.0
        self._asked_at = 0.0
        self._log = logging.getLogger("gateway")
        self._closed = False
        self.up = True
        self.round_trips = 0

    def poke(self, bucket: Bucket) -> None:
        """Something is to be said about this bucket: with the next round trip."""
        self.watch(bucket)
        if not bucket.asking and self.up and not self._closed:
            bucket.asking = True
            self._pending[bucket] = None
            self._start()

    def watch(self, bucket: Bucket) -> None:
        """Look after this bucket until it is quiet."""
        if not bucket.live:
            bucket.live = True
            self._live[bucket] = None
            if self._tick is None and not self._closed:
                self._tick = asyncio.get_running_loop().call_later(TICK_S, self._look)

    def wait(self, waiter: Waiter, buckets: Iterable[Bucket]) -> None:
        """Tell `waiter` when these buckets have been answered."""
        for bucket in buckets:
            self.poke(bucket)
            # One that is being asked about at this moment was asked without the waiter's need: once more.
            self._pending[bucket] = None
        self._waiters.append(waiter)
        self._start()

    async def close(self) -> None:
        """Give back everything in hand, and stop."""
        self._closed = True
        if self._tick is not None:
            self._tick.cancel()
        if self._probe is not None:
            self._probe.cancel()
        if self._flight is not None:
            await asyncio.wait([self._flight])  # who waits gets an answer; it is bounded by the timeout
        held = [bucket for bucket in self._live if not bucket.quiet]
        try:
            if self.up and held:
                await self._exchange(held)
        except AuthorityAwayError:
            pass  # what was held ends by itself
        await self._authority.close()

    def _start(self) -> None:
        if self._flight is None:
            self._flight = asyncio.get_running_loop().create_task(self._fly())

    async def _fly(self) -> None:
        try:
            while self._pending or self._waiters:
                early = self._asked_at + self._authority.pause_s - time.monotonic()
                if early > 0:
                    await asyncio.sleep(early)
                batch, self._pending = list(self._pending), {}
                waiters, self._waiters = self._waiters, []
                try:
                    if self.up:
                        await self._exchange(batch)
                except AuthorityAwayError as error:
                    self._lost(error)
                if not self.up:
                    for bucket in batch:
                        bucket.failed()
                now = time.monotonic()
                for waiter in waiters:
                    waiter.answered(now)
                for bucket in batch:
                    if bucket.surplus:
                        self.poke(bucket)
        finally:
            self._flight = None

    async def _exchange(self, batch: list[Bucket]) -> None:
        """One round trip, or one for each BATCH buckets. Raises AuthorityAwayError."""
        for start in range(0, max(1, len(batch)), BATCH):
            part = batch[start : start + BATCH]
            asks = [bucket.ask(time.monotonic(), closing=self._closed) for bucket in part]
            answer = await self._call(asks)
            now = self._heard_at = time.monotonic()
            for bucket, ask, grant in zip(part, asks, answer.grants, strict=True):
                bucket.granted(grant, ask, now, self._lease_s)
                if bucket.recalls(now):
                    self._remembering[bucket] = None
            if answer.epoch != self._epoch:
                self._new_epoch(answer.epoch)

    async def _call(self, asks: list[Ask]) -> Answer:
        self.round_trips += 1
        self._asked_at = time.monotonic()
        try:
            async with patience(self._timeout_s):
                answer = await self._authority.take(self._replica, asks)
        except TimeoutError as error:
            raise AuthorityAwayError("no answer in time") from error
        except AuthorityAwayError:
            raise
        except Exception as error:  # whatever is wrong with it, requests must not wait for ever
            raise AuthorityAwayError(f"{type(error).__name__}: {error}") from error
        if len(answer.grants) != len(asks):
            raise AuthorityAwayError("an answer of another length")
        return answer

    def _new_epoch(self, epoch: str) -> None:
        known, self._epoch = self._epoch, epoch
        if not known:
            return
        self._log.warning("the authority of rate limits has begun anew; telling it what was used")
        for bucket in self._remembering:
            bucket.retell()
            self.watch(bucket)
        self._remembering.clear()
        asyncio.get_running_loop().call_soon(self._look_now)

    def _lost(self, error: Exception) -> None:
        if not self.up:
            return
        self.up = False
        self._log.error("rate limits: the authority is away, each replica counts for itself: %s", error)
        self._probe = asyncio.get_running_loop().create_task(self._try_again())

    async def _try_again(self) -> None:
        while not self._closed:
            await asyncio.sleep(RETRY_S)
            batch = [bucket for bucket in self._live if not bucket.quiet and not bucket.asking]
            try:
                await self._exchange(batch[:BATCH])
            except AuthorityAwayError as error:
                self._log.debug("rate limits: the authority is still away: %s", error)
                continue
            self.up = True
            self._log.warning("rate limits: the authority is back")
            return

    def _look_now(self) -> None:
        if self._tick is not None:
            self._tick.cancel()
        self._look()

    def _look(self) -> None:
        """The tick: tell what is to be told, forget what is quiet."""
        self._tick = None
        now = time.monotonic()
        for bucket in list(self._live):
            if bucket.quiet:
                bucket.live = False
                del self._live[bucket]
            elif bucket.stale(now, self._lease_s):
                self.poke(bucket)
        for bucket in list(itertools.islice(self._remembering, FORGET)):  # a part each time: the rest keeps its turn
            del self._remembering[bucket]
            if bucket.recalls(now):
                self._remembering[bucket] = None
        if self._remembering and self.up and now - self._heard_at > PING_S and self._flight is None:
            self._flight = asyncio.get_running_loop().create_task(self._ping())
        if (self._live or self._remembering) and not self._closed:
            pause = TICK_S if self._live else PING_S
            self._tick = asyncio.get_running_loop().call_later(pause, self._look)

    async def _ping(self) -> None:
        try:
            await self._exchange([])
        except AuthorityAwayError as error:
            self._lost(error)
        finally:
            self._flight = None
            if self._pending or self._waiters:
                self._start()
