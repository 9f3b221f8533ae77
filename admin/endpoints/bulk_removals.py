"""Many announcements, invitations, permission sets, plans, prices, tokens or vendors at once.

Each is removed or switched as by its own route, which checks and records it, with a result for each.
"""

from fastapi import APIRouter, Response

from admin import bulk
from admin.endpoints import announcements, invitations, plans, prices, roles, tokens, vendors
from admin.endpoints.common import problems
from admin.schemas.bulk_removals import PlanBulk, RemovalBulk
from admin.schemas.plan import PlanPatch
from admin.surroundings import Surroundings

router = APIRouter()


@router.post(
    "/announcements/bulk", responses=problems(400, 413), operation_id="change_announcements", tags=["announcements"]
)
async def change_announcements(
    services: Surroundings, caller: announcements.Editors, wanted: RemovalBulk
) -> bulk.BulkDone:
    """Remove many announcements."""

    async def change(number: int) -> None:
        await announcements.delete_announcement(services, caller, number)

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)


@router.post("/invitations/bulk", responses=problems(400, 413), operation_id="change_invitations", tags=["invitations"])
async def change_invitations(services: Surroundings, caller: invitations.Writers, wanted: RemovalBulk) -> bulk.BulkDone:
    """Withdraw many invitations."""

    async def change(number: int) -> None:
        await invitations.delete_invitation(services, caller, number)

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)


@router.post("/roles/bulk", responses=problems(400, 413), operation_id="change_roles", tags=["roles"])
async def change_roles(services: Surroundings, caller: roles.Writers, wanted: RemovalBulk) -> bulk.BulkDone:
    """Remove many permission sets, those that nobody has."""

    async def change(number: int) -> None:
        await roles.delete_role(services, caller, number)

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)


@router.post("/plans/bulk", responses=problems(400, 413), operation_id="change_plans", tags=["subscriptions"])
async def change_plans(services: Surroundings, caller: plans.Writers, wanted: PlanBulk) -> bulk.BulkDone:
    """Switch many plans on or off, or remove those that were never sold."""
    patch = PlanPatch(enabled=wanted.action == "enable")

    async def change(number: int) -> None:
        if wanted.action == "delete":
            await plans.delete_plan(services, caller, str(number))
        else:
            await plans.change_plan(services, caller, str(number), patch, Response())

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)


@router.post("/prices/bulk", responses=problems(400, 413), operation_id="change_prices", tags=["prices"])
async def change_prices(services: Surroundings, caller: prices.Writers, wanted: RemovalBulk) -> bulk.BulkDone:
    """End many prices of one's own from now on."""

    async def change(number: int) -> None:
        await prices.delete_price(services, caller, number)

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)


@router.post("/tokens/bulk", responses=problems(400, 413), operation_id="change_tokens", tags=["tokens"])
async def change_tokens(services: Surroundings, caller: tokens.Writers, wanted: RemovalBulk) -> bulk.BulkDone:
    """Remove many automation tokens; they are refused from now on."""

    async def change(number: int) -> None:
        await tokens.delete_token(services, caller, number)

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)


@router.post("/vendors/bulk", responses=problems(400, 413), operation_id="change_vendors", tags=["models"])
async def change_vendors(services: Surroundings, caller: vendors.Writers, wanted: RemovalBulk) -> bulk.BulkDone:
    """Remove many vendors, those without models."""

    async def change(number: int) -> None:
        await vendors.delete_vendor(services, caller, str(number))

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)
