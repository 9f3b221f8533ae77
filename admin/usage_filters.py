"""What usage may be narrowed by: from names in a query to what storage searches for, within a caller's reach.

Of what a caller does not reach, names mean nothing: they are answered like names that nobody has.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from admin import owners, team_rows
from admin.caller import EVERYTHING, Caller, Scope
from admin.endpoints.common import object_id
from admin.problems import not_found
from admin.schemas.base import MAX_ID, UtcTime
from storage.models import Channel, Key, Organisation, Team, User
from storage.repositories import names, teams
from storage.repositories.usage_search import Wanted

KINDS: dict[str, names.Named] = {
    "key": Key, "user": User, "team": Team, "organisation": Organisation, "channel": Channel,
}  # fmt: skip

OPERATORS_ONLY = frozenset({"channel", "provider", "upstream_model", "upstream_request_id"})
"""How requests are served: nothing for those who only reach their own, or their organisation's."""

_TEXT = r"^[^\x00]*$"
Named = Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")]
Word = Annotated[str | None, Query(min_length=1, max_length=255, pattern=_TEXT)]


class Narrowing(msgspec.Struct, frozen=True):
    """What a query says, unresolved."""

    since: datetime | None
    until: datetime | None
    named: dict[str, str]
    """Names or ids of key, user, team, organisation and channel."""
    plain: dict[str, Any]
    """What needs no looking up, as fields of Wanted."""


async def _sums(
    since: Annotated[UtcTime | None, Query(description="Requests that began then or later.")] = None,
    until: Annotated[UtcTime | None, Query(description="Requests that began before.")] = None,
    key: Named = None,
    user: Named = None,
    team: Annotated[
        str | None, Query(min_length=1, max_length=200, pattern=_TEXT, description="Id or ORGANISATION/TEAM.")
    ] = None,
    organisation: Named = None,
    group: Annotated[str | None, Query(max_length=64, pattern=_TEXT, description="The group that was priced.")] = None,
    channel: Named = None,
    model: Annotated[
        str | None, Query(min_length=1, max_length=255, pattern=_TEXT, description="As asked for.")
    ] = None,
    provider: Annotated[str | None, Query(min_length=1, max_length=64, pattern=_TEXT)] = None,
    operation: Annotated[str | None, Query(min_length=1, max_length=32, pattern=_TEXT)] = None,
    status: Annotated[int | None, Query(ge=100, le=599, description="What the client was answered with.")] = None,
) -> Narrowing:
    named = {"key": key, "user": user, "team": team, "organisation": organisation, "channel": channel}
    plain = {"group": group, "model": model, "provider": provider, "operation": operation, "status": status}
    return Narrowing(since, until, _given(named), _given(plain))


async def _rows(
    sums: Annotated[Narrowing, Depends(_sums)],
    end: Annotated[str | None, Query(min_length=1, max_length=32, pattern=_TEXT, examples=["client_gone"])] = None,
    failed: Annotated[
        bool | None, Query(description="true: status 400 or above, or not come to its end; false: the others.")
    ] = None,
    stream: bool | None = None,
    upstream_request_id: Annotated[Word, Query(description="The provider's name of the request.")] = None,
    upstream_model: Annotated[Word, Query(description="As the channel was asked.")] = None,
    client_ip: Annotated[str | None, Query(min_length=1, max_length=64, pattern=_TEXT)] = None,
    media: Annotated[bool | None, Query(description="Whether images, sound or video were counted.")] = None,
) -> Narrowing:
    plain = {
        "end": end,
        "failed": failed,
        "stream": stream,
        "upstream_request_id": upstream_request_id,
        "upstream_model": upstream_model,
        "client_ip": client_ip,
        "media": media,
    }
    return msgspec.structs.replace(sums, plain={**sums.plain, **_given(plain)})


SumFilters = Annotated[Narrowing, Depends(_sums)]
"""What sums can be narrowed by."""

RowFilters = Annotated[Narrowing, Depends(_rows)]
"""What single requests can be searched by."""


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


async def wanted(session: AsyncSession, found: Narrowing, caller: Caller, permission: str, text: str = "") -> Wanted:
    """What to look for: what the query says and the caller reaches. Raises a Problem (403, 404)."""
    scope = caller.scope(permission)
    if scope != EVERYTHING and not OPERATORS_ONLY.isdisjoint({*found.named, *found.plain}):
        caller.require_all(permission)
    ids: dict[str, Any] = {
        f"{word}_id": await _id(session, word, ref, scope, caller) for word, ref in found.named.items()
    }
    if scope.user_id is not None and (led := await _led(session, ids, caller)):
        # Of a team that the caller leads everybody's requests; of one of its keys those that it made as the team's.
        if ids.setdefault("team_id", led) != led:
            ids["team_id"] = -1
        scope = EVERYTHING
    # An id that is asked for and not within reach finds nothing, like one that nobody has.
    for column, reached in (("user_id", scope.user_id), ("organisation_id", scope.organisation_id)):
        if reached is not None and ids.setdefault(column, reached) != reached:
            ids[column] = -1
    return Wanted(since=microseconds(found.since), until=microseconds(found.until), text=text, **ids, **found.plain)


async def _led(session: AsyncSession, ids: dict[str, Any], caller: Caller) -> int:
    """The team that a question is about, or that its key belongs to, when the caller leads it; else 0."""
    team_id = ids.get("team_id", 0)
    if not team_id and "key_id" in ids:
        team_id = await owners.team_of(session, "key", ids["key_id"])
    led = team_id and caller.user_id is not None and await teams.leads(session, team_id, caller.user_id)
    return team_id if led else 0


async def _id(session: AsyncSession, word: str, ref: str, scope: Scope, caller: Caller) -> int:
    """The id of a key, user, team, organisation or channel; ids of removed ones are fine, for their records remain."""
    number = object_id(ref)
    if number is not None:
        return min(number, MAX_ID)
    if word == "team":
        team = await team_rows.find(session, ref, caller.organisation_id)
        found = team.id if team is not None else None
    else:
        found = await names.id_of(session, KINDS[word], ref)
    if found is None or not await owners.holds(session, scope, word, found, lead=True):
        raise not_found(word, ref)
    return found


def microseconds(time: datetime | None) -> int | None:
    """Unix time in microseconds, as in usage records."""
    return None if time is None else int(time.timestamp() * 1_000_000)
