"""The providers that a channel can name."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from adapters.addresses import usual_address
from adapters.providers.row import Provider
from admin import providers
from admin.caller import signed_in
from admin.endpoints.common import problems
from admin.problems import not_found
from admin.schemas.provider import ProviderList, ProviderOut, SpeaksOut
from admin.surroundings import Surroundings

router = APIRouter(prefix="/providers", tags=["providers"])


@router.get("", responses=problems(), operation_id="list_providers", dependencies=[Depends(signed_in)])
async def list_providers(services: Surroundings) -> ProviderList:
    """All providers by id."""
    return ProviderList(items=[_shown(row) for _, row in sorted(services.providers.items())])


@router.get("/{provider}", responses=problems(404), operation_id="get_provider", dependencies=[Depends(signed_in)])
async def get_provider(
    services: Surroundings,
    provider: Annotated[
        str, Path(min_length=1, max_length=64, description="Id, or New API's channel type number.", examples=["openai"])
    ],
) -> ProviderOut:
    """One provider."""
    row = providers.find(services.providers, provider)
    if row is None:
        raise not_found("provider", provider)
    return _shown(row)


def _shown(row: Provider) -> ProviderOut:
    return ProviderOut(
        id=row.id,
        name=row.name,
        kind=row.kind,
        family=row.pool,
        base_url=usual_address(row),
        secret=row.secret,
        regions={name: list(roots) for name, roots in row.regions.items()},
        needs=row.needs,
        speaks=[
            SpeaksOut(
                protocol=protocol,
                path=speaks.path,
                key="authorization" if speaks.auth == "bearer" else speaks.auth,
                operations=list(speaks.operations),
                models=list(speaks.models),
                regions=list(speaks.regions),
                default=speaks.default,
                capabilities=sorted(speaks.capabilities),
            )
            for protocol, speaks in row.speaks.items()
        ],
        new_api=list(row.new_api),
        docs=row.docs,
        read=row.read,
        note=row.note,
    )
