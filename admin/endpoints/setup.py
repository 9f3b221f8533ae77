"""The first administrator: made once, by whoever can read what the gateway prints when it starts."""

from fastapi import APIRouter, Request, Response

from admin.caller import Caller
from admin.credentials import origin
from admin.endpoints.common import problems
from admin.endpoints.login import Open
from admin.identity import accounts, codes, sessions, throttle
from admin.identity.throttle import counter
from admin.problems import Problem
from admin.schemas.login import SetupIn, SetupState, SignedInAs
from admin.surroundings import Surroundings
from storage import setup_link

router = APIRouter(prefix="/setup", tags=["setup"], dependencies=Open)


@router.get("", responses=problems(), operation_id="get_setup")
async def get_setup(services: Surroundings) -> SetupState:
    """Whether the gateway still waits for its first administrator."""
    async with services.sessions() as session:
        return SetupState(needed=await setup_link.needed(session))


@router.post("", status_code=201, responses=problems(400, 401, 409, 413, 429), operation_id="set_up")
async def set_up(services: Surroundings, request: Request, wanted: SetupIn, response: Response) -> SignedInAs:
    """Make the first administrator (role root) and sign in. The link is good once; afterwards there is none."""
    where = origin(request)
    now = services.clock()
    await throttle.take(services, [(counter("setup", throttle.place(where["ip"])), throttle.SETUP)])
    async with services.sessions() as session:
        if not await setup_link.needed(session):
            raise Problem(409, "This gateway has its administrator already. Sign in.", slug="set-up-already")
        known = await codes.look(session, "setup", wanted.token, now=now)
    if known is None:
        raise Problem(401, "This link is not good. `gateway setup link` makes another one.", slug="link-expired")
    hashed = await accounts.accept_password(services, wanted.password, wanted.name, wanted.email)
    caller = Caller(
        f"user:{wanted.name}", "session", {}, ip=where["ip"], agent=where["agent"], request_id=where["request_id"]
    )
    async with services.sessions.begin() as session:
        # Of two at the same time one uses the token up; the other one finds nothing.
        if await codes.use(session, "setup", wanted.token, now=now) is None:
            raise Problem(409, "This gateway has its administrator already. Sign in.", slug="set-up-already")
        user = await accounts.create(
            session, services, caller, name=wanted.name, password_hash=hashed, email=wanted.email, role=setup_link.ROLE
        )
        return (await sessions.open_session(session, services, request, user, method="setup")).give(response)
