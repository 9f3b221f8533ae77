"""Invitations to make an account, and one's code for recommending this gateway."""

import secrets
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, BackgroundTasks, Path, Query, Request, Response

import admin.identity.joining  # noqa: F401  # what registration does with invitations
from admin import audit
from admin.authority import require_organisation_role
from admin.caller import Caller, SignedIn, needs
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints.common import problems
from admin.identity import accounts, letters
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.options.bonuses import Bonuses
from admin.options.network import Network
from admin.permissions import Reach
from admin.problems import Problem, invalid, not_found
from admin.schemas.base import MAX_ID
from admin.schemas.invitation import AffiliateOut, InvitationCreate, InvitationMade, InvitationOut, State
from admin.surroundings import Surroundings
from admin.words import asked_for
from storage import crypto
from storage.models import Invitation
from storage.repositories import invitations, organisations

router = APIRouter(tags=["invitations"], route_class=ListRoute)

SORTS = {"id": Invitation.id, "expires_at": Invitation.expires_at}
DAY_S = 86_400
Readers = Annotated[Caller, needs("invitations.read")]
Writers = Annotated[Caller, needs("invitations.write")]
InvitationId = Annotated[int, Path(ge=1, le=MAX_ID)]


def _out(row: Invitation, now: int) -> InvitationOut:
    state: State = "used" if row.used_at else "open" if row.expires_at > now else "expired"
    return InvitationOut(
        id=row.id,
        email=row.email,
        organisation_id=row.organisation_id,
        organisation_role=row.organisation_role,
        group=row.group,
        inviter=row.inviter,
        state=state,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at or None,
        used_by=row.used_by,
    )


def _home(caller: Caller, permission: str) -> int | None:
    """The one organisation that the caller invites into, None: any and none."""
    home = organisation_endpoints.within(caller, permission)
    if caller.reach(permission) is Reach.OWN:
        raise Problem(403, "Only those who run an organisation or this gateway invite.", slug="forbidden")
    return home


@router.get("/invitations", responses=problems(), operation_id="list_invitations")
async def list_invitations(
    services: Surroundings,
    caller: Readers,
    page: Paged,
    q: Search = "",
    state: Annotated[State | None, Query()] = None,
) -> Listed[InvitationOut]:
    """Invitations; `sort`: id, expires_at."""
    now = services.clock()
    statement = invitations.query()
    if (home := _home(caller, "invitations.read")) is not None:
        statement = statement.where(Invitation.organisation_id == home)
    if q:
        statement = statement.where(contains(q, Invitation.email, Invitation.inviter, identity=Invitation.id))
    if state == "used":
        statement = statement.where(Invitation.used_at > 0)
    elif state is not None:
        over = Invitation.expires_at <= now
        statement = statement.where(Invitation.used_at == 0, over if state == "expired" else ~over)
    async with services.sessions() as session:
        rows, following = await fetch(session, statement, page, SORTS, Invitation.id)
    return Listed(items=[_out(row, now) for row in rows], next=following)


@router.post("/invitations", status_code=201, responses=problems(400, 413), operation_id="create_invitation")
async def create_invitation(
    services: Surroundings,
    request: Request,
    caller: Writers,
    wanted: InvitationCreate,
    response: Response,
    behind: BackgroundTasks,
) -> InvitationMade:
    """Invite somebody. The answer holds the token; with an address a mail is sent, where this gateway sends mail."""
    home = _home(caller, "invitations.write")
    place = wanted.organisation_id if home is None else home
    if home is not None and wanted.organisation_id not in (None, home):
        raise invalid([("body.organisation_id", "must be your own organisation")])
    if wanted.group and home is not None:
        raise invalid([("body.group", "is chosen by who runs this gateway")])
    now = services.clock()
    token = secrets.token_urlsafe(24)
    async with services.sessions.begin() as session:
        if place is not None and await organisations.get(session, place) is None:
            raise invalid([("body.organisation_id", "is not there")])
        await require_organisation_role(session, caller, wanted.organisation_role, place)
        row = await invitations.add(
            session,
            Invitation(
                digest=crypto.digest(token),
                email=wanted.email or "",
                organisation_id=place,
                organisation_role=wanted.organisation_role,
                group=wanted.group,
                inviter_id=caller.user_id,
                inviter=caller.name,
                created_at=now,
                expires_at=now + wanted.days * DAY_S,
            ),
        )
        shown = _out(row, now)
        await audit.record(
            session, services, caller, "invitations.create", kind="invitation", id=row.id, name=row.email, after=shown,
            organisation_id=place,
        )  # fmt: skip
    public = (await services.options.get(Network)).public_url.rstrip("/")
    link = f"{public}/console/register?invitation={quote(token)}" if public else None
    mailed = bool(wanted.email and link and await services.mail.available())
    if mailed and wanted.email and link:
        spoken = asked_for(request.headers.get("accept-language", ""))
        behind.add_task(accounts.deliver, services, wanted.email, letters.invitation(caller.name, link, spoken))
    response.headers["cache-control"] = "no-store"
    return InvitationMade(**shown.model_dump(), token=token, link=link, mailed=mailed)


@router.delete("/invitations/{invitation}", status_code=204, responses=problems(404), operation_id="delete_invitation")
async def delete_invitation(services: Surroundings, caller: Writers, invitation: InvitationId) -> None:
    """Withdraw an invitation."""
    home = _home(caller, "invitations.write")
    async with services.sessions.begin() as session:
        row = await invitations.get(session, invitation)
        if row is None or home not in (None, row.organisation_id):
            raise not_found("invitation", str(invitation))
        before = _out(row, services.clock())
        await invitations.remove(session, row)
        await audit.record(
            session, services, caller, "invitations.delete", kind="invitation", id=before.id, name=before.email,
            before=before, organisation_id=before.organisation_id,
        )  # fmt: skip


@router.get("/me/affiliate", responses=problems(400), operation_id="get_affiliate")
async def get_affiliate(services: Surroundings, caller: SignedIn) -> AffiliateOut:
    """One's code for recommending this gateway; it is made when it is first asked for."""
    if caller.user_id is None:
        raise Problem(400, "An operator's token is nobody's account.", slug="no-account")
    options = await services.options.get(Bonuses)
    async with services.sessions.begin() as session:
        row = await invitations.affiliate(session, caller.user_id, services.clock())
        brought = await invitations.brought(session, caller.user_id)
        code = row.code
    return AffiliateOut(
        code=code, brought=brought, inviter_nano=options.inviter, invitee_nano=options.invitee,
        share_millionths=options.share,
    )  # fmt: skip
