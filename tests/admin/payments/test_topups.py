"""A top-up from the offer to the receipt, with each provider; what comes twice or forged changes nothing."""

import pytest

from tests.admin.payments.fake_others import creem_event, epay_sign
from tests.admin.payments.fake_stripe import event


async def order(client, provider="stripe", method="", amount="10", **headers):
    body = {"provider": provider, "method": method, **({"amount": amount} if amount else {})}
    answer = await client.post("/topups", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_what_is_offered_and_what_it_costs(person, refused, api) -> None:
    ann = await person()
    offer = (await ann.get("/topups/offer")).json()
    assert [(way["provider"], way["method"], way["currency"]) for way in offer["ways"]] == [
        ("creem", "prod_ten", "EUR"),
        ("epay", "alipay", "CNY"),
        ("epay", "wxpay", "CNY"),
        ("stripe", "", "EUR"),
    ]
    assert (offer["ways"][0]["price"], offer["ways"][0]["credit"]) == ("10.00", "12")
    quoted = (await ann.post("/topups/quote", json={"provider": "stripe", "amount": "100"})).json()
    assert (quoted["amount"], quoted["discount"], quoted["rate"]) == ("87.40", "0.95", "0.92")
    for wrong in (
        {"provider": "paypal", "amount": "10"},
        {"provider": "stripe"},
        {"provider": "stripe", "amount": "0.5"},
        {"provider": "stripe", "amount": "10001"},
        {"provider": "epay", "method": "cash", "amount": "10"},
        {"provider": "stripe", "amount": "10", "organisation": True},
    ):
        refused(await ann.post("/topups/quote" if "organisation" not in wrong else "/topups", json=wrong), 422)
    refused(await api.post("/topups", json={"provider": "stripe", "amount": "10"}), 409)


async def test_stripe_from_order_to_receipt(person, bank, anyone, balance, world) -> None:
    ann = await person()
    made = await order(ann, **{"idempotency-key": "k1"})
    again = await order(ann, **{"idempotency-key": "k1"})
    assert again == made
    assert len(bank.stripe.sessions) == 1
    number = made["order"]["number"]
    assert made["checkout"]["url"].startswith("https://checkout.stripe.com/")
    form = bank.stripe.by_key[number][0]
    assert form["success_url"] == f"https://ai.example/api/payments/stripe/back/{number}"
    assert form["line_items[0][price_data][unit_amount]"] == "920"
    session = bank.stripe.pay(number)
    for event_id in ("evt_1", "evt_1", "evt_2"):
        said = event("checkout.session.completed", session, at=world.now, event_id=event_id)
        assert (await anyone.post("/api/payments/stripe/notify", **said)).status_code == 200
    assert await balance() == "10"
    detail = (await ann.get(f"/orders/{number}")).json()
    assert (detail["order"]["state"], detail["order"]["paid_amount"], detail["checkout"]) == ("paid", "9.20", None)
    assert len(detail["receipts"]) == 1
    assert detail["events"] == []  # those are for finance


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["headers"].pop("stripe-signature"),
        lambda said: said["headers"].update({"stripe-signature": "t=1,v1=00"}),
        lambda said: said["headers"].update({"stripe-signature": said["headers"]["stripe-signature"] + "\u00e9"}),
        lambda said: said["headers"].update({"stripe-signature": "nonsense"}),
        lambda said: said.update(content=said["content"].replace("920", "921")),
        lambda said: said.update(content=b"\xff\xfe"),
    ],
)
async def test_forged_stripe_events(person, bank, anyone, balance, world, refused, change) -> None:
    made = await order(await person())
    said = event("checkout.session.completed", bank.stripe.pay(made["order"]["number"]), at=world.now)
    change(said)
    said["headers"] = {key: value.encode("latin-1") for key, value in said["headers"].items()}
    refused(await anyone.post("/api/payments/stripe/notify", **said), 400)
    assert await balance() == "0"


