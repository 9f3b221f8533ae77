"""The providers that a channel can name."""

from fastapi import APIRouter

from admin.endpoints.common import problems
from admin.schemas.provider import ProviderList, ProviderOut
from admin.surroundings import Surroundings

router = APIRouter(prefix="/providers", tags=["providers"])


@router.get("", responses=problems(), operation_id="list_providers")
async def list_providers(services: Surroundings) -> ProviderList:
    """All providers by id."""
    rows = sorted(services.providers, key=lambda row: row.id)
    return ProviderList(
        items=[ProviderOut(id=row.id, name=row.name, family=row.family, base_url=row.base_url) for row in rows]
    )
