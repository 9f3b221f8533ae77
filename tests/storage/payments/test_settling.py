"""A notification changes the ledger exactly once or not at all, whatever comes twice, late, at once or out of order."""

import asyncio
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.ledger.entries import InsufficientError
from storage.ledger.transactions import transact
from storage.models.order import Order, Refund
from storage.payments import bonuses, fulfilment, orders, refunds, settling, states
from storage.payments.fulfilment import By, CannotFulfilError
from storage.payments.states import Kind, Notice, Outcome
from tests.storage.payments.conftest import (
    BY,
    NANO,
    NOW,
    balance,
    make_order,
    make_user,
    order_of,
    paid,
    receipt_numbers,
    tell,
)


async def test_paid_once_however_often_it_is_said(shop) -> None:
    number = await make_order(shop)
    assert (await tell(shop, paid(number))).outcome is Outcome.CREDITED
    assert (await tell(shop, paid(number))).outcome is Outcome.DUPLICATE
    assert (await tell(shop, paid(number, "evt_2"))).outcome is Outcome.NOTHING
    assert await balance(shop) == 10 * NANO
    order = await order_of(shop, number)
    assert (order.state, order.paid_at, order.payment_ref) == ("paid", NOW, "pi_1")
    assert await receipt_numbers(shop) == ["R2027-000001"]


async def test_at_the_same_time(shop) -> None:
    number = await make_order(shop)
    told = await asyncio.gather(*(tell(shop, paid(number, f"evt_{n % 3}")) for n in range(6)))
    assert [one.outcome for one in told].count(Outcome.CREDITED) == 1
    assert await balance(shop) == 10 * NANO


async def test_late_money_is_credited(shop) -> None:
    for closing in (Kind.FAILED, Kind.EXPIRED):
        number = await make_order(shop, amount=100, credit=NANO)
        assert (await tell(shop, Notice(closing, f"{number}-closed", number))).outcome is Outcome.CLOSED
        outcome = (await tell(shop, paid(number, f"{number}-paid", amount=100, total=100))).outcome
        assert outcome is Outcome.CREDITED
        assert (await tell(shop, Notice(closing, f"{number}-again", number))).outcome is Outcome.NOTHING
    number = await make_order(shop)
    await transact(shop, lambda session: settling.cancel(session, number, BY))
    assert (await tell(shop, paid(number))).outcome is Outcome.CREDITED
    with pytest.raises(settling.WrongStateError):
        await transact(shop, lambda session: settling.cancel(session, number, BY))


@pytest.mark.parametrize(
    ("fields", "says"), [({"amount": 999}, "999"), ({"currency": "usd"}, "USD"), ({"currency": ""}, "no")]
)
async def test_another_amount_waits_for_finance(shop, fields, says) -> None:
    number = await make_order(shop)
    assert (await tell(shop, paid(number, **fields))).outcome is Outcome.REVIEW
    order = await order_of(shop, number)
    assert (order.state, await balance(shop)) == ("review", 0)
    assert says in order.problem
    await transact(shop, lambda session: settling.complete(session, number, By("user:fin", NOW), settling.Terms()))
    assert await balance(shop) == 10 * NANO
    with pytest.raises(settling.WrongStateError):
        await transact(shop, lambda session: settling.complete(session, number, BY, settling.Terms()))
    assert (await tell(shop, paid(number, "evt_9"))).outcome is Outcome.NOTHING
    assert await balance(shop) == 10 * NANO


async def test_nobody_pays_the_order_of_another_provider(shop) -> None:
    number = await make_order(shop, provider="epay")
    assert (await tell(shop, paid(number))).outcome is Outcome.UNKNOWN
    assert (await tell(shop, paid("gw-nothing"))).outcome is Outcome.UNKNOWN
    assert (await tell(shop, Notice(Kind.PAID, "evt", "", "cs_x", "pi_x"))).outcome is Outcome.UNKNOWN
    assert await balance(shop) == 0


async def test_paid_twice_is_seen(shop) -> None:
    number = await make_order(shop)
    await tell(shop, paid(number))
    assert (await tell(shop, paid(number, "evt_2", payment_ref="pi_2"))).outcome is Outcome.REVIEW
    assert "pi_2" in (await order_of(shop, number)).problem
    assert await balance(shop) == 10 * NANO


async def test_found_by_what_the_provider_calls_it(shop) -> None:
    number = await make_order(shop)
    await transact(shop, lambda session: orders.set_checkout(session, number, "cs_1", {"url": "x"}))
    assert (await tell(shop, paid("", checkout_ref="cs_1"))).outcome is Outcome.CREDITED
    assert (await tell(shop, Notice(Kind.REFUNDED, "evt_3", "", "", "pi_1", "EUR", 1000))).outcome is Outcome.REFUNDED
    assert await balance(shop) == 0


async def test_disputes_come_and_go(shop) -> None:
    number = await make_order(shop)
    early = Notice(Kind.DISPUTED, "evt_0", number, amount=1000, ref="dp_1")
    assert (await tell(shop, early)).outcome is Outcome.REVIEW
    await tell(shop, paid(number))
    taken = early._replace(event="evt_2")
    assert (await tell(shop, taken)).outcome is Outcome.REFUNDED
    assert (await tell(shop, taken._replace(event="evt_3"))).outcome is Outcome.NOTHING
    assert (await balance(shop), (await order_of(shop, number)).state) == (0, "refunded")
    won = Notice(Kind.DISPUTE_WON, "evt_4", number, ref="dp_1")
    assert (await tell(shop, won)).outcome is Outcome.RESTORED
    assert (await tell(shop, won._replace(event="evt_5"))).outcome is Outcome.NOTHING
    assert (await balance(shop), (await order_of(shop, number)).state) == (10 * NANO, "paid")


