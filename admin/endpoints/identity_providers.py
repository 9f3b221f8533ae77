"""Identity providers: create, list, read, change, delete. Secrets go in and never come out.

Who is behind a provider decides who signs in as whom: everything but its title and place needs a second check.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, authority, etags
from admin.caller import Caller, needs_all, some_step_up, step_up
from admin.endpoints.common import IfMatch, problems
from admin.federation.begin import callback_url
from admin.federation.settings import parsed
from admin.problems import Problem, invalid, not_found
from admin.schemas.base import Fields
from admin.schemas.identity_provider import (
    IdentityProviderCreate,
    IdentityProviderList,
    IdentityProviderOut,
    IdentityProviderPatch,
)
from admin.services import Services
from admin.surroundings import Surroundings
from storage.models import IdentityProvider
from storage.repositories import identity_providers

router = APIRouter(prefix="/identity-providers", tags=["sso"])

Readers = Annotated[Caller, needs_all("settings.read")]
Writers = Annotated[Caller, needs_all("settings.write")]
Slug = Annotated[str, Path(min_length=1, max_length=32, pattern=r"^[a-z][a-z0-9-]*$", examples=["company"])]


_HARMLESS = {"title", "position"}


async def _out(services: Services, request: Request, row: IdentityProvider) -> IdentityProviderOut:
    return IdentityProviderOut(
        id=row.id,
        slug=row.slug,
        kind=row.kind,
        title=row.title,
        enabled=row.enabled,
        position=row.position,
        settings=parsed(row.kind, row.settings).model_dump(mode="json"),
        has_secret=row.secret is not None,
        callback_url=await callback_url(services, request, row.slug),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _plain(row: IdentityProvider) -> Fields:
    return {
        "slug": row.slug, "title": row.title, "enabled": row.enabled, "position": row.position,
        "settings": row.settings, "secret": row.secret is not None,
    }  # fmt: skip


async def _check_grants(session: AsyncSession, caller: Caller, row: IdentityProvider) -> None:
    """A provider gives roles in its maker's place: no more than that one has."""
    for grant in parsed(row.kind, row.settings).grants:
        await authority.require_grant(session, caller, grant.role, grant.organisation_role, grant.organisation_id)


async def _load(session: AsyncSession, slug: str) -> IdentityProvider:
    found = await identity_providers.find(session, slug)
    if found is None:
        raise not_found("identity provider", slug)
    return found


@router.get("", responses=problems(), operation_id="list_identity_providers")
async def list_providers(services: Surroundings, request: Request, caller: Readers) -> IdentityProviderList:
    """All of them, in their order."""
    del caller
    async with services.sessions() as session:
        rows = await identity_providers.list_all(session)
    return IdentityProviderList(items=[await _out(services, request, row) for row in rows])


@router.post(
    "",
    status_code=201,
    responses=problems(400, 409, 413),
    operation_id="create_identity_provider",
    dependencies=[Depends(step_up)],
)
async def create_provider(
    services: Surroundings, request: Request, caller: Writers, wanted: IdentityProviderCreate, response: Response
) -> IdentityProviderOut:
    """Make one. `callback_url` of the answer is what the provider has to know."""
    row = IdentityProvider(
        slug=wanted.slug,
        kind=wanted.kind,
        title=wanted.title,
        enabled=wanted.enabled,
        position=wanted.position,
        settings=wanted.settings,
        secret=services.box.seal(wanted.secret, f"sso:{wanted.slug}") if wanted.secret else None,
    )
    async with services.sessions.begin() as session:
        if await identity_providers.find(session, wanted.slug) is not None:
            raise Problem(409, f"There is an identity provider {wanted.slug!r} already.")
        await _check_grants(session, caller, row)
        await identity_providers.create(session, row)
        await audit.record(
            session, services, caller, "identity_providers.create", kind="identity_provider", id=row.id, name=row.slug,
            after=_plain(row),
        )  # fmt: skip
    shown = await _out(services, request, row)
    response.headers["location"] = f"/api/v1/identity-providers/{row.slug}"
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.get("/{slug}", responses=problems(404), operation_id="get_identity_provider")
async def get_provider(
    services: Surroundings, request: Request, caller: Readers, slug: Slug, response: Response
) -> IdentityProviderOut:
    """One of them."""
    del caller
    async with services.sessions() as session:
        row = await _load(session, slug)
    shown = await _out(services, request, row)
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.patch(
    "/{slug}",
    responses=problems(400, 404, 412, 413),
    operation_id="change_identity_provider",
    dependencies=[Depends(some_step_up)],
)
async def change_provider(
    services: Surroundings,
    request: Request,
    caller: Writers,
    slug: Slug,
    patch: IdentityProviderPatch,
    response: Response,
    if_match: IfMatch = None,
) -> IdentityProviderOut:
    """Change what the body names and leave the rest."""
    changes = patch.given()
    if changes.keys() - _HARMLESS:
        await step_up(services, caller)
    if "secret" in changes:
        secret = changes["secret"]
        changes["secret"] = services.box.seal(secret, f"sso:{slug}") if secret else None
    async with services.sessions.begin() as session:
        row = await _load(session, slug)
        etags.check(if_match, await _out(services, request, row))
        if "settings" in changes:
            try:
                parsed(row.kind, changes["settings"])
            except ValueError as error:
                field, _, reason = str(error).partition(": ")
                raise invalid([(f"body.settings.{field}", reason)]) from None
        before = _plain(row)
        changed = await identity_providers.update(session, row, changes)
        await _check_grants(session, caller, row)
        if changed:
            await audit.record(
                session, services, caller, "identity_providers.change", kind="identity_provider", id=row.id,
                name=row.slug, before=before, after=_plain(row),
            )  # fmt: skip
    shown = await _out(services, request, row)
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.delete(
    "/{slug}",
    status_code=204,
    responses=problems(404, 412),
    operation_id="delete_identity_provider",
    dependencies=[Depends(step_up)],
)
async def delete_provider(
    services: Surroundings, request: Request, caller: Writers, slug: Slug, if_match: IfMatch = None
) -> None:
    """Remove one, with the links to accounts there. Its people keep their accounts here."""
    async with services.sessions.begin() as session:
        row = await _load(session, slug)
        etags.check(if_match, await _out(services, request, row))
        before = _plain(row)
        number = row.id
        await identity_providers.remove(session, row)
        await audit.record(
            session, services, caller, "identity_providers.delete", kind="identity_provider", id=number, name=slug,
            before=before,
        )  # fmt: skip
