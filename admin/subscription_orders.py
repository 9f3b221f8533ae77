"""The order for a plan: who buys, for whom, what it costs in the currency of the way to pay."""

from sqlalchemy.ext.asyncio import AsyncSession

from admin import order_rows
from admin.caller import Caller
from admin.options.payments import Payments
from admin.payments import amounts, registry
from admin.payments.amounts import NotOfferedError
from admin.payments.provider import Way
from admin.permissions import Reach
from admin.problems import Problem, invalid
from admin.schemas.subscription import SubscriptionBuy
from admin.services import Services
from storage.models import User
from storage.models.order import Order
from storage.models.plan import Plan
from storage.payments import orders
from storage.payments.fulfilment import SUBSCRIPTION
from storage.subscriptions.terms import BALANCE


async def opened(services: Services, wanted: SubscriptionBuy) -> Way | None:
    """The way to pay, None: the balance. Raises a Problem (422) for one that is not offered."""
    if wanted.pay_by == BALANCE:
        return None
    for way in await registry.ways(services):
        if (way.provider, way.method) == (wanted.pay_by, wanted.method) and way.amount is None:
            return way
    raise invalid([("body.pay_by", "and method are none that is offered")])


async def order_for(
    session: AsyncSession, services: Services, caller: Caller, wanted: SubscriptionBuy, plan: Plan, way: Way | None
) -> Order:
    """A new order for a term of the plan. Raises a Problem (403, 409, 422)."""
    if wanted.pay_by not in plan.pay_by:
        raise invalid([("body.pay_by", "is not a way to pay for this plan")])
    settings = await services.options.get(Payments)
    user = await order_rows.payer(session, caller.user_id)
    now = services.clock()
    await order_rows.refuse_many(session, user.id, now)
    currency, amount, details = "USD", -(-plan.price // 10**7), {}
    if way is not None:
        if not plan.price:
            raise invalid([("body.pay_by", "must be balance for a plan that costs nothing")])
        try:
            quote = amounts.price(plan.price, way.currency, settings)
        except NotOfferedError as error:
            raise invalid([("body.pay_by", str(error))]) from None
        currency, amount, details = quote.currency, quote.amount, dict(quote.details)
        if wanted.renews and registry.classes()[way.provider].recurring and plan.term_unit != "hour":
            details["recurring"] = {"unit": plan.term_unit, "count": plan.term_count}
    return await orders.create(
        session, purpose=SUBSCRIPTION, user_id=user.id, organisation_id=user.organisation_id, provider=wanted.pay_by,
        method=wanted.method, currency=currency, amount=amount, value=plan.price, credit=0, actor=caller.name, now=now,
        expires_at=now + settings.order_minutes * 60, account=_account(caller, user, wanted), item=str(plan.id),
        title=plan.title or plan.name, details={**details, "renews": wanted.renews},
    )  # fmt: skip


def _account(caller: Caller, user: User, wanted: SubscriptionBuy) -> tuple[str, int]:
    if not wanted.organisation:
        return "user", user.id
    if user.organisation_id is None:
        raise invalid([("body.organisation", "you are in no organisation")])
    if caller.reach("orders.write") not in (Reach.ORGANISATION, Reach.ALL):
        raise Problem(403, "Only those who manage the organisation's money buy for it.", slug="forbidden")
    return "organisation", user.organisation_id
