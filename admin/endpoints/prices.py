"""Prices: list, set, remove. A stored price never changes: a new amount is a new version, so booked ids keep sense."""

import time
from typing import Annotated

from fastapi import APIRouter, Path, Query

from admin import audit
from admin.caller import Caller, needs_all
from admin.endpoints.common import problems
from admin.list_files import ListRoute
from admin.listing import Paged, fetch
from admin.problems import Problem, not_found
from admin.schemas.base import MAX_ID
from admin.schemas.price import PriceList, PriceOut, PriceSet, Source
from admin.surroundings import Surroundings, announce
from storage.models import Price
from storage.repositories import prices

router = APIRouter(prefix="/prices", tags=["prices"], route_class=ListRoute)

Writers = Annotated[Caller, needs_all("prices.write")]

_TEXT = r"^[^\x00]*$"
SORTS = {"model": Price.model, "id": Price.id}
Search = Annotated[str | None, Query(max_length=200, pattern=_TEXT, description="Part of the model's name.")]


@router.get("", responses=problems(), operation_id="list_prices", dependencies=[needs_all("prices.read")])
async def list_prices(
    services: Surroundings,
    page: Paged,
    source: Source | None = None,
    provider: Annotated[str | None, Query(max_length=64, pattern=_TEXT)] = None,
    search: Search = None,
    history: Annotated[bool, Query(description="Also versions that are over or to come.")] = False,
) -> PriceList:
    """Prices in force by `model`, a page at a time; or by `id`, in the order in which they were set."""
    now = int(time.time())
    statement = prices.query(now, source=source, provider=provider, history=history)
    if search:
        statement = statement.where(Price.model.icontains(search, autoescape=True))
    async with services.sessions() as session:
        rows, following = await fetch(session, statement, page, SORTS, Price.id)
        total = await prices.count(session, statement)
        counting = await prices.in_force(session, rows, now) if history else {row.id for row in rows}
    items = [PriceOut.of(row, in_force=row.id in counting) for row in rows]
    return PriceList(items=items, total=total, next=following)


@router.put("", responses=problems(400, 413), operation_id="set_price")
async def set_price(services: Surroundings, caller: Writers, wanted: PriceSet) -> PriceOut:
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
        shown = PriceOut.of(row, in_force=current is row)
        await audit.record(
            session, services, caller, "prices.set", kind="price", id=row.id, name=_name(row), after=shown
        )
    await announce(services)
    return shown


def _name(row: Price) -> str:
    return f"{row.provider or '*'}/{row.model}"


@router.delete(
    "/{price}",
    status_code=204,
    responses=problems(404, 409),
    operation_id="delete_price",
)
async def delete_price(services: Surroundings, caller: Writers, price: Annotated[int, Path(ge=1, le=MAX_ID)]) -> None:
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
        before = PriceOut.of(row, in_force=row is current)
        await prices.retire(session, row, now)
        await audit.record(
            session, services, caller, "prices.end", kind="price", id=price, name=_name(row), before=before
        )
    await announce(services)
