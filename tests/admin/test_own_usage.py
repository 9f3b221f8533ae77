"""Keys reading their own usage, in the shapes that clients know."""

from datetime import UTC, datetime, timedelta

import pytest

from storage import crypto
from storage.ledger.purses import Purse
from storage.models import Key
from storage.records import UsageRecord
from storage.repositories import usage

DAY = 86_400_000_000
PATHS = (
    "/api/usage/token",
    "/api/usage/token/",
    "/v1/dashboard/billing/subscription",
    "/dashboard/billing/subscription",
    "/v1/dashboard/billing/usage",
    "/dashboard/billing/usage",
)


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@pytest.fixture
async def key(world, api) -> int:
    """A key of ann's that has used 0.30 USD on two days, two models."""
    assert (await api.post("/users", json={"name": "ann"})).json()["id"] == 1
    async with world.sessions.begin() as session:
        session.add(Key(id=1, name="app", digest=crypto.digest("sk-gw-app"), user_id=1, models=["gpt-5"]))
        session.add(Key(id=2, name="off", digest=crypto.digest("sk-gw-off"), enabled=False))
        ended = datetime.now(UTC) - timedelta(days=1)
        session.add(Key(id=3, name="old", digest=crypto.digest("sk-gw-old"), expires_at=ended))
        rotated = Key(id=4, name="new", digest=crypto.digest("sk-gw-new"))
        rotated.old_digest, rotated.old_until = crypto.digest("sk-gw-before"), ended
        session.add(rotated)
        records = [
            UsageRecord(f"r{number}", (20_000 + number // 2) * DAY, key_id=1, user_id=1, model=model, cost=75_000_000)
            for number, model in enumerate(["gpt-5", "o3", "gpt-5", "gpt-5"])
        ]
        await usage.insert_many(session, records)
    return 1


@pytest.mark.usefixtures("key")
async def test_without_a_limit(anyone) -> None:
    found = (await anyone.get("/api/usage/token", headers=bearer("sk-gw-app"))).json()
    assert found["code"] is True
    assert found["data"] == {
        "object": "token_usage",
        "name": "app",
        "total_granted": 150_000,
        "total_used": 150_000,
        "total_available": 0,
        "unlimited_quota": True,
        "model_limits": {"gpt-5": True},
        "model_limits_enabled": True,
        "expires_at": 0,
    }
    found = (await anyone.get("/v1/dashboard/billing/subscription", headers=bearer("sk-gw-app"))).json()
    assert (found["object"], found["hard_limit_usd"]) == ("billing_subscription", 100_000_000.0)
    found = (await anyone.get("/dashboard/billing/usage", headers=bearer("sk-gw-app"))).json()
    assert (found["object"], found["total_usage"]) == ("list", 30.0)


@pytest.mark.usefixtures("key")
async def test_with_a_balance_and_a_budget(anyone, api) -> None:
    await api.put("/users/ann/quota", json={"limited": True, "balance": "10"})
    headers = bearer("sk-gw-app")
    found = (await anyone.get("/v1/dashboard/billing/subscription", headers=headers)).json()
    assert found["hard_limit_usd"] == found["soft_limit_usd"] == found["system_hard_limit_usd"] == 10.3
    answer = await api.post("/budgets", json={"scope": "key", "owner": "app", "period": "day", "amount": "2"})
    assert answer.status_code == 201, answer.text
    found = (await anyone.get("/api/usage/token", headers=headers)).json()["data"]
    assert (found["total_available"], found["total_granted"], found["unlimited_quota"]) == (1_000_000, 1_150_000, False)


@pytest.mark.usefixtures("key")
async def test_by_day_and_model(anyone, refused) -> None:
    async def asked(**query: str) -> dict[str, object]:
        answer = await anyone.get("/v1/dashboard/billing/usage", params=query, headers=bearer("sk-gw-app"))
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found

    first = datetime.fromtimestamp(20_000 * 86_400, tz=UTC).date()
    found = await asked(start_date=str(first), end_date=str(first + timedelta(days=1)))
    assert found["total_usage"] == 15.0
    assert found["daily_costs"] == [
        {"timestamp": 20_000 * 86_400, "line_items": [{"name": "gpt-5", "cost": 7.5}, {"name": "o3", "cost": 7.5}]}
    ]
    assert (await asked(start_date=str(first)))["total_usage"] == 30.0
    for bad in (
        {"start_date": "x"},
        {"start_date": "2026-01-02", "end_date": "2026-01-02"},
        {"start_date": "0001-01-01"},
    ):
        refused(await anyone.get("/v1/dashboard/billing/usage", params=bad, headers=bearer("sk-gw-app")), 422)


@pytest.mark.usefixtures("key")
async def test_only_valid_keys(anyone, api, refused) -> None:
    for path in PATHS:
        for token in ("sk-gw-nobody", "sk-gw-off", "sk-gw-old", "sk-gw-before", "", "gwa-" + "t" * 43):
            refused(await anyone.get(path, headers=bearer(token)), 401)
        refused(await anyone.get(path), 401)
        assert (await anyone.get(path, headers=bearer("sk-gw-new"))).status_code == 200
    await api.patch("/users/ann", json={"enabled": False})
    refused(await anyone.get("/api/usage/token", headers=bearer("sk-gw-app")), 401)


async def test_what_several_choices_come_to(world, monkeypatch: pytest.MonkeyPatch) -> None:
    from admin.endpoints import own_usage

    balances = {1: 50, 2: 30, 3: 100, 4: -5}

    class Account:
        def __init__(self, balance: int) -> None:
            self.balance = balance

    async def get(_session: object, account_id: int) -> Account:
        return Account(balances[account_id])

    monkeypatch.setattr("storage.ledger.accounts.get", get)

    def choice(*ids: int) -> list[Purse]:
        return [Purse(each, "x", 0, "") for each in ids]

    async with world.sessions() as session:
        assert await own_usage.left(session, [choice(1)]) == 50
        assert await own_usage.left(session, [choice(1, 2)]) == 30
        assert await own_usage.left(session, [choice(1), choice(2)]) == 80
        assert await own_usage.left(session, [choice(1, 3), choice(2, 3)]) == 80
        assert await own_usage.left(session, [choice(1, 2), choice(3, 2)]) == 30
        assert await own_usage.left(session, [choice(4)]) == 0
        assert await own_usage.left(session, [choice(1), []]) is None
