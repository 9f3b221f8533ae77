"""The models that are offered and what they cost, as people see them. Reads; what it made is kept for a while.

A model that channels serve under a glob only has no name of its own and is not in the list.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from admin.schemas.amounts import nano_to_usd
from admin.schemas.model import OfferedModel, OfferedModels, OfferedPrice
from admin.services import Services
from storage.models import Model
from storage.pricing.book import PriceBook
from storage.pricing.tariff import Tariff
from storage.pricing.units import ONE, millionths, ratio_text
from storage.repositories import channels, groups, models, prices

KEEP_S = 30.0
EVERYBODY = "*"
DEFAULT = "default"


async def price_list(app: FastAPI, services: Services, *, everybody: bool) -> OfferedModels:
    """The list for everybody, or for those who are signed in; at most KEEP_S old."""
    kept: dict[bool, tuple[float, OfferedModels]] = app.state.__dict__.setdefault("price_lists", {})
    known = kept.get(everybody)
    if known is not None and time.monotonic() < known[0]:
        return known[1]
    async with services.sessions() as session:
        found = await _made(session, everybody=everybody, at=services.clock())
    kept[everybody] = (time.monotonic() + KEEP_S, found)
    return found


async def _made(session: AsyncSession, *, everybody: bool, at: int) -> OfferedModels:
    rows = await channels.serving(session)
    known = {model.name: model for model in await models.list_all(session)}
    vendors = await models.vendors(session, {row.vendor_id for row in known.values() if row.vendor_id})
    makers = {number: (vendor.name, vendor.icon) for number, vendor in vendors.items()}
    book = PriceBook(await prices.entries(session))
    served = _served(rows)
    aliases = {alias: name for name, model in known.items() if name in served for alias in model.aliases}
    shown = []
    for name in sorted(served.keys() | aliases.keys()):
        target = name if name in served else aliases[name]
        model = known.get(target)
        if model is not None and (model.visibility == "hidden" or (everybody and model.visibility != "public")):
            continue
        price = _price(book, served[target], at)
        shown.append(_offered(name, target, model, makers, price))
    ratios = {
        group.name: ratio_text(group.ratio)
        for group in await groups.list_all(session)
        if group.name == DEFAULT or EVERYBODY in (group.usable_by or ())
    }
    return OfferedModels(models=shown, groups={DEFAULT: "1", **ratios})


def _served(rows: Sequence[Any]) -> dict[str, list[tuple[Any, str]]]:
    """Public name -> the channels that serve it and its name there, those that are tried first before the others."""
    found: dict[str, list[tuple[Any, str]]] = {}
    for row in sorted(rows, key=lambda row: (-row.priority, row.id)):
        for public, upstream in row.models.items():
            if "*" not in public:
                found.setdefault(public, []).append((row, upstream or public))
    return found


def _price(book: PriceBook, places: Sequence[tuple[Any, str]], at: int) -> OfferedPrice | None:
    for row, upstream in places:
        tariff = book.find(row.provider, upstream, at)
        if tariff is not None:
            ratio = (row.settings or {}).get("price_ratio")
            return _shown(tariff, ONE if ratio is None else millionths(str(ratio)))
    return None


def _shown(tariff: Tariff, ratio: int) -> OfferedPrice:
    base = tariff.base
    amounts = {
        "input": base.input, "output": base.output, "cache_read": base.cache_read, "cache_write": base.cache_write,
        "call": tariff.call or 0,
    }  # fmt: skip
    more = bool(tariff.tiers or tariff.windows or tariff.images or tariff.tools)
    return OfferedPrice(**{name: nano_to_usd(amount * ratio // ONE) for name, amount in amounts.items()}, more=more)


def _offered(
    name: str,
    target: str,
    model: Model | None,
    makers: Mapping[int, tuple[str, str]],
    price: OfferedPrice | None,
) -> OfferedModel:
    vendor, icon = makers.get((model.vendor_id or 0) if model is not None else 0, (None, ""))
    return OfferedModel(
        name=name,
        title=model.title if model is not None else "",
        alias_of=target if target != name else None,
        vendor=vendor,
        icon=(model.icon if model is not None else "") or icon,
        description=model.description if model is not None else "",
        tags=model.tags if model is not None else [],
        capabilities=model.capabilities if model is not None else [],
        context_tokens=model.context_tokens if model is not None else None,
        output_tokens=model.output_tokens if model is not None else None,
        price=price,
    )