async def test_old_and_foreign_stripe_events(person, bank, anyone, balance, world, refused) -> None:
    made = await order(await person())
    session = bank.stripe.pay(made["order"]["number"])
    for said in (
        event("checkout.session.completed", session, at=world.now - 301),
        event("checkout.session.completed", session, at=world.now + 301),
        event("checkout.session.completed", session, at=world.now, secret="whsec_other"),
    ):
        refused(await anyone.post("/api/payments/stripe/notify", **said), 400)
    other = {**session, "metadata": {}}
    for about, kind in (
        (other, "checkout.session.completed"),
        ({**session, "payment_status": "unpaid"}, "checkout.session.completed"),
        (session, "customer.created"),
        ({**session, "client_reference_id": "gw-none", "metadata": {"order": "gw-none"}}, "checkout.session.completed"),
        ("text", "checkout.session.completed"),
    ):
        said = event(kind, about, at=world.now)
        assert (await anyone.post("/api/payments/stripe/notify", **said)).status_code == 200
    assert await balance() == "0"


async def test_the_notification_that_never_comes(person, bank, balance) -> None:
    ann = await person()
    number = (await order(ann))["order"]["number"]
    assert (await ann.post(f"/orders/{number}/refresh")).json()["order"]["state"] == "pending"
    bank.stripe.pay(number)
    assert (await ann.post(f"/orders/{number}/refresh")).json()["order"]["state"] == "paid"
    assert await balance() == "10"


async def test_an_answer_that_is_lost_makes_one_checkout(person, bank, refused, world) -> None:
    ann = await person()
    bank.stripe.lose = 1
    body = {"provider": "stripe", "method": "", "amount": "10"}
    refused(await ann.post("/topups", json=body, headers={"idempotency-key": "k"}), 502)
    made = await order(ann, **{"idempotency-key": "k"})
    assert len(bank.stripe.sessions) == 1
    opened = await ann.post(f"/orders/{made['order']['number']}/checkout")
    assert opened.json() == made["checkout"]
    world.now += 3601
    refused(await ann.post(f"/orders/{made['order']['number']}/checkout"), 409)


async def test_a_provider_that_refuses(person, bank, refused, world) -> None:
    from admin.options.stripe import Stripe

    services = world.services()
    async with services.sessions.begin() as session:
        await services.options.change(session, Stripe, {"currency": "PLN"}, "test")
    ann = await person()
    refused(await ann.post("/topups", json={"provider": "stripe", "amount": "10"}), 502)
    (kept,) = (await ann.get("/orders")).json()["items"]
    assert (kept["state"], kept["problem"]) == ("failed", "Stripe refused (400 currency_not_supported).")


async def test_epay_by_notification_and_return(person, bank, anyone, balance, refused) -> None:
    ann = await person()
    made = await order(ann, "epay", "wxpay")
    number, form = made["order"]["number"], made["checkout"]
    assert (form["method"], form["fields"]["money"], form["fields"]["type"]) == ("POST", "72.00", "wxpay")
    bank.epay.submit(form["url"], form["fields"])
    fields = bank.epay.pay(number)
    for wrong in ({**fields, "money": "99.00"}, {**fields, "sign": ""}, {**fields, "sign": "\u00e9"}, {}):
        refused(await anyone.get("/api/payments/epay/notify", params=wrong), 400)
    other = {**fields, "pid": "1002"}
    refused(await anyone.get("/api/payments/epay/notify", params={**other, "sign": epay_sign(other)}), 400)
    waiting = {**fields, "trade_status": "WAIT_BUYER_PAY"}
    answer = await anyone.get("/api/payments/epay/notify", params={**waiting, "sign": epay_sign(waiting)})
    assert (answer.text, await balance()) == ("success", "0")
    back = await anyone.get(f"/api/payments/epay/back/{number}", params=fields)
    assert (back.status_code, back.headers["location"]) == (303, f"/console/wallet?order={number}")
    assert await balance() == "10"
    strange = {**fields, "out_trade_no": f"{number}\0"}
    answer = await anyone.get("/api/payments/epay/notify", params={**strange, "sign": epay_sign(strange)})
    assert answer.text == "success"
    for method in ("get", "post"):
        sent = {"params": fields} if method == "get" else {"data": fields}
        answer = await anyone.request(method, "/api/payments/epay/notify", **sent)
        assert (answer.status_code, answer.text) == (200, "success")
    assert await balance() == "10"


