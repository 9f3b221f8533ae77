"""Budgets: create, list, read, change, reset, delete. They count from the moment the data plane knows them."""

import time
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags, owners, team_rows
from admin.caller import Caller, needs
from admin.endpoints.common import IfMatch, object_id, problems
from admin.idempotent import Once
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, fetch
from admin.problems import not_found
from admin.schemas.account import signed_to_nano, time_of
from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import MAX_ID
from admin.schemas.budget import BudgetCreate, BudgetOut, BudgetPatch, BudgetReset, Scope
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.ledger import budgets
from storage.models import Budget, Key, Organisation, Team, User
from storage.repositories import keys, names

router = APIRouter(prefix="/budgets", tags=["budgets"], route_class=ListRoute)

Writers = Annotated[Caller, needs("budgets.write")]
KINDS: dict[str, names.Named] = {"key": Key, "user": User, "team": Team, "organisation": Organisation}
BudgetId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]


async def _load(session: AsyncSession, budget_id: int, caller: Caller, permission: str) -> Budget:
    """The budget, when the permission reaches its owner; raises a Problem (404)."""
    found = await budgets.get(session, budget_id)
    if found is None or not await owners.holds(session, caller.scope(permission), found.scope, found.scope_id):
        raise not_found("budget", str(budget_id))
    if permission == "budgets.write" and found.scope == "organisation":
        caller.require_all(permission)  # what an organisation may spend is set for it
    return found


async def _owner_id(session: AsyncSession, scope: str, ref: str, caller: Caller, permission: str) -> int:
    """The id of a budget's owner, who is within the permission's reach; raises Problems (403, 404)."""
    if scope == "organisation" and permission == "budgets.write":
        caller.require_all(permission)
    number = object_id(ref)
    if number is None and scope == "team":
        team = await team_rows.find(session, ref, caller.organisation_id)
        number = team.id if team is not None else None
    elif number is None:
        number = await names.id_of(session, KINDS[scope], ref)
    else:
        number = number if (await names.names(session, KINDS[scope], [number]))[number] else None
    if number is None or not await owners.holds(session, caller.scope(permission), scope, number):
        raise not_found(scope, ref)
    return number


async def _announce(session: AsyncSession, row: Budget) -> None:
    await keys.announce(session, **{f"{row.scope}_id": row.scope_id})


async def _shown(session: AsyncSession, rows: Sequence[Budget]) -> list[BudgetOut]:
    present = await budgets.present(session, rows, int(time.time()))
    named = {
        scope: await names.names(session, kind, (row.scope_id for row in rows if row.scope == scope))
        for scope, kind in KINDS.items()
    }
    found: list[BudgetOut] = []
    for row in rows:
        account = present.get(row.id)
        balance = account.balance if account is not None else row.amount
        held = account.held if account is not None else 0
        found.append(
            BudgetOut.model_validate(
                {
                    "id": row.id,
                    "scope": row.scope,
                    "owner": named[row.scope].get(row.scope_id, ""),
                    "owner_id": row.scope_id,
                    "period": row.period,
                    "amount": nano_to_usd(row.amount),
                    "alerts": row.alerts,
                    "account_id": account.id if account is not None else None,
                    "period_start": time_of(account.period_start)
                    if account is not None and account.period_start
                    else None,
                    "spent": nano_to_usd(row.amount - balance),
                    "held": nano_to_usd(held),
                    "available": nano_to_usd(balance - held),
                    "created_at": row.created_at,
                    "updated_at": row.updated_at,
                }
            )
        )
    return found


_MOVING = {"account_id": None, "period_start": None, "spent": "", "held": "", "available": ""}


def _tag(shown: BudgetOut) -> BudgetOut:
    """What the ETag is of: not what changes with every request."""
    return shown.model_copy(update=_MOVING)


async def _record(
    session: AsyncSession,
    services: Services,
    caller: Caller,
    action: str,
    after: BudgetOut | None,
    before: BudgetOut | None = None,
    *,
    moving: bool = False,
) -> None:
    one = after or before
    if one is None:
        return
    _, home = await owners.owner_of(session, one.scope, one.owner_id)
    hidden = set() if moving else set(_MOVING)
    states = [None if each is None else each.model_dump(mode="json", exclude=hidden) for each in (before, after)]
    await audit.record(
        session, services, caller, action, kind="budget", id=one.id, name=f"{one.scope} {one.owner}",
        before=states[0], after=states[1], organisation_id=home,
    )  # fmt: skip


