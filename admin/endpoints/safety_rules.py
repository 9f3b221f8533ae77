"""Safety rules: create, list, read, change, delete, and trying them on a text."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from adapters.safety.detectors import DETECTORS
from adapters.safety.find import finder
from adapters.safety.guard import Blocked, Found, Guard, Ready, masked, settle
from admin import audit, etags
from admin.caller import Caller, needs_all, some_step_up, step_up
from admin.endpoints.common import IfMatch, Ref, object_id, problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.problems import Problem, invalid, not_found
from admin.schemas.base import Fields
from admin.schemas.safety_rule import (
    TERMS,
    DetectorList,
    DetectorOut,
    Finding,
    Kind,
    SafetyRuleCreate,
    SafetyRuleOut,
    SafetyRulePatch,
    Tried,
    TryIt,
    check,
    row_of,
)
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.crypto import SecretBox
from storage.models import SafetyRule
from storage.repositories import safety_rules

router = APIRouter(prefix="/safety-rules", tags=["safety"], route_class=ListRoute)

SORTS = {"position": SafetyRule.position, "name": SafetyRule.name, "id": SafetyRule.id}
MAX_SHOWN = 1000
Readers = Annotated[Caller, needs_all("safety.read")]
Writers = Annotated[Caller, needs_all("safety.write")]


def _out(row: SafetyRule) -> SafetyRuleOut:
    terms: dict[str, Any] = {name: row.terms[name] for name in TERMS if name in row.terms}
    words = terms.get("words", [])
    return SafetyRuleOut(
        **{**terms, "words": words[:MAX_SHOWN]},
        id=row.id,
        name=row.name,
        kind=row.kind,
        action=row.action,
        position=row.position,
        enabled=row.enabled,
        has_secret=row.secret is not None,
        word_count=len(words),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _load(session: AsyncSession, ref: str) -> SafetyRule:
    number = object_id(ref)
    found = await (safety_rules.find_by_name(session, ref) if number is None else safety_rules.get(session, number))
    if found is None:
        raise not_found("safety rule", ref)
    return found


async def _refuse_taken(session: AsyncSession, name: str) -> None:
    if await safety_rules.find_by_name(session, name) is not None:
        raise Problem(409, f"There is a safety rule {name!r} already.")


def _sealed(box: SecretBox, name: str, secret: str | None) -> bytes | None:
    return box.seal(secret, f"safety:{name}") if secret else None


@router.get("", responses=problems(), operation_id="list_safety_rules")
async def list_safety_rules(
    services: Surroundings, caller: Readers, page: Paged, q: Search = "", kind: Annotated[Kind | None, Query()] = None
) -> Listed[SafetyRuleOut]:
    """Rules in the order in which they are looked at; `sort`: position, name, id."""
    del caller
    statement = safety_rules.query()
    if kind is not None:
        statement = statement.where(SafetyRule.kind == kind)
    if q:
        statement = statement.where(contains(q, SafetyRule.name, identity=SafetyRule.id))
    async with services.sessions() as session:
        rows, following = await fetch(session, statement, page, SORTS, SafetyRule.id)
    return Listed(items=[_out(row) for row in rows], next=following)


@router.get("/detectors", responses=problems(), operation_id="list_detectors")
async def list_detectors(caller: Readers) -> DetectorList:
    """What detectors know."""
    del caller
    return DetectorList(items=[DetectorOut(name=each.name, about=each.about) for each in DETECTORS.values()])


@router.post("/try", responses=problems(400, 413), operation_id="try_safety_rules")
async def try_safety_rules(services: Surroundings, caller: Readers, wanted: TryIt) -> Tried:
    """What rules would do to a text. Nothing is stored or sent."""
    del caller
    if wanted.rule is not None:
        rule = wanted.rule
        rows = [row_of(0, rule.name, rule.kind, rule.action, rule.model_dump(include=set(TERMS)))]
    else:
        async with services.sessions() as session:
            stored = [row for row in await safety_rules.list_all(session) if row.enabled]
        rows = [row_of(row.id, row.name, row.kind, row.action, row.terms) for row in stored]
    ready = [Ready(row, finder(row)) for row in rows if row.kind != "webhook" and wanted.stage in row.stages]
    return _tried(Guard(ready), wanted.text)


def _tried(guard: Guard, text: str) -> Tried:
    hits = guard.hits(text)
    findings = [
        Finding(rule=hit.rule.name, action=hit.rule.action, kind=hit.kind, start=hit.start, end=hit.end)
        for hit in hits[:1000]
    ]
    try:
        after = masked(text, settle(hits, Found()), 0, len(text))
    except Blocked as blocked:
        return Tried(blocked_by=blocked.rule.name, message=blocked.message, text=None, findings=findings)
    return Tried(blocked_by=None, message="", text=after, findings=findings)


@router.post("", status_code=201, responses=problems(400, 409, 413), operation_id="create_safety_rule")
async def create_safety_rule(
    services: Surroundings, caller: Writers, wanted: SafetyRuleCreate, response: Response
) -> SafetyRuleOut:
    """Make a rule. It counts for the next request."""
    row = SafetyRule(
        name=wanted.name,
        kind=wanted.kind,
        action=wanted.action,
        position=wanted.position,
        enabled=wanted.enabled,
        terms=wanted.model_dump(mode="json", include=set(TERMS)),
        secret=_sealed(services.box, wanted.name, wanted.secret),
    )
    async with services.sessions.begin() as session:
        await _refuse_taken(session, wanted.name)
        shown = _out(await safety_rules.create(session, row))
        await audit.record(
            session, services, caller, "safety.create", kind="safety_rule", id=row.id, name=row.name, after=shown
        )
    await announce(services)
    response.headers["location"] = f"/api/v1/safety-rules/{row.id}"
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.get("/{rule}", responses=problems(404), operation_id="get_safety_rule")
async def get_safety_rule(services: Surroundings, caller: Readers, rule: Ref, response: Response) -> SafetyRuleOut:
    """One rule."""
    del caller
    async with services.sessions() as session:
        shown = _out(await _load(session, rule))
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.patch(
    "/{rule}",
    responses=problems(400, 404, 409, 412, 413),
    operation_id="change_safety_rule",
    dependencies=[Depends(some_step_up)],
)
async def change_safety_rule(
    services: Surroundings,
    caller: Writers,
    rule: Ref,
    patch: SafetyRulePatch,
    response: Response,
    if_match: IfMatch = None,
) -> SafetyRuleOut:
    """Change what the body names and leave the rest. A secret, or where it is sent, needs a second check."""
    given = patch.given()
    async with services.sessions.begin() as session:
        row = await _load(session, rule)
        leads_elsewhere = row.secret is not None and given.get("url", row.terms.get("url")) != row.terms.get("url")
        if "secret" in given or leads_elsewhere:
            await step_up(services, caller)
        before = _out(row)
        etags.check(if_match, before)
        changed = await safety_rules.update(session, row, await _changes(session, services.box, row, given, patch))
        shown = _out(row)
        if changed:
            await audit.record(
                session, services, caller, "safety.change", kind="safety_rule", id=row.id, name=row.name,
                before=before, after=shown,
            )  # fmt: skip
    if changed:
        await announce(services)
    response.headers["etag"] = etags.etag_of(shown)
    return shown


async def _changes(
    session: AsyncSession, box: SecretBox, row: SafetyRule, given: Fields, patch: SafetyRulePatch
) -> Fields:
    """The columns that a change sets. Raises a Problem when the rule could not be followed then."""
    terms = {**row.terms, **patch.model_dump(mode="json", include=set(TERMS) & given.keys())}
    try:
        check(row.kind, terms)
    except ValueError as error:
        field, _, reason = str(error).partition(": ")
        raise invalid([(f"body.{field}", reason)]) from None
    changes: Fields = {name: given[name] for name in ("name", "action", "position", "enabled") if name in given}
    name = changes.get("name", row.name)
    if name != row.name:
        await _refuse_taken(session, name)
        if row.secret is not None and "secret" not in given:
            changes["secret"] = _sealed(box, name, box.open(row.secret, f"safety:{row.name}"))
    if "secret" in given:
        changes["secret"] = _sealed(box, name, given["secret"])
    return {**changes, "terms": terms}


@router.delete("/{rule}", status_code=204, responses=problems(404, 412), operation_id="delete_safety_rule")
async def delete_safety_rule(services: Surroundings, caller: Writers, rule: Ref, if_match: IfMatch = None) -> None:
    """Remove a rule."""
    await remove(services, caller, rule, if_match)
    await announce(services)


async def remove(services: Services, caller: Caller, ref: str, if_match: str | None = None) -> None:
    """Remove a rule. Raises Problems."""
    async with services.sessions.begin() as session:
        row = await _load(session, ref)
        before = _out(row)
        etags.check(if_match, before)
        await safety_rules.remove(session, row)
        await audit.record(
            session, services, caller, "safety.delete", kind="safety_rule", id=before.id, name=before.name,
            before=before,
        )  # fmt: skip


async def switch(services: Services, caller: Caller, ref: str, *, enabled: bool) -> None:
    """Switch a rule on or off. Raises Problems."""
    async with services.sessions.begin() as session:
        row = await _load(session, ref)
        before = _out(row)
        if await safety_rules.update(session, row, {"enabled": enabled}):
            await audit.record(
                session, services, caller, "safety.change", kind="safety_rule", id=row.id, name=row.name,
                before=before, after=_out(row),
            )  # fmt: skip
