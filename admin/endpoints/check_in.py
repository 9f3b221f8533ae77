"""The daily check-in: credit for coming by, once a day."""

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter

from admin import order_rows
from admin.caller import Caller, needs
from admin.endpoints.common import problems
from admin.options.bonuses import Bonuses
from admin.payments import joining as _joining  # noqa: F401 - it registers what new users begin with
from admin.problems import Problem
from admin.schemas.amounts import nano_to_usd
from admin.schemas.redemption_code import CheckedIn, CheckInOut
from admin.surroundings import Surroundings
from storage.payments import bonuses
from storage.payments.fulfilment import By

router = APIRouter(prefix="/check-in", tags=["payments"])


def _today(now: int) -> date:
    return datetime.fromtimestamp(now, tz=UTC).date()


@router.get("", responses=problems(409), operation_id="get_check_in")
async def get_check_in(services: Surroundings, caller: Annotated[Caller, needs("orders.read")]) -> CheckInOut:
    """One's check-ins of this month."""
    settings = await services.options.get(Bonuses)
    today = _today(services.clock())
    days = [today - timedelta(days=back) for back in range(today.day)]
    async with services.sessions() as session:
        user = await order_rows.payer(session, caller.user_id)
        made = await bonuses.check_ins(session, user.id, days)
    return CheckInOut(
        enabled=settings.check_in, today=today in made, least=nano_to_usd(_bounds(settings)[0]),
        most=nano_to_usd(_bounds(settings)[1]), days={day: nano_to_usd(made[day]) for day in sorted(made)},
    )  # fmt: skip


@router.post("", responses=problems(409), operation_id="check_in")
async def check_in(services: Surroundings, caller: Annotated[Caller, needs("orders.write")]) -> CheckedIn:
    """Check in; a second time on the same day it gives nothing more."""
    settings = await services.options.get(Bonuses)
    if not settings.check_in:
        raise Problem(409, "There is no check-in here.")
    least, most = _bounds(settings)
    drawn = least + secrets.randbelow(most - least + 1)
    async with services.sessions.begin() as session:
        user = await order_rows.payer(session, caller.user_id)
        by = By(caller.name, services.clock())
        credit, new = await bonuses.check_in(session, user.id, _today(by.now), drawn, by)
    return CheckedIn(credit=nano_to_usd(credit), new=new)


def _bounds(settings: Bonuses) -> tuple[int, int]:
    return settings.check_in_least, max(settings.check_in_least, settings.check_in_most)
