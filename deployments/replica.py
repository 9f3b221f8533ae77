"""What one data plane process knows: its table, keys, prices, breakers and counters.

Updated by the Router's messages, read by the pipeline.

Knows nothing of Ray: tests and benchmarks run a whole data plane in one process with it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from adapters.errors import UpstreamError
from deployments import channel_keys
from deployments.breaker import Breakers
from deployments.capture import Captures, captures_of
from deployments.channels_made import ChannelsMade
from deployments.fetch import Fetcher
from deployments.keys import Keys, Load
from deployments.leases import LeaseBook, Sizes
from deployments.leases_authority import LeaseAuthority, NoAuthority
from deployments.messages import Live, Pool, Update
from deployments.pool import Pooled
from deployments.rates import RateBook
from deployments.safety import Safety, safety_of
from deployments.safety_hooks import Hooks
from deployments.settings import Settings
from deployments.suspects import Suspects
from deployments.table import Channel, RouteTable, TableData, TableParts, decode, decode_prices
from deployments.telemetry import Telemetry
from deployments.upstream import Direct, Upstream
from deployments.watch import Watch
from storage.crypto import SecretBox, derive
from storage.pricing import PriceBook
from storage.rates import Authority
from storage.rates.memory import MemoryAuthority

if TYPE_CHECKING:
    from deployments.capture_store import CaptureStore
    from deployments.responses_state import ResponsesState


class Relayed:
    """What is handed on to the Admin deployment now: the console's requests, and the pages that watch."""

    def __init__(self) -> None:
        self.requests = 0
        self.streams = 0