async def test_epay_of_another_amount_waits_for_finance(person, bank, anyone, balance, refused) -> None:
    ann, fin = await person(), await person("fin", role="finance")
    made = await order(ann, "epay", "alipay")
    number = made["order"]["number"]
    bank.epay.submit(made["checkout"]["url"], made["checkout"]["fields"])
    paid = bank.epay.pay(number, money="7.20")
    assert (await anyone.get("/api/payments/epay/notify", params=paid)).text == "success"
    detail = (await fin.get(f"/orders/{number}")).json()
    assert (detail["order"]["state"], await balance()) == ("review", "0")
    assert [said["outcome"] for said in detail["events"]] == ["review"]
    refused(await ann.post(f"/orders/{number}/complete", json={}), 403)
    done = await fin.post(f"/orders/{number}/complete", json={"reason": "the rest came by transfer"})
    assert (done.json()["state"], await balance()) == ("paid", "10")
    refused(await fin.post(f"/orders/{number}/complete", json={}), 409)


async def test_epay_is_asked(person, bank, balance) -> None:
    ann = await person()
    made = await order(ann, "epay", "alipay")
    number = made["order"]["number"]
    assert (await ann.post(f"/orders/{number}/refresh")).json()["order"]["state"] == "pending"
    bank.epay.submit(made["checkout"]["url"], made["checkout"]["fields"])
    bank.epay.pay(number)
    await ann.post(f"/orders/{number}/refresh")
    await ann.post(f"/orders/{number}/refresh")
    assert await balance() == "10"


async def test_creem_with_taxes_and_refund(person, bank, anyone, balance, refused) -> None:
    ann = await person()
    made = await order(ann, "creem", "prod_ten", "")
    number = made["order"]["number"]
    assert made["checkout"]["url"] == "https://checkout.creem.io/ch_0"
    checkout = bank.creem.pay(number)
    bad = creem_event("checkout.completed", checkout, secret="other")
    refused(await anyone.post("/api/payments/creem/notify", **bad), 400)
    for event_id in ("evt_1", "evt_1", "evt_2", ""):
        said = creem_event("checkout.completed", checkout, event_id)
        assert (await anyone.post("/api/payments/creem/notify", **said)).status_code == 200
    assert await balance() == "12"
    shown = (await ann.get(f"/orders/{number}")).json()["order"]
    assert (shown["amount"], shown["paid_amount"]) == ("10.00", "12.10")
    refund = {
        "id": "ref_1", "status": "succeeded", "refund_amount": 1210, "refund_currency": "EUR",
        "transaction": {"id": "tran_1", "order": "ord_1", "refunded_amount": 1210},
    }  # fmt: skip
    for event_id in ("evt_3", "evt_3", "evt_4"):
        said = creem_event("refund.created", refund, event_id)
        assert (await anyone.post("/api/payments/creem/notify", **said)).status_code == 200
    assert await balance() == "0"


async def test_unknown_providers_and_large_bodies(anyone, refused) -> None:
    refused(await anyone.post("/api/payments/paypal/notify", content=b"{}"), 404)
    refused(await anyone.post("/api/payments/stripe/notify", content=b"x" * 300_000), 413)
    back = await anyone.get("/api/payments/nothing/back/x-1?next=https://evil.example")
    assert back.headers["location"] == "/console/wallet?order=x-1"


async def test_transfers_are_completed_and_refunded_by_hand(person, anyone, balance, refused, world) -> None:
    from admin.options.transfer import Transfer

    services = world.services()
    async with services.sessions.begin() as session:
        values = {"enabled": True, "instructions": "IBAN DE02 1203 0000 0000 2020 51"}
        await services.options.change(session, Transfer, values, "test")
    ann, fin = await person(), await person("fin", role="finance", fresh=True)
    offered = (await ann.get("/topups/offer")).json()["ways"]
    assert [way["note"] for way in offered if way["provider"] == "transfer"] == [values["instructions"]]
    made = await order(ann, "transfer")
    number = made["order"]["number"]
    assert made["checkout"]["url"] == f"https://ai.example/console/wallet?order={number}"
    refused(await anyone.post("/api/payments/transfer/notify", content=b"{}"), 400)
    assert (await ann.post(f"/orders/{number}/refresh")).json()["order"]["state"] == "pending"
    done = await fin.post(f"/orders/{number}/complete", json={}, headers={"idempotency-key": "x"})
    again = await fin.post(f"/orders/{number}/complete", json={}, headers={"idempotency-key": "x"})
    assert (done.json(), await balance()) == (again.json(), "10")
    refund = (await fin.post(f"/orders/{number}/refunds", json={"amount": "4.60"})).json()
    assert (refund["state"], await balance()) == ("asked", "5")
    path = f"/orders/{number}/refunds/{refund['number']}/settle"
    refused(await fin.post(path, json={"result": "ask"}), 409)
    assert (await fin.post(path, json={"result": "done"})).json()["state"] == "done"


