"""Settings: every option with its description, default, value and where the value comes from; changing and resetting.

An area is changed as one object, so that values that depend on each other are checked together.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags
from admin.caller import Caller, needs_all, open_route, some_step_up, step_up
from admin.endpoints.common import IfMatch, problems
from admin.options.base import OptionGroup, areas
from admin.problems import Problem, invalid, not_found
from admin.schemas.setting import AreaList, AreaOut, PublicSettings, SettingOut, SettingsPatch
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.repositories import options

router = APIRouter(tags=["settings"])

AreaName = Annotated[str, Path(min_length=1, max_length=64, examples=["mail"])]
Changes = Annotated[
    dict[str, Any],
    Body(
        description="Name -> value; null forgets what the console has set, so that environment, file or default count.",
        examples=[{"host": "smtp.example.com", "port": None}],
        max_length=200,
    ),
]


def _group(name: str) -> type[OptionGroup]:
    found = areas().get(name)
    if found is None:
        raise not_found("area of settings", name)
    return found


async def _shown(services: Services, session: AsyncSession, group: type[OptionGroup]) -> AreaOut:
    values, sources = await services.options.sources(session, group)
    stored = {row.name: row for row in await options.of_area(session, group.area)}
    forms = group.model_json_schema()["properties"]
    usual, plain = group().shown(), values.shown()
    found = AreaOut(
        area=group.area,
        title=group.title,
        description=(group.__doc__ or "").strip(),
        settings=[
            SettingOut(
                name=name,
                key=f"{group.area}.{name}",
                unit=group.unit(name),
                description=field.description or "",
                form={key: value for key, value in forms[name].items() if key not in {"description", "default"}},
                default=usual[name],
                value=plain[name],
                source=sources[name],
                secret=group.is_secret(name),
                public=group.is_public(name),
                guarded=worth_a_check(group.area, {name: None}),
                restart=group.needs_restart(name),
                changed_by=stored[name].actor if name in stored else None,
                changed_at=stored[name].updated_at if name in stored else None,
            )
            for name, field in group.model_fields.items()
        ],
    )
    return found.model_copy(update={"etag": etags.etag_of(found)})


@router.get("/settings", responses=problems(), operation_id="list_settings")
async def list_settings(services: Surroundings, caller: Annotated[Caller, needs_all("settings.read")]) -> AreaList:
    """All settings by area."""
    del caller
    async with services.sessions() as session:
        return AreaList(items=[await _shown(services, session, group) for group in areas().values()])


@router.get(
    "/public/settings", responses=problems(), operation_id="public_settings", dependencies=[Depends(open_route)]
)
async def public_settings(services: Surroundings) -> PublicSettings:
    """What everybody may know before they sign in, such as how to sign in."""
    found: dict[str, dict[str, Any]] = {}
    for group in areas().values():
        names = [name for name in group.model_fields if group.is_public(name) and not group.is_secret(name)]
        if names:
            values = (await services.options.get(group)).model_dump(mode="json")
            found[group.area] = {name: values[name] for name in names}
    return PublicSettings(settings=found)


@router.get("/settings/{area}", responses=problems(404), operation_id="get_settings")
async def get_settings(
    services: Surroundings, caller: Annotated[Caller, needs_all("settings.read")], area: AreaName, response: Response
) -> AreaOut:
    """The settings of one area."""
    del caller
    async with services.sessions() as session:
        shown = await _shown(services, session, _group(area))
    response.headers["etag"] = shown.etag
    return shown


async def change(
    session: AsyncSession,
    services: Services,
    caller: Caller,
    area: str,
    changes: dict[str, Any],
    if_match: str | None,
    action: str = "settings.change",
    noted: dict[str, Any] | None = None,
) -> AreaOut:
    """Change an area in the caller's transaction. `noted` goes to the audit log. Raises Problems."""
    group = _group(area)
    check_tag(if_match, await _shown(services, session, group))
    before, after = await services.options.change(session, group, changes, caller.name)
    was, became = before.shown(), after.shown()
    # A secret that was replaced by another one looks the same.
    marked = {name: "replaced" for name in secrets_of(area, changes) if changes[name] is not None}
    await audit.record(
        session, services, caller, action, kind="settings", id=area, name=group.title, before=was,
        after={**became, **marked, **(noted or {})},
    )  # fmt: skip
    return await _shown(services, session, group)


def check_tag(if_match: str | None, shown: AreaOut) -> None:
    """Raise 412 when the tag is of another state of the area."""
    etags.check(if_match, shown.model_copy(update={"etag": ""}))


def worth_a_check(area: str, changes: dict[str, Any]) -> bool:
    """Whether the changes are of secrets, or of an area in which any change needs a second check. Raises 404."""
    return bool(secrets_of(area, changes) or (changes and _group(area).guarded))


def secrets_of(area: str, changes: dict[str, Any]) -> list[str]:
    """Those of the names that are secrets of the area."""
    group = _group(area)
    return [name for name in changes if name in group.model_fields and group.is_secret(name)]


@router.patch(
    "/settings/{area}",
    responses=problems(400, 404, 412, 413),
    operation_id="change_settings",
    dependencies=[Depends(some_step_up)],
)
async def change_settings(
    services: Surroundings,
    caller: Annotated[Caller, needs_all("settings.write")],
    area: AreaName,
    changes: Changes,
    response: Response,
    if_match: IfMatch = None,
) -> AreaOut:
    """Change settings of an area, all or none; they count within two seconds.

    A second check is needed for secrets, and
    for the areas that decide who signs in, whom mail comes from, what is reached and where money goes.
    """
    if worth_a_check(area, changes):
        await step_up(services, caller)
    async with services.sessions.begin() as session:
        shown = await change(session, services, caller, area, changes, if_match)
    services.options.forget()
    await announce(services)
    response.headers["etag"] = shown.etag
    return shown


@router.patch(
    "/settings",
    responses=problems(400, 404, 412, 413),
    operation_id="change_several_settings",
    dependencies=[Depends(some_step_up)],
)
async def change_several_settings(
    services: Surroundings, caller: Annotated[Caller, needs_all("settings.write")], wanted: SettingsPatch
) -> AreaList:
    """Change settings of several areas, all or none, or only check them. The answer has the areas that were named."""
    if any(worth_a_check(area, changes) for area, changes in wanted.settings.items()):
        await step_up(services, caller)
    wrong: list[tuple[str, str]] = []
    found: list[AreaOut] = []
    async with services.sessions() as session:
        for area, changes in sorted(wanted.settings.items()):
            try:
                found.append(await change(session, services, caller, area, changes, wanted.tags.get(area)))
            except Problem as problem:
                if problem.slug != "invalid":
                    raise
                inside = f"body.settings.{area}."
                wrong += [(inside + field.removeprefix("body."), message) for field, message in problem.errors]
        if wrong:
            raise invalid(wrong)
        if not wanted.dry_run:
            await session.commit()
    services.options.forget()
    if not wanted.dry_run:
        await announce(services)
    return AreaList(items=found)
