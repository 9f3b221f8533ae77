"""Taking over prices from the installed price library: what differs, and what an administrator approves of it."""

import time
from typing import Annotated

from fastapi import APIRouter

from admin import audit
from admin.caller import Caller, needs_all
from admin.endpoints.common import problems
from admin.schemas.price_sync import PriceApproval, PriceDifference, PriceSync
from admin.surroundings import Surroundings, announce
from storage.pricing import seeding
from storage.pricing.library import library_version

router = APIRouter(prefix="/prices/sync", tags=["prices"])


@router.get("", responses=problems(), operation_id="compare_prices", dependencies=[needs_all("prices.read")])
async def compare_prices(services: Surroundings) -> PriceSync:
    """What the library lists otherwise than the seeded prices in force. Changes nothing."""
    async with services.sessions() as session:
        found = await seeding.differences(session, int(time.time()))
    return PriceSync(library=library_version(), items=[PriceDifference.of(each) for each in found])


@router.post("", responses=problems(400, 413), operation_id="approve_prices")
async def approve_prices(
    services: Surroundings, caller: Annotated[Caller, needs_all("prices.write")], wanted: PriceApproval
) -> PriceSync:
    """Take over the differences that are named, as new versions from now on; answers with those taken over."""
    async with services.sessions.begin() as session:
        taken = await seeding.approve(session, None if wanted.names is None else set(wanted.names), int(time.time()))
        await audit.record(
            session, services, caller, "prices.sync", kind="price", id="library", name=library_version(),
            after={"taken_over": len(taken), "named": wanted.names},
        )  # fmt: skip
    await announce(services)
    return PriceSync(library=library_version(), items=[PriceDifference.of(each) for each in taken])
