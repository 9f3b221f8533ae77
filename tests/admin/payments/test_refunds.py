"""Refunds over the API: asked once, settled once, whatever the provider answers or does not answer."""

import pytest

from storage.ledger import accounts
from storage.ledger.quota import set_quota
from tests.admin.payments.fake_stripe import event
from tests.admin.payments.test_topups import order


@pytest.fixture
async def bought(person, bank, anyone, world):
    """A paid order of 10 USD for 9.20 EUR by Stripe; (its number, finance's client)."""
    ann, fin = await person(), await person("fin", role="finance", fresh=True)
    number = (await order(ann))["order"]["number"]
    session = bank.stripe.pay(number)
    said = event("checkout.session.completed", session, at=world.now, event_id=f"evt-{number}")
    assert (await anyone.post("/api/payments/stripe/notify", **said)).status_code == 200
    return number, fin


async def test_a_part_and_the_rest(bought, bank, balance, anyone, world, person, refused) -> None:
    number, fin = bought
    first = await fin.post(f"/orders/{number}/refunds", json={"amount": "2.30", "reason": "wished"})
    assert (first.status_code, first.json()["state"], await balance()) == (201, "done", "7.5")
    for wrong in ("9.21", "6.91", "0", "1.001"):
        answer = await fin.post(f"/orders/{number}/refunds", json={"amount": wrong})
        assert answer.status_code in {409, 422}
    rest = await fin.post(f"/orders/{number}/refunds", json={}, headers={"idempotency-key": "r"})
    again = await fin.post(f"/orders/{number}/refunds", json={}, headers={"idempotency-key": "r"})
    assert (rest.json()["amount"], again.json()["number"]) == ("6.90", rest.json()["number"])
    assert (await balance(), len(bank.stripe.refunds)) == ("0", 2)
    # Stripe tells of both: nothing more happens.
    charge = {
        "payment_intent": "pi_cs_test_0",
        "currency": "eur",
        "amount_refunded": 920,
        "metadata": {"order": number},
    }
    said = event("charge.refunded", charge, at=world.now, event_id="evt_r")
    assert (await anyone.post("/api/payments/stripe/notify", **said)).status_code == 200
    detail = (await fin.get(f"/orders/{number}")).json()
    assert (detail["order"]["state"], await balance()) == ("refunded", "0")
    assert [one["kind"] for one in detail["receipts"]] == ["receipt", "credit_note", "credit_note"]
    # One of them comes back, as the card is closed.
    refund = next(iter(bank.stripe.refunds.values()))
    for event_id in ("evt_f", "evt_f2"):
        said = event("refund.failed", {**refund, "status": "failed"}, at=world.now, event_id=event_id)
        assert (await anyone.post("/api/payments/stripe/notify", **said)).status_code == 200
    assert await balance() == "2.5"


async def test_who_may(bought, person, refused, api) -> None:
    number, _ = bought
    ann, stale, bob = await person("ann", fresh=True), await person("fin"), await person("bob")
    refused(await ann.post(f"/orders/{number}/refunds", json={}), 403)
    body = refused(await stale.post(f"/orders/{number}/refunds", json={}), 403)
    assert body["type"].endswith("step-up-needed")
    for path in (f"/orders/{number}", "/orders/gw-none"):
        refused(await bob.get(path), 404)
    refused(await bob.post(f"/orders/{number}/cancel"), 404)
    refused(await bob.post(f"/orders/{number}/checkout"), 404)
    refused(await bob.post(f"/orders/{number}/refresh"), 404)
    receipt = (await ann.get(f"/orders/{number}")).json()["receipts"][0]["number"]
    refused(await bob.get(f"/receipts/{receipt}"), 404)
    assert (await bob.get("/orders")).json()["items"] == []
    assert [one["number"] for one in (await api.get("/orders", params={"q": number[:20]})).json()["items"]] == [number]
    export = await api.get("/orders", params={"format": "csv"})
    assert export.text.splitlines()[1].startswith(f"{number},topup")


