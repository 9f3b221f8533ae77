"""Channels: create, list, read, change, delete, test."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import channel_secrets, etags, providers
from admin.endpoints.common import IfMatch, Ref, object_id, problems
from admin.problems import Problem, invalid, not_found
from admin.schemas.channel import (
    ChannelCreate,
    ChannelList,
    ChannelOut,
    ChannelPatch,
    ChannelTest,
    ChannelTestResult,
)
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.crypto import SealError
from storage.models import Channel
from storage.repositories import channels, revisions

router = APIRouter(prefix="/channels", tags=["channels"])


async def _load(session: AsyncSession, ref: str) -> Channel:
    number = object_id(ref)
    found = await (channels.find_by_name(session, ref) if number is None else channels.get(session, number))
    if found is None:
        raise not_found("channel", ref)
    return found


async def _refuse_taken(session: AsyncSession, name: str) -> None:
    if await channels.find_by_name(session, name) is not None:
        raise Problem(409, f"There is a channel {name!r} already; change it, or choose another name.")


@router.get("", responses=problems(), operation_id="list_channels")
async def list_channels(services: Surroundings) -> ChannelList:
    """All channels, highest priority first."""
    async with services.sessions() as session:
        rows: Sequence[Channel] = await channels.list_all(session)
    rows = sorted(rows, key=lambda row: (-row.priority, row.name))
    return ChannelList(items=[ChannelOut.model_validate(row) for row in rows])


@router.post("", status_code=201, responses=problems(400, 409, 413), operation_id="create_channel")
async def create_channel(services: Surroundings, wanted: ChannelCreate, response: Response) -> ChannelOut:
    """Add a channel. Its secret is stored encrypted and never shown again."""
    base_url, wrong = providers.base_url_for(services.providers, wanted.provider, wanted.base_url, "body")
    columns = wanted.columns(base_url)
    wrong += channel_secrets.misplaced(wanted.proxy_secret, columns["settings"], "body")
    if wrong:
        raise invalid(wrong)
    for column in channel_secrets.COLUMNS:
        columns |= channel_secrets.columns(services.box, wanted.name, getattr(wanted, column), column)
    async with services.sessions.begin() as session:
        await _refuse_taken(session, wanted.name)
        row = await channels.create(session, Channel(name=wanted.name, **columns))
    await announce(services)
    shown = ChannelOut.model_validate(row)
    response.headers["location"] = f"/api/v1/channels/{row.id}"
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.get("/{channel}", responses=problems(404), operation_id="get_channel")
async def get_channel(services: Surroundings, channel: Ref, response: Response) -> ChannelOut:
    """One channel."""
    async with services.sessions() as session:
        shown = ChannelOut.model_validate(await _load(session, channel))
    response.headers["etag"] = etags.etag_of(shown)
    return shown


def _changes(services: Services, row: Channel, patch: ChannelPatch) -> dict[str, Any]:
    """The columns that `patch` sets on `row`."""
    given = patch.given()
    if "settings" in given:
        merged = {**row.settings, **patch.settings.model_dump(exclude_unset=True)}
        given["settings"] = {name: value for name, value in merged.items() if value is not None}
    settings = given.get("settings", row.settings)
    wrong = channel_secrets.misplaced(given.get("proxy_secret"), settings, "body")
    if wrong:
        raise invalid(wrong)
    if not settings.get("proxy"):
        given["proxy_secret"] = None
    for column in channel_secrets.COLUMNS:
        given |= _secret(services, row, given, column)
    return given


def _secret(services: Services, row: Channel, given: dict[str, Any], column: channel_secrets.Column) -> dict[str, Any]:
    """What is written of one secret, which is taken out of `given`: sealed anew when it or the name changes."""
    name = given.get("name", row.name)
    if column in given:
        secret = given.pop(column)
        if name == row.name and channel_secrets.same(services.box, row, secret, column):
            return {}
    elif name == row.name:
        return {}
    else:  # the sealed value is bound to the name
        try:
            secret = channel_secrets.reveal(services.box, row, column)
        except SealError:
            what = "secret" if column == "secret" else "login of the proxy"
            detail = f"The stored {what} does not open with the gateway's present secret key; send it as well."
            raise Problem(409, detail) from None
    return channel_secrets.columns(services.box, name, secret, column)


@router.patch("/{channel}", responses=problems(400, 404, 409, 412, 413), operation_id="change_channel")
async def change_channel(
    services: Surroundings, channel: Ref, patch: ChannelPatch, response: Response, if_match: IfMatch = None
) -> ChannelOut:
    """Change what the body names and leave the rest."""
    if "provider" in patch.model_fields_set:
        _, wrong = providers.base_url_for(services.providers, patch.provider, "", "body")
        if wrong:
            raise invalid(wrong)
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        row = await _load(session, channel)
        etags.check(if_match, ChannelOut.model_validate(row))
        changes = _changes(services, row, patch)
        if changes.get("name", row.name) != row.name:
            await _refuse_taken(session, changes["name"])
        changed = await channels.update(session, row, changes)
    if changed:
        await announce(services)
    shown = ChannelOut.model_validate(row)
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.delete("/{channel}", status_code=204, responses=problems(404, 412), operation_id="delete_channel")
async def delete_channel(services: Surroundings, channel: Ref, if_match: IfMatch = None) -> None:
    """Remove a channel. Requests that are using it finish."""
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        row = await _load(session, channel)
        etags.check(if_match, ChannelOut.model_validate(row))
        await channels.remove(session, row)
    await announce(services)


@router.post("/{channel}/test", responses=problems(400, 404), operation_id="test_channel")
async def probe_channel(services: Surroundings, channel: Ref, wanted: ChannelTest | None = None) -> ChannelTestResult:
    """Send one short request through the channel. The answer is 200 whatever the upstream did; `ok` tells."""
    wanted = wanted or ChannelTest()
    async with services.sessions() as session:
        row = await _load(session, channel)
    model = wanted.model or next((name for name in row.models if "*" not in name), None)
    if model is None or "*" in model:
        raise invalid(
            [("body.model", f"is required: the channel {row.name} accepts globs, so name the model to test with")]
        )
    found = await services.probe(row.id, model, wanted.stream)
    return ChannelTestResult(
        ok=found.ok,
        status=found.status,
        milliseconds=found.milliseconds,
        first_byte_ms=found.first_byte_ms,
        model=found.model,
        error=found.error,
        detail=found.detail,
    )
