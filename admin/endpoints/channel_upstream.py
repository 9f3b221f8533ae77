"""What a channel's provider says of itself: the balance, the list of models, and taking models over."""

from typing import Annotated

from fastapi import APIRouter

from admin import audit, channel_models, channel_rows
from admin.caller import Caller, needs_all
from admin.endpoints.common import Ref, problems
from admin.problems import Problem, invalid
from admin.schemas.amounts import nano_to_usd
from admin.schemas.channel import ChannelOut
from admin.schemas.channel_more import ApplyModels, BalanceOut, UpstreamModels
from admin.schemas.models import MAX_MODELS
from admin.services import ChannelAskError, Services
from admin.surroundings import Surroundings, announce
from storage.models.base import now
from storage.repositories import channel_states, channels, revisions

router = APIRouter(prefix="/channels/{channel}", tags=["channels"])

Writers = Annotated[Caller, needs_all("channels.write")]


async def _id(services: Services, ref: str) -> int:
    async with services.sessions() as session:
        return (await channel_rows.load(session, ref)).id


def _silent(error: ChannelAskError) -> Problem:
    return Problem(409, str(error), slug="provider")


async def ask_balance(services: Services, channel_id: int) -> BalanceOut:
    """Ask, and note the answer. Raises ChannelAskError."""
    at = now()
    try:
        found = await services.balance(channel_id)
    except ChannelAskError as error:
        async with services.sessions.begin() as session:
            if await channels.get(session, channel_id) is not None:
                await channel_states.note(session, channel_id, balance_at=at, balance_error=str(error)[:255])
        raise
    async with services.sessions.begin() as session:
        if await channels.get(session, channel_id) is not None:
            await channel_states.note(
                session, channel_id, balance=found.amount, balance_currency=found.currency, balance_at=at,
                balance_error="",
            )  # fmt: skip
    return BalanceOut(balance=nano_to_usd(found.amount), currency=found.currency, at=at)


@router.post("/balance", responses=problems(404, 409), operation_id="channel_balance")
async def channel_balance(services: Surroundings, _caller: Writers, channel: Ref) -> BalanceOut:
    """Ask the provider what is left on the account. 409: it does not tell."""
    channel_id = await _id(services, channel)
    try:
        return await ask_balance(services, channel_id)
    except ChannelAskError as error:
        raise _silent(error) from None


@router.post("/models/compare", responses=problems(404, 409), operation_id="compare_channel_models")
async def compare_channel_models(services: Surroundings, _caller: Writers, channel: Ref) -> UpstreamModels:
    """Ask the provider for its models and compare them with the channel's. 409: it does not tell."""
    channel_id = await _id(services, channel)
    try:
        return await channel_models.look(services, channel_id)
    except ChannelAskError as error:
        raise _silent(error) from None


@router.post("/models/apply", responses=problems(400, 404, 413), operation_id="apply_channel_models")
async def apply_channel_models(
    services: Surroundings, caller: Writers, channel: Ref, wanted: ApplyModels
) -> ChannelOut:
    """Add models under their own names, and remove some."""
    shown, changed = await take(services, caller, channel, wanted)
    if changed:
        await announce(services)
    return shown


async def take(
    services: Services, caller: Caller, ref: str, wanted: ApplyModels | None = None, *, remove: bool = False
) -> tuple[ChannelOut, bool]:
    """Add and remove models; what the channel is then, and whether it is another. Raises Problems.

    Without `wanted` it is what the last comparison found new, and with `remove` what it found gone.
    """
    noted = wanted is None
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.ROUTES)
        row = await channel_rows.load(session, ref)
        if wanted is None:
            state = (await channel_states.of(session, [row.id])).get(row.id)
            new, gone = (state.models_new, state.models_gone) if state is not None else (None, None)
            wanted = ApplyModels(add=new or [], remove=(gone or []) if remove else [])
        before = dict(row.models)
        models = channel_models.applied(row, wanted.add, wanted.remove)
        if not models or len(models) > MAX_MODELS:
            raise invalid([("body", f"would leave the channel with {len(models)} models; it has 1 to {MAX_MODELS}")])
        changed = await channels.update(session, row, {"models": models})
        if changed:
            await audit.record(
                session, services, caller, "channels.models", kind="channel", id=row.id, name=row.name,
                before={"models": before}, after={"models": models},
            )  # fmt: skip
        if noted:
            await channel_states.note(session, row.id, models_new=[], **({"models_gone": []} if remove else {}))
        (shown,) = await channel_rows.shown(session, services, [row])
    return shown, changed
