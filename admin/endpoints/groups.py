"""Groups: the multipliers of what their users pay."""

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from admin.endpoints.common import NO_ID, Ref, object_id, problems
from admin.problems import invalid, not_found
from admin.schemas.amounts import ratio_to_millionths
from admin.schemas.base import check_name
from admin.schemas.group import GroupList, GroupOut, GroupSet
from admin.surroundings import Surroundings, announce
from storage.pricing.units import ratio_text
from storage.repositories import groups

router = APIRouter(prefix="/groups", tags=["groups"])


async def _all(session: AsyncSession) -> dict[str, GroupOut]:
    ratios = await groups.ratios(session)
    return {
        name: GroupOut(
            name=name,
            ratio=ratio_text(ratio),
            used={used: ratio_text(other) for used, other in sorted(ratios.overrides.get(name, {}).items())},
        )
        for name, ratio in sorted(ratios.groups.items())
    }


@router.get("", responses=problems(), operation_id="list_groups")
async def list_groups(services: Surroundings) -> GroupList:
    """All groups that have a multiplier."""
    async with services.sessions() as session:
        return GroupList(items=list((await _all(session)).values()))


@router.put("/{name}", responses=problems(400, 413), operation_id="set_group")
async def set_group(services: Surroundings, name: Ref, wanted: GroupSet) -> GroupOut:
    """Set a group's multiplier and, by the group of the key, those of its users. Counts for requests from now on."""
    try:
        check_name(name)
    except ValueError as error:
        raise invalid([("path.name", str(error))]) from None
    if len(name) > 64 or object_id(name) == NO_ID:
        raise invalid([("path.name", "must have at most 64 characters")])
    async with services.sessions.begin() as session:
        await groups.set_ratio(session, name, ratio_to_millionths(wanted.ratio))
        used = {each: ratio_to_millionths(ratio) for each, ratio in wanted.used.items()}
        await groups.set_overrides(session, name, used)
        found = (await _all(session))[name]
    await announce(services)
    return found


@router.delete("/{name}", status_code=204, responses=problems(404), operation_id="delete_group")
async def delete_group(services: Surroundings, name: Ref) -> None:
    """Remove a group's multiplier and those of its users: x1 from now on."""
    async with services.sessions.begin() as session:
        if not await groups.remove(session, name):
            raise not_found("group", name)
    await announce(services)
