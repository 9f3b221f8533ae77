"""The state of the gateway: what is stored, and the Router's view of what runs."""

import asyncio
import logging
from typing import Any

from fastapi import APIRouter

from admin.caller import needs_all
from admin.endpoints.common import problems
from admin.schemas.status import Count, StatusOut
from admin.services import Services
from admin.surroundings import Surroundings
from storage.repositories import channels, keys, revisions

log = logging.getLogger(__name__)

ROUTER_SECONDS = 5.0

router = APIRouter(prefix="/status", tags=["status"])


async def router_view(services: Services) -> dict[str, Any] | None:
    """What the Router says, None when it does not answer."""
    try:
        async with asyncio.timeout(ROUTER_SECONDS):
            return await services.status()
    except Exception as error:  # noqa: BLE001 the Router is remote; that it is away is part of the status
        log.warning("the Router did not say how it is: %s", type(error).__name__)
        return None


@router.get("", responses=problems(), operation_id="get_status", dependencies=[needs_all("status.read")])
async def get_status(services: Surroundings) -> StatusOut:
    """What is stored and what runs."""
    async with services.sessions() as session:
        channel_rows = await channels.list_all(session)
        key_rows = await keys.list_all(session)
        counters = await revisions.current(session)
    return StatusOut(
        version=services.version,
        channels=Count(total=len(channel_rows), enabled=sum(row.enabled for row in channel_rows)),
        keys=Count(total=len(key_rows), enabled=sum(row.enabled for row in key_rows)),
        revisions=counters,
        router=await router_view(services),
    )
