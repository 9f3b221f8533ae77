"""Redemption codes: one credit for one code, however many ask for it at once and however they type it."""

import asyncio
from datetime import date

from sqlalchemy import select

from storage.ledger.transactions import transact
from storage.models.redemption_code import RedemptionCode
from storage.payments import bonuses, codes
from storage.payments.fulfilment import By
from storage.payments.settling import Terms
from tests.storage.payments.conftest import BY, NANO, NOW, balance, make_order, make_user, paid, tell


async def put(shop, *texts: str, credit: int = NANO, expires_at: int | None = None) -> None:
    new = [codes.NewCode(text, None, credit) for text in texts]
    await transact(
        shop, lambda session: codes.add(session, new, name="spring", batch="b1", by=BY, expires_at=expires_at)
    )


async def redeem(shop, code: str, user_id: int = 1) -> str:
    try:
        await transact(shop, lambda session: codes.redeem(session, code, user_id, BY))
    except codes.NotRedeemableError as error:
        return error.state
    return "ok"


async def test_one_of_many_gets_it(shop) -> None:
    code = codes.new_code()
    await put(shop, code)
    said = await asyncio.gather(*(redeem(shop, code, user_id) for user_id in range(1, 7)))
    assert sorted(said) == ["ok", *["redeemed"] * 5]
    assert sum([await balance(shop, user_id) for user_id in range(1, 7)]) == NANO


async def test_typed_by_people(shop) -> None:
    await put(shop, "AB12C-DE34F", "0f8fad5bd9cb469fa16570867728950e")
    assert await redeem(shop, " ab12c de34f ") == "ok"
    assert await redeem(shop, "0F8FAD5B-D9CB-469F-A165-70867728950E") == "ok"
    assert await redeem(shop, "AB12C-DE34G") == "unknown"


async def test_what_is_worth_nothing(shop) -> None:
    await put(shop, "OLD", expires_at=NOW)
    await put(shop, "OFF", "FRESH")
    async with shop.begin() as session:
        rows = {row.hint: row.id for row in await session.scalars(select(RedemptionCode))}
        assert await codes.set_enabled(session, [rows["OFF..."]], enabled=False) == 1
    assert [await redeem(shop, code) for code in ("OLD", "OFF", "FRESH", "FRESH")] == [
        "expired",
        "disabled",
        "ok",
        "redeemed",
    ]
    async with shop.begin() as session:
        found = {}
        for state in codes.STATES:
            found[state] = [row.hint for row in await session.scalars(codes.query(now=NOW, state=state))]
        assert found == {"available": [], "redeemed": ["FRESH..."], "expired": ["OLD..."], "disabled": ["OFF..."]}
        assert [row.hint for row in await session.scalars(codes.query(now=NOW, search="fresh"))] == ["FRESH..."]
        assert await codes.remove(session, [rows["OLD..."], rows["FRESH..."]]) == 1
        assert await codes.remove_unusable(session, NOW) == 1


def test_new_codes_are_long_and_plain() -> None:
    made = {codes.new_code() for _ in range(50)}
    assert len(made) == 50
    assert all(len(codes.normal(code)) == 25 and not set(code) & set("ILOU") for code in made)


async def test_check_ins_of_a_day(shop) -> None:
    day = date(2027, 1, 15)
    first = await transact(shop, lambda session: bonuses.check_in(session, 1, day, 5, BY))
    again = await transact(shop, lambda session: bonuses.check_in(session, 1, day, 99, BY))
    assert (first, again, await balance(shop)) == ((5, True), (5, False), 5)
    async with shop() as session:
        assert await bonuses.check_ins(session, 1, [day, date(2027, 1, 16)]) == {day: 5}
        assert await bonuses.check_ins(session, 9, [day]) == {}


async def test_invitations(shop) -> None:
    inviter = await make_user(shop)
    invited = await make_user(shop, "bob", inviter_id=inviter)

    async def join(session) -> None:
        await bonuses.joined(
            session, user_id=invited, inviter_id=inviter, welcome=1, invitee=10, inviter=100, by=By("gateway", NOW)
        )

    await transact(shop, join)
    await transact(shop, join)
    assert (await balance(shop, inviter), await balance(shop, invited)) == (100, 11)
    number = await make_order(shop, invited)
    for event in ("evt_1", "evt_2"):
        await tell(shop, paid(number, event), terms=Terms(inviter_share=50_000))
    assert await balance(shop, inviter) == 100 + NANO // 2
