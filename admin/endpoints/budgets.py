"""Budgets: create, list, read, change, reset, delete. They count from the moment the data plane knows them."""

import time
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import etags
from admin.auth import CurrentOperator
from admin.endpoints import keys as key_endpoints
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints import users as user_endpoints
from admin.endpoints.common import IfMatch, problems
from admin.problems import not_found
from admin.schemas.account import signed_to_nano, time_of
from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import MAX_ID
from admin.schemas.budget import BudgetCreate, BudgetList, BudgetOut, BudgetPatch, BudgetReset, Scope
from admin.surroundings import Surroundings, announce
from storage.ledger import budgets
from storage.models import Budget
from storage.repositories import keys, organisations, users

router = APIRouter(prefix="/budgets", tags=["budgets"])

BudgetId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]


async def _load(session: AsyncSession, budget_id: int) -> Budget:
    found = await budgets.get(session, budget_id)
    if found is None:
        raise not_found("budget", str(budget_id))
    return found


async def _owner_id(session: AsyncSession, scope: str, ref: str) -> int:
    if scope == "key":
        return (await key_endpoints.load(session, ref)).id
    if scope == "user":
        return (await user_endpoints.load(session, ref)).id
    return (await organisation_endpoints.load(session, ref)).id


async def _owner_name(session: AsyncSession, row: Budget) -> str:
    source = {"key": keys, "user": users, "organisation": organisations}[row.scope]
    owner = await source.get(session, row.scope_id)
    return owner.name if owner is not None else ""


async def _announce(session: AsyncSession, row: Budget) -> None:
    await keys.announce(session, **{f"{row.scope}_id": row.scope_id})


async def _shown(session: AsyncSession, rows: Sequence[Budget]) -> list[BudgetOut]:
    present = await budgets.present(session, rows, int(time.time()))
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
                    "owner": await _owner_name(session, row),
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


@router.get("", responses=problems(404), operation_id="list_budgets")
async def list_budgets(
    services: Surroundings,
    scope: Scope | None = None,
    owner: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id; needs scope.")] = None,
) -> BudgetList:
    """Budgets by id."""
    async with services.sessions() as session:
        owner_id = await _owner_id(session, scope, owner) if scope is not None and owner is not None else None
        rows = await budgets.list_all(session, scope=scope, scope_id=owner_id)
        return BudgetList(items=await _shown(session, rows))


@router.post("", status_code=201, responses=problems(400, 404, 413), operation_id="create_budget")
async def create_budget(services: Surroundings, wanted: BudgetCreate, response: Response) -> BudgetOut:
    """Make a budget. An owner with several budgets is held to each of them."""
    async with services.sessions.begin() as session:
        owner_id = await _owner_id(session, wanted.scope, wanted.owner)
        row = budgets.new_budget(wanted.scope, owner_id, wanted.period, signed_to_nano(wanted.amount), wanted.alerts)
        await budgets.create(session, row)
        await _announce(session, row)
        (shown,) = await _shown(session, [row])
    await announce(services)
    response.headers["location"] = f"/api/v1/budgets/{row.id}"
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.get("/{budget}", responses=problems(404), operation_id="get_budget")
async def get_budget(services: Surroundings, budget: BudgetId, response: Response) -> BudgetOut:
    """One budget."""
    async with services.sessions() as session:
        (shown,) = await _shown(session, [await _load(session, budget)])
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.patch("/{budget}", responses=problems(400, 404, 412, 413), operation_id="change_budget")
async def change_budget(
    services: Surroundings,
    caller: CurrentOperator,
    budget: BudgetId,
    patch: BudgetPatch,
    response: Response,
    if_match: IfMatch = None,
) -> BudgetOut:
    """Change what the body names. Less than is spent already stops further spending until the next period."""
    given = patch.given()
    async with services.sessions.begin() as session:
        row = await _load(session, budget)
        etags.check(if_match, _tag((await _shown(session, [row]))[0]))
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
        await announce(services)
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.post("/{budget}/reset", responses=problems(404, 413), operation_id="reset_budget")
async def reset_budget(services: Surroundings, caller: CurrentOperator, budget: BudgetId) -> BudgetReset:
    """Give the present period its full amount back."""
    async with services.sessions.begin() as session:
        row = await _load(session, budget)
        added = await budgets.reset(session, row, actor=caller.name, now=int(time.time()))
    return BudgetReset(added=nano_to_usd(added))


@router.delete("/{budget}", status_code=204, responses=problems(404, 412), operation_id="delete_budget")
async def delete_budget(services: Surroundings, budget: BudgetId, if_match: IfMatch = None) -> None:
    """Remove a budget. Its entries stay in the ledger."""
    async with services.sessions.begin() as session:
        row = await _load(session, budget)
        etags.check(if_match, _tag((await _shown(session, [row]))[0]))
        await budgets.remove(session, row)
        await _announce(session, row)
    await announce(services)
