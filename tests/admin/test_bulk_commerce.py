"""Many subscriptions, orders and captured requests at once: each by itself, dry, within reach, money once."""

from typing import Any

import httpx
import pytest

from storage import crypto
from storage.ledger import accounts
from storage.models import AutomationToken, User
from storage.payments import orders
from storage.repositories import captures
from storage.repositories.captures import CaptureData
from tests.admin.conftest import World

USD = 10**9
ANN = {"authorization": "Bearer gwt-ann"}
MANY = {"/subscriptions": "ids", "/orders": "ids", "/captures": "request_ids"}


@pytest.fixture
async def ann(world: World) -> int:
    """Her id; she has a token."""
    async with world.sessions.begin() as session:
        user = User(name="ann")
        session.add(user)
        await session.flush()
        session.add(AutomationToken(name="a", digest=crypto.digest("gwt-ann"), hint="", user_id=user.id, scopes=["*"]))
        return user.id


async def changed(api: httpx.AsyncClient, path: str, meant: list[Any], **more: Any) -> tuple[int, int]:
    headers = more.pop("headers", {})
    answer = await api.post(f"{path}/bulk", json={MANY[path]: meant, **more}, headers=headers)
    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert [one["id"] for one in done["results"] if one["ok"]] == [one for one in meant if one not in _refused(done)]
    return done["changed"], done["refused"]


def _refused(done: dict[str, Any]) -> set[Any]:
    return {one["id"] for one in done["results"] if not one["ok"]}


async def actions(api: httpx.AsyncClient, *names: str) -> list[str]:
    log = (await api.get("/audit", params={"limit": 100})).json()["items"]
    return sorted(row["object_id"] for row in log if row["action"] in names)


async def test_subscriptions(api: httpx.AsyncClient, world: World, ann: int, refused: Any) -> None:
    await api.post("/plans", json={"name": "pro", "price": "1", "quota": "9", "term_count": 1, "term_unit": "month"})
    for name in ("bob", "cid"):
        await api.post("/users", json={"name": name})
    given = [{"plan": "pro", "scope": "user", "owner": name} for name in ("ann", "bob", "cid")]
    first, second, third = [(await api.post("/subscriptions/give", json=one)).json()["id"] for one in given]

    async def states() -> list[str]:
        return [(await api.get(f"/subscriptions/{one}")).json()["state"] for one in (first, second, third)]

    assert await changed(api, "/subscriptions", [first, second], action="end", dry_run=True) == (0, 0)
    assert await states() == ["active"] * 3
    # Repeated with its key: what was filled again is not filled a second time.
    again = {"action": "reset", "headers": {"idempotency-key": "monday"}}
    for _ in range(2):
        assert await changed(api, "/subscriptions", [first, 999], **again) == (1, 1)
    assert await actions(api, "subscriptions.reset") == [str(first)]
    assert await changed(api, "/subscriptions", [first, second, 999], action="end", reason="fraud") == (2, 1)
    assert await states() == ["ended", "ended", "active"]
    assert await changed(api, "/subscriptions", [first, third], action="end") == (1, 1), "one has ended already"
    assert await actions(api, "subscriptions.end") == sorted(map(str, (first, second, third)))
    body = {"ids": [third], "action": "end"}
    refused(await api.post("/subscriptions/bulk", json=body, headers=ANN), 403)
    refused(await api.post("/subscriptions/bulk", json={**body, "action": "explode"}), 422)


async def test_orders(api: httpx.AsyncClient, world: World, ann: int, refused: Any) -> None:
    async def order(user: int) -> int:
        async with world.sessions.begin() as session:
            row = await orders.create(
                session, purpose="topup", user_id=user, organisation_id=None, provider="transfer", currency="EUR",
                amount=920, value=10 * USD, credit=10 * USD, actor="test", now=world.now,
                expires_at=world.now + 3600,
            )  # fmt: skip
            return row.id

    async def balance() -> int:
        async with world.sessions() as session:
            found = (await accounts.of(session, "user", [ann])).get(ann)
            return found.balance if found is not None else 0

    hers = [await order(ann) for _ in range(4)]
    async with world.sessions.begin() as session:
        session.add(User(name="bob"))
    others = await order(ann + 1)
    assert await changed(api, "/orders", [hers[0], others], action="cancel", dry_run=True) == (0, 0)
    assert await changed(api, "/orders", [hers[0], others, 999], action="cancel", headers=ANN) == (1, 2)
    assert (await changed(api, "/orders", hers[:2], action="cancel")) == (1, 1), "one is cancelled already"
    refused(await api.post("/orders/bulk", json={"ids": hers, "action": "complete"}, headers=ANN), 403)
    assert await balance() == 0
    # What came by bank: without a key the state of each decides, with one the first answer comes again.
    assert await changed(api, "/orders", hers[1:3], action="complete", reason="seen on the statement") == (2, 0)
    assert await changed(api, "/orders", hers[1:4], action="complete") == (1, 2)
    assert await balance() == 30 * USD
    paid = {one["id"] for one in (await api.get("/orders", params={"state": "paid"})).json()["items"]}
    assert paid == set(hers[1:])
    assert await actions(api, "orders.complete") == sorted(map(str, hers[1:]))
    refused(await api.post("/orders/bulk", json={"ids": hers, "action": "expire"}), 422)


async def test_completed_again_with_its_key(api: httpx.AsyncClient, world: World, ann: int, refused: Any) -> None:
    async with world.sessions.begin() as session:
        row = await orders.create(
            session, purpose="topup", user_id=ann, organisation_id=None, provider="transfer", currency="EUR",
            amount=920, value=USD, credit=USD, actor="test", now=world.now, expires_at=world.now + 3600,
        )  # fmt: skip
    key = {"idempotency-key": "statement-7"}
    for _ in range(2):
        assert await changed(api, "/orders", [row.id], action="complete", headers=key) == (1, 0)
    async with world.sessions() as session:
        assert (await accounts.of(session, "user", [ann]))[ann].balance == USD


async def test_captures(api: httpx.AsyncClient, world: World, ann: int, refused: Any) -> None:
    rows = [
        CaptureData(
            request_id=f"req_{number}", started_at=world.now * 1_000_000, key_id=1, user_id=0, organisation_id=0,
            rule_id=1, request_bytes=1, response_bytes=1, size=1, expires_at=world.now + 100, sealed=b"x",
        )
        for number in range(3)
    ]  # fmt: skip
    async with world.sessions.begin() as session:
        await captures.insert(session, rows)

    async def left() -> list[str]:
        return sorted(one["request_id"] for one in (await api.get("/captures")).json()["items"])

    assert await changed(api, "/captures", ["req_0", "req_1"], action="delete", dry_run=True) == (0, 0)
    assert await left() == ["req_0", "req_1", "req_2"]
    assert await changed(api, "/captures", ["req_0", "req_none", "req_1"], action="delete") == (2, 1)
    assert await left() == ["req_2"]
    assert await actions(api, "captures.delete") == ["req_0", "req_1"]
    hers = await api.post("/captures/bulk", json={"request_ids": ["req_2"], "action": "delete"}, headers=ANN)
    assert hers.status_code == 403 or hers.json()["changed"] == 0, hers.text
    assert await left() == ["req_2"]
    refused(await api.post("/captures/bulk", json={"request_ids": [7], "action": "delete"}), 422)
