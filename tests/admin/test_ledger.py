"""Accounts, entries, budgets and the verification over the real API."""

from sqlalchemy import text

from admin.background import ledger
from admin.job_runner import Runner
from storage.ledger import verify


async def test_booking_by_hand(api, refused) -> None:
    await api.post("/users", json={"name": "ann"})
    await api.put("/users/ann/quota", json={"limited": True})
    body = {"amount": "12.000000001", "reason": "topup", "reference": "invoice-7", "note": "thanks"}
    answer = await api.post("/accounts/user:ann/entries", json=body)
    assert answer.status_code == 201
    entry = answer.json()
    assert (entry["amount"], entry["actor"], entry["reference"]) == ("12.000000001", "operator:first", "invoice-7")
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
    rest = (await api.get("/accounts/user:ann/entries", params={"cursor": page["next"], "leases": False})).json()
    assert rest == {"items": [entry], "next": None}


async def test_what_cannot_be_booked(api, refused) -> None:
    await api.post("/users", json={"name": "ann"})
    odd = ("1e3", "1_000", " 5", "5 ", "\uff11\uff10", "--5", ".", "5.0.1", "NaN", "Infinity", "")
    for amount in ("0", "x", "0.0000000001", "1e30", True, None, "2000000000", 1.5, *odd):
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
    assert (await api.get("/budgets", params={"scope": "key", "owner": "app"})).json()["items"] == [made]
    assert (await api.get("/budgets", params={"scope": "user"})).json()["items"] == []
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
    for path in ("/keys/app", "/users/ann?purge=true", "/organisations/acme"):
        assert (await api.delete(path)).status_code == 204
    assert (await api.get("/budgets")).json()["items"] == []


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


async def test_a_repeated_call_about_money_happens_once(api, refused) -> None:
    await api.post("/users", json={"name": "ann"})
    once = {"idempotency-key": "booking-1"}
    wanted = {"amount": "5", "reason": "topup"}
    first = await api.post("/accounts/user:ann/entries", json=wanted, headers=once)
    again = await api.post("/accounts/user:ann/entries", json=wanted, headers=once)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    refused(await api.post("/accounts/user:ann/entries", json={**wanted, "amount": "6"}, headers=once), 409)
    assert (await api.get("/accounts/user:ann")).json()["money"]["balance"] == "5"
    body = {"scope": "user", "owner": "ann", "period": "total", "amount": "10"}
    budget = (await api.post("/budgets", json=body)).json()["id"]
    await api.post(f"/accounts/budget:{budget}/entries", json={"amount": "-4", "reason": "correction"})
    resets = [await api.post(f"/budgets/{budget}/reset", headers={"idempotency-key": "r"}) for _ in range(2)]
    assert [answer.json() for answer in resets] == [{"added": resets[0].json()["added"]}] * 2


async def test_the_verification_as_a_job(api, world, refused, monkeypatch) -> None:
    monkeypatch.setitem(ledger._PARTS, "accounts", (verify.accounts_page, 2))
    for name in ("ann", "bea", "cat"):
        await api.post("/users", json={"name": name})
        await api.post(f"/accounts/user:{name}/entries", json={"amount": "2", "reason": "topup"})
    async with world.sessions.begin() as session:
        await session.execute(text("UPDATE accounts SET balance = balance + 5 WHERE kind = 'user' AND subject_id = 2"))
        count = (await verify.counts(session))[0]
    job = (await api.post("/ledger/verify")).json()
    refused(await api.post("/ledger/verify"), 409)
    runner = Runner(world.services(), "one")
    await runner.tick()
    await runner.idle()
    done = (await api.get(f"/jobs/{job['id']}")).json()
    assert (done["state"], done["done"], done["total"]) == ("done", count, count)
    result = done["result"]
    assert (result["accounts"], result["batches"], result["skipped"], result["found"]) == (count, 0, 0, 1)
    (found,) = result["differences"]
    assert (found["what"], found["stored"] - found["computed"]) == ("balance, against its entries", 5)
    assert (await api.post("/ledger/verify")).status_code == 202
