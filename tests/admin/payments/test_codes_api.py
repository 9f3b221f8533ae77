"""Redemption codes, check-ins, receipts and the watch over forgotten orders, over the API."""

import pytest

from admin import job_runner, jobs
from admin.options.bonuses import Bonuses
from admin.options.payments import Payments
from admin.payments.guessing import Guesses
from tests.admin.payments.fake_stripe import event
from tests.admin.payments.test_topups import order


async def test_codes_from_making_to_redeeming(person, balance, refused, world) -> None:
    fin, ann, bob = await person("fin", role="finance", fresh=True), await person(), await person("bob")
    wanted = {"name": "spring", "credit": "2.5", "count": 3, "expires_at": "2099-01-01T00:00:00Z"}
    answer = await fin.post("/redemption-codes", json=wanted, headers={"idempotency-key": "c"})
    made = answer.json()
    assert (answer.status_code, len(made["codes"])) == (201, 3)
    assert (await fin.post("/redemption-codes", json=wanted, headers={"idempotency-key": "c"})).json() == made
    first, second, third = made["codes"]
    redeemed = await ann.post("/redemptions", json={"code": f" {first.lower()} "}, headers={"idempotency-key": "r"})
    assert redeemed.json() == {"credit": "2.5", "balance": "2.5"}
    again = await ann.post("/redemptions", json={"code": f" {first.lower()} "}, headers={"idempotency-key": "r"})
    assert again.json() == redeemed.json()
    body = refused(await bob.post("/redemptions", json={"code": first}), 409)
    assert body["type"].endswith("code-redeemed")
    refused(await bob.post("/redemptions", json={"code": "7K3QD-0V9XR-2MHTA-W8ZEB-5PYNC"}), 404)
    listed = (await fin.get("/redemption-codes", params={"batch": made["batch"]})).json()["items"]
    assert [(one["state"], one["redeemed_by_name"]) for one in listed] == [
        ("available", None),
        ("available", None),
        ("redeemed", "ann"),
    ]
    ids = [one["id"] for one in listed]
    done = (await fin.post("/redemption-codes/bulk", json={"action": "disable", "ids": [*ids, 999]})).json()
    assert (done["changed"], done["refused"]) == (2, 2)
    refused(await bob.post("/redemptions", json={"code": second}), 409)
    await fin.post("/redemption-codes/bulk", json={"action": "enable", "ids": ids})
    assert (await fin.post(f"/redemption-codes/{ids[0]}/reveal")).json() == {"code": third}
    export = (await fin.get("/redemption-codes/export", params={"state": "available"})).text
    assert second in export
    assert first not in export
    found = (await fin.get("/redemption-codes", params={"q": second})).json()["items"]
    assert [one["id"] for one in found] == [ids[1]]
    assert (await fin.get(f"/redemption-codes/{ids[1]}")).json() == found[0]
    done = (await fin.post("/redemption-codes/bulk", json={"action": "delete", "ids": ids})).json()
    assert (done["changed"], done["refused"]) == (2, 1)
    assert (await fin.request("DELETE", "/redemption-codes/unusable")).json() == {"removed": 0}
    assert (await balance("ann"), await balance("bob")) == ("2.5", "0")
    refused(await ann.get("/redemption-codes"), 403)
    stale = await person("fin")
    refused(await stale.get("/redemption-codes/export"), 403)
    past = {**wanted, "expires_at": "2020-01-01T00:00:00Z"}
    refused(await fin.post("/redemption-codes", json=past), 422)
    refused(await fin.post("/redemption-codes", json={**wanted, "codes": ["ABCD-EFGH", "abcdefgh"]}), 422)


def test_guesses_are_bounded() -> None:
    guesses = Guesses(limit=2, window_s=10)
    assert guesses.allow("a", 0)
    guesses.wrong("a", 0)
    guesses.wrong("a", 1)
    assert not guesses.allow("a", 9)
    assert guesses.allow("b", 9)
    assert guesses.allow("a", 10)


async def set_options(world, group, **values) -> None:
    services = world.services()
    async with services.sessions.begin() as session:
        await services.options.change(session, group, values, "test")


async def test_check_in_once_a_day(person, balance, refused, world, api) -> None:
    ann = await person()
    refused(await ann.post("/check-in"), 409)
    await set_options(world, Bonuses, check_in=True, check_in_least=5 * 10**6, check_in_most=6 * 10**6)
    assert (await ann.get("/check-in")).json()["today"] is False
    first, again = (await ann.post("/check-in")).json(), (await ann.post("/check-in")).json()
    assert (first["new"], again["new"], again["credit"]) == (True, False, first["credit"])
    assert 0.005 <= float(await balance()) <= 0.006
    shown = (await ann.get("/check-in")).json()
    assert (shown["today"], list(shown["days"].values())[-1]) == (True, first["credit"])
    refused(await api.post("/check-in"), 409)


async def test_receipts_as_data_page_and_pdf(person, bank, anyone, world) -> None:
    await set_options(
        world, Payments, seller_name="Möller <script> & Söhne", seller_address="Hauptstr. 1, Köln", receipt_note="谢谢",
        receipt_font="/nowhere/font.ttf",
    )  # fmt: skip
    ann = await person()
    number = (await order(ann))["order"]["number"]
    said = event("checkout.session.completed", bank.stripe.pay(number), at=world.now)
    await anyone.post("/api/payments/stripe/notify", **said)
    receipt = (await ann.get(f"/orders/{number}")).json()["receipts"][0]["number"]
    data = (await ann.get(f"/receipts/{receipt}")).json()
    assert (data["total"], data["seller"][1:], data["buyer"]) == ("9.20 EUR", ["Hauptstr. 1", "Köln"], ["ann"])
    page = await ann.get(f"/receipts/{receipt}", params={"format": "html"})
    assert "Möller &lt;script&gt; &amp; Söhne" in page.text
    assert "谢谢" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    pdf = await ann.get(f"/receipts/{receipt}", params={"format": "pdf"})
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-type"] == "application/pdf"
    assert (await ann.get("/receipts/R1-1")).status_code == 404


@pytest.fixture
def runner(world):
    jobs.discover()
    return job_runner.Runner(world.services(), "test")


async def test_forgotten_orders_are_asked_about_and_closed(person, bank, balance, world, runner) -> None:
    ann = await person()
    paid, forgotten = [(await order(ann))["order"]["number"] for _ in range(2)]
    bank.stripe.pay(paid)

    async def run() -> None:
        await jobs.PERIODIC["payments.ask"].work(jobs.Run(world.services(), "payments.ask", _save))

    async def _save(_: object) -> None:
        pass

    await run()
    assert await balance() == "0"
    world.now += 61
    await run()
    assert await balance() == "10"
    world.now += 3600
    await run()
    states = {one["number"]: one["state"] for one in (await ann.get("/orders")).json()["items"]}
    assert states == {paid: "paid", forgotten: "expired"}
    bank.stripe.pay(forgotten)
    await ann.post(f"/orders/{forgotten}/refresh")
    assert await balance() == "20"
