"""Several keys of one channel: list, add, switch, remove."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, channel_key_rows, channel_rows, etags
from admin.caller import Caller, needs_all, step_up
from admin.endpoints.common import IfMatch, Ref, problems
from admin.problems import not_found
from admin.schemas.base import MAX_ID
from admin.schemas.channel_more import (
    ChannelKeyList,
    ChannelKeyOut,
    ChannelKeyPatch,
    ChannelKeysAdd,
    ChannelKeysChange,
)
from admin.surroundings import Surroundings, announce
from storage.models import Channel, ChannelKey
from storage.repositories import channel_keys, revisions

router = APIRouter(prefix="/channels/{channel}/keys", tags=["channels"])

Readers = Annotated[Caller, needs_all("channels.read")]
Writers = Annotated[Caller, needs_all("channels.write")]
Secrets = Annotated[Caller, needs_all("channels.secrets")]
KeyId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]


async def _load(session: AsyncSession, channel: Channel, key_id: int) -> ChannelKey:
    found = await channel_keys.get(session, key_id)
    if found is None or found.channel_id != channel.id:
        raise not_found("key", str(key_id))
    return found


async def _listed(session: AsyncSession, channel: Channel) -> ChannelKeyList:
    rows = await channel_keys.of_channel(session, channel.id)
    return ChannelKeyList(items=[ChannelKeyOut.model_validate(row) for row in rows])


@router.get("", responses=problems(404), operation_id="list_channel_keys")
async def list_channel_keys(services: Surroundings, _caller: Readers, channel: Ref) -> ChannelKeyList:
    """The channel's keys, with what switched off those that are off."""
    async with services.sessions() as session:
        return await _listed(session, await channel_rows.load(session, channel))


@router.post(
    "", status_code=201, responses=problems(400, 404, 409, 413), operation_id="add_channel_keys",
    dependencies=[Depends(step_up)],
)  # fmt: skip
async def add_channel_keys(
    services: Surroundings, caller: Secrets, channel: Ref, wanted: ChannelKeysAdd
) -> ChannelKeyList:
    """Add keys. They take turns as `key_mode` says, and one that fails rests or is switched off by itself."""
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        row = await channel_rows.load(session, channel)
        added = await channel_key_rows.add(session, services.box, row, wanted.secrets)
        await audit.record(
            session, services, caller, "channels.keys.add", kind="channel", id=row.id, name=row.name,
            after={"added": added},
        )  # fmt: skip
        listed = await _listed(session, row)
    await announce(services)
    return listed


@router.patch("/{key}", responses=problems(400, 404, 412, 413), operation_id="change_channel_key")
async def change_channel_key(
    services: Surroundings,
    caller: Writers,
    channel: Ref,
    key: KeyId,
    patch: ChannelKeyPatch,
    if_match: IfMatch = None,
) -> ChannelKeyOut:
    """Switch one key on or off."""
    given = patch.given()
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        row = await channel_rows.load(session, channel)
        found = await _load(session, row, key)
        before = ChannelKeyOut.model_validate(found)
        etags.check_tag(if_match, before.etag)
        if "enabled" in given:
            await channel_keys.switch(session, found, on=given["enabled"], reason=given.get("reason", ""))
        after = ChannelKeyOut.model_validate(found)
        if after != before:
            await audit.record(
                session, services, caller, "channels.keys.change", kind="channel", id=row.id, name=row.name,
                before={"key": key, "enabled": before.enabled}, after={"key": key, "enabled": after.enabled},
            )  # fmt: skip
    await announce(services)
    return after


@router.delete("/{key}", status_code=204, responses=problems(404, 412), operation_id="delete_channel_key")
async def delete_channel_key(
    services: Surroundings, caller: Secrets, channel: Ref, key: KeyId, if_match: IfMatch = None
) -> None:
    """Remove one key."""
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        row = await channel_rows.load(session, channel)
        found = await _load(session, row, key)
        etags.check_tag(if_match, ChannelKeyOut.model_validate(found).etag)
        await audit.record(
            session, services, caller, "channels.keys.delete", kind="channel", id=row.id, name=row.name,
            before={"key": key, "hint": found.hint},
        )  # fmt: skip
        await channel_keys.remove(session, found)
    await announce(services)


@router.post("/change", responses=problems(400, 403, 404, 413), operation_id="change_channel_keys")
async def change_channel_keys(
    services: Surroundings, caller: Writers, channel: Ref, wanted: ChannelKeysChange
) -> ChannelKeyList:
    """Switch all keys on or off, or remove all, or those that failures switched off."""
    if wanted.action.startswith("delete"):
        caller.require_all("channels.secrets")
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        row = await channel_rows.load(session, channel)
        before = (await channel_keys.counts(session, [row.id])).get(row.id, (0, 0))
        if wanted.action.startswith("delete"):
            await channel_keys.remove_of(session, row.id, only_auto=wanted.action == "delete_auto")
        else:
            await channel_keys.switch_all(session, row.id, on=wanted.action == "enable_all")
        after = (await channel_keys.counts(session, [row.id])).get(row.id, (0, 0))
        await audit.record(
            session, services, caller, f"channels.keys.{wanted.action}", kind="channel", id=row.id, name=row.name,
            before={"keys": before[0], "in_use": before[1]}, after={"keys": after[0], "in_use": after[1]},
        )  # fmt: skip
        listed = await _listed(session, row)
    await announce(services)
    return listed
