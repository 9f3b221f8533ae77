"""The steps for rate limits. They name keys, users and channels, which the same document may be about to make.

So names are compared here, and become ids only when the steps are carried out, after all others. It must not write.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from admin import limit_rows
from admin.apply.plan import ORIGIN, Step, deletions, refuse_twice
from admin.problems import invalid
from admin.schemas.base import Fields
from admin.schemas.limit import LimitSet
from storage.models import Limit


def limit_steps(
    wanted: Sequence[LimitSet],
    stored: Sequence[Limit],
    names: limit_rows.Names,
    known: Mapping[str, set[str]],
    *,
    prune: bool,
) -> list[Step]:
    """`names` are of what the stored limits match; `known` are the names that exist or that the document makes."""
    refuse_twice([item.name for item in wanted], "limits")
    wrong = [
        (f"body.document.limits.{place}.match.{kind}", f"there is no {kind} {name!r}")
        for place, item in enumerate(wanted)
        for kind, name in item.match.named().items()
        if name not in known[kind]
    ]
    if wrong:
        raise invalid(wrong)
    by_name = {row.name: row for row in stored}
    steps = [_step(item, by_name.get(item.name), names) for item in wanted]
    return steps + (deletions("limit", stored, {item.name for item in wanted}) if prune else [])


def _step(wanted: LimitSet, row: Limit | None, names: limit_rows.Names) -> Step:
    new = limit_rows.fields_of(wanted)
    columns = {"wanted": wanted}
    if row is None:
        given = {name: value for name, value in new.items() if value not in ("", {}, [])}
        fields: dict[str, tuple[Any, Any]] = {name: (None, value) for name, value in given.items()}
        return Step("create", "limit", wanted.name, fields, None, columns)
    old = limit_rows.stored_fields(row, names)
    fields = _differences(old, new)
    if row.origin != ORIGIN:
        fields["origin"] = (row.origin, ORIGIN)
    return Step("update" if fields else "unchanged", "limit", wanted.name, fields, row, columns)


def _differences(old: Fields, new: Fields) -> dict[str, tuple[Any, Any]]:
    return {name: (old[name], value) for name, value in new.items() if old[name] != value}
