"""The audit log: who changed what, when and from where; and taking a change back, which is another change."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse

from admin import exports, rollback
from admin.caller import Caller, needs, some_step_up, step_up
from admin.endpoints import channels, settings
from admin.endpoints.common import IfMatch, problems
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.permissions import Reach
from admin.problems import Problem, not_found
from admin.schemas.audit import REVERSIBLE, AuditChange, AuditOut, RollbackIn, RollbackOut, shown
from admin.schemas.base import UtcTime
from admin.schemas.channel import ChannelPatch
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.listing import Page
from storage.models import AuditEntry
from storage.repositories import audit

router = APIRouter(prefix="/audit", tags=["audit"])

SORTS = {"id": AuditEntry.id, "at": AuditEntry.at}
COLUMNS = tuple(AuditOut.model_fields)
BATCH = 500

EntryId = Annotated[int, Path(ge=1, lt=2**62)]
Readers = Annotated[Caller, needs("audit.read")]
_Text = Annotated[str | None, Query(min_length=1, max_length=128, pattern=r"^[^\x00]*$")]


class Filters:
    """What of the log is wanted; shared by the list and the export."""

    def __init__(
        self,
        caller: Readers,
        q: Search = "",
        actor: _Text = None,
        actor_user_id: Annotated[int | None, Query(ge=1, lt=2**62)] = None,
        action: Annotated[_Text, Query(description="An action, or a noun and a dot: 'keys.'.")] = None,
        kind: _Text = None,
        object_id: _Text = None,
        request_id: _Text = None,
        since: Annotated[UtcTime | None, Query()] = None,
        until: Annotated[UtcTime | None, Query()] = None,
    ) -> None:
        statement = audit.query()
        if caller.reach("audit.read") is Reach.ORGANISATION:
            statement = statement.where(AuditEntry.organisation_id == (caller.organisation_id or -1))
        elif caller.reach("audit.read") is Reach.OWN:
            statement = statement.where(AuditEntry.actor_user_id == (caller.user_id or -1))
        exact = {
            AuditEntry.actor: actor,
            AuditEntry.actor_user_id: actor_user_id,
            AuditEntry.object_kind: kind,
            AuditEntry.object_id: object_id,
            AuditEntry.request_id: request_id,
        }
        for column, value in exact.items():
            statement = statement if value is None else statement.where(column == value)
        if action is not None and action.endswith("."):
            statement = statement.where(AuditEntry.action.startswith(action, autoescape=True))
        elif action is not None:
            statement = statement.where(AuditEntry.action == action)
        if since is not None:
            statement = statement.where(AuditEntry.at >= int(since.timestamp()))
        if until is not None:
            statement = statement.where(AuditEntry.at < int(until.timestamp()))
        if q:
            columns = (AuditEntry.object_name, AuditEntry.actor, AuditEntry.action, AuditEntry.ip)
            statement = statement.where(contains(q, *columns, identity=AuditEntry.id))
        self.statement = statement


Wanted = Annotated[Filters, Depends(Filters)]


@router.get("", responses=problems() | exports.FILES, operation_id="list_audit", response_model=Listed[AuditOut])
async def list_audit(
    services: Surroundings,
    page: Paged,
    wanted: Wanted,
    form: Annotated[exports.Format | None, Query(alias="format", description="A file in place of a page.")] = None,
) -> Listed[AuditOut] | StreamingResponse:
    """Entries by `id` or `at`, the newest first; an organisation's people see what happened to its things.

    A file begins with the oldest entry, and is read in pages while it is sent.
    """
    if form is not None:
        return await exports.export(_batches(services, wanted), COLUMNS, form, "audit")
    page = page._replace(sort=page.sort or "-id")
    async with services.sessions() as session:
        rows, following = await fetch(session, wanted.statement, page, SORTS, AuditEntry.id)
    return Listed(items=[shown(row) for row in rows], next=following)


async def _batches(services: Services, wanted: Filters) -> AsyncIterator[Sequence[dict[str, Any]]]:
    cursor: str | None = ""
    while cursor is not None:
        async with services.sessions() as session:
            rows, cursor = await fetch(session, wanted.statement, Page(BATCH, cursor, "id"), SORTS, AuditEntry.id)
        yield [shown(row).model_dump(mode="json") for row in rows]


@router.get("/{entry}", responses=problems(404), operation_id="get_audit_entry")
async def get_audit_entry(services: Surroundings, caller: Readers, entry: EntryId) -> AuditOut:
    """One entry."""
    return shown(await _load(services, caller, entry))


async def _load(services: Services, caller: Caller, entry: int) -> AuditEntry:
    async with services.sessions() as session:
        row = await audit.get(session, entry)
    scope = caller.scope("audit.read")
    if row is None or not scope.holds(row.actor_user_id, row.organisation_id):
        raise not_found("entry", str(entry))
    return row


@router.post(
    "/{entry}/rollback",
    responses=problems(400, 404, 409, 412, 413),
    operation_id="roll_back",
    dependencies=[Depends(some_step_up)],
)
async def roll_back(
    services: Surroundings, caller: Readers, entry: EntryId, wanted: RollbackIn | None = None, if_match: IfMatch = None
) -> RollbackOut:
    """Take a change of a channel or of settings back. Needs the permission to change such, and a second check.

    `If-Match` is the tag of the channel or area. What was changed again since is refused (409) unless `force` is set.
    """
    wanted = wanted or RollbackIn()
    row = await _load(services, caller, entry)
    if row.action not in REVERSIBLE or not row.before:
        raise Problem(409, "Only changes of channels and of settings are taken back.", slug="not-reversible")
    caller.require_all("channels.write" if row.object_kind == "channel" else "settings.write")
    if not wanted.dry_run:
        await step_up(services, caller)
    if row.object_kind == "channel":
        found = await _channel_back(services, caller, row, wanted, if_match)
    else:
        found = await _settings_back(services, caller, row, wanted, if_match)
    if found.entry is not None:
        await announce(services)
    return found


async def _channel_back(
    services: Services, caller: Caller, row: AuditEntry, wanted: RollbackIn, if_match: str | None
) -> RollbackOut:
    async with services.sessions() as session:
        channel, change, now, left = await rollback.of_channel(session, services, row, force=wanted.force)
        number = str(channel.id)
    changes = _changes(change, now)
    if wanted.dry_run or not change:
        return RollbackOut(entry=None, changes=changes, left=left)
    patch = ChannelPatch.model_validate(change)
    noted = {rollback.NOTE: row.id}
    await channels.change(services, caller, number, patch, if_match, action="channels.rollback", noted=noted)
    return RollbackOut(entry=await _newest(services, row, "channels.rollback"), changes=changes, left=left)


async def _settings_back(
    services: Services, caller: Caller, row: AuditEntry, wanted: RollbackIn, if_match: str | None
) -> RollbackOut:
    async with services.sessions() as session:
        change, now, left = await rollback.of_settings(session, services, row, force=wanted.force)
        changes = _changes(change, now)
        if wanted.dry_run or not change:
            return RollbackOut(entry=None, changes=changes, left=left)
        noted = {rollback.NOTE: row.id}
        await settings.change(
            session, services, caller, row.object_id, change, if_match, action="settings.rollback", noted=noted
        )
        await session.commit()
    services.options.forget()
    return RollbackOut(entry=await _newest(services, row, "settings.rollback"), changes=changes, left=left)


def _changes(change: dict[str, Any], now: dict[str, Any]) -> list[AuditChange]:
    return [AuditChange(field=name, before=now.get(name), after=value) for name, value in sorted(change.items())]


async def _newest(services: Services, row: AuditEntry, action: str) -> int | None:
    """The entry that was just written."""
    statement = audit.query().where(
        AuditEntry.object_kind == row.object_kind, AuditEntry.object_id == row.object_id, AuditEntry.action == action
    )
    async with services.sessions() as session:
        found = await session.scalar(statement.order_by(AuditEntry.id.desc()).limit(1))
    return None if found is None else found.id
