"""Top-ups: what is offered, what it costs, and an order with the page where it is paid."""

from typing import Annotated

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, order_rows
from admin.caller import Caller, needs
from admin.endpoints.common import problems
from admin.idempotent import Once
from admin.options.payments import Payments
from admin.payments import amounts, checkout, registry
from admin.payments.amounts import NotOfferedError, Quote
from admin.payments.provider import Way
from admin.permissions import Reach
from admin.problems import Problem, invalid
from admin.schemas.account import signed_to_nano
from admin.schemas.amounts import nano_to_usd
from admin.schemas.order import (
    CheckoutOut,
    DiscountOut,
    OrderOut,
    QuoteOut,
    TopUpMade,
    TopUpOffer,
    TopUpWanted,
    WayOut,
)
from admin.services import Services
from admin.surroundings import Surroundings
from storage.models import User
from storage.payments import currencies, orders
from storage.payments.fulfilment import TOPUP
from storage.pricing.units import ratio_text
from storage.repositories import groups, organisations

router = APIRouter(prefix="/topups", tags=["payments"])

_TITLE_LENGTH = 128

Buyers = Annotated[Caller, needs("orders.write")]


def way_out(way: Way) -> WayOut:
    """A way to pay as the API shows it."""
    return WayOut(
        provider=way.provider, method=way.method, title=way.title, currency=way.currency,
        price=None if way.amount is None else currencies.text(way.amount, way.currency),
        credit=None if way.credit is None else nano_to_usd(way.credit), note=way.note,
    )  # fmt: skip


@router.get("/offer", responses=problems(), operation_id="get_topup_offer")
async def get_offer(services: Surroundings, _caller: Annotated[Caller, needs("orders.read")]) -> TopUpOffer:
    """Ways to pay, amounts, discounts."""
    settings = await services.options.get(Payments)
    steps = sorted(settings.discounts.items(), key=lambda step: amounts.nano(step[0]))
    return TopUpOffer(
        enabled=settings.topups, ways=[way_out(way) for way in await registry.ways(services)],
        presets=settings.presets, minimum=settings.minimum, maximum=settings.maximum,
        discounts=[DiscountOut(least=least, part=part) for least, part in steps],
    )  # fmt: skip


@router.post("/quote", responses=problems(400, 409, 413), operation_id="quote_topup")
async def quote(services: Surroundings, caller: Buyers, wanted: TopUpWanted) -> QuoteOut:
    """What an amount costs the caller; nothing is stored."""
    async with services.sessions() as session:
        user = await order_rows.payer(session, caller.user_id)
        ratio = await _ratio(session, user)
    found = await _quote(services, wanted, ratio)
    return QuoteOut(
        credit=nano_to_usd(found.credit), currency=found.currency,
        amount=currencies.text(found.amount, found.currency), rate=ratio_text(found.details["rate"]),
        discount=ratio_text(found.details["discount"]), group_ratio=ratio_text(found.details["ratio"]),
    )  # fmt: skip


@router.post("", status_code=201, responses=problems(400, 409, 413, 502), operation_id="create_topup")
async def create_topup(
    services: Surroundings, caller: Buyers, wanted: TopUpWanted, request: Request, once: Once
) -> TopUpMade:
    """Order credit. Repeated with its Idempotency-Key it is the same order, and the same page to pay at."""
    settings = await services.options.get(Payments)
    if not settings.topups:
        raise Problem(409, "Top-ups are switched off.")
    async with services.sessions() as session:
        ratio = await _ratio(session, await order_rows.payer(session, caller.user_id))
    found = await _quote(services, wanted, ratio)
    async with once.transaction(OrderOut) as (session, before):
        if before is not None:
            made = before
        else:
            user = await order_rows.payer(session, caller.user_id)
            now = services.clock()
            await order_rows.refuse_many(session, user.id, now)
            row = await orders.create(
                session, purpose=TOPUP, user_id=user.id, organisation_id=user.organisation_id,
                provider=wanted.provider, method=wanted.method, currency=found.currency, amount=found.amount,
                value=found.value, credit=found.credit, actor=caller.name, now=now,
                expires_at=now + settings.order_minutes * 60, account=_account(caller, user, wanted),
                title=await _title(session, user, wanted, found), details=found.details,
            )  # fmt: skip
            (made,) = await order_rows.shown(session, [row])
            await audit.record(
                session, services, caller, "orders.create", kind="order", id=row.id, name=row.number, after=made,
                organisation_id=row.organisation_id,
            )  # fmt: skip
            once.answer(made)
    opened = await checkout.open_checkout(services, made.number, str(request.base_url))
    return TopUpMade(order=made, checkout=CheckoutOut(url=opened.url, method=opened.method, fields=dict(opened.fields)))


async def _title(session: AsyncSession, user: User, wanted: TopUpWanted, found: Quote) -> str:
    """What the provider's page and the receipt say is bought: for an organisation with its name."""
    title = f"{nano_to_usd(found.credit)} USD of credit"
    if not wanted.organisation or user.organisation_id is None:
        return title
    organisation = await organisations.get(session, user.organisation_id)
    return title if organisation is None else f"{title} for {organisation.name}"[:_TITLE_LENGTH]


def _account(caller: Caller, user: User, wanted: TopUpWanted) -> tuple[str, int]:
    if not wanted.organisation:
        return "user", user.id
    if user.organisation_id is None:
        raise invalid([("body.organisation", "you are in no organisation")])
    if caller.reach("orders.write") is Reach.OWN:
        raise Problem(403, "Only those who manage the organisation's money top it up.", slug="forbidden")
    return "organisation", user.organisation_id


async def _ratio(session: AsyncSession, user: User) -> int:
    group = await groups.get(session, user.group)
    return amounts.ONE if group is None else group.topup_ratio


async def _quote(services: Services, wanted: TopUpWanted, ratio: int) -> Quote:
    settings = await services.options.get(Payments)
    way = next(
        (
            one
            for one in await registry.ways(services)
            if (one.provider, one.method) == (wanted.provider, wanted.method)
        ),
        None,
    )
    if way is None:
        raise invalid([("body.provider", "and method are none that is offered")])
    if way.amount is not None and way.credit is not None:
        details = {"rate": amounts.ONE, "discount": amounts.ONE, "ratio": amounts.ONE}
        return Quote(way.credit, way.credit, way.currency, way.amount, details)
    if wanted.amount is None:
        raise invalid([("body.amount", "is required")])
    try:
        return amounts.quote(signed_to_nano(wanted.amount), way.currency, settings, ratio)
    except NotOfferedError as error:
        raise invalid([("body.amount", str(error))]) from None
