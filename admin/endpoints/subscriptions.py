"""Subscriptions: list, read, buy, change, end."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from admin import audit, etags, order_rows, subscription_rows, user_rows
from admin.caller import Caller, needs, needs_all
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints.common import IfMatch, problems
from admin.endpoints.plans import load as load_plan
from admin.idempotent import Once
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, fetch
from admin.payments import checkout, recurring, settled
from admin.permissions import Reach
from admin.problems import Problem
from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import MAX_ID
from admin.schemas.order import CheckoutOut
from admin.schemas.subscription import (
    PlanChange,
    Refilled,
    SubscriptionBuy,
    SubscriptionDetail,
    SubscriptionGive,
    SubscriptionMade,
    SubscriptionOut,
    SubscriptionPatch,
    Withdrawal,
    term_out,
)
from admin.services import Services
from admin.subscription_orders import opened, order_for
from admin.surroundings import Surroundings, announce
from storage.ledger.entries import InsufficientError
from storage.ledger.transactions import new_id
from storage.models.subscription import Subscription
from storage.payments import settling
from storage.payments.fulfilment import By, CannotFulfilError
from storage.subscriptions import fulfilment, listing, plans, terms, told
from storage.subscriptions.terms import BALANCE, GIVEN, Payment, RefusedError

router = APIRouter(prefix="/subscriptions", tags=["subscriptions"], route_class=ListRoute)

SORTS = {"id": Subscription.id, "paid_until": Subscription.paid_until}
SubscriptionId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]
Readers = Annotated[Caller, needs("subscriptions.read")]
Writers = Annotated[Caller, needs("subscriptions.write")]
Managers = Annotated[Caller, needs_all("subscriptions.manage")]

_REGISTERED = fulfilment.Subscribing
"""Orders for plans are fulfilled wherever this file is loaded."""


def _short(error: InsufficientError) -> Problem:
    return Problem(409, f"The balance lacks {nano_to_usd(error.missing)} USD.", slug="insufficient-balance")


@router.get("", responses=problems(404), operation_id="list_subscriptions")
async def list_subscriptions(
    services: Surroundings,
    caller: Readers,
    page: Paged,
    state: Literal["active", "ended"] | None = None,
    plan: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")] = None,
    user: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")] = None,
    organisation: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")] = None,
) -> Listed[SubscriptionOut]:
    """Subscriptions by `id` or `paid_until`."""
    scope = caller.scope("subscriptions.read")
    async with services.sessions() as session:
        statement = listing.query(user_id=scope.user_id, organisation_id=scope.organisation_id)
        if state is not None:
            statement = statement.where(Subscription.state == state)
        if plan is not None:
            statement = statement.where(Subscription.plan_id == (await load_plan(session, plan)).id)
        if user is not None:
            whose = await user_rows.load(session, user, scope, removed=True)
            statement = statement.where(Subscription.scope == "user", Subscription.scope_id == whose.id)
        if organisation is not None:
            owner = await organisation_endpoints.load(session, organisation, scope)
            statement = statement.where(Subscription.scope == "organisation", Subscription.scope_id == owner.id)
        rows, following = await fetch(session, statement, page, SORTS, Subscription.id)
        items = await subscription_rows.shown(session, rows, services.clock())
    return Listed(items=items, next=following)


@router.post("", status_code=201, responses=problems(400, 404, 409, 413, 502), operation_id="buy_subscription")
async def buy_subscription(
    services: Surroundings, caller: Writers, wanted: SubscriptionBuy, request: Request, once: Once
) -> SubscriptionMade:
    """Buy a plan. From the balance it begins at once; else the order has a page where it is paid.

    Bought again while it runs, it lasts a term longer. Repeated with its Idempotency-Key it is the same order.
    """
    by = By(caller.name, services.clock())
    receipts = await settled.terms(services)
    way = await opened(services, wanted)
    try:
        async with once.transaction(SubscriptionMade) as (session, before):
            if before is not None:
                made = before
            else:
                plan = await load_plan(session, wanted.plan, offered=True)
                order = await order_for(session, services, caller, wanted, plan, way)
                if wanted.pay_by == BALANCE:
                    await settling.pay_from_balance(session, order, by, receipts)
                (shown,) = await order_rows.shown(session, [order])
                bought = await listing.of_reference(session, f"order:{order.number}")
                rows = await subscription_rows.shown(session, [bought], by.now) if bought is not None else []
                await audit.record(
                    session, services, caller, "subscriptions.buy", kind="order", id=order.id, name=plan.name,
                    after=shown, organisation_id=order.organisation_id,
                )  # fmt: skip
                made = once.answer(SubscriptionMade(order=shown, subscription=rows[0] if rows else None, checkout=None))
    except InsufficientError as error:
        raise _short(error) from None
    except CannotFulfilError as error:
        raise Problem(409, str(error)) from None
    if wanted.pay_by == BALANCE:
        await announce(services)
        return made
    page = await checkout.open_checkout(services, made.order.number, str(request.base_url))
    found = CheckoutOut(url=page.url, method=page.method, fields=dict(page.fields))
    return made.model_copy(update={"checkout": found})


@router.post("/give", status_code=201, responses=problems(400, 404, 409, 413), operation_id="give_subscription")
async def give_subscription(
    services: Surroundings, caller: Managers, wanted: SubscriptionGive, once: Once
) -> SubscriptionOut:
    """Give somebody terms of a plan for nothing; while one of that plan runs, it lasts longer."""
    now = services.clock()
    try:
        async with once.transaction(SubscriptionOut) as (session, before):
            if before is not None:
                return before
            plan = await load_plan(session, wanted.plan)
            owner = (
                (await user_rows.load(session, wanted.owner)).id
                if wanted.scope == "user"
                else (await organisation_endpoints.load(session, wanted.owner)).id
            )
            reference = f"given:{new_id()}"
            for number in range(wanted.terms):
                payment = Payment(GIVEN, f"{reference}:{number}", caller.name, now)
                row, _ = await terms.begin(session, plan, wanted.scope, owner, payment)
            await told.tell(session, "started", row, now)
            (shown,) = await subscription_rows.shown(session, [row], now)
            await audit.record(
                session, services, caller, "subscriptions.give", kind="subscription", id=row.id, name=plan.name,
                after=subscription_rows.tag(shown),
            )  # fmt: skip
            once.answer(shown)
    except (RefusedError, ValueError) as error:
        raise Problem(409, str(error)) from None
    await announce(services)
    return shown


@router.get("/{subscription}", responses=problems(404), operation_id="get_subscription")
async def get_subscription(
    services: Surroundings, caller: Readers, subscription: SubscriptionId, response: Response
) -> SubscriptionDetail:
    """One subscription, what is left of its present period, and its terms."""
    async with services.sessions() as session:
        row = await subscription_rows.load(session, subscription, caller, "subscriptions.read")
        (shown,) = await subscription_rows.shown(session, [row], services.clock())
        paid = await listing.terms_of(session, row.id)
        named = await plans.names(session, {term.plan_id for term in paid})
    response.headers["etag"] = etags.etag_of(subscription_rows.tag(shown))
    found = [term_out(term, named.get(term.plan_id, "")) for term in paid]
    return SubscriptionDetail(**shown.model_dump(), terms=found)


@router.patch("/{subscription}", responses=problems(400, 404, 409, 412, 413, 502), operation_id="change_subscription")
async def change_subscription(
    services: Surroundings,
    caller: Writers,
    subscription: SubscriptionId,
    patch: SubscriptionPatch,
    response: Response,
    if_match: IfMatch = None,
) -> SubscriptionOut:
    """Whether it is renewed, and in which order it and the balance pay."""
    changes = patch.given()
    now = services.clock()
    if changes.get("renews") is False:
        await _charge_no_more(services, subscription, caller, "subscriptions.write")
    async with services.sessions.begin() as session:
        row = await subscription_rows.locked(session, subscription, caller, "subscriptions.write")
        (before,) = await subscription_rows.shown(session, [row], now)
        etags.check(if_match, subscription_rows.tag(before))
        if row.state != "active":
            raise Problem(409, "The subscription has ended.")
        if changes.get("renews") and row.pay_by != BALANCE:
            if row.external_id:
                raise Problem(409, f"This subscription is renewed by {row.pay_by}.")
            changes["pay_by"] = BALANCE
        for name, value in changes.items():
            setattr(row, name, value)
        row.updated_at = now
        await terms.announce(session, row)
        (shown,) = await subscription_rows.shown(session, [row], now)
        await audit.record(
            session, services, caller, "subscriptions.change", kind="subscription", id=row.id, name=shown.plan,
            before=subscription_rows.tag(before), after=subscription_rows.tag(shown),
        )  # fmt: skip
    await announce(services)
    response.headers["etag"] = etags.etag_of(subscription_rows.tag(shown))
    return shown


@router.post("/{subscription}/plan", responses=problems(400, 404, 409, 413), operation_id="change_subscription_plan")
async def change_subscription_plan(
    services: Surroundings, caller: Writers, subscription: SubscriptionId, wanted: PlanChange, once: Once
) -> SubscriptionOut:
    """Take another plan. An upgrade begins now and is paid from the balance, less what is left of the present term."""
    now = services.clock()
    try:
        async with once.transaction(SubscriptionOut) as (session, before):
            if before is not None:
                return before
            row = await subscription_rows.locked(session, subscription, caller, "subscriptions.write")
            plan = await load_plan(session, wanted.plan, offered=caller.reach("subscriptions.manage") is not Reach.ALL)
            payment = Payment(BALANCE, f"change:{new_id()}", caller.name, now)
            (was,) = await subscription_rows.shown(session, [row], now)
            row = await terms.change_plan(session, row, plan, payment)
            (shown,) = await subscription_rows.shown(session, [row], now)
            await audit.record(
                session, services, caller, "subscriptions.change_plan", kind="subscription", id=row.id, name=plan.name,
                before=subscription_rows.tag(was), after=subscription_rows.tag(shown),
            )  # fmt: skip
            once.answer(shown)
    except InsufficientError as error:
        raise _short(error) from None
    except RefusedError as error:
        raise Problem(409, str(error)) from None
    await announce(services)
    return shown


@router.post("/{subscription}/reset", responses=problems(404, 409, 413), operation_id="reset_subscription")
async def reset_subscription(
    services: Surroundings, caller: Managers, subscription: SubscriptionId, once: Once
) -> Refilled:
    """Give the present period its full quota back."""
    now = services.clock()
    async with once.transaction(Refilled) as (session, done):
        if done is not None:
            return done
        row = await subscription_rows.locked(session, subscription, caller, "subscriptions.manage")
        if row.state != "active":
            raise Problem(409, "The subscription has ended.")
        added = await terms.refill(session, row, actor=caller.name, now=now)
        await audit.record(
            session, services, caller, "subscriptions.reset", kind="subscription", id=row.id,
            after={"added": nano_to_usd(added)},
        )  # fmt: skip
        return once.answer(Refilled(added=nano_to_usd(added)))


@router.post("/{subscription}/end", responses=problems(400, 404, 409, 413, 502), operation_id="end_subscription")
async def end_subscription(
    services: Surroundings, caller: Managers, subscription: SubscriptionId, wanted: Withdrawal
) -> SubscriptionOut:
    """End it now; what is left of its quota lapses. Money goes back by a refund of its order."""
    now = services.clock()
    await _charge_no_more(services, subscription, caller, "subscriptions.manage")
    async with services.sessions.begin() as session:
        row = await subscription_rows.locked(session, subscription, caller, "subscriptions.manage")
        if row.state != "active":
            raise Problem(409, "The subscription has ended.")
        (before,) = await subscription_rows.shown(session, [row], now)
        await terms.end(session, row, "withdrawn", now)
        await told.tell(session, "ended", row, now)
        (shown,) = await subscription_rows.shown(session, [row], now)
        after = subscription_rows.tag(shown).model_dump(mode="json") | {"reason": wanted.reason}
        await audit.record(
            session, services, caller, "subscriptions.end", kind="subscription", id=row.id, name=shown.plan,
            before=subscription_rows.tag(before).model_dump(mode="json"), after=after,
        )  # fmt: skip
    await announce(services)
    return shown


async def _charge_no_more(services: Services, subscription: int, caller: Caller, permission: str) -> None:
    """A provider that charges for it on its own is told first: what it does not know of goes on. Raises Problems."""
    async with services.sessions() as session:
        row = await subscription_rows.load(session, subscription, caller, permission)
    if row.external_id and row.renews:
        await recurring.stop(services, row.pay_by, row.external_id)