class Replica:
    """State of one replica. `ready` once it has a table; it is never without one again."""

    def __init__(
        self,
        settings: Settings,
        master_key: bytes,
        load_key: Load,
        *,
        name: str,
        rates: Authority | None = None,
        leases: LeaseAuthority | None = None,
    ) -> None:
        self.settings = settings
        self.name = name
        self.log = logging.getLogger("gateway")
        self.loop = asyncio.get_running_loop()
        self.telemetry = Telemetry()
        self.keys = Keys(load_key, capacity=settings.key_cache, trust_s=settings.key_cache_s)
        self.rates = RateBook(
            rates or MemoryAuthority(),
            name,
            on_outage=settings.rates.on_outage,
            timeout_s=settings.rates.timeout_s,
            count=self.telemetry.count,
        )
        self.leases = LeaseBook(
            leases or NoAuthority(),
            name,
            ttl_s=settings.quota.lease_ttl_s,
            sizes=Sizes(cover_s=settings.quota.cover_s, idle_s=settings.quota.idle_s),
            wait_s=settings.quota.wait_s,
            timeout_s=settings.quota.timeout_s,
            count=self.telemetry.count,
            pushed=lambda: self.router_near(),  # noqa: PLW0108  # set later
        )
        self.watch = Watch()
        self.breakers = Breakers(settings.breaker)
        self.suspects = Suspects()
        self.relayed = Relayed()
        self.key_rests = channel_keys.Rests()
        self.direct = Direct()
        self._hooks = Hooks(self.direct, self.telemetry.count)
        self.fetcher = Fetcher(settings.fetch, self.telemetry.count)
        self.responses: ResponsesState | None = None
        """What clients of /v1/responses may refer to; without it they can refer to nothing."""
        self.capture_store: CaptureStore | None = None
        """Where captured requests go; without it nothing is captured."""
        self.captures: Captures | None = None
        self.safety: Safety | None = None
        """Whose requests are captured; None: nobody's."""
        self.table = RouteTable(TableData(0, [], []), [])
        self.prices = PriceBook([])
        self._prices = b""
        self.has_table = asyncio.Event()
        self.live = Live()
        self.key_seq = -1
        self.live_seq = -1
        self.internal_token = derive(master_key, "internal").hex()
        self._box = SecretBox(master_key)
        self._channels = ChannelsMade(self._box, self.log)
        self._pools: dict[str, Pooled] = {}
        self.router_near: Callable[[], bool] = lambda: False
        """Whether the Router answers, so that recalls arrive at once."""
        self.on_table: list[Callable[[], None]] = []

    @property
    def ready(self) -> bool:
        """Whether there is a table to route by."""
        return self.has_table.is_set()

    @property
    def resting(self) -> set[int]:
        """Channels whose breaker is open."""
        return self.breakers.resting

    def apply(self, update: Update) -> None:
        """Take over what the Router sent; old and empty parts change nothing."""
        if update.flush_keys:
            self.keys.forget_all()
        elif update.changed_keys:
            self.keys.forget(update.changed_keys)
        if update.recalls:
            self.leases.recalled(update.recalls)
        for channel_id in update.retries:
            self._retry(channel_id)
        self.key_seq = max(update.key_seq, self.key_seq) if not update.flush_keys else update.key_seq
        if update.table is not None:
            self._take_table(decode(update.table))
        if update.live is not None:
            self.live_seq = update.live_seq
            self.live = update.live
            self._take_pools(update.live.pools)

    def upstream_for(self, channel: Channel) -> Upstream:
        """Where the channel's adapter runs: in this process, or in the pool of its family."""
        return self._pools.get(channel.family) or self.direct

    def upstream_failed(self, channel: Channel, error: UpstreamError, key_id: int = 0) -> bool:
        """An attempt failed; whether it was for one key of several: another of the channel may do better."""
        self.suspects.failed(channel.id, key_id, error)
        only_key = key_id != 0 and channel_keys.failed(self.key_rests, key_id, error)
        if not only_key:
            self.breakers.failed(channel.id, error)
        self.telemetry.count("gateway_upstream_errors_total", (channel.provider, error.klass))
        return only_key

    def upstream_succeeded(self, channel: Channel, key_id: int = 0) -> None:
        """An attempt went through."""
        self.breakers.succeeded(channel.id)
        self.suspects.succeeded(channel.id, key_id)
        if key_id and self.key_rests:
            self.key_rests.wake(key_id)

    def _retry(self, channel_id: int) -> None:
        """Somebody says that the channel works again: neither it nor a key of it rests."""
        self.breakers.succeeded(channel_id)
        channel = self.table.channels.get(channel_id)
        if channel is not None and channel.ring is not None:
            for member in channel.ring.members:
                self.key_rests.wake(member.id)

    def channel_name(self, channel_id: int) -> str:
        """For administrators; a channel may have gone meanwhile."""
        channel = self.table.channels.get(channel_id)
        return channel.name if channel is not None else str(channel_id)

    async def give_back(self) -> None:
        """The last request has been settled: quota that is left goes back."""
        await self.leases.close()

    async def close(self) -> None:
        """Stop the background work and close the pools."""
        self.watch.close()
        if self.responses is not None:
            await self.responses.close()
        if self.capture_store is not None:
            await self.capture_store.close()
        await self.rates.close()
        await self.fetcher.close()
        await self.direct.close()

    def _take_table(self, data: TableParts) -> None:
        self.table = RouteTable(data, self._channels.take(data.channels))
        prices = bytes(data.prices)
        if prices != self._prices:
            self._prices, self.prices = prices, PriceBook(decode_prices(prices))
        self.rates.load(data.limits)
        self.captures = captures_of(data.captures, self.capture_store, self.log)
        self.safety = safety_of(data.safety, self._hooks, self._box.open, self.telemetry.count, self.log)
        self.has_table.set()
        for callback in self.on_table:
            callback()

    def _take_pools(self, pools: Sequence[Pool]) -> None:
        for pool in pools:
            known = self._pools.get(pool.family)
            if known is None:
                known = self._pools[pool.family] = Pooled(self.direct, self.internal_token)
            known.members(pool.urls)
        for family in set(self._pools) - {pool.family for pool in pools}:
            del self._pools[family]
