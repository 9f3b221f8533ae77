"""Taking over ratios as prices of operators. What New API's code knows by itself is not in its database."""

from collections.abc import Mapping
from typing import Any

from admin import audit
from admin.imports.taking import Import, NotTakenError, Taken
from admin.schemas.price import PriceOut, PriceSet
from storage.imports import ratio_tables
from storage.models import Price
from storage.repositories import prices

_SEED, _OPERATOR = "seed", "operator"


def wanted(options: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """(model, body of PUT /prices)."""
    return [(str(body["model"]), body) for body in ratio_tables.bodies(dict(options))]


async def take(run: Import, body: dict[str, Any]) -> Taken:
    """Set the price, unless somebody has set one here.

    Without a completion ratio New API takes one from its code; here it is that of the price that the gateway ships.
    """
    now, notes = run.services.clock(), list[str]()
    ratios = dict(body["ratios"])
    asked = PriceSet.model_validate({**body, "ratios": ratios})
    if await prices.find(run.session, "", asked.model, _OPERATOR, now) is not None:
        raise NotTakenError("has a price of yours here already")
    columns = asked.columns()
    if "model_ratio" in ratios and "completion_ratio" not in ratios:
        shipped = await prices.find(run.session, "", asked.model, _SEED, now)
        if shipped is not None and shipped.input:
            columns["output"] = (columns["input"] * shipped.output * 2 + shipped.input) // (2 * shipped.input)
            notes.append("no completion ratio there: output in the proportion of the price that the gateway ships")
        else:
            notes.append("no completion ratio there: output costs as much as input; look at it")
    row = Price(provider="", model=asked.model, source=_OPERATOR, effective_from=now, **columns)
    await prices.create(run.session, row)
    await audit.record(
        run.session, run.services, run.caller, "prices.import", kind="price", id=row.id, name=f"*/{row.model}",
        after=PriceOut.of(row, in_force=True),
    )  # fmt: skip
    return Taken(row.id, row.model, notes)
