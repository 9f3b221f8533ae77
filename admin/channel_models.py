"""A channel's models compared with its upstream's, and taking over the difference. Decides and writes; asks nobody."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit
from admin.channel_health import GATEWAY
from admin.schemas.channel_more import UpstreamModels
from admin.schemas.models import MAX_MODELS, check_pattern
from admin.services import ChannelAskError, Services
from admin.surroundings import announce
from storage.events.outbox import emit
from storage.models import Channel
from storage.models.base import now
from storage.repositories import channel_states, channels


def compared(row: Channel, listed: Sequence[str]) -> UpstreamModels:
    """What is new there, and what is gone: upstream names that no model of the channel means any more.

    A glob of the channel's covers what it matches: that is neither new nor gone.
    """
    ignored = [name for name in listed if _any(name, row.ignored_models or ())]
    there = set(listed)
    meant = {public: upstream or public for public, upstream in row.models.items() if "*" not in public}
    globs = [public for public in row.models if "*" in public]
    served = set(meant.values())
    new = [
        name
        for name in listed
        if name not in served and name not in ignored and not _any(name, globs) and _can_be_named(name)
    ]
    gone = [public for public, upstream in meant.items() if upstream not in there]
    return UpstreamModels(
        models=list(listed), new=new, gone=[name for name in gone if not _any(name, row.ignored_models or ())],
        ignored=ignored,
    )  # fmt: skip


def _any(name: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _can_be_named(name: str) -> bool:
    try:
        check_pattern(name)
    except ValueError:
        return False
    return "*" not in name


def applied(row: Channel, add: Sequence[str], remove: Sequence[str]) -> dict[str, str]:
    """The channel's models with some more and some fewer."""
    gone = set(remove)
    kept = {public: upstream for public, upstream in row.models.items() if public not in gone}
    return kept | {name: "" for name in add if name not in kept}


async def look(services: Services, channel_id: int) -> UpstreamModels:
    """Ask the upstream, compare, and note what was seen. Raises ChannelAskError."""
    try:
        listed = await services.upstream_models(channel_id)
    except ChannelAskError as error:
        async with services.sessions.begin() as session:
            if await channels.get(session, channel_id) is not None:
                await channel_states.note(session, channel_id, models_at=now(), models_error=str(error)[:255])
        raise
    async with services.sessions.begin() as session:
        row = await channels.get(session, channel_id)
        if row is None:
            raise ChannelAskError("There is no such channel.")
        found = compared(row, listed)
        await channel_states.note(
            session, channel_id, models_at=now(), models_new=found.new[:500], models_gone=found.gone[:500],
            models_error="",
        )  # fmt: skip
    return found


async def follow(services: Services, channel_id: int) -> UpstreamModels:
    """A look by the clock: tell of a change, and take it over where the channel asks for that. Raises as `look`."""
    async with services.sessions() as session:
        before = (await channel_states.of(session, [channel_id])).get(channel_id)
    known = ((before.models_new or []), (before.models_gone or [])) if before is not None else ([], [])
    found = await look(services, channel_id)
    if (found.new, found.gone) == known or not (found.new or found.gone):
        return found
    async with services.sessions.begin() as session:
        row = await channels.get(session, channel_id)
        if row is None:
            return found
        added = found.new if row.watch_models in {"add", "sync"} else []
        removed = found.gone if row.watch_models == "sync" else []
        changed = await _take_over(session, services, row, added, removed)
        data = {
            "channel": row.name, "channel_id": row.id, "new": found.new[:100], "gone": found.gone[:100],
            "added": len(added) if changed else 0, "removed": len(removed) if changed else 0,
        }  # fmt: skip
        await emit(session, "channel.models", data, now=services.clock())
    if changed:
        await announce(services)
    return found


async def _take_over(
    session: AsyncSession, services: Services, row: Channel, added: Sequence[str], removed: Sequence[str]
) -> bool:
    models = applied(row, added, removed)
    # A channel without models serves nothing: that is for somebody to decide.
    if not models or len(models) > MAX_MODELS or models == row.models:
        return False
    before = row.models
    await channels.update(session, row, {"models": models})
    await audit.record(
        session, services, GATEWAY, "channels.models", kind="channel", id=row.id, name=row.name,
        before={"models": before}, after={"models": models},
    )  # fmt: skip
    await channel_states.note(session, row.id, models_new=[])
    if removed:
        await channel_states.note(session, row.id, models_gone=[])
    return True
