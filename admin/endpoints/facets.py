"""How many there are of each value of a filter, from roll-ups and counts. Read only."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from admin.caller import Caller, needs, needs_all
from admin.endpoints.common import problems
from admin.permissions import Reach
from admin.problems import invalid
from admin.schemas.facet import Facet, Facets
from admin.surroundings import Surroundings
from admin.usage_filters import KINDS, OPERATORS_ONLY, SumFilters, wanted
from storage.repositories import channel_counts, names, usage_search, usage_totals
from storage.rollups.groups import DAY_US, HOUR_US
from storage.rollups.tables import answering

router = APIRouter(tags=["dashboard"])

MOST = 20
FEW = 50_000
"""Among so many single requests a filter is counted that no roll-up knows together with the others."""

FIELDS = ("status", "end", "model", "provider", "operation", "group", "channel", "key", "user", "organisation")
_USUAL = "status,model,operation,channel,group"
Reader = Annotated[Caller, needs("reports.read")]


def _rolled_up(since: int | None, until: int | None, dimensions: set[str]) -> bool:
    """Whether no single request has to be read for it."""
    by_hour = answering(HOUR_US, dimensions) is not None
    unit = HOUR_US if by_hour else DAY_US
    return all(at is None or at % unit == 0 for at in (since, until)) or by_hour


@router.get("/usage/facets", responses=problems(404), operation_id="usage_facets")
async def usage_facets(
    services: Surroundings,
    caller: Reader,
    filters: SumFilters,
    fields: Annotated[
        str,
        Query(max_length=200, pattern=r"^[a-z,]*$", description="Which, parted by commas.", examples=["status,model"]),
    ] = _USUAL,
) -> Facets:
    """How many of the requests that match everything given have each status, model and so on.

    A filter's own value is left out of its count, so that its other values can be chosen.
    """
    everything = caller.reach("reports.read") is Reach.ALL
    named_fields = dict.fromkeys(fields.split(","))
    if unknown := sorted(set(named_fields) - set(FIELDS)):
        raise invalid([("query.fields", f"names no filter: {', '.join(unknown)}")])
    shown = [one for one in named_fields if everything or one not in OPERATORS_ONLY]
    found: dict[str, list[Facet]] = {}
    async with services.sessions() as session:
        asked = await wanted(session, filters, caller, "reports.read")
        requests = await usage_search.count(session, asked)
        scope = caller.scope("reports.read")
        kept = {name for name in ("user_id", "organisation_id") if getattr(scope, name) is not None}
        for one in shown:
            column: Any = f"{one}_id" if one in KINDS else one
            others = {name: value for name, value in asked.dimensions.items() if name != column or name in kept}
            if not _rolled_up(asked.since, asked.until, {*others, column}) and requests > FEW:
                continue
            rows = await usage_totals.totals(
                session, since=asked.since, until=asked.until, group_by=column, order_by="requests", limit=MOST,
                **others,  # type: ignore[arg-type]  # each has the type of its column
            )  # fmt: skip
            named: dict[int, str] = {}
            if one in KINDS:
                named = await names.names(session, KINDS[one], (int(row.group) for row in rows))
            found[one] = [
                Facet(
                    value=named.get(int(row.group), "") if one in KINDS else str(row.group),
                    id=int(row.group) if one in KINDS else None,
                    count=row.requests,
                )
                for row in rows
            ]
    return Facets(total=requests, fields=found)


@router.get(
    "/channel-facets",
    responses=problems(),
    operation_id="channel_facets",
    dependencies=[needs_all("channels.read")],
)
async def channel_facets(services: Surroundings) -> Facets:
    """How many channels there are of each provider and tag, on, off, and switched off by failures."""
    async with services.sessions() as session:
        providers = await channel_counts.by_provider(session, MOST)
        tags = await channel_counts.by_tag(session, MOST)
        states = await channel_counts.counts(session)
    counted = {
        "provider": providers,
        "tag": tags,
        "enabled": {"true": states.enabled, "false": states.total - states.enabled},
        "off_by": {"auto": states.off_by_failures},
    }
    fields = {
        name: [Facet(value=value, count=count) for value, count in values.items()] for name, values in counted.items()
    }
    return Facets(total=states.total, fields=fields)
