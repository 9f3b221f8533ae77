"""Configuration as code: compare a document with what is stored, show the changes, make them unless it is a dry run."""

from fastapi import APIRouter

from admin.apply.execute import execute, make_plan
from admin.endpoints.common import problems
from admin.schemas.apply import ApplyRequest, ApplyResult
from admin.surroundings import Surroundings, announce
from storage.repositories import revisions

router = APIRouter(prefix="/apply", tags=["apply"])


@router.post("", responses=problems(400, 409, 413), operation_id="apply")
async def apply(services: Surroundings, wanted: ApplyRequest) -> ApplyResult:
    """Make the stored objects equal to the document, all or nothing. The same document twice changes nothing."""
    async with services.sessions() as session:
        if not wanted.dry_run:
            for noun in (revisions.ROUTES, revisions.KEYS):  # what is compared stays as it is until the end
                await revisions.take_turn(session, noun)
        steps = await make_plan(session, services, wanted.document, prune=wanted.prune)
        result = ApplyResult(dry_run=wanted.dry_run, changes=[step.shown() for step in steps])
        written = False
        if not wanted.dry_run:
            written = await execute(session, steps)
            await session.commit()
    if written:
        await announce(services)
    return result