async def test_an_answer_that_is_lost(bought, bank, balance, refused) -> None:
    number, fin = bought
    bank.stripe.lose = 1
    refused(await fin.post(f"/orders/{number}/refunds", json={}), 502)
    (open_,) = (await fin.get(f"/orders/{number}")).json()["refunds"]
    assert (open_["state"], await balance()) == ("asked", "0")
    ended = await fin.post(f"/orders/{number}/refunds/{open_['number']}/settle", json={"result": "ask"})
    assert (ended.json()["state"], len(bank.stripe.refunds), await balance()) == ("done", 1, "0")


@pytest.mark.parametrize("answer", ["error", "failed"])
async def test_a_refusal_gives_the_credit_back(bought, bank, balance, answer) -> None:
    number, fin = bought
    bank.stripe.refund_status = answer
    made = await fin.post(f"/orders/{number}/refunds", json={"amount": "9.20"})
    assert (made.json()["state"], await balance()) == ("failed", "10")
    assert (await fin.get(f"/orders/{number}")).json()["order"]["state"] == "paid"


async def test_pending_until_the_provider_says(bought, bank, balance, anyone, world) -> None:
    number, fin = bought
    bank.stripe.refund_status = "pending"
    made = await fin.post(f"/orders/{number}/refunds", json={"amount": "9.20"})
    assert (made.json()["state"], await balance()) == ("asked", "0")
    charge = {"payment_intent": "pi_cs_test_0", "currency": "eur", "amount_refunded": 920, "metadata": {}}
    await anyone.post("/api/payments/stripe/notify", **event("charge.refunded", charge, at=world.now, event_id="e9"))
    assert (await fin.get(f"/orders/{number}")).json()["refunds"][0]["state"] == "done"


async def test_credit_that_is_spent(bought, world, balance, refused) -> None:
    number, fin = bought
    async with world.sessions.begin() as session:
        account_id = (await accounts.find_ids(session, [("user", 1, 0)]))["user", 1, 0]
        await set_quota(session, account_id, limited=True, balance=4 * 10**9, actor="test", now=world.now)
    body = refused(await fin.post(f"/orders/{number}/refunds", json={}), 409)
    assert "6 USD" in body["detail"]
    assert (await fin.post(f"/orders/{number}/refunds", json={"overdraw": True})).status_code == 201
    assert await balance() == "-6"


async def test_disputes(bought, anyone, balance, world) -> None:
    number, fin = bought
    about = {"id": "dp_1", "payment_intent": "pi_cs_test_0", "currency": "eur", "amount": 920}
    for kind, left, state in (("withdrawn", "0", "refunded"), ("reinstated", "10", "paid")):
        for again in range(2):
            said = event(f"charge.dispute.funds_{kind}", about, at=world.now, event_id=f"{kind}-{again}")
            assert (await anyone.post("/api/payments/stripe/notify", **said)).status_code == 200
        assert (await balance(), (await fin.get(f"/orders/{number}")).json()["order"]["state"]) == (left, state)


async def test_epay_is_not_asked_twice(person, bank, anyone, balance, refused) -> None:
    ann, fin = await person(), await person("fin", role="finance", fresh=True)
    made = await order(ann, "epay", "alipay")
    number = made["order"]["number"]
    bank.epay.submit(made["checkout"]["url"], made["checkout"]["fields"])
    await anyone.get("/api/payments/epay/notify", params=bank.epay.pay(number))
    bank.epay.lose = 1
    refused(await fin.post(f"/orders/{number}/refunds", json={}), 502)
    (open_,) = (await fin.get(f"/orders/{number}")).json()["refunds"]
    path = f"/orders/{number}/refunds/{open_['number']}/settle"
    refused(await fin.post(path, json={"result": "ask"}), 409)
    ended = await fin.post(path, json={"result": "done", "reason": "seen at the service"})
    assert (ended.json()["state"], await balance(), len(bank.epay.refunded)) == ("done", "0", 1)
    refused(await fin.post(f"/orders/{number}/refunds/rf-none/settle", json={"result": "ask"}), 404)
