"""On each database: many at once, and every payment, code, number and refund is there once."""

import asyncio

from sqlalchemy import func, select

from storage.ledger.transactions import transact
from storage.models import Entry
from storage.payments import bonuses, codes, orders, refunds, settling
from storage.payments.fulfilment import By
from storage.payments.states import Kind, Notice, Outcome
from tests.storage.payments.conftest import BY, NANO, balance, make_order, order_of, paid, receipt_numbers, tell


async def test_at_once(sessions) -> None:
    numbers = [await make_order(sessions, 1) for _ in range(3)]
    said = [paid(number, f"{number}-{copy % 2}", payment_ref=f"pi-{number}") for number in numbers for copy in range(4)]
    told = await asyncio.gather(*(tell(sessions, one) for one in said))
    assert [one.outcome for one in told].count(Outcome.CREDITED) == 3
    assert sorted(await receipt_numbers(sessions)) == [f"R2027-00000{n}" for n in (1, 2, 3)]
    assert await balance(sessions) == 30 * NANO

    code = codes.new_code()
    new = [codes.NewCode(code, b"sealed", NANO)]
    await transact(sessions, lambda session: codes.add(session, new, name="n", batch="b", by=BY, expires_at=BY.now + 1))

    async def redeem() -> bool:
        try:
            await transact(sessions, lambda session: codes.redeem(session, code, 1, By("user:ann", BY.now)))
        except codes.NotRedeemableError:
            return False
        return True

    assert sorted(await asyncio.gather(*(redeem() for _ in range(4)))) == [False, False, False, True]

    async def ask() -> bool:
        async def work(session) -> bool:
            order = await orders.lock(session, numbers[0])
            assert order is not None
            try:
                await refunds.ask(session, order, 600, reason="", by=BY)
            except refunds.NotRefundableError:
                return False
            return True

        return await transact(sessions, work)

    assert sorted(await asyncio.gather(*(ask() for _ in range(3)))) == [False, False, True]
    total = Notice(Kind.REFUNDED, "r", numbers[0], currency="EUR", amount=600)
    assert (await tell(sessions, total)).outcome is Outcome.REFUNDED
    assert (await order_of(sessions, numbers[0])).refunded == 600
    given = await asyncio.gather(
        *(transact(sessions, lambda session: bonuses.grant(session, 2, 7, reference="once", by=BY)) for _ in range(3))
    )
    assert [new for _, new in given].count(True) == 1
    assert await balance(sessions) == 25 * NANO
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Entry)) == 6
    late = By("gateway", BY.now + 9999)
    assert not await transact(sessions, lambda session: settling.expire(session, numbers[0], late))
