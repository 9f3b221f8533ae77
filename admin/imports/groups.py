"""Taking over groups: multipliers, who may choose them, their place in the order of "auto"."""

from typing import Any

from admin import audit
from admin.imports.taking import Import, NotTakenError, Taken, fitted
from admin.schemas.amounts import ratio_to_millionths
from admin.schemas.group import GroupApply
from storage.repositories import groups


async def take(run: Import, item: tuple[str, dict[str, Any]]) -> Taken:
    """Make the group, unless there is one of that name with rules of its own."""
    name, body = item
    wanted, dropped = fitted(GroupApply, {"name": name, **body}, frozenset({"remark"}))
    if await groups.get(run.session, name) is not None:
        raise NotTakenError("is set here already")
    await groups.set_ratio(run.session, name, ratio_to_millionths(wanted.ratio))
    used = {other: ratio_to_millionths(ratio) for other, ratio in wanted.used.items()}
    await groups.set_overrides(run.session, name, used)
    await groups.write(run.session, name, wanted.rules(given=True))
    await audit.record(
        run.session, run.services, run.caller, "groups.import", kind="group", id=name, name=name, after=wanted
    )
    return Taken(0, name, [f"{field} was left out" for field in dropped])
