"""How money flows: entries by reason and what requests cost, by day and month, within what a caller reaches."""

import pytest

from storage.ledger import accounts
from storage.models import Entry, Organisation, User
from storage.records import UsageRecord
from storage.repositories import organisations, usage, users

DAY = 86_400
NOW = 20_500 * DAY + 3600


@pytest.fixture
async def flows(world, api) -> None:
    world.now = NOW
    async with world.sessions.begin() as session:
        home = await organisations.create(session, Organisation(name="acme"))
        ann = await users.create(session, User(name="ann", organisation_id=home.id))
        account = (await accounts.of(session, accounts.USER, [ann.id]))[ann.id]
        shared = (await accounts.of(session, accounts.ORGANISATION, [home.id]))[home.id]

        def book(at: int, account_id: int, amount: int, reason: str) -> None:
            common = {"held": 0, "actor": "t", "note": "", "reference": f"{reason}{at}{account_id}"}
            session.add(Entry(account_id=account_id, amount=amount, reason=reason, at=at, **common))

        book(NOW - 40 * DAY, account.id, 500, "topup")
        book(NOW - DAY, account.id, 100, "topup")
        book(NOW - DAY, shared.id, 40, "grant")
        book(NOW, account.id, -30, "refund")
        book(NOW, account.id, -7, "request")
        records = [
            UsageRecord(
                "r1", (NOW - DAY) * 1_000_000, user_id=ann.id, organisation_id=home.id, cost=9, provider_cost=5
            ),
            UsageRecord("r2", NOW * 1_000_000, user_id=99, cost=2, provider_cost=1),
        ]
        await usage.insert_many(session, records)


@pytest.mark.usefixtures("flows")
async def test_by_day_and_month(api, refused) -> None:
    answer = await api.get("/money/flow")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["scope"], found["per"], len(found["items"])) == ("all", "day", 2)
    first, second = found["items"]
    assert [first[name] for name in ("topups", "grants", "consumed", "provider_cost")] == [100, 40, 9, 5]
    assert [second[name] for name in ("refunds", "consumed", "other", "corrections")] == [-30, 2, 0, 0]
    assert (found["total"]["topups"], found["total"]["consumed"]) == (100, 11)
    months = await api.get("/money/flow", params={"since": "2020-01-01T00:00:00Z", "per": "month"})
    refused(months, 422)
    months = await api.get("/money/flow", params={"since": "2025-12-01T00:00:00Z", "per": "month"})
    assert months.json()["total"]["topups"] == 600
    assert all(one["at"][8:10] == "01" for one in months.json()["items"])
