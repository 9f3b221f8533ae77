"""Replicas that handle payments until they are killed: the real routes and jobs, against a Stripe that outlives them.

    python -m tests.admin.payments.killed <plan.json> ...

forks replicas and kills each at a random moment, two at work at any time; some kill themselves where it is worst:
between two statements, and on either side of Stripe's making a refund. The last one lives: it is told everything once
more, and the time for whatever is still open passes. Imported once and forked, because importing takes as long as
twenty lives.
"""

import asyncio
import os
import random
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI, Request
from sqlalchemy.event import listen

import storage.subscriptions.fulfilment  # noqa: F401 - what a plan's order does
from admin import jobs, problems
from admin.background import payments, refunds, subscriptions  # noqa: F401 - registers the jobs
from admin.caller import Caller
from admin.endpoints import payment_notices
from admin.endpoints import refunds as refund_routes
from admin.permissions import PERMISSIONS, Reach
from storage import crypto
from storage.database import open_engine, session_factory
from tests.admin.payments.fake_stripe import event
from tests.admin.services import make_services
from tests.killing import die, ended, forked, lives_and_deaths

BOX = crypto.SecretBox(b"k" * 32)
LIFE_S = 900
"""Each replica's clock is so much ahead of the one before it."""
STEPS = 20
"""At most so many it takes; each is three notifications, refunds or jobs at once."""


class Plan(msgspec.Struct):
    """What happens. `paid`: order -> amount; `unheard`: paid, but Stripe's notification never arrives; `refunded`:
    order -> parts; `charged`: order -> invoices of later charges."""

    url: str
    bank: str
    now: int
    lives: int
    paid: dict[str, int]
    unheard: dict[str, int]
    refunded: dict[str, list[int]]
    charged: dict[str, list[str]]


class Bank:
    """Stripe: what it has done is in files, one for each idempotency key."""

    def __init__(self, plan: Plan, *, deadly: bool) -> None:
        self.plan, self.folder, self.deadly = plan, Path(plan.bank), deadly

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, _, ref = request.url.path.rpartition("/")
        if path.endswith("invoices"):
            return httpx.Response(200, json={"payments": {"data": [{"payment": {"payment_intent": f"pi_{ref}"}}]}})
        if path.endswith("sessions"):
            number = ref.removeprefix("cs_")
            return httpx.Response(200, json=session_of(number, self.plan.unheard.get(number)))
        form = dict(httpx.QueryParams(request.content.decode()))
        order, key = form["metadata[order]"], request.headers["idempotency-key"]
        self.die()
        file = self.folder / f"{order}.{key}"
        made = Path(f"{file}.{os.getpid()}")
        made.write_text(form["amount"])
        made.rename(file)  # at once, whoever else asks for the same
        self.die()
        return httpx.Response(200, json={"id": f"re_{key}", "status": "succeeded"})

    def die(self, how_often: float = 0.2) -> None:
        """Now and then: nobody hears the answer."""
        if self.deadly:
            die(how_often)

    def refunded(self, order: str) -> int:
        """The sum of the refunds of a payment, in cents."""
        return sum(int(file.read_text()) for file in self.folder.glob(f"{order}.*") if file.suffix[1:3] == "rf")


def session_of(number: str, amount: int | None) -> dict[str, Any]:
    """A Checkout session; `amount` None: nobody has paid."""
    return {
        "id": f"cs_{number}", "client_reference_id": number, "metadata": {"order": number}, "currency": "eur",
        "amount_total": amount or 0, "payment_status": "unpaid" if amount is None else "paid",
        "status": "open" if amount is None else "complete", "payment_intent": f"pi_{number}",
    }  # fmt: skip


