"""One's own passkeys: add, list, rename, remove. Adding and removing need a second check."""

import hashlib
import secrets
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Request, Response
from sqlalchemy.exc import IntegrityError

from admin import audit, etags
from admin.caller import Caller, SignedIn, step_up
from admin.endpoints.common import IfMatch, problems
from admin.endpoints.second_factors import NO_STORE, tell_owner
from admin.identity import codes, login, passkeys, proofs
from admin.options.identity import Identity
from admin.options.network import Network
from admin.problems import Problem, not_found
from admin.schemas.base import MAX_ID
from admin.schemas.login import PasskeyChallenge
from admin.schemas.me import PasskeyCreate, PasskeyList, PasskeyOut, PasskeyPatch
from admin.surroundings import Surroundings
from storage.models import Passkey
from storage.repositories import credentials

router = APIRouter(prefix="/me/passkeys", tags=["passkeys"])

MOST = 20
PasskeyId = Annotated[int, Path(ge=1, le=MAX_ID)]
Proved = Annotated[Caller, Depends(step_up)]


def _shown(row: Passkey) -> PasskeyOut:
    return PasskeyOut(
        id=row.id,
        name=row.name,
        rp_id=row.rp_id,
        backed_up=row.backed_up,
        created_at=row.created_at,
        used_at=row.used_at or None,
    )


@router.get("", responses=problems(), operation_id="list_passkeys")
async def list_passkeys(services: Surroundings, caller: SignedIn) -> PasskeyList:
    """One's passkeys, oldest first."""
    async with services.sessions() as session:
        rows = await credentials.passkeys_of(session, proofs.own_user_id(caller))
    return PasskeyList(items=[_shown(row) for row in rows])


@router.post("/options", responses=problems(409), operation_id="passkey_options")
async def options(services: Surroundings, caller: Proved, request: Request, response: Response) -> PasskeyChallenge:
    """What navigator.credentials.create is called with."""
    if not (await services.options.get(Identity)).passkeys:
        raise Problem(403, "Passkeys are not accepted here.", slug="no-passkeys")
    place = passkeys.place_of(request, (await services.options.get(Network)).public_url)
    async with services.sessions.begin() as session:
        user = await proofs.own_user(session, caller)
        known = await credentials.passkeys_of(session, user.id)
        if len(known) >= MOST:
            raise Problem(409, f"There are {MOST} passkeys; remove one first.", slug="too-many")
        row = await credentials.ensure(session, user.id)
        if row.handle is None:
            row.handle = secrets.token_bytes(32)
        wanted, challenge = passkeys.creation(
            place, name=user.name, display_name=user.display_name, handle=row.handle, known=known
        )
        token = await codes.issue(
            session, "passkey-add", now=services.clock(), seconds=codes.TICKET_S, user_id=user.id,
            data={"challenge": challenge.hex(), "rp_id": place.rp_id, "origin": place.origin},
        )  # fmt: skip
    response.headers.update(NO_STORE)
    return PasskeyChallenge(ticket=token, options=wanted)


@router.post("", status_code=201, responses=problems(400, 409, 413), operation_id="add_passkey")
async def add(services: Surroundings, caller: Proved, wanted: PasskeyCreate, behind: BackgroundTasks) -> PasskeyOut:
    """Store a new passkey. A challenge is good for one answer."""
    user_id = proofs.own_user_id(caller)
    now = services.clock()
    async with services.sessions.begin() as session:
        asked = await codes.use(session, "passkey-add", wanted.ticket, now=now)
    if asked is None or asked.user_id != user_id:
        raise login.expired()
    place = passkeys.Place(asked.data["rp_id"], asked.data["origin"])
    made = passkeys.added(place, wanted.credential, bytes.fromhex(asked.data["challenge"]))
    row = Passkey(
        user_id=user_id,
        digest=hashlib.sha256(made.credential_id).digest(),
        credential_id=made.credential_id,
        public_key=made.public_key,
        rp_id=place.rp_id,
        name=wanted.name,
        sign_count=made.sign_count,
        transports=made.transports,
        aaguid=made.aaguid,
        backed_up=made.backed_up,
        created_at=now,
    )
    async with services.sessions.begin() as session:
        try:
            async with session.begin_nested():
                await credentials.add_passkey(session, row)
        except IntegrityError:
            raise Problem(409, "This passkey is stored already.", slug="passkey-there") from None
        shown = _shown(row)
        await audit.record(
            session, services, caller, "passkeys.add", kind="passkey", id=row.id, name=row.name, after=shown
        )
    behind.add_task(tell_owner, services, caller, "passkey_added")
    return shown


@router.patch("/{passkey}", responses=problems(400, 404, 412, 413), operation_id="rename_passkey")
async def rename(
    services: Surroundings, caller: SignedIn, passkey: PasskeyId, patch: PasskeyPatch, if_match: IfMatch = None
) -> PasskeyOut:
    """Give a passkey another name."""
    async with services.sessions.begin() as session:
        row = await credentials.own_passkey(session, proofs.own_user_id(caller), passkey)
        if row is None:
            raise not_found("passkey", str(passkey))
        before = _shown(row)
        etags.check_tag(if_match, before.etag)
        for name, value in patch.given().items():
            setattr(row, name, value)
        shown = _shown(row)
        await audit.record(
            session, services, caller, "passkeys.change", kind="passkey", id=row.id, name=row.name,
            before=before, after=shown,
        )  # fmt: skip
    return shown


@router.delete("/{passkey}", status_code=204, responses=problems(404, 412), operation_id="remove_passkey")
async def remove(
    services: Surroundings, caller: Proved, passkey: PasskeyId, behind: BackgroundTasks, if_match: IfMatch = None
) -> None:
    """Remove a passkey."""
    async with services.sessions.begin() as session:
        row = await credentials.own_passkey(session, proofs.own_user_id(caller), passkey)
        if row is None:
            raise not_found("passkey", str(passkey))
        etags.check_tag(if_match, _shown(row).etag)
        await session.delete(row)
        await audit.record(
            session, services, caller, "passkeys.remove", kind="passkey", id=row.id, name=row.name, before=_shown(row)
        )
    behind.add_task(tell_owner, services, caller, "passkey_removed")
