"""Who is asking; the cheapest way to try a token."""

from fastapi import APIRouter

from admin.caller import SignedIn
from admin.endpoints.common import problems
from admin.schemas.status import WhoAmI

router = APIRouter(prefix="/whoami", tags=["status"])


@router.get("", responses=problems(), operation_id="whoami")
async def whoami(caller: SignedIn) -> WhoAmI:
    """Name, kind and permissions of the caller; each permission with how far it reaches."""
    return WhoAmI(
        name=caller.name,
        kind=caller.kind,
        user_id=caller.user_id,
        organisation_id=caller.organisation_id,
        permissions={name: reach.name.lower() for name, reach in sorted(caller.reaches.items())},
    )
