"""Taking a change of a channel or of settings back, as the audit log has it. Secrets are in no entry, and stay.

What has been changed again since is taken back only where that is asked for.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin import channel_rows, providers
from admin.options.base import areas
from admin.problems import Problem
from admin.schemas.channel import ChannelPatch
from admin.services import Services
from storage.models import AuditEntry, Channel

Fields = dict[str, Any]
NOTE = "rollback_of"
_NOT_PATCHED = {"secret", "proxy_secret"}


def _apart(row: AuditEntry) -> tuple[Fields, Fields]:
    before, after = dict(row.before or {}), dict(row.after or {})
    for states in (before, after):
        states.pop(NOTE, None)
        states.pop("replaced", None)
    return before, after


def _refuse_changed(now: Fields, after: Fields, names: list[str], *, force: bool) -> None:
    """Raise 409 when one of the fields is not any more what the entry made of it."""
    changed = [name for name in names if name in after and now.get(name) != after[name]]
    if changed and not force:
        raise Problem(409, f"This was changed again since: {', '.join(changed)}.", slug="changed-since")


async def of_settings(
    session: AsyncSession, services: Services, row: AuditEntry, *, force: bool
) -> tuple[Fields, Fields, list[str]]:
    """(the change that takes the entry back, what is there now, what is left)."""
    before, after = _apart(row)
    group = areas().get(row.object_id)
    if group is None:
        raise Problem(409, "There is no such area of settings any more.")
    usable = [name for name in before if name in group.model_fields and not group.is_secret(name)]
    now = (await services.options.read(session, group)).shown()
    _refuse_changed(now, after, usable, force=force)
    left = sorted(set(before) - set(usable))
    return {name: before[name] for name in usable if now[name] != before[name]}, now, left


async def of_channel(
    session: AsyncSession, services: Services, row: AuditEntry, *, force: bool
) -> tuple[Channel, Fields, Fields, list[str]]:
    """(the channel, the change that takes the entry back, what is there now, what is left)."""
    before, after = _apart(row)
    channel = await channel_rows.load(session, row.object_id)
    (shown,) = await channel_rows.shown(session, services, [channel])
    now = channel_rows.steady(shown).model_dump(mode="json")
    usable = [name for name in before if name in ChannelPatch.model_fields and name not in _NOT_PATCHED]
    _refuse_changed(now, after, usable, force=force)
    change = {name: before[name] for name in usable if now[name] != before[name]}
    if "settings" in change:
        # Of settings a patch changes what it names: what was not there is removed by null.
        fresh = now["settings"]
        change["settings"] = {name: before["settings"].get(name) for name in {*before["settings"], *fresh}
                              if before["settings"].get(name) != fresh.get(name)}  # fmt: skip
    if "base_url" in change:
        settings = before.get("settings", now["settings"])
        own = providers.protocols(services.providers, before.get("provider", channel.provider), "", settings)
        if next(iter(own.values()), "") == change["base_url"]:
            change["base_url"] = None
    derived = {"protocols", "secret_hint", "has_proxy_secret", "off_by", "off_reason", "off_at", "key", "updated_at"}
    return channel, change, now, sorted(set(before) - set(usable) - (derived - {"secret_hint", "has_proxy_secret"}))
