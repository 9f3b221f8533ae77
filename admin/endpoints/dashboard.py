"""The overview: one request for what people look at first. Read only."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from admin import dashboard
from admin.caller import EVERYTHING, Caller, Scope, needs
from admin.endpoints.common import problems
from admin.permissions import Reach
from admin.problems import Problem, invalid
from admin.schemas.account import Money, money_of, time_of
from admin.schemas.base import Reaching, UtcTime
from admin.schemas.dashboard import DashboardOut
from admin.surroundings import Surroundings
from admin.usage_filters import microseconds
from storage.ledger import accounts
from storage.rollups.groups import DAY_US

router = APIRouter(prefix="/dashboard", tags=["dashboard"])

_WORDS: dict[Reach, Reaching] = {Reach.ALL: "all", Reach.ORGANISATION: "organisation", Reach.OWN: "own"}


def scope_of(caller: Caller, wanted: Reaching | None, permission: str) -> tuple[Reaching, Scope]:
    """Whose things are meant: what is asked for, or the widest. Raises a Problem (403, 422)."""
    reach = caller.reaches[permission]
    widest = _WORDS[reach]
    asked = wanted or widest
    if asked == "all":
        caller.require_all(permission)
        return asked, EVERYTHING
    if asked == "organisation":
        if reach is Reach.OWN:
            raise Problem(403, f"You need the permission {permission!r} for your organisation.", slug="forbidden")
        if caller.organisation_id is None:
            raise invalid([("query.scope", "you are in no organisation")])
        return asked, Scope(organisation_id=caller.organisation_id)
    if caller.user_id is None:
        raise invalid([("query.scope", "this credential is nobody's: it has nothing of its own")])
    return asked, Scope(user_id=caller.user_id)


async def _balance(session: AsyncSession, caller: Caller, scope: Scope) -> Money | None:
    if not caller.scope("accounts.read").holds(scope.user_id, scope.organisation_id or caller.organisation_id):
        return None
    for kind, subject in ((accounts.USER, scope.user_id), (accounts.ORGANISATION, scope.organisation_id)):
        if subject is not None:
            found = (await accounts.of(session, kind, [subject])).get(subject)
            return None if found is None else money_of(found)
    return None


@router.get("", responses=problems(), operation_id="get_dashboard")
async def get_dashboard(
    services: Surroundings,
    caller: Annotated[Caller, needs("reports.read")],
    since: Annotated[UtcTime | None, Query(description="The last 24 hours when absent.")] = None,
    until: Annotated[UtcTime | None, Query(description="Now when absent.")] = None,
    scope: Annotated[Reaching | None, Query(description="As far as the caller reaches when absent.")] = None,
    order: Annotated[dashboard.Order, Query(description="What the largest are the largest by.")] = "cost",
) -> DashboardOut:
    """Sums, series, comparison and the largest of a period, in whole hours, or days where it is longer than three."""
    named, whose = scope_of(caller, scope, "reports.read")
    now = services.clock() * 1_000_000
    ends = microseconds(until) or now
    begins = microseconds(since) or ends - int(timedelta(days=1).total_seconds() * 1_000_000)
    if not 0 < ends - begins <= dashboard.MOST_DAYS * DAY_US:
        raise invalid([("query.since", f"must be before until, by at most {dashboard.MOST_DAYS} days")])
    asked = dashboard.period(begins, ends, now)
    everything = named == "all"
    async with services.sessions() as session:
        whole, before, series = await dashboard.sums(session, asked, whose, everything=everything)
        models = dashboard.for_models(asked, whose, whole.requests)
        tops = {
            "top_models": await dashboard.top(session, models, whose, "model", order, everything=everything),
            "top_users": [],
            "top_keys": [],
            "top_channels": [],
        }
        if named == "own":
            tops["top_keys"] = await dashboard.top(session, asked, whose, "key_id", order, everything=False)
        else:
            tops["top_users"] = await dashboard.top(session, asked, whose, "user_id", order, everything=everything)
        if everything:
            tops["top_channels"] = await dashboard.top(session, asked, whose, "channel_id", order, everything=True)
        operator = everything and caller.reach("channels.read") is Reach.ALL
        health = await dashboard.health(session) if operator else None
        balance = await _balance(session, caller, whose)
    return DashboardOut(
        scope=named,
        since=time_of(asked.since // 1_000_000),
        until=time_of((asked.until or now) // 1_000_000),
        per=asked.per,
        now=whole,
        before=before,
        series=series,
        tops_since=time_of(models.since // 1_000_000),
        health=health,
        balance=balance,
        **tops,
    )
