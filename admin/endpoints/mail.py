"""A mail to try the settings of the mail server."""

from typing import Annotated

from fastapi import APIRouter, Request

from admin import audit
from admin.caller import Caller, needs_all
from admin.endpoints.common import problems
from admin.identity import letters, throttle
from admin.identity.throttle import counter
from admin.mail import MailError
from admin.problems import Problem
from admin.schemas.base import Wire
from admin.schemas.login import Email
from admin.surroundings import Surroundings
from admin.words import asked_for

router = APIRouter(prefix="/mail", tags=["settings"])


class MailTest(Wire):
    """Where to send it."""

    to: Email


@router.post("/test", status_code=204, responses=problems(400, 409, 413, 429), operation_id="test_mail")
async def test_mail(
    services: Surroundings,
    request: Request,
    caller: Annotated[Caller, needs_all("settings.write")],
    wanted: MailTest,
) -> None:
    """Send a mail and wait for the server's answer; 409 says what it was."""
    await throttle.take(services, [(counter("mail-test"), throttle.MAILS_FROM_ONE)])
    try:
        await services.mail.send(wanted.to, *letters.trial(asked_for(request.headers.get("accept-language", ""))))
    except MailError as error:
        raise Problem(409, str(error), slug="mail-failed") from None
    async with services.sessions.begin() as session:
        await audit.record(session, services, caller, "mail.test", kind="mail", id=wanted.to)
