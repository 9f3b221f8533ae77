"""Refunds asked for here: taken first, settled once, undone when the provider refuses; the parts add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ledger import accounts
from storage.ledger.entries import InsufficientError
from storage.ledger.transactions import transact
from storage.payments import bonuses, orders, refunds, settling, states
from storage.payments.fulfilment import By
from storage.payments.receipts import Issuer
from storage.payments.states import Kind, Notice, Outcome
from tests.storage.payments.conftest import BY, NANO, balance, make_order, order_of, paid, receipt_numbers, tell

ISSUER = Issuer({"name": "Shop"}, "R")


async def ask(shop, number: str, amount: int, **more) -> str:
    async def work(session) -> str:
        order = await orders.lock(session, number)
        assert order is not None
        return (await refunds.ask(session, order, amount, reason="wished", by=BY, **more)).number

    return await transact(shop, work)


async def settle(shop, number: str, refund: str, *, ok: bool) -> str:
    async def work(session) -> str:
        order = await orders.lock(session, number)
        assert order is not None
        if ok:
            row = await refunds.done(session, order, refund, "re_1", BY, ISSUER)
        else:
            row = await refunds.fail(session, order, refund, "refused", BY, ISSUER)
        assert row is not None
        return row.state

    return await transact(shop, work)


async def bought(shop, **more) -> str:
    number = await make_order(shop, **more)
    await tell(shop, paid(number))
    return number


async def test_the_life_of_a_refund(shop) -> None:
    number = await bought(shop)
    first = await ask(shop, number, 333)
    assert await balance(shop) == 6_670_000_000
    assert await receipt_numbers(shop) == ["R2027-000001"]
    assert await settle(shop, number, first, ok=True) == "done"
    assert await settle(shop, number, first, ok=False) == "done"
    assert await receipt_numbers(shop) == ["R2027-000001", "RC2027-000001"]
    # The provider tells us of our own refund: nothing more goes.
    said = Notice(Kind.REFUNDED, "evt_r", number, currency="EUR", amount=333)
    assert (await tell(shop, said)).outcome is Outcome.NOTHING
    second = await ask(shop, number, 667)
    assert (await balance(shop), (await order_of(shop, number)).state) == (0, "refunded")
    assert await settle(shop, number, second, ok=False) == "failed"
    assert (await balance(shop), (await order_of(shop, number)).state) == (6_670_000_000, "paid")
    with pytest.raises(refunds.NotRefundableError):
        await ask(shop, number, 668)
    with pytest.raises(refunds.NotRefundableError):
        await ask(shop, number, 0)
    assert (await tell(shop, paid(number, "evt_2"))).outcome is Outcome.NOTHING


async def test_the_provider_settles_what_a_crash_left_open(shop) -> None:
    number = await bought(shop)
    open_ = await ask(shop, number, 400)
    said = Notice(Kind.REFUNDED, "evt_r", number, currency="EUR", amount=400)
    assert (await tell(shop, said)).outcome is Outcome.REFUNDED
    assert await settle(shop, number, open_, ok=False) == "done"
    assert await balance(shop) == 6 * NANO


async def test_a_refund_made_there_while_one_of_ours_fails(shop) -> None:
    number = await bought(shop)
    ours = await ask(shop, number, 400)

    async def fail_after_count(session) -> None:
        order = await orders.lock(session, number)
        assert order is not None
        order.provider_refunded = 400  # as a notification would set it, of another refund of the same size
        await refunds.fail(session, order, ours, "refused", BY, ISSUER)

    await transact(shop, fail_after_count)
    order = await order_of(shop, number)
    assert (order.refunded, await balance(shop)) == (400, 6 * NANO)


async def test_credit_that_is_spent(shop) -> None:
    number = await bought(shop)

    async def spend(session) -> None:
        (account_id,) = (await accounts.find_ids(session, [("user", 1, 0)])).values()
        await accounts.set_limited(session, account_id, limited=True)

    await transact(shop, spend)
    await transact(shop, lambda session: bonuses.grant(session, 1, -4 * NANO, reference="spent", by=BY))
    with pytest.raises(InsufficientError) as missing:
        await ask(shop, number, 1000)
    assert missing.value.missing == 4 * NANO
    assert (await order_of(shop, number)).refunded == 0
    await ask(shop, number, 1000, overdraw=True)
    assert await balance(shop) == -4 * NANO


async def test_only_what_is_paid_is_refunded(shop) -> None:
    number = await make_order(shop)
    with pytest.raises(refunds.NotRefundableError):
        await ask(shop, number, 1)


@given(st.integers(0, 10**15), st.integers(1, 10**9), st.lists(st.integers(1, 10**9), max_size=6))
def test_parts_add_up(credit: int, whole: int, parts: list[int]) -> None:
    refunded = gone = 0
    for part in parts:
        refunded = min(refunded + part, whole)
        after = states.taken_back(credit, whole, refunded)
        assert after >= gone
        gone = after
    assert states.taken_back(credit, whole, whole) == credit
    assert 0 <= gone <= credit


async def test_numbers_have_no_gaps(shop) -> None:
    for _ in range(3):
        number = await make_order(shop)
        await tell(shop, paid(number, f"evt-{number}", payment_ref=f"pi-{number}"), by=By("stripe", BY.now))
    killed = await make_order(shop)

    async def broken(session) -> None:
        await settling.notice(session, "stripe", paid(killed, "evt-x"), BY, settling.Terms())
        raise RuntimeError("killed before the commit")

    with pytest.raises(RuntimeError):
        await transact(shop, broken)
    assert (await tell(shop, paid(killed, "evt-x"))).outcome is Outcome.CREDITED
    number = await make_order(shop)
    await tell(shop, paid(number, "evt-last"))
    assert await receipt_numbers(shop) == [f"R2027-00000{n}" for n in (1, 2, 3, 4, 5)]
