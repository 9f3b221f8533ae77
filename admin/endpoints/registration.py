"""Making an account of one's own, and a new password for a forgotten one. All answers are the same for any address."""

import logging
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, BackgroundTasks, Request, Response

from admin.endpoints.common import problems
from admin.endpoints.login import Open
from admin.identity import registration, resets
from admin.problems import Problem
from admin.schemas.login import EmailCodeIn, RegisterIn, ResetIn, SignedInAs
from admin.surroundings import Surroundings

log = logging.getLogger(__name__)

router = APIRouter(tags=["registration"], dependencies=Open)


async def _quietly(work: Callable[[], Awaitable[None]]) -> None:
    """Run what is left to do behind an answer; a database that is away by then fails nobody's request."""
    try:
        await work()
    except Problem as problem:
        log.warning("a mail was not prepared: %s", problem.slug)


@router.post("/register/email", status_code=202, responses=problems(400, 403, 413, 429), operation_id="register_email")
async def send_code(services: Surroundings, request: Request, wanted: EmailCodeIn, behind: BackgroundTasks) -> None:
    """Send a code of six digits to an address, to prove it. The answer is the same for an address with an account."""
    behind.add_task(_quietly, await registration.ask_code(services, request, wanted))


@router.post("/register", status_code=201, responses=problems(400, 403, 409, 413, 429), operation_id="register")
async def register(services: Surroundings, request: Request, wanted: RegisterIn, response: Response) -> SignedInAs:
    """Make an account and sign it in."""
    return (await registration.register(services, request, wanted)).give(response)


@router.post("/password-reset", status_code=202, responses=problems(400, 413, 429), operation_id="ask_password_reset")
async def ask_reset(services: Surroundings, request: Request, wanted: EmailCodeIn, behind: BackgroundTasks) -> None:
    """Send a mail with which a new password can be chosen. The answer is the same for an address without an account."""
    behind.add_task(_quietly, await resets.ask(services, request, wanted))


@router.post(
    "/password-reset/confirm", status_code=204, responses=problems(400, 401, 413, 429), operation_id="reset_password"
)
async def reset(services: Surroundings, request: Request, wanted: ResetIn, behind: BackgroundTasks) -> None:
    """Choose a new password, with the token of the mail. All sessions end; a second step stays as it is."""
    behind.add_task(_quietly, await resets.confirm(services, request, wanted))
