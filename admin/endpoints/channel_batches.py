"""Many channels at once: changed one by one, copied, tagged; and work on them in the background, with progress."""

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from admin import audit, bulk, channel_key_rows, channel_rows, channel_secrets, jobs
from admin.caller import Caller, needs_all, some_step_up, step_up
from admin.endpoints import channel_upstream
from admin.endpoints import channels as channel_endpoints
from admin.endpoints.common import Ref, problems
from admin.problems import Problem, invalid
from admin.schemas.channel import ChannelOut, ChannelPatch
from admin.schemas.channel_more import (
    ChannelBulk,
    ChannelCopy,
    ChannelFilter,
    ChannelJob,
    ChannelRetried,
    TagList,
    TagOut,
)
from admin.schemas.job import JobOut, job_out
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.crypto import SealError
from storage.models import Channel
from storage.repositories import channel_keys, channels, revisions

router = APIRouter(tags=["channels"])

log = logging.getLogger(__name__)

Readers = Annotated[Caller, needs_all("channels.read")]
Writers = Annotated[Caller, needs_all("channels.write")]

_COPIED = (
    "provider", "base_url", "models", "priority", "weight", "headers", "settings", "groups", "key_mode", "tag",
    "remark", "test_model", "auto_disable", "watch_models", "ignored_models",
)  # fmt: skip


async def _meant(services: Services, ids: list[int], which: ChannelFilter | None) -> list[int]:
    if which is None:
        return ids
    async with services.sessions() as session:
        statement = await channel_rows.wanted_by(session, which)
        found = await channels.ids(session, statement, limit=bulk.MAX_ITEMS + 1)
    return [*ids, *found]


@router.get("/channel-tags", responses=problems(), operation_id="list_channel_tags")
async def list_channel_tags(services: Surroundings, _caller: Readers) -> TagList:
    """All tags. What is done to all channels of a tag is a bulk operation with that filter."""
    async with services.sessions() as session:
        found = await channels.tags(session)
    return TagList(items=[TagOut(tag=tag, channels=count) for tag, count in found.items()])


@router.post(
    "/channels/bulk",
    responses=problems(400, 404, 413),
    operation_id="change_channels",
    dependencies=[Depends(some_step_up)],
)
async def change_channels(services: Surroundings, caller: Writers, wanted: ChannelBulk) -> bulk.BulkDone:
    """Switch on or off, change, remove or try again many channels; each by itself, and the answer says which."""
    if wanted.action == "change" and (wanted.values is None or not wanted.values.given()):
        raise invalid([("body.values", "is required for change")])
    patch = wanted.values or ChannelPatch(enabled=wanted.action == "enable")
    if "name" in patch.given():
        raise invalid([("body.values.name", "is one channel's: two channels cannot have it")])
    channel_rows.may_change(caller, patch)
    if patch.given().keys() & set(channel_secrets.COLUMNS):
        await step_up(services, caller)

    async def change(number: int) -> None:
        if wanted.action == "delete":
            await channel_endpoints.remove(services, caller, str(number))
        elif wanted.action in {"add_models", "sync_models"}:
            await channel_upstream.take(services, caller, str(number), remove=wanted.action == "sync_models")
        elif wanted.action == "retry":
            await _noted(services, caller, str(number))
        else:
            await channel_endpoints.change(services, caller, str(number), patch)

    meant = await _meant(services, list(wanted.ids), wanted.filter)
    if wanted.action == "retry" and meant and not wanted.dry_run:
        await _tell(services, meant)
    done = await bulk.each(meant, change, dry_run=wanted.dry_run)
    if done.changed and wanted.action != "retry":
        await announce(services)
    return done


@router.post("/channels/{channel}/retry", responses=problems(404), operation_id="retry_channel")
async def retry_channel(services: Surroundings, caller: Writers, channel: Ref) -> ChannelRetried:
    """Forget the channel's failures in every replica, so that its requests are tried again at once."""
    async with services.sessions() as session:
        number = (await channel_rows.load(session, channel)).id
    told = await _tell(services, [number])
    await _noted(services, caller, str(number))
    return ChannelRetried(replicas=told)


