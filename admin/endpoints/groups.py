"""Groups: what their users pay, which models they reach, who may choose them, and the order of "auto"."""

from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags
from admin.caller import Caller, needs, needs_all
from admin.endpoints.common import NO_ID, IfMatch, Ref, object_id, problems
from admin.permissions import Reach
from admin.problems import invalid, not_found
from admin.schemas.amounts import ratio_to_millionths
from admin.schemas.base import Fields, check_name
from admin.schemas.group import AUTO, AutoOrder, GroupList, GroupOut, GroupSet, shown_rules
from admin.surroundings import Surroundings, announce
from storage.pricing.units import ONE, ratio_text
from storage.repositories import groups, users

router = APIRouter(prefix="/groups", tags=["groups"])

Writers = Annotated[Caller, needs_all("groups.write")]


async def _all(session: AsyncSession) -> dict[str, GroupOut]:
    ratios = await groups.ratios(session)
    counts = await groups.count_users(session)
    return {
        row.name: GroupOut(
            name=row.name,
            ratio=ratio_text(row.ratio),
            used={used: ratio_text(other) for used, other in sorted(ratios.overrides.get(row.name, {}).items())},
            users=counts.get(row.name, 0),
            **shown_rules(row),
        )
        for row in await groups.list_all(session)
    }


async def _usable(session: AsyncSession, caller: Caller) -> list[GroupOut]:
    """What somebody who is no operator sees: the groups they may choose, and what they would pay in each."""
    user = await users.get(session, caller.user_id) if caller.user_id is not None else None
    if user is None:
        return []
    known = await _all(session)
    ratios = await groups.ratios(session)
    found = []
    for name in await groups.usable(session, user):
        one = known.get(name) or _unwritten(name)
        pays = ratio_text(ratios.of(user.group, name) if name != AUTO else ONE)
        hidden: Fields = {"used": {}, "usable_by": None, "remark": "", "users": None, "ratio": pays}
        found.append(one.model_copy(update=hidden))
    return found


def _unwritten(name: str) -> GroupOut:
    return GroupOut(
        name=name,
        ratio="1",
        used={},
        topup_ratio="1",
        models=None,
        usable_by=None,
        auto_rank=None,
        remark="",
        users=None,
    )


@router.get("", responses=problems(), operation_id="list_groups")
async def list_groups(services: Surroundings, caller: Annotated[Caller, needs("groups.read")]) -> GroupList:
    """All groups that have a row; for others than operators those that their keys may use."""
    async with services.sessions() as session:
        if caller.reach("groups.read") is Reach.ALL:
            return GroupList(items=list((await _all(session)).values()))
        return GroupList(items=await _usable(session, caller))


@router.get("/auto", responses=problems(), operation_id="get_auto_order")
async def get_auto_order(
    services: Surroundings, caller: Annotated[Caller, needs_all("groups.read")], response: Response
) -> AutoOrder:
    """The order of groups that keys with the group "auto" try."""
    del caller
    async with services.sessions() as session:
        shown = await _order(session)
    response.headers["etag"] = etags.etag_of(shown)
    return shown


async def _order(session: AsyncSession) -> AutoOrder:
    ranked = [row for row in await groups.list_all(session) if row.auto_rank is not None]
    return AutoOrder(order=[row.name for row in sorted(ranked, key=lambda row: (row.auto_rank or 0, row.name))])


@router.put("/auto", responses=problems(400, 412, 413), operation_id="set_auto_order")
async def set_auto_order(
    services: Surroundings, caller: Writers, wanted: AutoOrder, response: Response, if_match: IfMatch = None
) -> AutoOrder:
    """Set the order of groups that keys with the group "auto" try. A group without a row gets one."""
    async with services.sessions.begin() as session:
        before = await _order(session)
        etags.check(if_match, before)
        if before != wanted:
            await groups.set_auto_order(session, wanted.order)
            await audit.record(
                session, services, caller, "groups.order", kind="group", id=AUTO, name=AUTO, before=before,
                after=wanted,
            )  # fmt: skip
    await announce(services)
    response.headers["etag"] = etags.etag_of(wanted)
    return wanted


@router.get("/{name}", responses=problems(404), operation_id="get_group")
async def get_group(
    services: Surroundings, caller: Annotated[Caller, needs_all("groups.read")], name: Ref, response: Response
) -> GroupOut:
    """One group."""
    del caller
    async with services.sessions() as session:
        shown = (await _all(session)).get(name)
    if shown is None:
        raise not_found("group", name)
    response.headers["etag"] = etags.etag_of(_state(shown))
    return shown


def _state(shown: GroupOut) -> GroupOut:
    """What the ETag is of: how many users there are is no part of it."""
    return shown.model_copy(update={"users": None})


@router.put("/{name}", responses=problems(400, 412, 413), operation_id="set_group")
async def set_group(
    services: Surroundings, caller: Writers, name: Ref, wanted: GroupSet, response: Response, if_match: IfMatch = None
) -> GroupOut:
    """Set a group's multiplier and, by the group of the key, those of its users. Counts for requests from now on."""
    try:
        check_name(name)
    except ValueError as error:
        raise invalid([("path.name", str(error))]) from None
    if len(name) > 64 or object_id(name) == NO_ID:
        raise invalid([("path.name", "must have at most 64 characters")])
    async with services.sessions.begin() as session:
        before = (await _all(session)).get(name)
        if before is not None:
            etags.check(if_match, _state(before))
        await groups.set_ratio(session, name, ratio_to_millionths(wanted.ratio))
        used = {other: ratio_to_millionths(ratio) for other, ratio in wanted.used.items()}
        await groups.set_overrides(session, name, used)
        await groups.write(session, name, wanted.rules(given=True))
        shown = (await _all(session))[name]
        await audit.record(
            session, services, caller, "groups.set", kind="group", id=name, name=name, before=before, after=shown
        )
    await announce(services)
    response.headers["etag"] = etags.etag_of(_state(shown))
    return shown


@router.delete("/{name}", status_code=204, responses=problems(404, 412), operation_id="delete_group")
async def delete_group(services: Surroundings, caller: Writers, name: Ref, if_match: IfMatch = None) -> None:
    """Remove a group's multipliers, rules and those of its users: it has the ratio 1 and every model then."""
    async with services.sessions.begin() as session:
        before = (await _all(session)).get(name)
        if before is None:
            raise not_found("group", name)
        etags.check(if_match, _state(before))
        await groups.remove(session, name)
        await audit.record(session, services, caller, "groups.delete", kind="group", id=name, name=name, before=before)
    await announce(services)
