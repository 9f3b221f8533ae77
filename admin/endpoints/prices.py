"""Prices: list, set, delete. A stored price never changes: a new amount is a new row, booked ids keep their sense."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from admin.endpoints.common import problems
from admin.problems import Problem, not_found
from admin.schemas.base import MAX_ID
from admin.schemas.price import PriceList, PriceOut, PriceSet
from admin.surroundings import Surroundings, announce
from storage.models import Price
from storage.repositories import prices

router = APIRouter(prefix="/prices", tags=["prices"])

Search = Annotated[str | None, Query(max_length=200, description="Part of the model's name.")]


@router.get("", responses=problems(), operation_id="list_prices")
async def list_prices(
    services: Surroundings,
    source: Literal["seed", "operator", "apply"] | None = None,
    provider: Annotated[str | None, Query(max_length=64)] = None,
    search: Search = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> PriceList:
    """Prices by model and provider, a page at a time."""
    async with services.sessions() as session:
        rows = await prices.list_all(session, source=source)
    found = [
        row
        for row in rows
        if (provider is None or row.provider == provider) and (search is None or search.lower() in row.model.lower())
    ]
    return PriceList(items=[PriceOut.model_validate(row) for row in found[offset : offset + limit]], total=len(found))


@router.put("", responses=problems(400, 413), operation_id="set_price")
async def set_price(services: Surroundings, wanted: PriceSet) -> PriceOut:
    """Set the operator's price of a model; it wins over the seeded one."""
    columns = wanted.columns()
    async with services.sessions.begin() as session:
        row = await prices.find(session, wanted.provider, wanted.model, "operator")
        if row is not None and all(getattr(row, name) == value for name, value in columns.items()):
            return PriceOut.model_validate(row)
        if row is not None:
            await prices.remove(session, row)
        row = Price(provider=wanted.provider, model=wanted.model, source="operator", **columns)
        await prices.create(session, row)
    await announce(services)
    return PriceOut.model_validate(row)


@router.delete("/{price}", status_code=204, responses=problems(404, 409), operation_id="delete_price")
async def delete_price(services: Surroundings, price: Annotated[int, Path(ge=1, le=MAX_ID)]) -> None:
    """Remove a price that an operator or an apply has set; the seeded one counts again."""
    async with services.sessions.begin() as session:
        row = await prices.get(session, price)
        if row is None:
            raise not_found("price", str(price))
        if row.source == "seed":
            raise Problem(409, "A seeded price cannot be removed; set a price of your own, which wins over it.")
        await prices.remove(session, row)
    await announce(services)