class Ticket:
    """A fulfilment that refuses, and counts."""

    def __init__(self, refuse: str = "") -> None:
        self.refuse = refuse
        self.seen: list[str] = []

    async def paid(self, session, order: Order, by: By) -> None:
        await bonuses.grant(session, order.user_id, 7, reference=f"ticket:{order.number}", by=by)
        if self.refuse:
            raise CannotFulfilError(self.refuse)
        self.seen.append("paid")

    async def refunded(self, session, order: Order, refund: Refund, by: By) -> None:
        self.seen.append(f"refunded {refund.credit}")

    async def restored(self, session, order: Order, refund: Refund, by: By) -> None:
        self.seen.append(f"restored {refund.credit}")


@pytest.fixture
def ticket(monkeypatch) -> Ticket:
    made = Ticket()
    monkeypatch.setitem(fulfilment._fulfilments, "ticket", made)
    return made


async def test_what_cannot_be_given_is_undone_and_reviewed(shop, ticket) -> None:
    ticket.refuse = "sold out"
    number = await make_order(shop, purpose="ticket")
    assert (await tell(shop, paid(number))).outcome is Outcome.REVIEW
    order = await order_of(shop, number)
    assert (order.state, order.problem, order.paid_at) == ("review", "cannot be fulfilled: sold out", None)
    assert (await balance(shop), await receipt_numbers(shop)) == (0, [])
    ticket.refuse = ""
    await transact(shop, lambda session: settling.complete(session, number, BY, settling.Terms()))
    assert (ticket.seen, await balance(shop)) == (["paid"], 7)


async def test_paid_from_the_balance(shop, ticket) -> None:
    await make_user(shop)
    await transact(shop, lambda session: bonuses.grant(session, 1, 5 * NANO, reference="start", by=BY))
    number = await make_order(shop, purpose="ticket", provider="balance", amount=300, credit=3 * NANO, currency="USD")

    async def pay(number: str) -> None:
        async def work(session) -> None:
            order = await orders.lock(session, number)
            assert order is not None
            await settling.pay_from_balance(session, order, BY, settling.Terms())

        await transact(shop, work)

    await pay(number)
    assert await balance(shop) == 2 * NANO + 7
    with pytest.raises(settling.WrongStateError):
        await pay(number)
    dear = await make_order(shop, purpose="ticket", provider="balance", amount=300, credit=3 * NANO, currency="USD")
    with pytest.raises(InsufficientError):
        await pay(dear)
    ticket.refuse = "no"
    cheap = await make_order(shop, purpose="ticket", provider="balance", amount=1, credit=NANO, currency="USD")
    with pytest.raises(CannotFulfilError):
        await pay(cheap)
    assert await balance(shop) == 2 * NANO + 7
    assert ((await order_of(shop, dear)).state, (await order_of(shop, cheap)).state) == ("pending", "pending")
    for part in (100, 200):

        async def back(session, part: int = part) -> None:
            order = await orders.lock(session, number)
            assert order is not None
            await refunds.ask(session, order, part, reason="", by=BY)

        await transact(shop, back)
    assert (await balance(shop), (await order_of(shop, number)).state) == (5 * NANO + 7, "refunded")


async def test_an_order_for_nobody(shop) -> None:
    with pytest.raises(fulfilment.UnknownPurposeError):
        await make_order(shop, purpose="nothing")


async def test_what_was_waited_for_too_long(shop) -> None:
    number = await make_order(shop)
    assert not await transact(shop, lambda session: settling.expire(session, number, BY))
    late = By("gateway", NOW + 3600)
    assert await transact(shop, lambda session: settling.expire(session, number, late))
    assert not await transact(shop, lambda session: settling.expire(session, number, late))


# Each history below ends with the same sums as the one in order: what was paid, minus what went back.
STORY = {
    "paid": lambda number: paid(number, "e-paid"),
    "paid again": lambda number: paid(number, "e-paid-2"),
    "failed": lambda number: Notice(Kind.FAILED, "e-failed", number),
    "refund 300": lambda number: Notice(Kind.REFUNDED, "e-300", number, currency="EUR", amount=300),
    "refund 700": lambda number: Notice(Kind.REFUNDED, "e-700", number, currency="EUR", amount=700),
    "expired": lambda number: Notice(Kind.EXPIRED, "e-expired", number),
}


# A pause of the machine while an example is drawn would be called too slow.
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.permutations(sorted(STORY)), st.lists(st.sampled_from(sorted(STORY)), max_size=4))
async def test_any_order_of_events_comes_to_the_same(shop, order_of_events, repeated) -> None:
    user_id = next(_users)
    number = await make_order(shop, user_id)
    events = [f"{number}-{name}" for name in (*order_of_events, *repeated)]
    for name, event in zip((*order_of_events, *repeated), events, strict=True):
        await tell(shop, STORY[name](number)._replace(event=event, payment_ref=f"pi-{number}"))
    assert await balance(shop, user_id) == 3 * NANO
    order = await order_of(shop, number)
    assert (order.state, order.refunded, order.provider_refunded) == (states.PAID, 700, 700)


_users = itertools.count(1000)
