"""How money flows: what is paid in and given, what is taken, and what it costs. Read only."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from admin.caller import Caller, needs
from admin.dashboard import filters
from admin.endpoints.common import problems
from admin.endpoints.dashboard import scope_of
from admin.problems import invalid
from admin.schemas.account import time_of
from admin.schemas.base import Reaching, UtcTime
from admin.schemas.money_flow import Amounts, FlowPart, MoneyFlow
from admin.surroundings import Surroundings
from storage.ledger import flow
from storage.repositories import usage_totals

router = APIRouter(prefix="/money", tags=["accounts"])

MOST_DAYS = 1100
_FIELDS = {
    "topup": "topups", "redemption": "redemptions", "grant": "grants", "refund": "refunds",
    "correction": "corrections", "purchase": "purchases",
}  # fmt: skip
_NOTHING = dict.fromkeys(Amounts.model_fields, 0)


def _beginning(day: int, per: Literal["day", "month"]) -> int:
    return day if per == "day" else int(datetime.fromtimestamp(day, UTC).replace(day=1).timestamp())


@router.get("/flow", responses=problems(), operation_id="money_flow")
async def money_flow(
    services: Surroundings,
    caller: Annotated[Caller, needs("accounts.read")],
    since: Annotated[UtcTime | None, Query(description="30 days ago when absent; whole days (UTC) are meant.")] = None,
    until: Annotated[UtcTime | None, Query(description="Now when absent.")] = None,
    per: Annotated[Literal["day", "month"], Query()] = "day",
    scope: Annotated[Reaching | None, Query(description="As far as the caller reaches when absent.")] = None,
) -> MoneyFlow:
    """What is paid in, given, refunded and consumed, by day or month.

    Of an organisation: what flows to and from its own account, and what its people's requests cost.
    """
    named, whose = scope_of(caller, scope, "accounts.read")
    now = time_of(services.clock())
    ends = min(until or now, now)
    begins = since or ends - timedelta(days=30)
    first = int(begins.timestamp()) // flow.DAY_S * flow.DAY_S
    last = -(-int(ends.timestamp() + 1) // flow.DAY_S) * flow.DAY_S
    if not 0 < last - first <= MOST_DAYS * flow.DAY_S:
        raise invalid([("query.since", f"must be before until, by at most {MOST_DAYS} days")])
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict(_NOTHING))
    async with services.sessions() as session:
        booked = await flow.by_day(session, since=first, until=last, **filters(whose))
        used = await usage_totals.totals(
            session, since=first * 1_000_000, until=last * 1_000_000, per="day", **filters(whose)
        )
    for one in booked:
        found[_beginning(one.day, per)][_FIELDS.get(one.reason, "other")] += one.amount
    for row in used:
        part = found[_beginning(row.bucket // 1_000_000, per)]
        part["consumed"] += row.cost
        part["provider_cost"] += row.provider_cost if named == "all" else 0
    items = [FlowPart(at=time_of(at), **amounts) for at, amounts in sorted(found.items())]
    total = {name: sum(amounts[name] for amounts in found.values()) for name in _NOTHING}
    return MoneyFlow(scope=named, per=per, items=items, total=Amounts(**total))
