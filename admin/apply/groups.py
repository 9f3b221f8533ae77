"""The comparison for groups: (wanted multipliers, stored ones) -> steps. It must not write."""

from collections.abc import Mapping, Sequence
from typing import Any

from admin.apply.plan import ORIGIN, Step, deletions, refuse_twice
from admin.schemas.apply import Action
from admin.schemas.group import RULES, GroupApply, shown_rules
from storage.models import Group
from storage.pricing import Ratios
from storage.pricing.units import ratio_text


def group_steps(wanted: Sequence[GroupApply], stored: Sequence[Group], ratios: Ratios, *, prune: bool) -> list[Step]:
    """The steps for groups; raises a Problem for a name that is there twice."""
    refuse_twice([item.name for item in wanted], "groups")
    by_name = {row.name: row for row in stored}
    steps: list[Step] = []
    for item in wanted:
        row = by_name.get(item.name)
        plain = {name: getattr(item, name) for name in RULES}
        new: dict[str, Any] = {"ratio": item.ratio, "used": dict(item.used), **plain, "origin": ORIGIN}
        old = _shown(row, ratios.overrides.get(item.name, {}))
        fields = {name: (old.get(name), value) for name, value in new.items() if old.get(name) != value}
        if row is None:
            usual = {name: field.default for name, field in GroupApply.model_fields.items()}
            fields = {
                name: change
                for name, change in fields.items()
                if name != "origin" and change[1] and (name == "ratio" or change[1] != usual[name])
            }
        action: Action = "create" if row is None else "update" if fields else "unchanged"
        steps.append(Step(action, "group", item.name, fields, row, {"wanted": item}))
    return steps + (deletions("group", stored, {item.name for item in wanted}) if prune else [])


def _shown(row: Group | None, used: Mapping[str, int]) -> dict[str, Any]:
    if row is None:
        return {}
    by_group = {name: ratio_text(ratio) for name, ratio in used.items()}
    return {"ratio": ratio_text(row.ratio), "used": by_group, **shown_rules(row), "origin": row.origin}
