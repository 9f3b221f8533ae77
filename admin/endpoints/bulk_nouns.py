"""Many organisations, teams, budgets, limits, safety rules or targets at once.

Each is changed as by its own route, with a result for each.
"""

from typing import Annotated

from fastapi import APIRouter, Response

from admin import bulk, target_rows
from admin.caller import Caller, needs, needs_all
from admin.endpoints import budgets, limits, notifications, organisations, safety_rules, teams, webhooks
from admin.endpoints.common import problems
from admin.problems import invalid
from admin.schemas.base import Patch
from admin.schemas.bulk_nouns import (
    BudgetBulk,
    LimitBulk,
    OrganisationBulk,
    SafetyRuleBulk,
    TargetBulk,
    TeamBulk,
)
from admin.schemas.organisation import OrganisationPatch
from admin.services import Services
from admin.surroundings import Surroundings, announce

router = APIRouter()


def _given(values: Patch | None, action: str) -> None:
    if action == "change" and (values is None or not values.given()):
        raise invalid([("body.values", "is required for change")])
    if values is not None and "name" in values.given():
        raise invalid([("body.values.name", "is one's own: two cannot have it")])


@router.post(
    "/organisations/bulk", responses=problems(400, 413), operation_id="change_organisations", tags=["organisations"]
)
async def change_organisations(
    services: Surroundings, caller: Annotated[Caller, needs_all("organisations.write")], wanted: OrganisationBulk
) -> bulk.BulkDone:
    """Switch many organisations on or off, or remove those without members."""
    patch = OrganisationPatch(enabled=wanted.action == "enable")

    async def change(number: int) -> None:
        if wanted.action == "delete":
            await organisations.delete_organisation(services, caller, str(number))
        else:
            await organisations.change_organisation(services, caller, str(number), patch, Response())

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)


@router.post("/teams/bulk", responses=problems(400, 413), operation_id="change_teams", tags=["teams"])
async def change_teams(
    services: Surroundings, caller: Annotated[Caller, needs("organisations.write")], wanted: TeamBulk
) -> bulk.BulkDone:
    """Change or remove many teams."""
    _given(wanted.values, wanted.action)
    given = wanted.values.given() if wanted.values is not None else {}

    async def change(number: int) -> None:
        if wanted.action == "delete":
            await teams.remove(services, caller, number)
        else:
            await teams.change(services, caller, number, given)

    done = await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)
    if done.changed:
        await announce(services)
    return done


@router.post("/budgets/bulk", responses=problems(400, 413), operation_id="change_budgets", tags=["budgets"])
async def change_budgets(
    services: Surroundings, caller: Annotated[Caller, needs("budgets.write")], wanted: BudgetBulk
) -> bulk.BulkDone:
    """Change or remove many budgets."""
    _given(wanted.values, wanted.action)

    async def change(number: int) -> None:
        if wanted.action == "delete" or wanted.values is None:
            await budgets.delete_budget(services, caller, number)
        else:
            await budgets.change_budget(services, caller, number, wanted.values, Response())

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)


@router.post("/limits/bulk", responses=problems(400, 413), operation_id="change_limits", tags=["limits"])
async def change_limits(
    services: Surroundings, caller: Annotated[Caller, needs_all("limits.write")], wanted: LimitBulk
) -> bulk.BulkDone:
    """Switch many rate limits on or off, or remove them."""

    async def change(number: int) -> None:
        if wanted.action == "delete":
            await limits.delete_limit(services, caller, str(number))
        else:
            await limits.switch(services, caller, str(number), enabled=wanted.action == "enable")

    done = await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)
    if done.changed:
        await announce(services)
    return done


@router.post("/safety-rules/bulk", responses=problems(400, 413), operation_id="change_safety_rules", tags=["safety"])
async def change_safety_rules(
    services: Surroundings, caller: Annotated[Caller, needs_all("safety.write")], wanted: SafetyRuleBulk
) -> bulk.BulkDone:
    """Switch many safety rules on or off, or remove them."""

    async def change(number: int) -> None:
        if wanted.action == "delete":
            await safety_rules.remove(services, caller, str(number))
        else:
            await safety_rules.switch(services, caller, str(number), enabled=wanted.action == "enable")

    done = await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)
    if done.changed:
        await announce(services)
    return done


@router.post(
    "/notifications/targets/bulk", responses=problems(400, 413), operation_id="change_targets", tags=["notifications"]
)
async def change_targets(
    services: Surroundings, caller: Annotated[Caller, needs("notifications.write")], wanted: TargetBulk
) -> bulk.BulkDone:
    """Switch many targets on or off, or remove them."""
    return await _targets(services, caller, wanted, "notifications.write", notifications.ANY)


@router.post("/webhooks/bulk", responses=problems(400, 413), operation_id="change_webhooks", tags=["webhooks"])
async def change_webhooks(
    services: Surroundings, caller: Annotated[Caller, needs("webhooks.write")], wanted: TargetBulk
) -> bulk.BulkDone:
    """Switch many webhooks on or off, or remove them."""
    return await _targets(services, caller, wanted, "webhooks.write", webhooks.KINDS)


async def _targets(
    services: Services, caller: Caller, wanted: TargetBulk, permission: str, kinds: set[str]
) -> bulk.BulkDone:
    async def change(number: int) -> None:
        async with services.sessions.begin() as session:
            row = await target_rows.load(session, number, caller, permission, kinds)
            if wanted.action == "delete":
                await target_rows.remove(session, services, caller, row)
            else:
                await target_rows.change(session, services, caller, row, {"enabled": wanted.action == "enable"})

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)
