"""Rules that name whose bodies are captured."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags, owners
from admin.caller import Caller, needs, step_up
from admin.endpoints.common import IfMatch, object_id, problems
from admin.options.logs import Logs
from admin.permissions import Reach
from admin.problems import Problem, invalid, not_found
from admin.schemas.base import MAX_ID, Wire
from admin.schemas.capture import DAY_S, CaptureRuleCreate, CaptureRuleOut, CaptureRulePatch, Redact, stored
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.models import CaptureRule, Key, Organisation
from storage.repositories import captures, names

router = APIRouter(prefix="/captures/rules", tags=["captures"])

Writers = Annotated[Caller, needs("captures.write")]
RuleId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]
_KINDS: dict[str, names.Named] = {"key": Key, "organisation": Organisation}


class RuleList(Wire):
    """All rules within reach."""

    items: list[CaptureRuleOut]


async def _load(session: AsyncSession, caller: Caller, rule_id: int) -> CaptureRule:
    found = await captures.get_rule(session, rule_id)
    if found is None or not await owners.holds(session, caller.scope("captures.write"), found.scope, found.scope_id):
        raise not_found("capture rule", str(rule_id))
    return found


async def _shown(session: AsyncSession, rows: Sequence[CaptureRule]) -> list[CaptureRuleOut]:
    named = {
        scope: await names.names(session, kind, (row.scope_id for row in rows if row.scope == scope))
        for scope, kind in _KINDS.items()
    }
    return [
        CaptureRuleOut.model_validate({
            "id": row.id,
            "scope": row.scope,
            "owner": named[row.scope].get(row.scope_id, ""),
            "owner_id": row.scope_id,
            "enabled": row.enabled,
            "max_bytes": row.max_bytes,
            "keep_days": row.keep_s // DAY_S,
            "until": datetime.fromtimestamp(row.until, tz=UTC) if row.until else None,
            "redact": Redact.model_validate(row.redact),
            "note": row.note,
            "created_by": row.created_by,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        })
        for row in rows
    ]  # fmt: skip


async def _allowed(services: Services, caller: Caller, wanted: CaptureRuleCreate | CaptureRulePatch) -> None:
    """Raises a Problem (403, 422) for what the operator's options do not allow."""
    options = await services.options.get(Logs)
    everything = caller.reach("captures.write") is Reach.ALL
    if not options.capture or not (everything or options.capture_by_organisations):
        raise Problem(403, "The operator of this gateway does not allow that.", slug="forbidden")
    given = wanted.model_fields_set if isinstance(wanted, CaptureRulePatch) else set(type(wanted).model_fields)
    wrong = []
    if "keep_days" in given and wanted.keep_days > options.capture_days:
        wrong.append(("body.keep_days", f"must be {options.capture_days} at most"))
    if "max_bytes" in given and wanted.max_bytes > options.capture_bytes:
        wrong.append(("body.max_bytes", f"must be {options.capture_bytes} at most"))
    if wrong:
        raise invalid(wrong)


@router.get("", responses=problems(), operation_id="list_capture_rules")
async def list_rules(services: Surroundings, caller: Writers) -> RuleList:
    """Whose bodies are captured."""
    scope = caller.scope("captures.write")
    async with services.sessions() as session:
        rows = [
            row
            for row in await captures.list_rules(session)
            if await owners.holds(session, scope, row.scope, row.scope_id)
        ]
        return RuleList(items=await _shown(session, rows))


@router.post(
    "",
    status_code=201,
    responses=problems(400, 404, 409, 413),
    operation_id="create_capture_rule",
    dependencies=[Depends(step_up)],
)
async def create_rule(
    services: Surroundings, caller: Writers, wanted: CaptureRuleCreate, response: Response
) -> CaptureRuleOut:
    """Capture bodies of a key's requests, or of an organisation's, from now on."""
    await _allowed(services, caller, wanted)
    try:
        async with services.sessions.begin() as session:
            number = object_id(wanted.owner)
            if number is None:
                number = await names.id_of(session, _KINDS[wanted.scope], wanted.owner)
            elif not (await names.names(session, _KINDS[wanted.scope], [number]))[number]:
                number = None
            reach = caller.scope("captures.write")
            if number is None or not await owners.holds(session, reach, wanted.scope, number):
                raise not_found(wanted.scope, wanted.owner)
            columns = stored({name: getattr(wanted, name) for name in CaptureRulePatch.model_fields})
            row = CaptureRule(scope=wanted.scope, scope_id=number, created_by=caller.name[:128], **columns)
            await captures.create_rule(session, row)
            (shown,) = await _shown(session, [row])
            await audit.record(
                session, services, caller, "captures.create", kind="capture_rule", id=row.id, name=shown.owner,
                after=shown,
            )  # fmt: skip
    except IntegrityError:
        raise Problem(409, f"There is a rule for this {wanted.scope} already; change it.") from None
    await announce(services)
    response.headers["location"] = f"/api/v1/captures/rules/{shown.id}"
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.get("/{rule}", responses=problems(404), operation_id="get_capture_rule")
async def get_rule(services: Surroundings, caller: Writers, rule: RuleId, response: Response) -> CaptureRuleOut:
    """One rule."""
    async with services.sessions() as session:
        (shown,) = await _shown(session, [await _load(session, caller, rule)])
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.patch(
    "/{rule}",
    responses=problems(400, 404, 412, 413),
    operation_id="change_capture_rule",
    dependencies=[Depends(step_up)],
)
async def change_rule(
    services: Surroundings,
    caller: Writers,
    rule: RuleId,
    patch: CaptureRulePatch,
    response: Response,
    if_match: IfMatch = None,
) -> CaptureRuleOut:
    """Change a rule; requests that have begun go on as before."""
    await _allowed(services, caller, patch)
    async with services.sessions.begin() as session:
        row = await _load(session, caller, rule)
        (before,) = await _shown(session, [row])
        etags.check(if_match, before)
        await captures.update_rule(session, row, stored(patch.given()))
        (shown,) = await _shown(session, [row])
        if shown != before:
            await audit.record(
                session, services, caller, "captures.change", kind="capture_rule", id=row.id, name=shown.owner,
                before=before, after=shown,
            )  # fmt: skip
    await announce(services)
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.delete("/{rule}", status_code=204, responses=problems(404, 412), operation_id="remove_capture_rule")
async def remove_rule(
    services: Surroundings,
    caller: Writers,
    rule: RuleId,
    if_match: IfMatch = None,
    purge: Annotated[bool, Query(description="Delete what it has captured, too.")] = False,
) -> None:
    """Stop capturing; what was captured stays until its time is over, unless it is purged."""
    async with services.sessions.begin() as session:
        row = await _load(session, caller, rule)
        (before,) = await _shown(session, [row])
        etags.check(if_match, before)
        await captures.remove_rule(session, row)
        await audit.record(
            session, services, caller, "captures.purge" if purge else "captures.remove", kind="capture_rule", id=rule,
            name=before.owner, before=before,
        )  # fmt: skip
    await announce(services)
    gone = 1 if purge else 0
    while gone:
        async with services.sessions.begin() as session:
            gone = await captures.remove_some_of(session, rule)
