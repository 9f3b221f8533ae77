"""Recording who changed what: one entry in the transaction of each change. It must never be handed a secret."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import Caller
from admin.services import Services
from storage.models import AuditEntry
from storage.repositories import audit

State = BaseModel | dict[str, Any] | None

MAX_BYTES = 64 * 1024
"""A state that is larger is recorded as its size only."""


async def record(
    session: AsyncSession,
    services: Services,
    caller: Caller,
    action: str,
    *,
    kind: str,
    id: int | str,  # noqa: A002  # the field's name
    name: str = "",
    before: State = None,
    after: State = None,
    organisation_id: int | None = None,
) -> None:
    """Record `action` ("keys.create") on an object. Of a change only the fields that differ are kept.

    `before` and `after` are what the API shows of the object, or dicts of plain values: no secrets are in them.
    `organisation_id` is whose the object is; without it the caller's.
    """
    entry = _entry(services, caller, action, kind, Made(id, name, after, organisation_id), before)
    await audit.add(session, AuditEntry(**entry))


class Made(NamedTuple):
    """One object of several that were made together."""

    id: int | str
    name: str
    after: State
    organisation_id: int | None = None


async def record_all(
    session: AsyncSession, services: Services, caller: Caller, action: str, *, kind: str, entries: Sequence[Made]
) -> None:
    """As `record`, for many objects that were made together."""
    await audit.add_all(session, [_entry(services, caller, action, kind, made, None) for made in entries])


def _entry(services: Services, caller: Caller, action: str, kind: str, made: Made, before: State) -> dict[str, Any]:
    was, became = _plain(before), _plain(made.after)
    if was is not None and became is not None:
        names = {key for key in {*was, *became} if was.get(key) != became.get(key)} - {"updated_at", "etag"}
        was = {key: value for key, value in was.items() if key in names}
        became = {key: value for key, value in became.items() if key in names}
    return {
        "at": services.clock(),
        "actor": caller.name[:128],
        "actor_user_id": caller.user_id,
        "organisation_id": caller.organisation_id if made.organisation_id is None else made.organisation_id,
        "action": action,
        "object_kind": kind,
        "object_id": str(made.id)[:64],
        "object_name": made.name[:200],
        "before": _bounded(was),
        "after": _bounded(became),
        "ip": caller.ip[:64],
        "agent": caller.agent[:200],
        "request_id": caller.request_id[:64],
    }


def _plain(state: State) -> dict[str, Any] | None:
    return state.model_dump(mode="json") if isinstance(state, BaseModel) else state


def _bounded(state: dict[str, Any] | None) -> dict[str, Any] | None:
    if state is None:
        return None
    size = len(msgspec.json.encode(state))
    return state if size <= MAX_BYTES else {"bytes": size}
