"""The outbox: an event is written in the transaction of what it tells about, so that neither is there alone."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Insert, Select, delete, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.events.kinds import KINDS
from storage.ledger.transactions import table_of
from storage.models.event import Delivery, Event

_EVENTS = table_of(Event)
OPERATORS = sorted(name for name, kind in KINDS.items() if kind.operators)
"""Kinds that only operators hear of."""


async def emit(
    session: AsyncSession,
    kind: str,
    data: dict[str, Any],
    *,
    user_id: int | None = None,
    organisation_id: int | None = None,
    dedupe: str | None = None,
    now: int | None = None,
) -> None:
    """Tell that something happened, in the caller's transaction. `user_id` and `organisation_id` are whom it is about.

    `data` are plain values without secrets, money as decimal text in USD. With `dedupe` the same thing is told once.
    Raises KeyError for a kind that storage/events/kinds.py does not have.
    """
    KINDS[kind]
    row = {
        "kind": kind, "user_id": user_id, "organisation_id": organisation_id, "data": data, "dedupe": dedupe,
        "routed": False, "created_at": int(time.time()) if now is None else now,
    }  # fmt: skip
    await session.execute(_insert(session.get_bind().dialect.name), row)


async def add(
    session: AsyncSession, kind: str, data: dict[str, Any], owner: tuple[int | None, int | None], now: int
) -> Event:
    """An event of which the caller makes the deliveries; its id is filled in."""
    row = Event(kind=kind, data=data, user_id=owner[0], organisation_id=owner[1], routed=True, created_at=now)
    session.add(row)
    await session.flush()
    return row


def query(user_id: int | None, organisation_id: int | None) -> Select[Event]:
    """The events about a user, or about an organisation; with neither all of them."""
    statement = select(Event)
    if user_id is not None:
        return statement.where(Event.user_id == user_id, Event.kind.not_in(OPERATORS))
    if organisation_id is not None:
        return statement.where(Event.organisation_id == organisation_id, Event.kind.not_in(OPERATORS))
    return statement


def _insert(dialect: str) -> Insert:
    if dialect == "postgresql":
        return postgresql.insert(_EVENTS).on_conflict_do_nothing()
    if dialect == "sqlite":
        return sqlite.insert(_EVENTS).on_conflict_do_nothing()
    insert = mysql.insert(_EVENTS)
    return insert.on_duplicate_key_update(kind=insert.inserted.kind)


async def unrouted(session: AsyncSession, *, limit: int) -> Sequence[Event]:
    """Events that nobody has made deliveries of yet, the oldest first."""
    return (await session.scalars(select(Event).where(Event.routed.is_(False)).order_by(Event.id).limit(limit))).all()


async def mark_routed(session: AsyncSession, ids: Collection[int]) -> None:
    """Their deliveries exist."""
    statement = update(Event).where(Event.id.in_(list(ids))).values(routed=True)
    await session.execute(statement.execution_options(synchronize_session=False))


async def get(session: AsyncSession, event_id: int) -> Event | None:
    """The event of that id."""
    return await session.get(Event, event_id)


async def forget(session: AsyncSession, before: int, *, limit: int = 1000) -> int:
    """Remove events from before that time with their deliveries, at most `limit`; returns how many."""
    old = select(Event.id).where(Event.created_at < before).order_by(Event.created_at).limit(limit)
    ids = list(await session.scalars(old))
    if ids:
        for statement in (delete(Delivery).where(Delivery.event_id.in_(ids)), delete(Event).where(Event.id.in_(ids))):
            await session.execute(statement.execution_options(synchronize_session=False))
    return len(ids)
