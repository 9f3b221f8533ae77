"""Channels as a file: taken out with or without their secrets, and put in again after a look at what would change."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from admin import audit, channel_files, channel_rows
from admin.apply.execute import execute, plan_channels
from admin.caller import Caller, needs_all, some_step_up, step_up
from admin.endpoints.common import problems
from admin.problems import Problem
from admin.schemas.apply import MAX_OBJECTS
from admin.schemas.channel_more import ChannelExport, ChannelFile, ChannelImport, ChannelImported
from admin.surroundings import Surroundings, announce
from storage.models import Channel
from storage.repositories import channels, revisions

router = APIRouter(prefix="/channels", tags=["channels"])

Readers = Annotated[Caller, needs_all("channels.read")]
Writers = Annotated[Caller, needs_all("channels.write")]


@router.post(
    "/export",
    responses=problems(400, 409, 413),
    operation_id="export_channels",
    dependencies=[Depends(some_step_up)],
)
async def export_channels(
    services: Surroundings, caller: Readers, wanted: ChannelExport, response: Response
) -> ChannelFile:
    """The channels as `gateway apply` reads them. With secrets: needs `channels.secrets` and a second check."""
    if wanted.secrets:
        caller.require_all("channels.secrets")
        await step_up(services, caller)
    async with services.sessions.begin() as session:
        statement = await channel_rows.wanted_by(session, wanted.filter)
        if wanted.ids:
            statement = statement.where(Channel.id.in_(wanted.ids))
        rows = list((await session.scalars(statement.order_by(Channel.name).limit(MAX_OBJECTS + 1))).all())
        if len(rows) > MAX_OBJECTS:
            raise Problem(422, f"A file holds at most {MAX_OBJECTS} channels; choose fewer.", slug="too-many")
        text = await channel_files.exported(session, services, rows, secrets=wanted.secrets)
        await audit.record(
            session, services, caller, "channels.export", kind="channels", id="export",
            after={"channels": [row.name for row in rows[:100]], "count": len(rows), "secrets": wanted.secrets},
        )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return ChannelFile(text=text, channels=len(rows))


@router.post(
    "/import",
    responses=problems(400, 409, 413),
    operation_id="import_channels",
    dependencies=[Depends(some_step_up)],
)
async def import_channels(services: Surroundings, caller: Writers, wanted: ChannelImport) -> ChannelImported:
    """Make and change the channels that a file names, all or nothing; others stay as they are.

    Needs `channels.secrets`, and without `dry_run` a second check: who changes an address decides where secrets go.
    """
    caller.require_all("channels.secrets")
    if not wanted.dry_run:
        await step_up(services, caller)
    items, ignored = await asyncio.to_thread(channel_files.read, wanted.text)
    async with services.sessions() as session:
        if not wanted.dry_run:
            await revisions.take_turn(session, revisions.ROUTES)  # what is compared stays as it is until the end
        steps = await plan_channels(session, services, items, owned=False)
        result = ChannelImported(dry_run=wanted.dry_run, changes=[step.shown() for step in steps], ignored=ignored)
        written = not wanted.dry_run and await execute(session, services, steps)
        if written:
            ids = {row.name: row.id for row in await channels.list_all(session)}
            for change in result.changes:
                if change.action != "unchanged":
                    await audit.record(
                        session, services, caller, "channels.import", kind="channel", id=ids[change.name],
                        name=change.name,
                        before=None if change.action == "create" else {n: old for n, (old, _) in change.fields.items()},
                        after={n: new for n, (_, new) in change.fields.items()},
                    )  # fmt: skip
            await session.commit()
    if written:
        await announce(services)
    return result
