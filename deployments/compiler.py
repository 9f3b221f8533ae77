"""Database rows -> TableData: what the Router compiles and sends.

Reads only; one session, closed before anything else is awaited.
"""

import time
from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from adapters.safety.rule import SafetyRule as SafetyRow
from deployments.aliases import with_aliases
from deployments.capture import CaptureRow
from deployments.groups import GroupRow
from deployments.local import is_local
from deployments.offers import offered
from deployments.rates_rules import limit_row
from deployments.settings import Timeouts
from deployments.table import ChannelRow, TableData, setting
from storage.models import CaptureRule, Channel, ChannelKey, Group, SafetyRule
from storage.pricing.book import needed
from storage.pricing.units import ONE, millionths
from storage.repositories import (
    captures,
    channel_keys,
    channels,
    groups,
    limits,
    models,
    options,
    prices,
    revisions,
    safety_rules,
)

HIDDEN = "hidden"
"""Visibility of a model that is served and not listed."""


Before = dict[int, tuple[object, ChannelRow]]
"""By channel what the database said of it, and what was made of that: with thousands of channels few ever change."""


async def compile_table(
    session: AsyncSession,
    timeouts: Timeouts,
    known: int | None = None,
    trusted: Sequence[str] = (),
    before: Before | None = None,
) -> TableData | None:
    """The table as the database has it now; its version is the revision "routes". None when that is still `known`.

    `trusted` are the networks of proxies that file and environment name, unless the console names others. `before` is
    kept for the next time.
    """
    version = (await revisions.current(session)).get(revisions.ROUTES, 0)
    if version == known:
        return None
    rows = await _channels(session, timeouts, {} if before is None else before)
    listed = await models.list_all(session)
    aliases = {alias: model.name for model in listed for alias in model.aliases}
    rows = [msgspec.structs.replace(row, models=with_aliases(row.models, aliases)) for row in rows] if aliases else rows
    costs = needed(await prices.entries(session), int(time.time()))
    rules = [limit_row(limit) for limit in await limits.list_all(session) if limit.enabled]
    allowed = [group_row(group) for group in await groups.list_all(session)]
    safety = [safety_row(rule) for rule in await safety_rules.list_all(session) if rule.enabled]
    kept = [capture_row(rule) for rule in await captures.list_rules(session) if rule.enabled]
    return TableData(
        version, rows, costs, await groups.ratios(session), rules, allowed, kept,
        trusted=await _trusted(session, trusted),
        hidden=sorted(model.name for model in listed if model.visibility == HIDDEN),
        safety=safety,
    )  # fmt: skip


async def _channels(session: AsyncSession, timeouts: Timeouts, before: Before) -> list[ChannelRow]:
    """The channels that may be used: of several keys at least one is in use."""
    several = await channel_keys.enabled(session)
    found: Before = {}
    for channel in await channels.columns(session):
        keys = several.get(channel.id)
        if keys == []:
            continue
        said = (tuple(channel), timeouts, None if keys is None else [(key.id, key.secret) for key in keys])
        known = before.get(channel.id)
        row = known[1] if known is not None and known[0] == said else channel_row(channel, timeouts, keys)
        found[channel.id] = (said, row)
    before.clear()
    before.update(found)
    return [row for _, row in found.values()]


async def _trusted(session: AsyncSession, otherwise: Sequence[str]) -> list[str]:
    for option in await options.of_area(session, "network"):
        if option.name == "trusted_proxies" and isinstance(option.value, list):
            return [str(item) for item in option.value]
    return list(otherwise)


def capture_row(rule: CaptureRule) -> CaptureRow:
    """Whose bodies are kept, and how."""
    return CaptureRow(rule.id, rule.scope, rule.scope_id, rule.max_bytes, rule.keep_s, rule.until, rule.redact)


def safety_row(rule: SafetyRule) -> SafetyRow:
    """What may not go through."""
    known = {name: value for name, value in rule.terms.items() if name in SafetyRow.__struct_fields__}
    row = SafetyRow(**{**known, "id": rule.id, "name": rule.name, "kind": rule.kind, "action": rule.action})
    return msgspec.structs.replace(row, url=row.url or "", secret=rule.secret or b"")


def group_row(group: Group) -> GroupRow:
    """What a group allows."""
    return GroupRow(group.name, group.models, group.usable_by, group.auto_rank)


def channel_row(channel: Channel, timeouts: Timeouts, keys: Sequence[ChannelKey] | None = None) -> ChannelRow:
    """One channel with its own timeouts or the defaults; `keys` are those in use of a channel with several."""
    offer = offered(channel.provider, channel.base_url, channel.settings)
    ratio = (channel.settings or {}).get("price_ratio")
    return ChannelRow(
        id=channel.id,
        name=channel.name,
        provider=channel.provider,
        family=offer.family,
        base_url=offer.base_url,
        secret=channel.secret or b"",
        models=dict(channel.models),
        priority=channel.priority,
        weight=channel.weight,
        headers=dict(channel.headers or {}),
        stream_usage=offer.stream_usage,
        connect_s=setting(channel.settings, "connect_timeout_s", timeouts.connect_s),
        first_byte_s=setting(channel.settings, "first_byte_timeout_s", timeouts.first_byte_s),
        idle_s=setting(channel.settings, "idle_timeout_s", timeouts.idle_s),
        proxy=str((channel.settings or {}).get("proxy") or ""),
        price_ratio=ONE if ratio is None else millionths(str(ratio)),
        local=is_local(offer.base_url),
        proxy_secret=channel.proxy_secret or b"",
        protocols=offer.protocols,
        prefers=offer.prefers,
        settings=dict(channel.settings or {}),
        groups=channel.groups,
        keys=None if keys is None else [(key.id, key.secret) for key in keys],
        key_mode=channel.key_mode,
    )