async def test_orders_that_wait_are_bounded_and_can_be_cancelled(person, refused) -> None:
    ann = await person()
    numbers = [(await order(ann, "epay", "alipay"))["order"]["number"] for _ in range(20)]
    body = {"provider": "epay", "method": "alipay", "amount": "10"}
    assert refused(await ann.post("/topups", json=body), 409)["type"].endswith("too-many-orders")
    assert (await ann.post(f"/orders/{numbers[0]}/cancel")).json()["state"] == "cancelled"
    refused(await ann.post(f"/orders/{numbers[0]}/cancel"), 409)
    assert (await ann.post("/topups", json=body)).status_code == 201
    page = (await ann.get("/orders", params={"limit": 12, "state": "pending"})).json()
    rest = (await ann.get("/orders", params={"limit": 12, "state": "pending", "cursor": page["next"]})).json()
    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (12, 8, None)
    assert [one["number"] for one in (await ann.get("/orders", params={"q": numbers[3]})).json()["items"]] == [
        numbers[3]
    ]
    refused(await ann.get("/orders", params={"cursor": "x"}), 422)
    refused(await ann.get("/orders", params={"sort": "state"}), 422)


async def test_for_the_organisation_at_its_groups_price(person, bank, anyone, world, balance, refused) -> None:
    from storage.ledger import accounts, entries
    from storage.models import Group, Organisation
    from storage.repositories import organisations

    async with world.sessions.begin() as session:
        acme = await organisations.create(session, Organisation(name="acme"))
        session.add(Group(name="vip", ratio=1_000_000, topup_ratio=500_000))
    fin = await person("fin", role="finance", organisation_id=acme.id, group="vip")
    ann = await person("ann", organisation_id=acme.id, group="vip")
    body = {"provider": "stripe", "amount": "10", "organisation": True}
    refused(await ann.post("/topups", json=body), 403)
    made = (await fin.post("/topups", json=body)).json()["order"]
    assert (made["amount"], made["account_kind"], made["organisation_id"]) == ("4.60", "organisation", acme.id)
    said = event("checkout.session.completed", bank.stripe.pay(made["number"]), at=world.now)
    await anyone.post("/api/payments/stripe/notify", **said)
    await anyone.post("/api/payments/stripe/notify", **said)  # said twice, booked once
    async with world.sessions() as session:
        found = (await accounts.of(session, "organisation", [acme.id]))[acme.id]
        booked = list(await entries.list_page(session, found.id, limit=10))
    assert (found.balance, await balance("fin")) == (10 * 10**9, "0")
    assert [(one.reason, one.amount) for one in booked] == [("topup", 10 * 10**9)]
    assert made["title"] == "10 USD of credit for acme"
    (receipt,) = (await fin.get(f"/orders/{made['number']}")).json()["receipts"]
    assert (await fin.get(f"/receipts/{receipt['number']}")).json()["buyer"] == ["fin", "acme"]
    own = (await fin.post("/topups", json={**body, "organisation": False})).json()["order"]
    for account, number in (("organisation", made["number"]), ("user", own["number"])):
        listed = (await fin.get("/orders", params={"account": account})).json()["items"]
        assert [one["number"] for one in listed] == [number]
    assert len((await fin.get("/orders", params={"organisation": "acme"})).json()["items"]) == 2
    since = {"since": "2100-01-01T00:00:00Z"}
    assert (await fin.get("/orders", params=since)).json()["items"] == []
    assert len((await fin.get("/orders", params={"until": since["since"]})).json()["items"]) == 2
    refused(await fin.get("/orders", params={"account": "channel"}), 422)
    refused(await ann.get("/orders", params={"organisation": "acme"}), 404)
