"""Plans and subscriptions over the API: bought, given, changed, renewed, ended, and who may do what."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from admin.background import subscriptions as background
from admin.jobs import Run
from admin.payments.settled import terms as receipt_terms
from storage import crypto
from storage.ledger import accounts, entries
from storage.models import AutomationToken, User
from storage.models.event import Event
from storage.payments.fulfilment import By
from storage.payments.orders import create as create_order
from storage.payments.settling import complete
from storage.repositories import users
from storage.subscriptions import listing
from tests.admin.conftest import World

USD = 10**9
PLAN = {"name": "pro", "title": "Pro", "price": "20", "quota": "30", "rank": 1}
DAY = 86_400
Person = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def person(app: FastAPI, world: World) -> AsyncIterator[Person]:
    """Makes a user with a balance and gives a client with a token of theirs on /api/v1."""
    opened: list[httpx.AsyncClient] = []

    async def make(name: str, balance: int = 100, **fields: Any) -> httpx.AsyncClient:
        token = f"gwt-{name}".ljust(40, "x")
        async with world.sessions.begin() as session:
            user = await users.create(session, User(name=name, **fields))
            account = (await accounts.of(session, "user", [user.id]))[user.id]
            await accounts.set_limited(session, account.id, limited=True)
            await entries.post(session, account.id, balance * USD, reason="topup", actor="test")
            session.add(
                AutomationToken(name=name, digest=crypto.digest(token), hint="h", user_id=user.id, scopes=["*"])
            )
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://gateway.example/api/v1",
            headers={"authorization": f"Bearer {token}"},
        )  # fmt: skip
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
async def plan(api: httpx.AsyncClient) -> Any:
    return good(await api.post("/plans", json=PLAN), 201)


def good(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def balance(world: World, name: str) -> int:
    async with world.sessions() as session:
        user = await users.find_by_name(session, name)
        assert user is not None
        return (await accounts.of(session, "user", [user.id]))[user.id].balance


async def run(world: World, job: Any) -> None:
    async def save(_: dict[str, Any]) -> None:
        return

    await job(Run(world.services(), "test", save))


async def told(world: World) -> list[str]:
    async with world.sessions() as session:
        return list(await session.scalars(select(Event.kind).order_by(Event.id)))


async def test_a_plan_is_made_changed_and_hidden(api: httpx.AsyncClient, person: Person, plan: dict[str, Any]) -> None:
    ann = await person("ann")
    assert [row["name"] for row in good(await ann.get("/plans"))["items"]] == ["pro"]
    assert good(await ann.get("/plans/pro"))["running"] is None
    found = await api.get("/plans/pro")
    changed = await api.patch(
        "/plans/pro", json={"public": False, "price": "25"}, headers={"if-match": found.headers["etag"]}
    )
    assert good(changed)["price"] == "25"
    assert (
        await api.patch("/plans/pro", json={"rank": 2}, headers={"if-match": found.headers["etag"]})
    ).status_code == 412
    assert (await ann.get("/plans/pro")).status_code == 404
    assert good(await ann.get("/plans"))["items"] == []
    assert (await ann.post("/plans", json=PLAN)).status_code == 403
    assert (await api.post("/plans", json=PLAN)).status_code == 409
    assert (await api.delete("/plans/pro")).status_code == 204


WRONG_PLANS: list[dict[str, Any]] = [
    {"price": "-1"},
    {"quota": "0"},
    {"reset": "custom"},
    {"reset": "custom", "reset_s": 60},
    {"reset_s": 5},
    {"term_unit": "decade"},
    {"term_count": 0},
    {"price": "x"},
    {"name": "a/b"},
    {"external": {}},
]


async def test_plans_that_are_refused(api: httpx.AsyncClient) -> None:
    for wrong in WRONG_PLANS:
        assert (await api.post("/plans", json={**PLAN, **wrong})).status_code == 422, wrong


async def test_bought_from_the_balance_once_for_one_key(world: World, person: Person, plan: dict[str, Any]) -> None:
    ann = await person("ann")
    for _ in range(2):
        answer = await ann.post("/subscriptions", json={"plan": "pro"}, headers={"idempotency-key": "one"})
        made = good(answer, 201)
    assert await balance(world, "ann") == 80 * USD
    assert made["order"]["state"] == "paid"
    assert (made["subscription"]["plan"], made["subscription"]["period"]["available"]) == ("pro", "30")
    (row,) = good(await ann.get("/subscriptions"))["items"]
    quota = good(await ann.get(f"/accounts/subscription:{row['id']}"))
    assert (quota["kind"], quota["money"]["balance"]) == ("subscription", "30")
    assert (await ann.get("/accounts/subscription:99")).status_code == 404
    detail = good(await ann.get(f"/subscriptions/{row['id']}"))
    assert [(term["term"], term["price"], term["paid_by"]) for term in detail["terms"]] == [(1, "20", "balance")]
    assert await told(world) == ["subscription.started", "order.paid"]


async def test_a_balance_that_does_not_cover_it_changes_nothing(
    world: World, person: Person, plan: dict[str, Any]
) -> None:
    bob = await person("bob", balance=19)
    refused = await bob.post("/subscriptions", json={"plan": "pro"})
    assert refused.status_code == 409
    assert "lacks 1 USD" in refused.json()["detail"]
    assert good(await bob.get("/subscriptions"))["items"] == []
    assert await balance(world, "bob") == 19 * USD


async def test_what_is_not_offered_is_not_sold(api: httpx.AsyncClient, person: Person, plan: dict[str, Any]) -> None:
    ann = await person("ann")
    assert (await ann.post("/subscriptions", json={"plan": "pro", "pay_by": "stripe"})).status_code == 422
    assert (await ann.post("/subscriptions", json={"plan": "pro", "organisation": True})).status_code == 422
    assert (await ann.post("/subscriptions", json={"plan": "none"})).status_code == 404
    good(await api.patch("/plans/pro", json={"pay_by": []}))
    assert (await ann.post("/subscriptions", json={"plan": "pro"})).status_code == 422
    assert (await api.post("/subscriptions", json={"plan": "pro"})).status_code in {409, 422}


async def test_others_see_and_change_nothing(api: httpx.AsyncClient, person: Person, plan: dict[str, Any]) -> None:
    ann, bob = await person("ann"), await person("bob")
    number = good(await ann.post("/subscriptions", json={"plan": "pro"}), 201)["subscription"]["id"]
    at = f"/subscriptions/{number}"
    assert good(await bob.get("/subscriptions"))["items"] == []
    assert (await bob.get(at)).status_code == 404
    assert (await bob.patch(at, json={"renews": True})).status_code == 404
    assert (await bob.post(f"{at}/plan", json={"plan": "pro"})).status_code == 404
    for path in ("end", "reset"):
        assert (await ann.post(f"{at}/{path}", json={})).status_code == 403
    assert (await ann.post("/subscriptions/give", json={"plan": "pro", "owner": "ann"})).status_code == 403
    assert len(good(await api.get("/subscriptions?user=ann&state=active&plan=pro"))["items"]) == 1


async def test_given_reset_and_ended_by_an_operator(
    api: httpx.AsyncClient, person: Person, plan: dict[str, Any]
) -> None:
    ann = await person("ann")
    body = {"plan": "pro", "owner": "ann", "terms": 2}
    given = good(await api.post("/subscriptions/give", json=body), 201)
    assert (given["pay_by"], given["term"]) == ("", 1)
    at = f"/subscriptions/{given['id']}"
    assert len(good(await ann.get(at))["terms"]) == 2
    once = {"idempotency-key": "reset-1"}
    assert good(await api.post(f"{at}/reset", headers=once))["added"] == "0"
    ended = good(await api.post(f"{at}/end", json={"reason": "abuse"}))
    assert (ended["state"], ended["ended_because"], ended["period"]) == ("ended", "withdrawn", None)
    assert (await api.post(f"{at}/end", json={})).status_code == 409
    assert good(await api.post(f"{at}/reset", headers=once))["added"] == "0"  # the first answer again
    assert (await api.post(f"{at}/reset")).status_code == 409
    assert (await ann.patch(at, json={"renews": True})).status_code == 409


async def test_renewed_by_the_clock_and_ended_when_the_balance_is_spent(
    world: World, person: Person, plan: dict[str, Any]
) -> None:
    ann = await person("ann", balance=45)
    made = good(await ann.post("/subscriptions", json={"plan": "pro"}), 201)["subscription"]
    at = f"/subscriptions/{made['id']}"
    assert good(await ann.patch(at, json={"renews": True, "use": "after_wallet"}))["pay_by"] == "balance"
    end = await paid_until(world, made["id"])
    world.now = end - 60
    await run(world, background.renew)
    await run(world, background.renew)
    assert await balance(world, "ann") == 5 * USD
    assert await paid_until(world, made["id"]) > end
    world.now = await paid_until(world, made["id"]) - 10
    await run(world, background.renew)
    await run(world, background.renew)
    assert good(await ann.get(at))["state"] == "active"
    world.now += background.UNPAID_S + 20
    await run(world, background.renew)
    last = good(await ann.get(at))
    assert (last["state"], last["ended_because"]) == ("ended", "unpaid")
    kinds = await told(world)
    assert kinds[2:] == ["subscription.renewed", "subscription.unpaid", "subscription.ended"]


async def paid_until(world: World, subscription_id: int) -> int:
    async with world.sessions() as session:
        row = await listing.get(session, subscription_id)
        assert row is not None
        return row.paid_until


async def test_its_end_is_reported_before_and_comes(world: World, person: Person, plan: dict[str, Any]) -> None:
    ann = await person("ann")
    made = good(await ann.post("/subscriptions", json={"plan": "pro"}), 201)["subscription"]
    world.now = await paid_until(world, made["id"]) - 2 * DAY
    await run(world, background.ending)
    await run(world, background.ending)
    world.now += 2 * DAY
    await run(world, background.renew)
    assert (await told(world))[2:] == ["subscription.ending", "subscription.ended"]
    assert good(await ann.get(f"/subscriptions/{made['id']}"))["ended_because"] == "expired"


async def test_an_upgrade_over_the_api(
    world: World, api: httpx.AsyncClient, person: Person, plan: dict[str, Any]
) -> None:
    good(await api.post("/plans", json={**PLAN, "name": "max", "price": "50", "quota": "90", "rank": 2}), 201)
    ann = await person("ann")
    made = good(await ann.post("/subscriptions", json={"plan": "pro"}), 201)["subscription"]
    at = f"/subscriptions/{made['id']}/plan"
    upgraded = good(await ann.post(at, json={"plan": "max"}, headers={"idempotency-key": "up"}))
    assert good(await ann.post(at, json={"plan": "max"}, headers={"idempotency-key": "up"})) == upgraded
    assert (upgraded["plan"], await balance(world, "ann")) == ("max", 50 * USD)
    assert (await ann.post(f"/subscriptions/{upgraded['id']}/plan", json={"plan": "pro"})).status_code == 409
    good(await ann.patch(f"/subscriptions/{upgraded['id']}", json={"renews": True}))
    later = good(await ann.post(f"/subscriptions/{upgraded['id']}/plan", json={"plan": "pro"}))
    assert (later["plan"], later["next_plan"]) == ("max", "pro")
    back = good(await ann.post(f"/subscriptions/{upgraded['id']}/plan", json={"plan": "max"}))
    assert back["next_plan"] is None


async def test_an_order_that_is_paid_elsewhere_begins_it_and_a_refund_ends_it(
    world: World, api: httpx.AsyncClient, person: Person, plan: dict[str, Any]
) -> None:
    ann = await person("ann")
    by = By("root", world.now)
    settled = await receipt_terms(world.services())
    async with world.sessions.begin() as session:
        user = await users.find_by_name(session, "ann")
        assert user is not None
        order = await create_order(
            session, purpose="subscription", user_id=user.id, organisation_id=None, provider="manual", currency="EUR",
            amount=1900, value=20 * USD, credit=0, actor="user:ann", now=world.now, expires_at=world.now + 900,
            item=str(plan["id"]), title="Pro",
        )  # fmt: skip
        await complete(session, order.number, by, settled)
        number = order.number
    (row,) = good(await ann.get("/subscriptions"))["items"]
    assert (row["state"], row["pay_by"]) == ("active", "manual")
    good(await api.post(f"/orders/{number}/refunds", json={}), 201)
    (row,) = good(await ann.get("/subscriptions"))["items"]
    assert (row["state"], row["ended_because"]) == ("ended", "refunded")


async def test_an_organisation_buys_from_its_balance(
    api: httpx.AsyncClient, world: World, person: Person, plan: dict[str, Any]
) -> None:
    acme = good(await api.post("/organisations", json={"name": "acme"}), 201)
    good(await api.post("/accounts/organisation:acme/entries", json={"amount": "25", "reason": "topup"}), 201)
    fin = await person("fin", organisation_id=acme["id"], organisation_role="finance")
    ann = await person("ann", organisation_id=acme["id"])
    wanted = {"plan": "pro", "organisation": True}
    assert (await ann.post("/subscriptions", json=wanted)).status_code == 403
    good(await fin.post("/subscriptions", json=wanted), 201)
    good(await fin.post("/subscriptions", json={"plan": "pro"}), 201)
    (found,) = good(await fin.get("/subscriptions", params={"organisation": "acme"}))["items"]
    assert (found["scope"], found["owner"]) == ("organisation", "acme")
    assert (await ann.get("/subscriptions", params={"organisation": "acme"})).status_code == 404
    assert good(await api.get("/accounts/organisation:acme"))["money"]["balance"] == "5"
    assert await balance(world, "fin") == 80 * USD
