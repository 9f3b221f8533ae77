"""How the cost of one request came about, computed again."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import needs_all
from admin.endpoints.common import problems
from admin.problems import not_found
from admin.said import said
from admin.schemas.explain import CorrectionOut, ExplainOut, arithmetic
from admin.schemas.price import PriceOut
from admin.surroundings import Surroundings
from storage.models import Usage
from storage.pricing.detail import explain
from storage.pricing.entry import entry_of
from storage.pricing.units import quota_units
from storage.repositories import corrections, prices, usage

router = APIRouter(prefix="/usage", tags=["usage"])

RequestId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$", examples=["req_0f00000001"])]


@router.get(
    "/{request_id}/explain", responses=problems(404), operation_id="explain_cost", dependencies=[needs_all("logs.read")]
)
async def explain_cost(services: Surroundings, request_id: RequestId) -> ExplainOut:
    """The arithmetic of a request's cost, line by line, and whether it gives the booked amount again."""
    async with services.sessions() as session:
        row = await usage.get(session, request_id)
        if row is None:
            raise not_found("request", request_id)
        return await explained(session, row)


async def explained(session: AsyncSession, row: Usage) -> ExplainOut:
    """How the cost of a record came about."""
    price = await prices.get(session, row.price_id) if row.price_id else None
    current = None
    if price is not None:
        current = await prices.find(session, price.provider, price.model, price.source, int(time.time()))
    later = await corrections.list_for(session, row.request_id)
    corrected = row.cost + sum(each.cost for each in later)
    found = explain(row, None if price is None else entry_of(price))
    computed: dict[str, Any] = arithmetic(found.detail)
    return ExplainOut(
        request_id=row.request_id,
        model=row.model,
        provider=row.provider,
        upstream_model=row.upstream_model,
        started_at=row.started_at,
        usage_source=row.usage_source,
        price=None if price is None else PriceOut.of(price, in_force=current is price),
        **computed,
        cost=row.cost,
        provider_cost=row.provider_cost,
        recomputed=found.recomputed,
        matches=not found.problems,
        problems=found.problems,
        problems_said=[each for each in map(said, found.problems) if each is not None],
        corrections=[CorrectionOut.model_validate(each) for each in later],
        corrected_cost=corrected,
        quota=quota_units(corrected),
    )
