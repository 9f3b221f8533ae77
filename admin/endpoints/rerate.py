"""Rating past requests again: the differences become corrections, a page in one transaction."""

import time
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter

from admin import audit
from admin.caller import Caller, needs_all
from admin.endpoints.common import problems
from admin.problems import not_found
from admin.schemas.rerate import RerateRequest, RerateResult
from admin.surroundings import Surroundings
from storage.pricing import PriceBook, Tariff
from storage.pricing.entry import entry_of
from storage.pricing.rerate import Wanted, rerate_page
from storage.repositories import prices

router = APIRouter(prefix="/rerate", tags=["usage"])


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


@router.post("", responses=problems(400, 404, 413), operation_id="rerate")
async def rerate(
    services: Surroundings, caller: Annotated[Caller, needs_all("prices.write")], wanted: RerateRequest
) -> RerateResult:
    """Rate the next page of past requests again and book the differences as corrections; `dry_run` only counts them."""
    at, _, request_id = (wanted.after or "").partition(".")
    async with services.sessions.begin() as session:
        tariff = None
        if wanted.price is not None:
            row = await prices.get(session, wanted.price)
            if row is None:
                raise not_found("price", str(wanted.price))
            tariff = Tariff(entry_of(row))
        found = await rerate_page(
            session,
            Wanted(
                since=_micros(wanted.since),
                until=time.time_ns() // 1000 if wanted.until is None else _micros(wanted.until),
                model=wanted.model,
                provider=wanted.provider,
                tariff=tariff,
                unpriced=wanted.unpriced,
            ),
            PriceBook(await prices.list_all(session)),
            actor=caller.name,
            dry_run=wanted.dry_run,
            after=(int(at), request_id) if wanted.after else None,
        )
        if found.changed and not wanted.dry_run:
            await audit.record(
                session, services, caller, "usage.rerate", kind="usage", id=wanted.after or "begin",
                after={**wanted.model_dump(mode="json"), "changed": found.changed, "cost": found.cost},
            )  # fmt: skip
    return RerateResult(
        dry_run=wanted.dry_run,
        checked=found.checked,
        changed=found.changed,
        no_price=found.no_price,
        unreadable=found.unreadable,
        cost=found.cost,
        provider_cost=found.provider_cost,
        next=None if found.next is None else f"{found.next[0]}.{found.next[1]}",
    )
