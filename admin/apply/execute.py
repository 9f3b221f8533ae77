"""Carrying out the steps of a plan in one transaction, which the caller commits. It decides nothing."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin import channel_key_rows, limit_rows
from admin.apply.groups import group_steps
from admin.apply.limits import limit_steps
from admin.apply.plan import ORIGIN, Step, channel_steps, key_steps, price_steps
from admin.schemas.amounts import ratio_to_millionths
from admin.schemas.apply import ChannelApply, Document
from admin.services import Services
from storage.models import Channel, Key, Price
from storage.repositories import channels, groups, keys, limits, prices, users


async def make_plan(session: AsyncSession, services: Services, document: Document, *, prune: bool) -> list[Step]:
    """Compare `document` with what is stored. A section that is absent is neither changed nor pruned."""
    steps: list[Step] = []
    if document.channels is not None:
        steps += await plan_channels(session, services, document.channels, prune=prune)
    if document.keys is not None:
        named = await users.ids(session, {item.user for item in document.keys if item.user is not None})
        steps += key_steps(document.keys, await keys.list_all(session), users=named, prune=prune)
    if document.prices is not None:
        versions = await prices.list_all(session, source="apply")
        steps += price_steps(document.prices, versions, int(time.time()), prune=prune)
    if document.groups is not None:
        ratios = await groups.ratios(session)
        steps += group_steps(document.groups, await groups.list_all(session), ratios, prune=prune)
    if document.limits is not None:
        rows = await limits.list_all(session)
        names = await limits.names_of(session, rows)
        known = await _known(session, document)
        steps += limit_steps(document.limits, rows, names, known, prune=prune)
    return steps


async def plan_channels(
    session: AsyncSession,
    services: Services,
    wanted: Sequence[ChannelApply],
    *,
    prune: bool = False,
    owned: bool = True,
) -> list[Step]:
    """Compare channels, and the several keys of those that name some. `owned`: the document owns them from then on."""
    stored = await channels.list_all(session)
    registry = services.providers
    steps = channel_steps(wanted, stored, box=services.box, registry=registry, prune=prune, owned=owned)
    for place, item in enumerate(wanted):
        if item.keys:
            steps[place] = await _with_keys(session, services, steps[place], item.keys)
    return steps


async def _with_keys(session: AsyncSession, services: Services, step: Step, wanted: Sequence[str]) -> Step:
    known = await channel_key_rows.held(session, services.box, step.row) if step.row is not None else []
    fresh = [key for key in dict.fromkeys(wanted) if key not in known]
    if not fresh:
        return step
    # How many there are before and after: what they are is nobody's to read.
    fields = {**step.fields, "keys": (len(known) if step.row is not None else None, len(known) + len(fresh))}
    return replace(step, action="update" if step.action == "unchanged" else step.action, fields=fields, keys=fresh)


async def _known(session: AsyncSession, document: Document) -> dict[str, set[str]]:
    """The names that a limit may use: of what is stored, and of what the document makes."""
    known = {kind: set(await limits.all_names(session, kind)) for kind in limits.SUBJECTS}
    known["key"] |= {item.name for item in document.keys or ()}
    known["channel"] |= {item.name for item in document.channels or ()}
    return known


async def execute(session: AsyncSession, services: Services, steps: Sequence[Step]) -> bool:
    """Write the steps; True when there was anything to write.

    Deletions come first: they free names and values. Limits come last: they name what the other steps make.
    """
    for last in (False, True):
        for action in ("delete", "update", "create"):
            for step in steps:
                if step.action == action and (step.kind == "limit") == last:
                    row = await _write(session, step)
                    if step.keys:
                        await channel_key_rows.add(session, services.box, row, step.keys)
    return any(step.action != "unchanged" for step in steps)


async def _write(session: AsyncSession, step: Step) -> Any:  # noqa: ANN401  # the row, of keys and channels
    if step.kind == "price":
        return await _write_price(session, step)
    if step.kind == "group":
        return await _write_group(session, step)
    if step.kind == "limit":
        return await _write_limit(session, step)
    noun: Any = channels if step.kind == "channel" else keys
    if step.action == "delete":
        await noun.remove(session, step.row)
    elif step.action == "update":
        await noun.update(session, step.row, step.columns)
    else:
        model: Any = Channel if step.kind == "channel" else Key
        return await noun.create(session, model(**(step.columns or {})))
    return step.row


async def _write_price(session: AsyncSession, step: Step) -> None:
    # A stored price never changes (see admin/endpoints/prices.py), so an update is a new version.
    if step.action == "delete":
        await prices.retire(session, step.row, int(time.time()))
    else:
        await prices.create(session, Price(**(step.columns or {})))


async def _write_group(session: AsyncSession, step: Step) -> None:
    if step.action == "delete":
        await groups.remove(session, step.name)
    else:
        wanted = (step.columns or {})["wanted"]
        await groups.set_ratio(session, wanted.name, ratio_to_millionths(wanted.ratio), origin=ORIGIN)
        used = {name: ratio_to_millionths(ratio) for name, ratio in wanted.used.items()}
        await groups.set_overrides(session, wanted.name, used)
        await groups.write(session, wanted.name, wanted.rules())


async def _write_limit(session: AsyncSession, step: Step) -> None:
    if step.action == "delete":
        await limits.remove(session, step.row)
    else:
        await limit_rows.write(session, (step.columns or {})["wanted"], step.row, ORIGIN, "body.document.limits")
