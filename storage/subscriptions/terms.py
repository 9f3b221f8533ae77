"""The life of a subscription: it begins, is renewed, changes its plan, ends. Each payment names itself and counts once.

Locks the owner's account first, then the subscription's row, then other accounts. The keys of its owner are announced
as changed; the caller tells the Router after the commit. Times are unix seconds, money nano-USD.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, entries
from storage.ledger.transactions import begin_write, new_id
from storage.models import User
from storage.models.plan import Plan
from storage.models.subscription import Subscription, SubscriptionTerm
from storage.repositories import keys
from storage.subscriptions import offers, purses
from storage.subscriptions.periods import after

BALANCE = "balance"
GIVEN = ""
"""`paid_by` of a term that somebody gave away."""

RENEW_AHEAD_S = 300
"""So long before its end a term is renewed from the balance: no request falls into a gap."""


class RefusedError(ValueError):
    """It cannot be done; the text says why, for the customer."""


class Payment(NamedTuple):
    """What pays for a term. `reference` names it: the same one a second time begins nothing."""

    by: str
    reference: str
    actor: str
    now: int
    external_id: str = ""


async def lock(session: AsyncSession, subscription_id: int) -> Subscription | None:
    """The subscription as it is now, locked with its owner's account until the transaction ends."""
    await begin_write(session)
    owner = await session.execute(
        select(Subscription.scope, Subscription.scope_id).where(Subscription.id == subscription_id)
    )
    found = owner.one_or_none()
    if found is None:
        return None
    await _lock_owner(session, found.scope, found.scope_id)
    statement = select(Subscription).where(Subscription.id == subscription_id).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def begin(
    session: AsyncSession, plan: Plan, scope: str, scope_id: int, payment: Payment, *, renews: bool = False
) -> tuple[Subscription, bool]:
    """A new subscription; returns it and whether it is new. Raises RefusedError when the owner has had enough of them.

    A plan that is bought again while one of it runs makes that one longer.
    """
    await begin_write(session)
    await _lock_owner(session, scope, scope_id)
    earlier = await _of_reference(session, payment.reference)
    if earlier is not None:
        return earlier, False
    await _refuse_more(session, plan, scope, scope_id)
    running = await _running(session, plan, scope, scope_id, payment.now)
    if running is not None and (longer := await lock(session, running)) is not None:
        await _extend(session, longer, plan, payment)
        if renews or payment.external_id:
            longer.renews, longer.pay_by = True, payment.by if payment.external_id else BALANCE
            longer.external_id = payment.external_id or longer.external_id
        await session.flush()
        return longer, True
    offer = offers.of_plan(plan)
    pay_by = payment.by if payment.external_id or not renews else BALANCE
    end = after(plan.term_unit, plan.term_count, payment.now)
    row = Subscription(
        scope=scope, scope_id=scope_id, plan_id=plan.id, term_start=payment.now, term_end=end, paid_until=end,
        renews=renews, pay_by=pay_by, external_id=payment.external_id, created_at=payment.now,
        updated_at=payment.now, **offers.stored(offer),
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await _write_term(session, row, plan, payment, number=1, starts_at=payment.now, ends_at=end)
    await purses.account_of(session, row, payment.now)
    await announce(session, row)
    return row, True


async def extend(session: AsyncSession, row: Subscription, plan: Plan, payment: Payment) -> bool:
    """One more term behind what is paid, of `plan`; the row is locked. False: this payment has been counted."""
    if await _of_reference(session, payment.reference) is not None:
        return False
    await _extend(session, row, plan, payment)
    await session.flush()
    return True


async def renew(session: AsyncSession, row: Subscription, plan: Plan, *, now: int) -> bool:
    """The next term from the balance; the row is locked. False: that term is paid. Raises InsufficientError."""
    number = await session.scalar(_last_term(row.id)) or row.term
    payment = Payment(BALANCE, f"subscription:{row.id}:{number + 1}", entries.GATEWAY, now)
    if not await extend(session, row, plan, payment):
        return False
    await _charge(session, row.scope, row.scope_id, plan.price, payment, f"subscription {row.id}")
    return True


async def change_plan(session: AsyncSession, row: Subscription, plan: Plan, payment: Payment) -> Subscription:
    """Another plan from now on, paid from the balance less what is left of the present term; the row is locked.

    A change to a plan of no higher rank waits for the next term: `row.next_plan_id` says so, until the present plan is
    asked for again. Raises RefusedError, InsufficientError.
    """
    earlier = await _of_reference(session, payment.reference)
    if earlier is not None:
        return earlier
    if row.state == "active" and row.plan_id == plan.id and row.next_plan_id is not None:
        row.next_plan_id, row.updated_at = None, payment.now
        await session.flush()
        return row
    if row.state != "active" or row.plan_id == plan.id:
        raise RefusedError("The subscription has that plan, or has ended.")
    if plan.rank <= row.rank:
        if not (row.renews and row.pay_by == BALANCE):
            raise RefusedError("A plan of no higher rank begins with the next term: let it renew from the balance.")
        row.next_plan_id, row.updated_at = plan.id, payment.now
        await session.flush()
        return row
    if row.external_id and row.renews:
        raise RefusedError(f"This subscription is renewed by {row.pay_by}; end it there before taking another plan.")
    rest, renews = await unused(session, row, payment.now), row.renews
    await end(session, row, "replaced", payment.now, revert_group=False)
    renewed, new = await begin(session, plan, row.scope, row.scope_id, payment, renews=renews)
    if new:
        cost = max(plan.price - rest, 0)
        await _charge(session, row.scope, row.scope_id, cost, payment, f"subscription {renewed.id} for {row.id}")
    return renewed


async def unused(session: AsyncSession, row: Subscription, now: int) -> int:
    """What is left of the price of the present term, rounded down; 0 for one that was given.

    By time, and where the quota is for the whole term no more than what is left of that.
    """
    paid_by = select(SubscriptionTerm.paid_by).where(
        SubscriptionTerm.subscription_id == row.id, SubscriptionTerm.term == row.term
    )
    if now >= row.term_end or await session.scalar(paid_by) == GIVEN:
        return 0
    left = row.price * (row.term_end - max(now, row.term_start)) // (row.term_end - row.term_start)
    if row.reset != "term" or not row.quota:
        return left
    account_id = await purses.account_of(session, row, now)
    account = (await accounts.lock(session, [account_id]))[account_id]
    return min(left, row.price * max(account.balance, 0) // row.quota)


async def end(session: AsyncSession, row: Subscription, because: str, now: int, *, revert_group: bool = True) -> None:
    """It is over: expired, unpaid, withdrawn or replaced; the row is locked. What is left of its quota lapses."""
    if row.state != "active":
        return
    row.state, row.ended_because, row.ended_at, row.updated_at = "ended", because, now, now
    row.renews = False
    if revert_group and row.group_after and row.scope == accounts.USER:
        user = await session.get(User, row.scope_id)
        if user is not None:
            user.group = row.group_after
    await session.flush()
    await announce(session, row)


async def revive(session: AsyncSession, row: Subscription, now: int) -> None:
    """It was ended and is not any more; the row is locked."""
    row.state, row.ended_because, row.ended_at, row.updated_at = "active", "", 0, now
    await session.flush()
    await announce(session, row)


async def refill(session: AsyncSession, row: Subscription, *, actor: str, now: int, reference: str = "") -> int:
    """Give the present period its full quota back; returns what was added. A reference adds it once."""
    account_id = await purses.account_of(session, row, now)
    account = (await accounts.lock(session, [account_id]))[account_id]
    reference = reference or new_id()
    earlier = await entries.booked(session, entries.BUDGET_RESET, reference, [account_id])
    if earlier:
        return earlier[account_id][0]
    amount = row.quota - account.balance
    entry = entries.Row(account_id, amount, 0, entries.BUDGET_RESET, actor, reference, now)
    await entries.write(session, [entry])
    return amount


async def announce(session: AsyncSession, row: Subscription) -> None:
    """The keys of its owner draw on something else now."""
    if row.scope == accounts.USER:
        await keys.announce(session, user_id=row.scope_id)
    else:
        await keys.announce(session, organisation_id=row.scope_id)


async def _extend(session: AsyncSession, row: Subscription, plan: Plan, payment: Payment) -> None:
    # Paid late, the term begins where the last one ended, as long as the subscription went on meanwhile.
    starts_at = row.paid_until if payment.now < purses.ends_at(row) else payment.now
    ends_at = after(plan.term_unit, plan.term_count, starts_at)
    number = (await session.scalar(_last_term(row.id)) or row.term) + 1
    await _write_term(session, row, plan, payment, number=number, starts_at=starts_at, ends_at=ends_at)
    row.paid_until, row.next_plan_id, row.updated_at = ends_at, None, payment.now
    row.state, row.ended_because, row.ended_at = "active", "", 0
    await session.flush()
    if starts_at <= payment.now:
        await purses.account_of(session, row, payment.now)
    await announce(session, row)


async def _write_term(
    session: AsyncSession, row: Subscription, plan: Plan, payment: Payment, *, number: int, starts_at: int, ends_at: int
) -> None:
    term = SubscriptionTerm(
        subscription_id=row.id, term=number, plan_id=plan.id, starts_at=starts_at, ends_at=ends_at, price=plan.price,
        paid_by=payment.by, offer=offers.stored(offers.of_plan(plan)), reference=payment.reference,
        created_at=payment.now,
    )  # fmt: skip
    session.add(term)
    await session.flush()


async def _charge(session: AsyncSession, scope: str, scope_id: int, amount: int, payment: Payment, note: str) -> None:
    if not amount:
        return
    subject = (scope, scope_id, 0)
    account_id = (await accounts.ensure(session, [subject]))[subject]
    account = (await accounts.lock(session, [account_id]))[account_id]
    # An account that is not limited may be overdrawn by requests, but nothing is bought with money that is not there.
    if account.available < amount:
        raise entries.InsufficientError(amount - account.available)
    await entries.post(
        session, account_id, -amount, reason=entries.PURCHASE, actor=payment.actor, reference=payment.reference,
        note=note, now=payment.now,
    )  # fmt: skip


async def _of_reference(session: AsyncSession, reference: str) -> Subscription | None:
    found = select(SubscriptionTerm.subscription_id).where(SubscriptionTerm.reference == reference)
    known = await session.scalar(found)
    return await session.get(Subscription, known) if known is not None else None


async def _lock_owner(session: AsyncSession, scope: str, scope_id: int) -> None:
    """Two purchases of one owner take turns, so that neither bound nor reference is passed twice."""
    subject = (scope, scope_id, 0)
    await accounts.ensure(session, [subject])
    await accounts.lock(session, [], [subject])


async def _refuse_more(session: AsyncSession, plan: Plan, scope: str, scope_id: int) -> None:
    if not plan.per_user:
        return
    bought = (
        select(func.count())
        .select_from(SubscriptionTerm)
        .join(Subscription, Subscription.id == SubscriptionTerm.subscription_id)
        .where(Subscription.scope == scope, Subscription.scope_id == scope_id, SubscriptionTerm.plan_id == plan.id)
        .where(SubscriptionTerm.paid_by != GIVEN, SubscriptionTerm.reference.not_like("subscription:%"))
    )
    if (await session.scalar(bought) or 0) >= plan.per_user:
        raise RefusedError(f"This plan can be bought {plan.per_user} times only.")


async def _running(session: AsyncSession, plan: Plan, scope: str, scope_id: int, now: int) -> int | None:
    wanted = (
        Subscription.scope == scope, Subscription.scope_id == scope_id, Subscription.state == "active",
        Subscription.plan_id == plan.id, Subscription.paid_until > now,
    )  # fmt: skip
    return await session.scalar(select(Subscription.id).where(*wanted).order_by(Subscription.id).limit(1))


def _last_term(subscription_id: int) -> Any:  # noqa: ANN401 - a statement
    return select(func.max(SubscriptionTerm.term)).where(SubscriptionTerm.subscription_id == subscription_id)
