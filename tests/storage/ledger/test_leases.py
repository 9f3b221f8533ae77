"""Leases: what is granted is never more than there is, a repeated call moves nothing, what is left comes back."""

import asyncio

from storage.ledger import Ask, accounts, give_back, leases, recall, renew, take
from storage.ledger.leases import Grant, Renewal
from storage.ledger.transactions import transact
from tests.storage.ledger.conftest import NOW, Clean, Sessions, count_entries, make_account, state

TTL = 60
_operations = iter(range(10**9))


async def ask(
    sessions: Sessions, replica: str, *wanted: tuple[int, int, int], operation: str = "", now: int = NOW
) -> list[Grant]:
    """Take in a transaction of its own."""
    operation = operation or f"op{next(_operations)}"
    asks = [Ask(*one) for one in wanted]
    return await transact(
        sessions, lambda session: take(session, replica, asks, operation=operation, ttl_s=TTL, now=now)
    )


async def back(sessions: Sessions, replica: str, amounts: dict[int, int], operation: str = "") -> dict[int, int]:
    """Give back in a transaction of its own."""
    operation = operation or f"op{next(_operations)}"
    return await transact(sessions, lambda session: give_back(session, replica, amounts, operation=operation, now=NOW))


async def test_a_grant_covers_the_need_and_leaves_something_for_others(sessions: Sessions, clean: Clean) -> None:
    account_id = await make_account(sessions, 1000)
    assert await ask(sessions, "a", (account_id, 10, 900)) == [Grant(account_id, 250, 750, 0, began=True)]
    assert await ask(sessions, "b", (account_id, 600, 900)) == [Grant(account_id, 600, 150, 250, began=True)]
    assert await ask(sessions, "a", (account_id, 10, 20)) == [Grant(account_id, 20, 130, 600, began=False)]
    assert await ask(sessions, "a", (account_id, 131, 900)) == [Grant(account_id, 0, 130, 600, began=False)]
    assert await ask(sessions, "b", (account_id, 130, 130)) == [Grant(account_id, 130, 0, 270, began=False)]
    assert await state(sessions, account_id) == (1000, 1000)
    await clean()


async def test_the_last_unit_can_be_taken(sessions: Sessions, clean: Clean) -> None:
    account_id = await make_account(sessions, 3)
    for _ in range(3):
        assert (await ask(sessions, "a", (account_id, 1, 100)))[0].granted == 1
    assert (await ask(sessions, "b", (account_id, 1, 100)))[0] == Grant(account_id, 0, 0, 3, began=False)
    await clean()


async def test_several_accounts_at_once(sessions: Sessions, clean: Clean) -> None:
    rich = await make_account(sessions, 100)
    poor = await make_account(sessions, 1, kind="organisation")
    free = await make_account(sessions, 0, kind="channel")
    async with sessions.begin() as session:
        await accounts.set_limited(session, free, limited=False)
    found = await ask(sessions, "a", (poor, 5, 9), (rich, 5, 9), (99, 1, 1), (free, 5, 9))
    assert [grant.granted for grant in found] == [0, 9, 0, 9]
    assert await state(sessions, free) == (0, 9)
    async with sessions() as session:
        assert await accounts.lock(session, [99]) == {}
        assert [lease.replica for lease in await leases.holding(session, rich)] == ["a"]


async def test_a_repeated_take_grants_nothing_more(sessions: Sessions, clean: Clean) -> None:
    account_id = await make_account(sessions, 1000)
    first = await ask(sessions, "a", (account_id, 100, 100), operation="x")
    for _ in range(2):
        assert (await ask(sessions, "a", (account_id, 100, 100), operation="x")) == first
    assert await state(sessions, account_id) == (1000, 100)
    await clean()


async def test_a_repeated_give_back_releases_nothing_more(sessions: Sessions, clean: Clean) -> None:
    account_id = await make_account(sessions, 1000)
    await ask(sessions, "a", (account_id, 100, 100))
    for _ in range(3):
        assert await back(sessions, "a", {account_id: 30}, "y") == {account_id: 30}
    assert await state(sessions, account_id) == (1000, 70)
    assert await back(sessions, "a", {account_id: 500}) == {account_id: 70}, "no more than the lease holds"
    assert await back(sessions, "a", {account_id: 5}) == {account_id: 0}
    assert await back(sessions, "b", {account_id: 5}) == {}, "it has no lease"
    assert await state(sessions, account_id) == (1000, 0)
    await clean()


async def test_a_lease_is_recalled_and_given_back(sessions: Sessions, clean: Clean) -> None:
    account_id = await make_account(sessions, 100)
    await ask(sessions, "a", (account_id, 100, 100))
    assert (await ask(sessions, "b", (account_id, 50, 50)))[0].others_held == 100
    for _ in range(2):
        assert await transact(sessions, lambda s: recall(s, [account_id], "b")) == [(account_id, "a")]

    async def renewed(replica: str) -> Renewal:
        return await transact(sessions, lambda s: renew(s, replica, [account_id], ttl_s=TTL, now=NOW + 5))

    assert await renewed("a") == Renewal([account_id], [])
    assert await renewed("b") == Renewal([], [account_id])
    await back(sessions, "a", {account_id: 60})
    assert await renewed("a") == Renewal([], [])
    assert (await ask(sessions, "b", (account_id, 50, 50)))[0].granted == 50
    # A recall of one that can spare nothing is answered by giving back 0.
    await transact(sessions, lambda s: recall(s, [account_id], "b"))
    await back(sessions, "a", {account_id: 0})
    assert await renewed("a") == Renewal([], [])
    assert await count_entries(sessions, "release") == 1
    await clean()


async def test_many_replicas_never_get_more_than_there_is(sessions: Sessions, clean: Clean) -> None:
    """Concurrent takes and returns over several accounts, each in another order."""
    account_ids = [await make_account(sessions, 1000, subject_id=number) for number in range(1, 4)]
    held: dict[tuple[str, int], int] = {}

    async def replica(name: str, turn: int) -> None:
        order = account_ids[turn % 3 :] + account_ids[: turn % 3]
        for step in range(8):
            for grant in await ask(sessions, name, *((one, 17, 400) for one in order)):
                held[name, grant.account_id] = held.get((name, grant.account_id), 0) + grant.granted
            if step % 3 == 2:
                amounts = {one: held[name, one] // 2 for one in reversed(order)}
                for account_id, amount in (await back(sessions, name, amounts)).items():
                    assert amount == amounts[account_id]
                    held[name, account_id] -= amount

    await asyncio.gather(*(replica(f"r{number}", number) for number in range(6)))
    for account_id in account_ids:
        total = sum(amount for (_, one), amount in held.items() if one == account_id)
        assert await state(sessions, account_id) == (1000, total)
        assert total <= 1000
    await clean()
