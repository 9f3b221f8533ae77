"""Prices: list, set, remove. A stored price never changes: a new amount is a new version, so booked ids keep sense."""

import time
from typing import Annotated

from fastapi import APIRouter, Path, Query

from admin.endpoints.common import problems
from admin.problems import Problem, not_found
from admin.schemas.base import MAX_ID
from admin.schemas.price import PriceList, PriceOut, PriceSet, Source
from admin.surroundings import Surroundings, announce
from storage.models import Price
from storage.repositories import prices

router = APIRouter(prefix="/prices", tags=["prices"])

Search = Annotated[str | None, Query(max_length=200, description="Part of the model's name.")]


@router.get("", responses=problems(), operation_id="list_prices")
async def list_prices(
    services: Surroundings,
    source: Source | None = None,
    provider: Annotated[str | None, Query(max_length=64)] = None,
    search: Search = None,
    history: Annotated[bool, Query(description="Also versions that are over or to come.")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> PriceList:
    """Prices in force by model and provider, a page at a time."""
    now = int(time.time())
    async with services.sessions() as session:
        current = await prices.list_in_force(session, now, source=source)
        rows = await prices.list_all(session, source=source) if history else current
    counting = {row.id for row in current}
    found = [
        row
        for row in rows
        if (provider is None or row.provider == provider) and (search is None or search.lower() in row.model.lower())
    ]
    page = found[offset : offset + limit]
    return PriceList(items=[PriceOut.of(row, in_force=row.id in counting) for row in page], total=len(found))


@router.put("", responses=problems(400, 413), operation_id="set_price")
async def set_price(services: Surroundings, wanted: PriceSet) -> PriceOut:
    """Store a new version of the operator's price of a model; it wins over the seeded one."""
    now = int(time.time())
    begins = wanted.begins(now)
    columns = wanted.columns()
    async with services.sessions.begin() as session:
        row = await prices.find(session, wanted.provider, wanted.model, "operator", begins)
        if row is not None and all(getattr(row, name) == value for name, value in columns.items()):
            return PriceOut.of(row, in_force=begins <= now)
        row = Price(provider=wanted.provider, model=wanted.model, source="operator", effective_from=begins, **columns)
        await prices.create(session, row)
        current = await prices.find(session, wanted.provider, wanted.model, "operator", now)
    await announce(services)
    return PriceOut.of(row, in_force=current is row)


@router.delete("/{price}", status_code=204, responses=problems(404, 409), operation_id="delete_price")
async def delete_price(services: Surroundings, price: Annotated[int, Path(ge=1, le=MAX_ID)]) -> None:
    """End a price from now on, or cancel a version that is to come; the next one in the order of preference counts."""
    now = int(time.time())
    async with services.sessions.begin() as session:
        row = await prices.get(session, price)
        if row is None:
            raise not_found("price", str(price))
        if row.source == "seed":
            raise Problem(409, "A seeded price cannot be removed; set a price of your own, which wins over it.")
        current = await prices.find(session, row.provider, row.model, row.source, now)
        to_come = row.effective_from > now and row.effective_to is None
        if row is not current and not to_come:
            raise not_found("price in force", str(price))
        await prices.retire(session, row, now)
    await announce(services)
