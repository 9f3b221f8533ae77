"""Models: what is known of them, who sees them, other names; and the list of what is offered at which price."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, bulk, etags, price_list, service_levels
from admin.caller import Caller, needs, needs_all, open_route
from admin.endpoints.common import IfMatch, object_id, problems
from admin.endpoints.vendors import load as load_vendor
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.options.console import Console
from admin.options.models import ModelOptions
from admin.permissions import Reach
from admin.problems import Problem, invalid, not_found
from admin.schemas.base import Fields
from admin.schemas.model import Missing, ModelBulk, ModelCreate, ModelFilter, ModelOut, ModelPatch, OfferedModels
from admin.schemas.service_level import ModelLevel, ModelStatus, State, StatusPage
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.models import Model
from storage.repositories import channels, models, revisions

router = APIRouter(tags=["models"], route_class=ListRoute)

SORTS = {"name": Model.name, "created_at": Model.created_at, "id": Model.id}

_WORST: tuple[State, ...] = ("down", "degraded", "ok")

Readers = Annotated[Caller, needs("models.read")]
Writers = Annotated[Caller, needs_all("models.write")]
Visible = Annotated[Literal["public", "users", "hidden"] | None, Query()]


async def _load(session: AsyncSession, ref: str) -> Model:
    number = object_id(ref)
    found = await (models.find_by_name(session, ref) if number is None else models.get(session, number))
    if found is None:
        raise not_found("model", ref)
    return found


async def _shown(session: AsyncSession, rows: Sequence[Model]) -> list[ModelOut]:
    makers = await models.vendors(session, {row.vendor_id for row in rows if row.vendor_id})
    found = []
    for row in rows:
        maker = makers.get(row.vendor_id or 0)
        stored = {name: getattr(row, name) for name in ModelOut.model_fields if name not in {"vendor", "icon"}}
        icon = row.icon or (maker.icon if maker is not None else "")
        found.append(ModelOut(**stored, vendor=maker.name if maker is not None else None, icon=icon))
    return found


async def _columns(session: AsyncSession, fields: Fields, row: Model | None) -> Fields:
    """The stored columns; a name or alias means one model only. Raises Problems (404, 409)."""
    columns = dict(fields)
    if "vendor" in columns:
        name = columns.pop("vendor")
        columns["vendor_id"] = (await load_vendor(session, name)).id if name is not None else None
    wanted = {*columns.get("aliases", ())} | ({columns["name"]} if "name" in columns else set())
    own = columns.get("name", row.name if row is not None else "")
    if own in columns.get("aliases", row.aliases if row is not None else ()):
        raise invalid([("body.aliases", "names the model itself")])
    for other in await models.list_all(session) if wanted else ():
        if row is not None and other.id == row.id:
            continue
        taken = wanted & {other.name, *other.aliases}
        if taken:
            raise Problem(409, f"{min(taken)!r} means the model {other.name!r} already.")
    return columns


async def _wanted_by(session: AsyncSession, which: ModelFilter) -> Select[Model]:
    """The models that a filter finds. Raises a Problem (404) for a vendor that is not there."""
    statement = models.query()
    if which.visibility is not None:
        statement = statement.where(Model.visibility == which.visibility)
    if which.q:
        statement = statement.where(contains(which.q, Model.name, Model.title, identity=Model.id))
    if which.vendor is not None:
        statement = statement.where(Model.vendor_id == (await load_vendor(session, which.vendor)).id)
    return statement


@router.get("/models", responses=problems(404), operation_id="list_models")
async def list_models(
    services: Surroundings,
    caller: Readers,
    page: Paged,
    q: Search = "",
    vendor: Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00]*$")] = None,
    visibility: Visible = None,
) -> Listed[ModelOut]:
    """Models by `name`, `created_at` or `id`; `q` is part of a name or title, or an id."""
    async with services.sessions() as session:
        statement = await _wanted_by(session, ModelFilter.model_construct(q=q, vendor=vendor, visibility=visibility))
        if caller.reach("models.read") is not Reach.ALL:
            statement = statement.where(Model.visibility != "hidden")
        rows, following = await fetch(session, statement, page, SORTS, Model.id)
        return Listed(items=await _shown(session, rows), next=following)


@router.post("/models", status_code=201, responses=problems(400, 404, 409, 413), operation_id="create_model")
async def create_model(services: Surroundings, caller: Writers, wanted: ModelCreate, response: Response) -> ModelOut:
    """Say what is known of a model."""
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        columns = await _columns(session, wanted.model_dump(), None)
        row = await models.create(session, Model(**columns))
        (shown,) = await _shown(session, [row])
        await audit.record(
            session, services, caller, "models.create", kind="model", id=row.id, name=row.name, after=shown
        )
    await announce(services)
    response.headers["location"] = f"/api/v1/models/{row.id}"
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.get("/models/missing", responses=problems(), operation_id="missing_models")
async def missing_models(services: Surroundings, _caller: Annotated[Caller, needs_all("models.read")]) -> Missing:
    """Names that channels serve and nothing is known of."""
    async with services.sessions() as session:
        known = await models.names(session)
        served = {name for row in await channels.list_all(session) for name in row.models}
    return Missing(
        names=sorted(name for name in served - known if "*" not in name),
        globs=sorted(name for name in served if "*" in name),
    )


@router.get("/models/offered", responses=problems(), operation_id="offered_models")
async def offered_models(services: Surroundings, _caller: Readers, request: Request) -> OfferedModels:
    """What is served, with prices, for those who are signed in; a change shows within half a minute."""
    return await _leveled(request, services, await price_list.price_list(request.app, services, everybody=False))


@router.get("/public/models", responses=problems(404), operation_id="public_models", dependencies=[Depends(open_route)])
async def public_models(services: Surroundings, request: Request, response: Response) -> OfferedModels:
    """What is served, with prices, for everybody; 404 unless the option models.public_list is on."""
    if not (await services.options.get(ModelOptions)).public_list:
        raise Problem(404, "The list of models is not public here.", slug="not-found")
    response.headers["cache-control"] = "public, max-age=30"
    found = await price_list.price_list(request.app, services, everybody=True)
    told = (await services.options.get(Console)).public_status
    return await _leveled(request, services, found) if told else found


async def _leveled(request: Request, services: Services, found: OfferedModels) -> OfferedModels:
    """The list with how well each model works."""
    levels = await service_levels.levels(request.app, services)
    models = [
        one.model_copy(update={"level": levels.get(one.name) or levels.get(one.alias_of or "")}) for one in found.models
    ]
    return found.model_copy(update={"models": models})


@router.get("/public/status", responses=problems(404), operation_id="public_status", dependencies=[Depends(open_route)])
async def public_status(services: Surroundings, request: Request, response: Response) -> StatusPage:
    """How well the public models work, for everybody; 404 unless the option console.public_status is on."""
    if not (await services.options.get(Console)).public_status:
        raise Problem(404, "How well models work is not public here.", slug="not-found")
    response.headers["cache-control"] = "public, max-age=30"
    offered = await price_list.price_list(request.app, services, everybody=True)
    levels = await service_levels.levels(request.app, services)
    nothing = service_levels.nothing(services.clock() * 1_000_000)
    shown = []
    for one in offered.models:
        if one.alias_of is None:
            level = levels.get(one.name, nothing)
            fields = {name: getattr(level, name) for name in ModelLevel.model_fields}
            shown.append(ModelStatus(name=one.name, title=one.title, vendor=one.vendor, icon=one.icon, **fields))
    worst = next((state for state in _WORST if any(one.state == state for one in shown)), "unknown")
    return StatusPage(state=worst, models=shown)


@router.post("/models/bulk", responses=problems(400, 404, 413), operation_id="change_models")
async def change_models(services: Surroundings, caller: Writers, wanted: ModelBulk) -> bulk.BulkDone:
    """Change or remove many models; each by itself, and the answer says which."""
    given = wanted.values.given() if wanted.values is not None else {}
    if wanted.action == "change" and not given:
        raise invalid([("body.values", "is required for change")])
    if given.keys() & {"name", "aliases"}:
        raise invalid([("body.values", "names are one model's: two cannot have them")])

    async def change(number: int) -> None:
        if wanted.action == "delete":
            await _remove(services, caller, str(number), None)
        else:
            await _change(services, caller, str(number), given, None)

    ids = list(wanted.ids)
    if wanted.filter is not None:
        async with services.sessions() as session:
            ids += await bulk.ids(session, await _wanted_by(session, wanted.filter), Model.id)
    done = await bulk.each(ids, change, dry_run=wanted.dry_run)
    if done.changed:
        await announce(services)
    return done


@router.get("/models/{model:path}", responses=problems(404), operation_id="get_model")
async def get_model(services: Surroundings, caller: Readers, model: str, response: Response) -> ModelOut:
    """One model, by name or id."""
    async with services.sessions() as session:
        row = await _load(session, model)
        if row.visibility == "hidden" and caller.reach("models.read") is not Reach.ALL:
            raise not_found("model", model)
        (shown,) = await _shown(session, [row])
    response.headers["etag"] = etags.etag_of(shown)
    return shown


async def _change(services: Services, caller: Caller, ref: str, given: Fields, if_match: str | None) -> ModelOut:
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        row = await _load(session, ref)
        (before,) = await _shown(session, [row])
        etags.check(if_match, before)
        changed = await models.update(session, row, await _columns(session, given, row))
        (after,) = await _shown(session, [row])
        if changed:
            await audit.record(
                session, services, caller, "models.change", kind="model", id=row.id, name=row.name, before=before,
                after=after,
            )  # fmt: skip
    return after


@router.patch("/models/{model:path}", responses=problems(400, 404, 409, 412, 413), operation_id="change_model")
async def change_model(
    services: Surroundings, caller: Writers, model: str, patch: ModelPatch, response: Response, if_match: IfMatch = None
) -> ModelOut:
    """Change what the body names and leave the rest."""
    shown = await _change(services, caller, model, patch.given(), if_match)
    await announce(services)
    response.headers["etag"] = etags.etag_of(shown)
    return shown


async def _remove(services: Services, caller: Caller, ref: str, if_match: str | None) -> None:
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        row = await _load(session, ref)
        (before,) = await _shown(session, [row])
        etags.check(if_match, before)
        await audit.record(
            session, services, caller, "models.delete", kind="model", id=row.id, name=row.name, before=before
        )
        await models.remove(session, row)


@router.delete("/models/{model:path}", status_code=204, responses=problems(404, 412), operation_id="delete_model")
async def delete_model(services: Surroundings, caller: Writers, model: str, if_match: IfMatch = None) -> None:
    """Forget what is known of a model. Channels that serve it go on; its aliases end."""
    await _remove(services, caller, model, if_match)
    await announce(services)
