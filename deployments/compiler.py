"""Database rows -> TableData: what the Router compiles and sends.

Reads only; one session, closed before anything else is awaited.
"""

import time

from sqlalchemy.ext.asyncio import AsyncSession

from adapters.registry import PROVIDERS
from deployments.local import is_local
from deployments.rates_rules import limit_row
from deployments.settings import Timeouts
from deployments.table import ChannelRow, TableData, setting
from storage.models import Channel
from storage.pricing.book import needed
from storage.pricing.units import ONE, millionths
from storage.repositories import channels, groups, limits, prices, revisions


async def compile_table(session: AsyncSession, timeouts: Timeouts, known: int | None = None) -> TableData | None:
    """The table as the database has it now; its version is the revision "routes". None when that is still `known`."""
    version = (await revisions.current(session)).get(revisions.ROUTES, 0)
    if version == known:
        return None
    rows = [channel_row(channel, timeouts) for channel in await channels.list_all(session) if channel.enabled]
    costs = needed(await prices.list_all(session), int(time.time()))
    rules = [limit_row(limit) for limit in await limits.list_all(session) if limit.enabled]
    return TableData(version, rows, costs, await groups.ratios(session), rules)


def channel_row(channel: Channel, timeouts: Timeouts) -> ChannelRow:
    """One channel with its own timeouts or the defaults."""
    provider = PROVIDERS.get(channel.provider) or PROVIDERS["openai-compatible"]
    base_url = channel.base_url or provider.base_url
    ratio = (channel.settings or {}).get("price_ratio")
    return ChannelRow(
        id=channel.id,
        name=channel.name,
        provider=channel.provider,
        family=provider.family,
        base_url=base_url,
        secret=channel.secret or b"",
        models=dict(channel.models),
        priority=channel.priority,
        weight=channel.weight,
        headers=dict(channel.headers or {}),
        stream_usage=provider.stream_usage,
        connect_s=setting(channel.settings, "connect_timeout_s", timeouts.connect_s),
        first_byte_s=setting(channel.settings, "first_byte_timeout_s", timeouts.first_byte_s),
        idle_s=setting(channel.settings, "idle_timeout_s", timeouts.idle_s),
        proxy=str((channel.settings or {}).get("proxy") or ""),
        price_ratio=ONE if ratio is None else millionths(str(ratio)),
        local=is_local(base_url),
        proxy_secret=channel.proxy_secret or b"",
    )
