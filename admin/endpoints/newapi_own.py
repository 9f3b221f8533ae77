"""New API's routes about oneself, read only: /api/user/self and /api/token/. For its clients and scripts.

They take an automation token or a session of this gateway; the header New-Api-User is not looked at.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import Caller, needs
from admin.endpoints.common import problems
from admin.newapi_pages import EXPIRED, OFF, ON, ROLES, SPENT, Numbered
from admin.problems import not_found
from admin.schemas import newapi
from admin.surroundings import Surroundings
from storage import numbered
from storage.ledger import accounts
from storage.models import Key
from storage.pricing.units import quota_units
from storage.repositories import key_rules, keys, usage_totals, users

public_router = APIRouter(tags=["as New API"])


@public_router.get("/api/user/self", responses=problems(404), operation_id="new_api_user_self")
async def user_self(
    services: Surroundings, caller: Annotated[Caller, needs("users.read")]
) -> newapi.Answer[newapi.UserSelf]:
    """The user whose token or session it is, as New API says it."""
    async with services.sessions() as session:
        row = await users.get(session, caller.user_id) if caller.user_id is not None else None
        if row is None:
            raise not_found("user", "self")
        account = (await accounts.of(session, accounts.USER, [row.id])).get(row.id)
        (sums,) = await usage_totals.totals(session, user_id=row.id)
    return newapi.Answer(
        data=newapi.UserSelf(
            id=row.id,
            username=row.name,
            display_name=row.display_name,
            role=ROLES.get(row.role, 1),
            status=ON if row.enabled else OFF,
            email=row.email or "",
            group=row.group,
            quota=quota_units(account.balance) if account is not None else 0,
            used_quota=quota_units(sums.cost),
            request_count=sums.requests,
            inviter_id=row.inviter_id or 0,
            created_at=int(row.created_at.timestamp()),
            last_login_at=row.last_login_at,
        )
    )


@public_router.get("/api/token/", responses=problems(), operation_id="new_api_tokens")
@public_router.get("/api/token", include_in_schema=False)
async def tokens(
    services: Surroundings, caller: Annotated[Caller, needs("keys.read")], place: Numbered
) -> newapi.Answer[newapi.Numbered[newapi.TokenItem]]:
    """The caller's own keys, the newest first, as New API lists tokens."""
    async with services.sessions() as session:
        statement = keys.query(user_id=caller.user_id if caller.user_id is not None else -1)
        rows, total = await numbered.page(session, statement, Key.id.desc(), skip=place.skip, limit=place.size)
        items = await _tokens(session, rows, services.clock())
    return newapi.Answer(data=newapi.Numbered(page=place.number, page_size=place.size, total=total, items=items))


async def _tokens(session: AsyncSession, rows: Sequence[Key], now: int) -> list[newapi.TokenItem]:
    found = await key_rules.budgets(session, [row.id for row in rows])
    totals = {key_id: one.id for key_id, several in found.items() for one in several if one.period == "total"}
    left = await accounts.of(session, accounts.BUDGET, list(totals.values()))
    amounts = {one.id: one.amount for several in found.values() for one in several}
    items = []
    for row in rows:
        budget = totals.get(row.id)
        remain = None
        if budget is not None:  # its account is made when it is first spent from
            remain = left[budget].balance if budget in left else amounts[budget]
        (sums,) = await usage_totals.totals(session, key_id=row.id)
        items.append(_token(row, remain, sums.cost, now))
    return items


def _token(row: Key, remain: int | None, used: int, now: int) -> newapi.TokenItem:
    expires = int(row.expires_at.timestamp()) if row.expires_at is not None else -1
    status = ON if row.enabled else OFF
    if status == ON and remain is not None and remain <= 0:
        status = SPENT
    if status == ON and 0 < expires <= now:
        status = EXPIRED
    return newapi.TokenItem(
        id=row.id,
        user_id=row.user_id or 0,
        key=row.hint,
        status=status,
        name=row.name,
        created_time=int(row.created_at.timestamp()),
        accessed_time=0,
        expired_time=expires,
        remain_quota=quota_units(remain or 0),
        unlimited_quota=remain is None,
        used_quota=quota_units(used),
        model_limits_enabled=row.models is not None,
        model_limits=",".join(row.models or ()),
        allow_ips="\n".join(row.networks or ()),
        group=row.group or "",
        cross_group_retry=row.group_retry,
    )