@router.get("", responses=problems(404), operation_id="list_budgets")
async def list_budgets(
    services: Surroundings,
    caller: Annotated[Caller, needs("budgets.read")],
    page: Paged,
    scope: Scope | None = None,
    owner: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id; needs scope.")] = None,
) -> Listed[BudgetOut]:
    """Budgets by `id`; for others than operators those of whom they reach."""
    async with services.sessions() as session:
        owner_id = None
        if scope is not None and owner is not None:
            owner_id = await _owner_id(session, scope, owner, caller, "budgets.read")
        statement = budgets.query(scope=scope, scope_id=owner_id, **caller.scope("budgets.read")._asdict())
        rows, following = await fetch(session, statement, page, {"id": Budget.id}, Budget.id)
        return Listed(items=await _shown(session, rows), next=following)


@router.post(
    "",
    status_code=201,
    responses=problems(400, 404, 413),
    operation_id="create_budget",
)
async def create_budget(services: Surroundings, caller: Writers, wanted: BudgetCreate, response: Response) -> BudgetOut:
    """Make a budget. An owner with several budgets is held to each of them."""
    async with services.sessions.begin() as session:
        owner_id = await _owner_id(session, wanted.scope, wanted.owner, caller, "budgets.write")
        row = budgets.new_budget(wanted.scope, owner_id, wanted.period, signed_to_nano(wanted.amount), wanted.alerts)
        await budgets.create(session, row)
        await _announce(session, row)
        (shown,) = await _shown(session, [row])
        await _record(session, services, caller, "budgets.create", shown)
    await announce(services)
    response.headers["location"] = f"/api/v1/budgets/{row.id}"
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.get("/{budget}", responses=problems(404), operation_id="get_budget")
async def get_budget(
    services: Surroundings, caller: Annotated[Caller, needs("budgets.read")], budget: BudgetId, response: Response
) -> BudgetOut:
    """One budget."""
    async with services.sessions() as session:
        (shown,) = await _shown(session, [await _load(session, budget, caller, "budgets.read")])
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.patch("/{budget}", responses=problems(400, 404, 412, 413), operation_id="change_budget")
async def change_budget(
    services: Surroundings,
    caller: Writers,
    budget: BudgetId,
    patch: BudgetPatch,
    response: Response,
    if_match: IfMatch = None,
) -> BudgetOut:
    """Change what the body names. Less than is spent already stops further spending until the next period."""
    given = patch.given()
    async with services.sessions.begin() as session:
        row = await _load(session, budget, caller, "budgets.write")
        (before,) = await _shown(session, [row])
        etags.check(if_match, _tag(before))
        changed = await budgets.change(
            session,
            row,
            amount=signed_to_nano(given["amount"]) if "amount" in given else row.amount,
            alerts=given.get("alerts", row.alerts),
            period=given.get("period", row.period),
            actor=caller.name,
            now=int(time.time()),
        )
        if changed:
            await _announce(session, row)
        (shown,) = await _shown(session, [row])
        if changed:
            await _record(session, services, caller, "budgets.change", shown, before)
    if changed:
        await announce(services)
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.post("/{budget}/reset", responses=problems(404, 409, 413), operation_id="reset_budget")
async def reset_budget(services: Surroundings, caller: Writers, budget: BudgetId, once: Once) -> BudgetReset:
    """Give the present period its full amount back."""
    async with once.transaction(BudgetReset) as (session, done):
        if done is not None:
            return done
        row = await _load(session, budget, caller, "budgets.write")
        (before,) = await _shown(session, [row])
        added = await budgets.reset(session, row, actor=caller.name, now=int(time.time()))
        (shown,) = await _shown(session, [row])
        await _record(session, services, caller, "budgets.reset", shown, before, moving=True)
        return once.answer(BudgetReset(added=nano_to_usd(added)))


@router.delete(
    "/{budget}",
    status_code=204,
    responses=problems(404, 412),
    operation_id="delete_budget",
)
async def delete_budget(services: Surroundings, caller: Writers, budget: BudgetId, if_match: IfMatch = None) -> None:
    """Remove a budget. Its entries stay in the ledger."""
    async with services.sessions.begin() as session:
        row = await _load(session, budget, caller, "budgets.write")
        (before,) = await _shown(session, [row])
        etags.check(if_match, _tag(before))
        await budgets.remove(session, row)
        await _announce(session, row)
        await _record(session, services, caller, "budgets.delete", None, before)
    await announce(services)
