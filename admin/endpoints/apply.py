"""Configuration as code: compare a document with what is stored, show the changes, make them unless it is a dry run."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from admin import audit
from admin.apply import text
from admin.apply.execute import execute, make_plan
from admin.caller import Caller, needs_all, some_step_up, step_up
from admin.endpoints.common import problems
from admin.schemas.apply import ApplyRequest, ApplyResult
from admin.surroundings import Surroundings, announce
from storage.repositories import revisions

router = APIRouter(prefix="/apply", tags=["apply"])


SECTIONS = {
    "channels": ("channels.write", "channels.secrets"),
    "keys": ("keys.write",),
    "prices": ("prices.write",),
    "groups": ("groups.write",),
    "limits": ("limits.write",),
}
"""What a section of a document needs besides apply.write."""


@router.post("", responses=problems(400, 409, 413), operation_id="apply", dependencies=[Depends(some_step_up)])
async def apply(
    services: Surroundings, caller: Annotated[Caller, needs_all("apply.write")], wanted: ApplyRequest, request: Request
) -> ApplyResult:
    """Make the stored objects equal to the document, all or nothing. The same document twice changes nothing.

    Each section needs the permissions of its noun too, and channels, which have secrets, a second check.
    """
    await asyncio.to_thread(text.refuse_twice, await request.body())
    for section, permissions in SECTIONS.items():
        if getattr(wanted.document, section) is not None:
            for permission in permissions:
                caller.require_all(permission)
    if wanted.document.channels is not None and not wanted.dry_run:
        await step_up(services, caller)
    async with services.sessions() as session:
        if not wanted.dry_run:
            for noun in (revisions.ROUTES, revisions.KEYS):  # what is compared stays as it is until the end
                await revisions.take_turn(session, noun)
        steps = await make_plan(session, services, wanted.document, prune=wanted.prune)
        result = ApplyResult(dry_run=wanted.dry_run, changes=[step.shown() for step in steps])
        written = False
        if not wanted.dry_run:
            written = await execute(session, services, steps)
            for change in result.changes:
                if change.action != "unchanged":
                    old = {name: pair[0] for name, pair in change.fields.items()}
                    new = {name: pair[1] for name, pair in change.fields.items()}
                    await audit.record(
                        session, services, caller, f"apply.{change.action}", kind=change.kind, id=change.name,
                        name=change.name, before=None if change.action == "create" else old,
                        after=None if change.action == "delete" else new,
                    )  # fmt: skip
            await session.commit()
    if written:
        await announce(services)
    return result
