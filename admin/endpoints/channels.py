"""Channels: list, make, read, change, copy, remove, test one.

Their several keys are channel_keys.py, what their providers say channel_upstream.py, many at once channel_batches.py.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from admin import audit, channel_health, channel_rows, etags
from admin.caller import Caller, needs_all, some_step_up, step_up
from admin.endpoints.common import IfMatch, Ref, problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, fetch
from admin.problems import Problem, invalid
from admin.said import said
from admin.schemas.base import Fields
from admin.schemas.channel import ChannelCreate, ChannelOut, ChannelPatch, ChannelTest, ChannelTestResult
from admin.schemas.channel_more import ChannelFilter
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.events.outbox import emit
from storage.models import Channel
from storage.repositories import channels, revisions

router = APIRouter(prefix="/channels", tags=["channels"], route_class=ListRoute)

load = channel_rows.load
SORTS = {
    "priority": Channel.priority, "name": Channel.name, "created_at": Channel.created_at, "provider": Channel.provider,
    "tag": Channel.tag, "id": Channel.id,
}  # fmt: skip

Readers = Annotated[Caller, needs_all("channels.read")]
Writers = Annotated[Caller, needs_all("channels.write")]
_Text = Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$")]


@router.get("", responses=problems(), operation_id="list_channels")
async def list_channels(
    services: Surroundings,
    _caller: Readers,
    page: Paged,
    q: Search = "",
    tag: _Text = None,
    provider: _Text = None,
    group: _Text = None,
    model: Annotated[
        str | None,
        Query(min_length=1, max_length=200, pattern=r"^[^\x00]*$", description="That it takes, by name or glob."),
    ] = None,
    enabled: bool | None = None,
    off_by: Literal["auto"] | None = None,
) -> Listed[ChannelOut]:
    """Channels, highest priority first, or by `sort`; `q` is part of name, provider, tag, remark, address, or an id.

    `sort` is one of priority, name, created_at, provider, tag, id.
    """
    # Checked above; a body's checks would refuse control characters with an error that nobody turns into an answer.
    which = ChannelFilter.model_construct(
        tag=tag, provider=provider, group=group, model=model, enabled=enabled, off_by=off_by, q=q
    )
    page = page if page.sort else page._replace(sort="-priority")
    async with services.sessions() as session:
        rows, following = await fetch(session, await channel_rows.wanted_by(session, which), page, SORTS, Channel.id)
        return Listed(items=await channel_rows.shown(session, services, rows), next=following)


@router.post("", status_code=201, responses=problems(400, 409, 413), operation_id="create_channel")
async def create_channel(
    services: Surroundings, caller: Writers, wanted: ChannelCreate, response: Response
) -> ChannelOut:
    """Add a channel. Its secret is stored encrypted and never shown again."""
    columns = channel_rows.columns_of(services, wanted)
    async with services.sessions.begin() as session:
        await channel_rows.refuse_taken(session, wanted.name)
        row = await channels.create(session, Channel(name=wanted.name, **columns))
        (shown,) = await channel_rows.shown(session, services, [row])
        await audit.record(
            session, services, caller, "channels.create", kind="channel", id=row.id, name=row.name,
            after=channel_rows.steady(shown),
        )  # fmt: skip
    await announce(services)
    response.headers["location"] = f"/api/v1/channels/{row.id}"
    response.headers["etag"] = etags.etag_of(channel_rows.steady(shown))
    return shown


@router.get("/{channel}", responses=problems(404), operation_id="get_channel")
async def get_channel(services: Surroundings, _caller: Readers, channel: Ref, response: Response) -> ChannelOut:
    """One channel."""
    async with services.sessions() as session:
        (shown,) = await channel_rows.shown(session, services, [await load(session, channel)])
    response.headers["etag"] = etags.etag_of(channel_rows.steady(shown))
    return shown


async def change(
    services: Services,
    caller: Caller,
    ref: str,
    patch: ChannelPatch,
    if_match: str | None = None,
    action: str = "channels.change",
    noted: Fields | None = None,
) -> tuple[ChannelOut, bool]:
    """Change a channel; what it is then, and whether it is another. `noted` goes to the audit log. Raises Problems."""
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        row = await load(session, ref)
        (before,) = await channel_rows.shown(session, services, [row])
        etags.check(if_match, channel_rows.steady(before))
        if before.keys and patch.given().get("secret") is not None:
            raise Problem(409, "This channel has several keys in place of a secret; add one to them instead.")
        changes: Fields = channel_rows.changes(services, row, patch)
        has_secrets = before.keys or row.secret is not None or row.proxy_secret is not None
        if has_secrets and channel_rows.leads_elsewhere(row, before, changes):
            caller.require_all("channels.secrets")
            await step_up(services, caller)
        if changes.get("name", row.name) != row.name:
            await channel_rows.refuse_taken(session, changes["name"])
        changed = await channels.update(session, row, changes)
        (after,) = await channel_rows.shown(session, services, [row])
        if changed:
            was, became = (channel_rows.steady(one).model_dump(mode="json") for one in (before, after))
            secrets = sorted(patch.given().keys() & {"secret", "proxy_secret"})
            more = (noted or {}) | ({"replaced": secrets} if secrets else {})
            await audit.record(
                session, services, caller, action, kind="channel", id=row.id, name=row.name, before=was,
                after={**became, **more},
            )  # fmt: skip
        if before.enabled != after.enabled:
            kind = "channel.enabled" if after.enabled else "channel.disabled"
            await emit(
                session, kind, {"channel": row.name, "channel_id": row.id, "by": caller.name}, now=services.clock()
            )
    return after, changed


@router.patch(
    "/{channel}",
    responses=problems(400, 404, 409, 412, 413),
    operation_id="change_channel",
    dependencies=[Depends(some_step_up)],
)
async def change_channel(
    services: Surroundings,
    caller: Writers,
    channel: Ref,
    patch: ChannelPatch,
    response: Response,
    if_match: IfMatch = None,
) -> ChannelOut:
    """Change what the body names and leave the rest. Another secret needs `channels.secrets` and a second check."""
    channel_rows.may_change(caller, patch)
    if patch.given().keys() & {"secret", "proxy_secret"}:
        await step_up(services, caller)
    shown, changed = await change(services, caller, channel, patch, if_match)
    if changed:
        await announce(services)
    response.headers["etag"] = etags.etag_of(channel_rows.steady(shown))
    return shown


async def remove(services: Services, caller: Caller, ref: str, if_match: str | None = None) -> None:
    """Remove a channel. Raises Problems."""
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        row = await load(session, ref)
        (before,) = await channel_rows.shown(session, services, [row])
        etags.check(if_match, channel_rows.steady(before))
        await audit.record(
            session, services, caller, "channels.delete", kind="channel", id=row.id, name=row.name,
            before=channel_rows.steady(before),
        )  # fmt: skip
        await channels.remove(session, row)


@router.delete("/{channel}", status_code=204, responses=problems(404, 412), operation_id="delete_channel")
async def delete_channel(services: Surroundings, caller: Writers, channel: Ref, if_match: IfMatch = None) -> None:
    """Remove a channel. Requests that are using it finish."""
    await remove(services, caller, channel, if_match)
    await announce(services)


@router.post("/{channel}/test", responses=problems(400, 404, 413), operation_id="test_channel")
async def probe_channel(
    services: Surroundings, _caller: Writers, channel: Ref, wanted: ChannelTest | None = None
) -> ChannelTestResult:
    """Send one short request through the channel. The answer is 200 whatever the upstream did; `ok` tells."""
    wanted = wanted or ChannelTest()
    async with services.sessions() as session:
        row = await load(session, channel)
    model = wanted.model or channel_health.model_to_test(row)
    if model is None or "*" in model:
        raise invalid(
            [("body.model", f"is required: the channel {row.name} accepts globs, so name the model to test with")]
        )
    found = await channel_health.try_channel(
        services, row, model, stream=wanted.stream, endpoint=wanted.endpoint, key_id=wanted.key_id
    )
    return ChannelTestResult(
        ok=found.ok,
        status=found.status,
        milliseconds=found.milliseconds,
        first_byte_ms=found.first_byte_ms,
        model=found.model,
        error=found.error,
        detail=found.detail,
        detail_said=said(found.detail),
    )
