"""Deliveries: each event on its way to each target, when it is tried again, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.events import outbox, targets
from storage.models.event import Delivery, Event, Target

WAITING = "waiting"
DELIVERED = "delivered"
FAILED = "failed"

PAUSES_S = (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
"""Seconds until each next attempt; then it has failed."""

FAILURES = 10
"""A target to which so many events in a row could not be delivered is switched off."""


class Result(NamedTuple):
    """How an attempt ended. `gone`: the target says that it wants nothing any more. Texts are safe to show."""

    delivered: bool
    status: int = 0
    milliseconds: int = 0
    problem: str = ""
    answer: str = ""
    gone: bool = False


async def route(session: AsyncSession, *, now: int, limit: int = 200) -> int:
    """Make the deliveries of events that have none yet; returns how many events that were."""
    events = await outbox.unrouted(session, limit=limit)
    if not events:
        return 0
    for event_id, rows in (await targets.concerned(session, events)).items():
        for row in rows:
            session.add(Delivery(target_id=row.id, event_id=event_id, next_at=now, created_at=now))
    await session.flush()
    await outbox.mark_routed(session, [event.id for event in events])
    return len(events)


async def waiting(session: AsyncSession, *, now: int) -> bool:
    """Whether an event has no deliveries yet, or a delivery is to be tried now."""
    statement = select(
        or_(
            select(Event.id).where(Event.routed.is_(False)).exists(),
            select(Delivery.id).where(Delivery.state == WAITING, Delivery.next_at <= now).exists(),
        )
    )
    return bool(await session.scalar(statement))


async def create(session: AsyncSession, target_id: int, event_id: int, now: int) -> Delivery:
    """One delivery, to be tried at once."""
    row = Delivery(target_id=target_id, event_id=event_id, next_at=now, created_at=now)
    session.add(row)
    await session.flush()
    return row


async def due(session: AsyncSession, *, now: int, limit: int) -> Sequence[tuple[Delivery, Event, Target]]:
    """What is to be tried now, the longest overdue first."""
    statement = (
        select(Delivery, Event, Target)
        .join(Event, Event.id == Delivery.event_id)
        .join(Target, Target.id == Delivery.target_id)
        .where(Delivery.state == WAITING, Delivery.next_at <= now)
        .order_by(Delivery.next_at, Delivery.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(statement)]


async def note(session: AsyncSession, delivery_id: int, result: Result, *, now: int) -> None:
    """Write down how an attempt ended, and when the next one is. A target that keeps failing is switched off."""
    row = await session.get(Delivery, delivery_id)
    if row is None or row.state != WAITING:
        return
    row.attempts += 1
    row.status, row.milliseconds, row.tried_at = result.status, result.milliseconds, now
    row.problem, row.answer = result.problem[:500], result.answer
    target = await session.get(Target, row.target_id)
    if result.delivered:
        row.state = DELIVERED
        if target is not None:
            target.failures = 0
    elif result.gone or row.attempts > len(PAUSES_S) or target is None:
        row.state = FAILED
        if target is not None:
            await _failed(session, target, result, now)
    else:
        row.next_at = now + PAUSES_S[row.attempts - 1]
    await session.flush()


async def _failed(session: AsyncSession, target: Target, result: Result, now: int) -> None:
    target.failures += 1
    if not target.enabled or not (result.gone or target.failures >= FAILURES):
        return
    target.enabled = False
    target.disabled_because = "It answered 410 Gone." if result.gone else f"{target.failures} events in a row failed."
    data = {"target_id": target.id, "name": target.name, "kind": target.kind, "because": target.disabled_because}
    await outbox.emit(
        session, "target.disabled", data, user_id=target.user_id, organisation_id=target.organisation_id, now=now
    )


def of_target(target_id: int, *, state: str = "", kind: str = "") -> Select[Delivery]:
    """The deliveries to a target, of that state and of events of that kind where they are given."""
    statement = select(Delivery).where(Delivery.target_id == target_id)
    if state:
        statement = statement.where(Delivery.state == state)
    if kind:
        statement = statement.join(Event, Event.id == Delivery.event_id).where(Event.kind == kind)
    return statement


async def events_of(session: AsyncSession, rows: Sequence[Delivery]) -> Mapping[int, Event]:
    """The events of these deliveries, by id."""
    ids = {row.event_id for row in rows}
    if not ids:
        return {}
    return {event.id: event for event in await session.scalars(select(Event).where(Event.id.in_(ids)))}


async def get(session: AsyncSession, delivery_id: int) -> Delivery | None:
    """The delivery of that id."""
    return await session.get(Delivery, delivery_id)


async def again(session: AsyncSession, row: Delivery, *, now: int) -> Delivery:
    """Deliver that event to that target now, and what has ended once more: as a delivery of its own, of the same event.

    One that waits for its next try is not doubled; it is tried now.
    """
    if row.state == WAITING:
        row.next_at = min(row.next_at, now)
        await session.flush()
        return row
    last = select(func.max(Delivery.round)).where(
        Delivery.target_id == row.target_id, Delivery.event_id == row.event_id
    )  # fmt: skip
    number = (await session.scalar(last) or 0) + 1
    fresh = Delivery(target_id=row.target_id, event_id=row.event_id, round=number, next_at=now, created_at=now)
    session.add(fresh)
    await session.flush()
    return fresh