class Replica:
    """One process that serves payments."""

    def __init__(self, plan: Plan, life: int, *, deadly: bool) -> None:
        self.plan, self.now, self.bank = plan, plan.now + life * LIFE_S, Bank(plan, deadly=deadly)
        self.engine = open_engine(plan.url)
        listen(self.engine.sync_engine, "before_cursor_execute", lambda *_: self.bank.die(0.01))
        self.services = make_services(
            session_factory(self.engine), BOX, clock=lambda: self.now,
            http=httpx.AsyncClient(transport=httpx.MockTransport(self.bank)),
        )  # fmt: skip
        app = FastAPI()
        app.state.services, app.state.identify = self.services, _finance
        app.include_router(payment_notices.public_router)
        app.include_router(refund_routes.router)
        problems.install(app)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway.example")

    async def tell(self, kind: str, about: dict[str, Any], event_id: str) -> None:
        """Stripe's webhook. Not handled (the database was busy): it is told again, as everything is."""
        said = event(kind, about, at=self.now, event_id=event_id)
        answer = await self.client.post("/api/payments/stripe/notify", **said)
        assert answer.status_code in {200, 503}, answer.text

    async def pay(self, number: str, copy: int) -> None:
        about = session_of(number, self.plan.paid[number])
        await self.tell("checkout.session.completed", about, f"evt_{number}_{copy}")

    async def charge(self, number: str, ref: str, copy: int) -> None:
        of = {"metadata": {"order": number}, "subscription": f"sub_{number}"}
        about = {
            "id": ref, "billing_reason": "subscription_cycle", "amount_paid": self.plan.paid[number],
            "currency": "eur", "parent": {"subscription_details": of},
        }  # fmt: skip
        await self.tell("invoice.paid", about, f"evt_{ref}_{copy}")

    async def count_refunds(self, number: str, copy: int) -> None:
        total = self.bank.refunded(number)
        about = {
            "payment_intent": f"pi_{number}", "currency": "eur", "amount_refunded": total,
            "metadata": {"order": number},
        }  # fmt: skip
        if total:
            await self.tell("charge.refunded", about, f"evt_r_{number}_{total}_{copy}")

    async def refund(self, number: str, part: int) -> None:
        """Somebody of finance asks for a refund, clicks twice, and does not come back to see what became of it."""
        clicked = Path(self.plan.bank) / f"{number}.clicked-{part}"
        try:
            clicked.touch(exist_ok=False)
        except FileExistsError:
            return
        amount = f"{self.plan.refunded[number][part] / 100:.2f}"
        clicks = [
            self.client.post(
                f"/orders/{number}/refunds", json={"amount": amount}, headers={"idempotency-key": f"{number}-{part}"}
            )
            for _ in range(2)
        ]
        answers = await asyncio.gather(*clicks)
        for answer in answers:
            assert answer.status_code in {201, 409, 502, 503}, answer.text
        if all(answer.json().get("detail", "").startswith("It cannot be refunded") for answer in answers):
            clicked.unlink()  # it is not paid yet

    async def job(self, name: str) -> None:
        try:
            await jobs.PERIODIC[name].work(jobs.Run(self.services, name, _saved))
        except problems.Problem as problem:
            if problem.status != 503:
                raise

    def work(self, *, finance: bool) -> list[Callable[[], Awaitable[None]]]:
        """All there is to do."""
        plan, twice, thrice = self.plan, (0, 0), (0, 0, 1)  # the same event twice, and another one that says the same
        found = [
            _with(self.pay, number, copy)
            for place, number in enumerate(plan.paid)
            for copy in (thrice if place % 2 else twice)
        ]
        found += [_with(self.charge, number, ref, copy) for number, refs in plan.charged.items()
                  for ref in refs for copy in twice]  # fmt: skip
        if finance:
            found += [_with(self.refund, number, part) for number, parts in plan.refunded.items()
                      for part in range(len(parts))]  # fmt: skip
        found += [_with(self.count_refunds, number, copy) for number in plan.refunded for copy in thrice]
        return found + [_with(self.job, name) for name in jobs.PERIODIC]


def _with(work: Callable[..., Awaitable[None]], *given: Any) -> Callable[[], Awaitable[None]]:
    return lambda: work(*given)


async def _finance(_services: object, _request: Request) -> Caller:
    everything = dict.fromkeys(PERMISSIONS, Reach.ALL)
    return Caller("user:fin", "session", everything, user_id=9, stepped_up_at=2**40)


async def _saved(_: object) -> None:
    pass


async def _live(plan: Plan, life: int, done: int) -> None:
    replica = Replica(plan, life, deadly=True)
    while True:
        work = replica.work(finance=life >= plan.lives // 3)
        random.shuffle(work)
        while work:
            await asyncio.gather(*(one() for one in work[:3]))
            del work[:3]
            os.write(done, b".")


async def _finish(plan: Plan, _done: int) -> None:
    """Stripe tells everything again until it is heard, and the clock goes on; no person does anything."""
    replica = Replica(plan, plan.lives, deadly=False)
    for one in replica.work(finance=False):
        await one()
    for _ in range(4):
        replica.now += 1800
        for name in jobs.PERIODIC:
            await replica.job(name)
    for number in plan.refunded:
        await replica.count_refunds(number, 2)


async def _warm(plan: Plan) -> None:
    """What is imported and made at the first use is there before the forks."""
    replica = Replica(plan, 0, deadly=False)
    await replica.tell("checkout.session.completed", session_of("gwnone", 1), "evt_none")
    await replica.client.post("/orders/gwnone/refunds", json={}, headers={"idempotency-key": "none"})
    await replica.engine.dispose()


def main() -> None:
    """Fork, kill, and finish, each plan on its own database and all of them at once."""
    plans = [msgspec.json.decode(Path(path).read_bytes(), type=Plan) for path in sys.argv[1:]]
    for plan in plans:
        asyncio.run(_warm(plan))
    lives_and_deaths(plans, plans[0].lives, STEPS, lambda plan, life: partial(_live, plan, life))
    sys.exit(ended([forked(partial(_finish, plan)) for plan in plans]))


if __name__ == "__main__":
    main()