async def _tell(services: Services, ids: list[int]) -> int:
    try:
        return await services.retry(ids)
    except Exception as error:  # noqa: BLE001  # the Router is remote, and may be away in any way
        log.warning("replicas were not told to try channels again: %s", type(error).__name__)
        raise Problem(503, "The Router does not answer; try again in a moment.", slug="router-away") from None


async def _noted(services: Services, caller: Caller, ref: str) -> None:
    async with services.sessions.begin() as session:
        row = await channel_rows.load(session, ref)
        await audit.record(session, services, caller, "channels.retry", kind="channel", id=row.id, name=row.name)


@router.post("/channels/jobs", status_code=202, responses=problems(400, 404, 413), operation_id="work_on_channels")
async def work_on_channels(services: Surroundings, caller: Writers, wanted: ChannelJob) -> JobOut:
    """Test many channels, ask for their balances or compare their models, in the background: see /jobs/{id}."""
    which = wanted.filter
    if which is None and not wanted.ids:
        which = ChannelFilter(enabled=True)
    ids = list(dict.fromkeys(await _meant(services, list(wanted.ids), which)))
    if len(ids) > bulk.MAX_ITEMS:
        raise Problem(422, f"At most {bulk.MAX_ITEMS} channels are worked on at a time; this matches {len(ids)}.")
    jobs.discover()
    payload: dict[str, Any] = {"ids": ids, "dry_run": wanted.dry_run}
    if wanted.action == "test":
        payload |= {"model": wanted.model or "", "endpoint": wanted.endpoint, "stream": wanted.stream}
    async with services.sessions.begin() as session:
        row = await jobs.submit(
            session, services, f"channels.{wanted.action}", payload, actor=caller.name, user_id=caller.user_id,
            total=len(ids),
        )  # fmt: skip
        await audit.record(
            session, services, caller, f"channels.{wanted.action}", kind="job", id=row.id, after={"channels": len(ids)}
        )
        return job_out(row)


@router.post(
    "/channels/{channel}/copy",
    status_code=201,
    responses=problems(400, 404, 409, 413),
    operation_id="copy_channel",
    dependencies=[Depends(some_step_up)],
)
async def copy_channel(
    services: Surroundings, caller: Writers, channel: Ref, wanted: ChannelCopy, response: Response
) -> ChannelOut:
    """Make a channel like this one, switched off. With its secrets: who copies could send them to another address."""
    box = services.box
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        source = await channel_rows.load(session, channel)
        await channel_rows.refuse_taken(session, wanted.name)
        columns = {name: getattr(source, name) for name in _COPIED}
        own = await channel_keys.of_channel(session, source.id)
        if wanted.secrets and (own or any(getattr(source, column) is not None for column in channel_secrets.COLUMNS)):
            caller.require_all("channels.secrets")
            await step_up(services, caller)
        try:
            for column in channel_secrets.COLUMNS if wanted.secrets else ():
                secret = channel_secrets.reveal(box, source, column)
                columns |= channel_secrets.columns(box, wanted.name, secret, column)
            several = [box.open(key.secret, channel_key_rows.context(key.id)) for key in own if wanted.secrets]
        except SealError:
            detail = "The stored secrets do not open with the gateway's present secret key."
            raise Problem(409, detail) from None
        row = await channels.create(session, Channel(name=wanted.name, enabled=wanted.enabled, **columns))
        if several:
            await channel_key_rows.add(session, services.box, row, several)
        (shown,) = await channel_rows.shown(session, services, [row])
        await audit.record(
            session, services, caller, "channels.copy", kind="channel", id=row.id, name=row.name,
            before={"copy_of": source.id}, after=channel_rows.steady(shown),
        )  # fmt: skip
    await announce(services)
    response.headers["location"] = f"/api/v1/channels/{row.id}"
    return shown
