"""Between the limit on the wire and its row: names of keys, users and channels become ids and names again."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from admin.problems import invalid
from admin.schemas.base import Fields
from admin.schemas.limit import LimitOut, LimitSet, Match
from storage.models import Limit
from storage.repositories import limits

Names = Mapping[tuple[str, int], str]


async def ids(session: AsyncSession, match: Match, path: str) -> Fields:
    """The columns that hold ids; raises a Problem (422) for a name that nobody has."""
    columns: Fields = {f"{kind}_id": 0 for kind in limits.SUBJECTS}
    for kind, name in match.named().items():
        found = await limits.id_of(session, kind, name)
        if found is None:
            raise invalid([(f"{path}.match.{kind}", f"there is no {kind} {name!r}")])
        columns[f"{kind}_id"] = found
    return columns


def shown_match(row: Limit, names: Names) -> dict[str, str]:
    """What a stored limit matches, by name."""
    match = {
        kind: names.get((kind, number), f"#{number}")
        for kind in limits.SUBJECTS
        if (number := getattr(row, f"{kind}_id"))
    }
    match |= {name: value for name in ("group", "model") if (value := getattr(row, name))}
    return match


def shown(row: Limit, names: Names) -> LimitOut:
    """A stored limit on the wire."""
    return LimitOut.model_validate({
        "match": shown_match(row, names),
        "window": row.window or None,
        **{
            name: getattr(row, name)
            for name in ("id", "name", "metric", "amount", "per", "enabled", "origin", "created_at", "updated_at")
        },
    })  # fmt: skip


def fields_of(wanted: LimitSet) -> Fields:
    """A wanted limit as it is compared with a stored one: by names."""
    match = {name: value for name, value in wanted.match.model_dump().items() if value is not None}
    return {**stored_only(wanted.columns()), "match": match}


def stored_fields(row: Limit, names: Names) -> Fields:
    """A stored limit as it is compared with a wanted one."""
    columns = {name: getattr(row, name) for name in ("metric", "window", "amount", "per", "enabled")}
    return {**columns, "match": shown_match(row, names)}


def stored_only(columns: Fields) -> Fields:
    """Without what the match says."""
    return {name: value for name, value in columns.items() if name not in {"group", "model"}}


async def write(session: AsyncSession, wanted: LimitSet, row: Limit | None, origin: str, path: str) -> Limit | None:
    """Store a limit; None when nothing changed. Raises a Problem for a name that nobody has."""
    columns = {**wanted.columns(), **await ids(session, wanted.match, path), "origin": origin}
    if row is None:
        return await limits.create(session, Limit(name=wanted.name, **columns))
    return row if await limits.update(session, row, columns) else None
