"""Channels: queries and changes. Every change counts the revision "routes" up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import Select, String, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Channel
from storage.models.base import now
from storage.repositories import channel_keys, channel_states, revisions
from storage.repositories.changes import assign

_NEEDED = (
    Channel.id, Channel.name, Channel.provider, Channel.base_url, Channel.secret, Channel.proxy_secret, Channel.models,
    Channel.priority, Channel.weight, Channel.groups, Channel.headers, Channel.settings, Channel.key_mode,
)  # fmt: skip


async def list_all(session: AsyncSession) -> Sequence[Channel]:
    """All channels, by name."""
    return (await session.scalars(select(Channel).order_by(Channel.name))).all()


async def columns(session: AsyncSession) -> Sequence[Any]:
    """What requests need of those that are switched on, by name: a third of the time that rows of the mapper take."""
    return (await session.execute(select(*_NEEDED).where(Channel.enabled.is_(True)).order_by(Channel.name))).all()


async def serving(session: AsyncSession) -> Sequence[Any]:
    """Of those that are switched on what says which models they serve at which price: a tenth of the whole rows."""
    columns = (Channel.id, Channel.provider, Channel.models, Channel.settings, Channel.priority)
    return (await session.execute(select(*columns).where(Channel.enabled.is_(True)))).all()


async def any_enabled(session: AsyncSession) -> bool:
    """Whether there is one that is switched on."""
    return (await session.scalars(select(Channel.id).where(Channel.enabled.is_(True)).limit(1))).first() is not None


def query() -> Select[Channel]:
    """All channels, to be filtered and paged by storage.listing."""
    return select(Channel)


def search(statement: Select[Channel], q: str) -> Select[Channel]:
    """Narrow to channels with that in name, provider, tag, remark or address, or of that id."""
    parts = [
        column.icontains(q, autoescape=True)
        for column in (Channel.name, Channel.provider, Channel.tag, Channel.remark, Channel.base_url)
    ]
    if q.isascii() and q.isdigit() and len(q) <= 9:
        parts.append(Channel.id == int(q))
    return statement.where(or_(*parts))


def serving_group(statement: Select[Channel], group: str) -> Select[Channel]:
    """Narrow to channels that name this group."""
    return statement.where(cast(Channel.groups, String).contains(f'"{group}"', autoescape=True))


async def accepting(session: AsyncSession, model: str) -> list[int]:
    """The ids of the channels that take requests for this model: by its name, or by a glob."""
    text = cast(Channel.models, String)
    statement = select(Channel.id, Channel.models)
    if model.isascii():  # other letters may be stored in either of two ways
        statement = statement.where(or_(text.contains(f'"{model}"', autoescape=True), text.contains("*")))
    return [
        number
        for number, models in await session.execute(statement)
        if model in models or any("*" in name and fnmatchcase(model, name) for name in models)
    ]


async def ids(session: AsyncSession, statement: Select[Channel], *, limit: int) -> list[int]:
    """The ids of the channels that a query finds."""
    return list(
        (await session.scalars(statement.with_only_columns(Channel.id).order_by(Channel.id).limit(limit))).all()
    )


async def of_tag(session: AsyncSession, tag: str) -> Sequence[Channel]:
    """The channels of a tag, by name."""
    return (await session.scalars(select(Channel).where(Channel.tag == tag).order_by(Channel.name))).all()


async def tags(session: AsyncSession) -> dict[str, int]:
    """How many channels each tag has."""
    statement = select(Channel.tag, func.count()).where(Channel.tag != "").group_by(Channel.tag).order_by(Channel.tag)
    return {row[0]: row[1] for row in await session.execute(statement)}


async def get(session: AsyncSession, channel_id: int) -> Channel | None:
    """The channel of that id."""
    return await session.get(Channel, channel_id)


async def find_by_name(session: AsyncSession, name: str) -> Channel | None:
    """The channel of that name."""
    return (await session.scalars(select(Channel).where(Channel.name == name))).one_or_none()


async def create(session: AsyncSession, channel: Channel) -> Channel:
    """Store a new channel; its id is filled in. Raises sqlalchemy.exc.IntegrityError when the name is taken."""
    await revisions.bump(session, revisions.ROUTES)
    session.add(channel)
    await session.flush()
    return channel


async def update(session: AsyncSession, channel: Channel, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value. Raises IntegrityError as `create`."""
    if changes.get("enabled", channel.enabled) != channel.enabled:
        # Whoever does it says why, or it is done by hand.
        by_hand = {"off_by": "", "off_reason": "", "off_at": None if changes["enabled"] else now()}
        changes = {**by_hand, **changes}
    if not assign(channel, changes):
        return False
    channel.updated_at = now()
    await revisions.bump(session, revisions.ROUTES)
    await session.flush()
    return True


async def remove(session: AsyncSession, channel: Channel) -> None:
    """Delete the channel. Usage records keep its id, which is never given again."""
    await channel_keys.remove_of(session, channel.id)
    await channel_states.remove(session, channel.id)
    await session.delete(channel)
    await session.flush()
