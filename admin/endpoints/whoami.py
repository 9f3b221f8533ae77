"""The admin token in use; the cheapest way to try one."""

from fastapi import APIRouter

from admin.auth import CurrentOperator
from admin.endpoints.common import problems
from admin.schemas.status import WhoAmI

router = APIRouter(prefix="/whoami", tags=["status"])


@router.get("", responses=problems(), operation_id="whoami")
async def whoami(caller: CurrentOperator) -> WhoAmI:
    """Name and age of the admin token that this request carries."""
    return WhoAmI(name=caller.name, created_at=caller.since)
