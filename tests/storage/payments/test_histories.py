"""Any history of one order: notifications, refunds asked, made and failed, disputes, deaths before the commit.

After each step the sums agree: what is gone from the account is what the live refunds took, no more than was paid.
"""

import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.ledger.transactions import transact
from storage.payments import orders, refunds, settling, states
from storage.payments.receipts import Issuer
from storage.payments.states import Kind, Notice
from tests.storage.payments.conftest import BY, balance, make_order, order_of, paid

CREDIT, PAID = 7_777_777_777, 1000
AMOUNTS = st.integers(1, PAID)
STEP = st.one_of(
    st.tuples(st.sampled_from(["paid", "failed", "expired", "done", "fail", "bounced", "won"]), st.just(0)),
    st.tuples(st.sampled_from(["refunded", "ask", "dispute"]), AMOUNTS),
)
_users = itertools.count(5000)


class DiedError(Exception):
    """The process is gone before the commit."""


class History:
    """One order and what happens to it."""

    def __init__(self, shop, user_id: int, number: str) -> None:
        self.shop, self.user_id, self.number = shop, user_id, number
        self.events = itertools.count()
        self.provider_total = 0

    async def step(self, what: str, amount: int, *, dies: bool) -> None:
        async def work(session) -> None:
            await self._work(session, what, amount)
            if dies:
                raise DiedError

        try:
            await transact(self.shop, work)
        except DiedError:
            await transact(self.shop, lambda session: self._work(session, what, amount))

    async def _work(self, session, what: str, amount: int) -> None:
        event = f"{self.number}-{next(self.events)}"
        notices = {
            "paid": paid(self.number, event, payment_ref=f"pi-{self.number}"),
            "failed": Notice(Kind.FAILED, event, self.number),
            "expired": Notice(Kind.EXPIRED, event, self.number),
            "refunded": Notice(Kind.REFUNDED, event, self.number, currency="EUR", amount=amount),
            "dispute": Notice(Kind.DISPUTED, event, self.number, amount=amount, ref=f"dp-{self.number}-{amount % 3}"),
            "won": Notice(Kind.DISPUTE_WON, event, self.number, ref=f"dp-{self.number}-1"),
        }
        if what in notices:
            await settling.notice(session, "stripe", notices[what], BY, settling.Terms())
            return
        order = await orders.lock(session, self.number)
        assert order is not None
        if what == "ask":
            try:
                await refunds.ask(session, order, amount, reason="", by=BY)
            except refunds.NotRefundableError:
                return
        for refund in await orders.refunds_of(session, order.id):
            if what == "done":
                await refunds.done(session, order, refund.number, "re", BY, Issuer())
            elif what == "fail":
                await refunds.fail(session, order, refund.number, "no", BY, Issuer())
            elif what == "bounced" and refund.kind == refunds.REFUND:
                await refunds.bounced(session, order, refund.number, BY)
                return

    async def check(self) -> None:
        order = await order_of(self.shop, self.number)
        async with self.shop() as session:
            live = [one for one in await orders.refunds_of(session, order.id) if one.state != refunds.FAILED]
        credited = order.state in {states.PAID, states.REFUNDED}
        left = await balance(self.shop, self.user_id)
        assert order.refunded == sum(one.amount for one in live) <= (order.paid_amount if credited else 0)
        assert left == (CREDIT - sum(one.credit for one in live) if credited else 0)
        assert (order.state == states.REFUNDED) == (credited and order.refunded == order.paid_amount)
        assert left == 0 if order.state == states.REFUNDED else left >= 0


# A pause of the machine while an example is drawn would be called too slow.
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.tuples(STEP, st.booleans()), min_size=3, max_size=12))
async def test_any_history(shop, steps) -> None:
    user_id = next(_users)
    number = await make_order(shop, user_id, credit=CREDIT)
    history = History(shop, user_id, number)
    for (what, amount), dies in steps:
        await history.step(what, amount, dies=dies)
        await history.check()
