"""Database rows -> TableData: what the Router compiles and sends.

Reads only; one session, closed before anything else is awaited.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from adapters.registry import PROVIDERS
from deployments.settings import Timeouts
from deployments.table import ChannelRow, PriceRow, TableData, setting
from storage.models import Channel
from storage.repositories import channels, prices, revisions


async def compile_table(session: AsyncSession, timeouts: Timeouts, known: int | None = None) -> TableData | None:
    """The table as the database has it now; its version is the revision "routes". None when that is still `known`."""
    version = (await revisions.current(session)).get(revisions.ROUTES, 0)
    if version == known:
        return None
    rows = [channel_row(channel, timeouts) for channel in await channels.list_all(session) if channel.enabled]
    costs = [
        PriceRow(
            price.id,
            price.provider,
            price.model,
            price.input,
            price.output,
            price.cache_read,
            price.cache_write,
            price.source,
        )
        for price in await prices.list_all(session)
    ]
    return TableData(version, rows, costs)


def channel_row(channel: Channel, timeouts: Timeouts) -> ChannelRow:
    """One channel with its own timeouts or the defaults."""
    provider = PROVIDERS.get(channel.provider) or PROVIDERS["openai-compatible"]
    return ChannelRow(
        id=channel.id,
        name=channel.name,
        provider=channel.provider,
        family=provider.family,
        base_url=channel.base_url or provider.base_url,
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
        proxy_secret=channel.proxy_secret or b"",
    )
