"""What Stripe charges again and again: each charge is one order, and one term; it stops when it is told to."""

import pytest

from admin.payments import recurring
from admin.problems import Problem
from storage.models.order import Order, Refund
from storage.payments import fulfilment, orders
from storage.payments.fulfilment import By
from tests.admin.payments.fake_stripe import event


class Terms:
    """A fulfilment that counts."""

    def __init__(self) -> None:
        self.paid_orders: list[str] = []

    async def paid(self, session, order: Order, by: By) -> None:
        self.paid_orders.append(order.details["recurring_ref"])

    async def refunded(self, session, order: Order, refund: Refund, by: By) -> None:
        self.paid_orders.append("refunded")

    async def restored(self, session, order: Order, refund: Refund, by: By) -> None:
        raise AssertionError


def invoice(number: str, ref: str, amount: int = 500, **more) -> dict[str, object]:
    of = {"metadata": {"order": number}, "subscription": "sub_1"}
    return {
        "id": ref, "billing_reason": "subscription_cycle", "amount_paid": amount, "currency": "eur",
        "parent": {"subscription_details": of}, **more,
    }  # fmt: skip


@pytest.fixture
async def ordered(person, bank, anyone, world, monkeypatch):
    """An order that Stripe will charge every month; (its number, what was fulfilled, a function that tells)."""
    terms = Terms()
    monkeypatch.setitem(fulfilment._fulfilments, "subscription", terms)
    ann = await person()
    async with world.sessions.begin() as session:
        number = (await orders.create(
            session, purpose="subscription", item="1", user_id=1, organisation_id=None, provider="stripe",
            currency="EUR", amount=500, value=5, credit=0, actor="user:ann", now=world.now,
            expires_at=world.now + 3600, title="Plan", details={"recurring": {"unit": "month", "count": 1}},
        )).number  # fmt: skip
    assert (await ann.post(f"/orders/{number}/checkout")).status_code == 200

    async def tell(kind: str, about: object, event_id: str) -> None:
        said = event(kind, about, at=world.now, event_id=event_id)
        assert (await anyone.post("/api/payments/stripe/notify", **said)).status_code == 200

    return number, terms, tell


@pytest.fixture
async def bought(ordered, bank):
    """As `ordered`, and paid for the first time."""
    number, terms, tell = ordered
    await tell("checkout.session.completed", bank.stripe.pay(number), "evt_0")
    return number, terms, tell


async def test_a_charge_that_is_told_before_the_first_payment(ordered, bank, person) -> None:
    number, terms, tell = ordered
    for event_id in ("evt_1", "evt_1"):
        await tell("invoice.paid", invoice(number, "in_1"), event_id)
    for event_id in ("evt_0", "evt_0"):
        await tell("checkout.session.completed", bank.stripe.pay(number), event_id)
    await tell("invoice.paid", invoice(number, "in_1"), "evt_2")
    assert terms.paid_orders == ["sub_1"] * 2
    assert [one["state"] for one in (await (await person()).get("/orders")).json()["items"]] == ["paid", "paid"]


async def test_each_charge_is_one_order(bought, bank, person, world) -> None:
    number, terms, tell = bought
    form = bank.stripe.by_key[number][0]
    assert (form["mode"], form["line_items[0][price_data][recurring][interval]"]) == ("subscription", "month")
    assert "payment_intent_data[metadata][order]" not in form
    for event_id in ("evt_1", "evt_1", "evt_2"):
        await tell("invoice.paid", invoice(number, "in_1"), event_id)
    old = invoice(
        number, "in_2", parent=None, subscription="sub_1", subscription_details={"metadata": {"order": number}}
    )
    await tell("invoice.paid", old, "evt_3")
    await tell("invoice.paid", invoice(number, "in_0", billing_reason="subscription_create"), "evt_4")
    await tell("invoice.paid", invoice("gw-none", "in_9"), "evt_5")
    await tell("invoice.paid", invoice(number, "in_3", amount=1), "evt_6")
    assert terms.paid_orders == ["sub_1"] * 3
    ann = await person()
    shown = (await ann.get("/orders")).json()["items"]
    assert [(one["state"], one["payment_ref"]) for one in shown] == [
        ("review", "pi_in_3"),
        ("paid", "pi_in_2"),
        ("paid", "pi_in_1"),
        ("paid", "pi_in_0"),
    ]
    # A refund of one of them at Stripe finds it by its payment.
    charge = {"payment_intent": "pi_in_1", "currency": "eur", "amount_refunded": 500, "metadata": {}}
    await tell("charge.refunded", charge, "evt_7")
    assert (await ann.get("/orders")).json()["items"][2]["state"] == "refunded"
    assert terms.paid_orders[-1] == "refunded"


async def test_it_is_stopped(bought, bank, world, monkeypatch) -> None:
    services = world.services()
    await recurring.stop(services, "stripe", "sub_1")
    await recurring.stop(services, "nobody", "sub_1")
    assert bank.stripe.stopped == ["sub_1"]
    with pytest.raises(Problem) as refused:
        await recurring.stop(services, "epay", "x")
    assert refused.value.status == 502


async def test_a_charge_whose_payment_cannot_be_asked_for_comes_again(
    bought, anyone, world, monkeypatch, refused
) -> None:
    number, terms, _tell = bought
    said = event("invoice.paid", invoice(number, "in_1"), at=world.now, event_id="evt_1")
    with monkeypatch.context() as patched:
        patched.setattr(world.http, "request", _broken)
        refused(await anyone.post("/api/payments/stripe/notify", **said), 502)
    assert (await anyone.post("/api/payments/stripe/notify", **said)).status_code == 200
    assert len(terms.paid_orders) == 2


async def _broken(*_: object, **__: object) -> object:
    import httpx

    raise httpx.ConnectError("away")
