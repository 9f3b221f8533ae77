"""Accounts, entries, budgets and the verification over the real API."""

from sqlalchemy import text


async def test_booking_by_hand(api, refused) -> None:
    await api.post("/users", json={"name": "ann"})
    await api.put("/users/ann/quota", json={"limited": True})
    body = {"amount": "12.000000001", "reason": "topup", "reference": "invoice-7", "note": "thanks"}
    answer = await api.post("/accounts/user:ann/entries", json=body)
    assert answer.status_code == 201
    entry = answer.json()
    assert (entry["amount"], entry["actor"], entry["reference"]) == ("12.000000001", "first", "invoice-7")
    again = await api.post("/accounts/user:ann/entries", json=body)
    assert (again.status_code, again.json()) == (200, entry)
    refused(await api.post("/accounts/user:ann/entries", json={**body, "amount": "13"}), 409)
    taken = refused(await api.post("/accounts/user:ann/entries", json={"amount": "-13", "reason": "correction"}), 409)
    assert "0.999999999 USD" in taken["detail"]
    made = await api.post(
        "/accounts/user:ann/entries", json={"amount": "-13", "reason": "correction", "overdraw": True}
    )
    assert made.status_code == 201
    account = (await api.get("/accounts/user:ann")).json()
    assert (account["name"], account["kind"], account["money"]["available"]) == ("ann", "user", "-0.999999999")
    assert (await api.get(f"/accounts/{account['id']}")).json() == account
    assert (await api.get("/accounts", params={"kind": "user"})).json() == {"items": [account], "next": None}
    page = (await api.get("/accounts/user:ann/entries", params={"limit": 1})).json()
    assert page["items"] == [made.json()]
    rest = (await api.get("/accounts/user:ann/entries", params={"before": page["next"], "leases": False})).json()
    assert rest == {"items": [entry], "next": None}


async def test_what_cannot_be_booked(api, refused) -> None:
    await api.post("/users", json={"name": "ann"})
    for amount in ("0", "x", "0.0000000001", "1e30", True, None, "2000000000", 1.5):
        body = refused(await api.post("/accounts/user:ann/entries", json={"amount": amount, "reason": "grant"}), 422)
        assert body["errors"][0]["field"] == "body.amount"
    refused(await api.post("/accounts/user:ann/entries", json={"amount": "1", "reason": "lease"}), 422)
    for ref in (
        "user:nobody",
        "99",
        "nonsense",
        "budget:9",
        "budget:x",
        "channel:gone",
        "organisation:x",
        "thing:1",
        ":",
    ):
        refused(await api.get(f"/accounts/{ref}"), 404)
    for _ in range(4):
        await api.post("/accounts/user:ann/entries", json={"amount": "1000000000", "reason": "grant"})
    refused(await api.post("/accounts/user:ann/entries", json={"amount": "1000000000", "reason": "grant"}), 422)


async def test_life_of_a_budget(api, world, refused) -> None:
    await api.post("/keys", json={"name": "app"})
    wanted = {"scope": "key", "owner": "app", "period": "month", "amount": "100", "alerts": [90, 50, 90]}
    answer = await api.post("/budgets", json=wanted)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["alerts"], made["spent"], made["available"], made["account_id"]) == ([50, 90], "0", "100", None)
    assert (await api.get(f"/budgets/{made['id']}")).json() == made
    assert (await api.get("/budgets", params={"scope": "key", "owner": "app"})).json() == {"items": [made]}
    assert (await api.get("/budgets", params={"scope": "user"})).json() == {"items": []}
    changed = (await api.patch(f"/budgets/{made['id']}", json={"amount": "80.5"})).json()
    assert (changed["amount"], changed["available"], changed["period"]) == ("80.5", "80.5", "month")
    account = (await api.get(f"/accounts/budget:{made['id']}")).json()
    assert account["id"] == changed["account_id"]
    await api.post(f"/accounts/{account['id']}/entries", json={"amount": "-30", "reason": "correction"})
    assert (await api.post(f"/budgets/{made['id']}/reset")).json() == {"added": "30"}
    assert (await api.patch(f"/budgets/{made['id']}", json={"amount": "80.5"})).json()["amount"] == "80.5"
    assert (await api.delete(f"/budgets/{made['id']}")).status_code == 204
    refused(await api.get(f"/budgets/{made['id']}"), 404)
    assert world.notified == 4  # key, budget, change, removal


async def test_budgets_go_with_their_owner(api) -> None:
    await api.post("/keys", json={"name": "app"})
    await api.post("/users", json={"name": "ann"})
    await api.post("/organisations", json={"name": "acme"})
    for scope, owner in (("key", "app"), ("user", "ann"), ("organisation", "acme")):
        answer = await api.post("/budgets", json={"scope": scope, "owner": owner, "period": "total", "amount": 5})
        assert answer.json()["owner"] == owner
    for path in ("/keys/app", "/users/ann", "/organisations/acme"):
        assert (await api.delete(path)).status_code == 204
    assert (await api.get("/budgets")).json() == {"items": []}


async def test_budgets_that_are_refused(api, refused) -> None:
    await api.post("/keys", json={"name": "app"})
    good = {"scope": "key", "owner": "app", "period": "day", "amount": "1"}
    for wrong in (
        {"amount": "0"},
        {"amount": "-1"},
        {"alerts": [0]},
        {"alerts": [101]},
        {"period": "year"},
        {"scope": "x"},
    ):
        refused(await api.post("/budgets", json={**good, **wrong}), 422)
    refused(await api.post("/budgets", json={**good, "owner": "nobody"}), 404)


async def test_verification(api, world, refused) -> None:
    await api.post("/users", json={"name": "ann"})
    await api.post("/accounts/user:ann/entries", json={"amount": "5", "reason": "grant"})
    clean: dict[str, object] = {"checked": 1, "skipped": 0, "next": None, "differences": []}
    assert (await api.get("/ledger/verify")).json() == clean
    assert (await api.get("/ledger/verify", params={"part": "batches"})).json() == {**clean, "checked": 0}
    refused(await api.get("/ledger/verify", params={"after": "ab"}), 422)
    async with world.sessions.begin() as session:
        await session.execute(text("UPDATE accounts SET balance = 7"))
    (found,) = (await api.get("/ledger/verify")).json()["differences"]
    assert found == {
        "where": "account 1", "what": "balance, against its entries", "stored": 7, "computed": 5_000_000_000,
    }  # fmt: skip
