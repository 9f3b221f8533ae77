"""Statements: the sums of a month from the ledger, in four forms, for those who may see them."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.background import statements as background
from admin.jobs import Run
from storage import crypto
from storage.events import targets
from storage.ledger import accounts, entries, settle
from storage.models import AutomationToken, Organisation, User
from storage.models.event import Event, Target
from storage.models.subscription import Subscription
from storage.records import UsageRecord
from storage.repositories import users
from storage.subscriptions import offers
from storage.subscriptions.offers import Offer
from tests.admin.conftest import World

USD = 10**9
OCTOBER = int(datetime(2026, 10, 1, tzinfo=UTC).timestamp())
NOVEMBER = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
OFFER = Offer(0, USD, "term", 0, "first", overflow=True, group="", group_after="", rank=0)


@pytest.fixture
async def ann(world: World, app: FastAPI) -> httpx.AsyncClient:
    """A user with a month behind."""
    world.now = NOVEMBER + 86_400
    token = "gwt-ann".ljust(40, "x")
    async with world.sessions.begin() as session:
        acme = Organisation(name="acme")
        session.add(acme)
        await session.flush()
        user = await users.create(session, User(name="ann", organisation_id=acme.id))
        await users.create(session, User(name="=bob"))
        digest = crypto.digest(token)
        session.add(AutomationToken(name="t", digest=digest, hint="h", user_id=user.id, scopes=["*"]))
        account = (await accounts.of(session, "user", [user.id]))[user.id]
        subject = ("subscription", 1, OCTOBER)
        quota = (await accounts.ensure(session, [subject], limited=True))[subject]
        session.add(
            Subscription(
                id=1, scope="user", scope_id=user.id, plan_id=1, term_start=OCTOBER, term_end=NOVEMBER,
                paid_until=NOVEMBER, created_at=OCTOBER, updated_at=OCTOBER, **offers.stored(OFFER),
            )
        )  # fmt: skip
        await session.flush()
        await book(session, account.id, OCTOBER - 10 * 86_400, 10 * USD, "topup")
        await book(session, account.id, OCTOBER + 5, 5 * USD, "grant")
        await settle(session, [record("r1", user.id, 2 * USD, "")], now=OCTOBER + 100)
        await settle(session, [record("r2", user.id, 3 * USD, f"{quota}u")], now=OCTOBER + 100)
        await book(session, account.id, NOVEMBER - 1, -USD, "purchase")
        await book(session, account.id, NOVEMBER, 7 * USD, "topup")
        await settle(session, [record("r3", user.id, USD, "", at=NOVEMBER + 5)], now=NOVEMBER + 100)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://gateway.example/api/v1",
        headers={"authorization": f"Bearer {token}"},
    )  # fmt: skip


async def book(session: AsyncSession, account_id: int, at: int, amount: int, reason: str) -> None:
    await entries.post(session, account_id, amount, reason=reason, actor="test", reference=f"=r{at}", now=at)


def record(name: str, user_id: int, cost: int, paid_by: str, at: int = OCTOBER + 50) -> UsageRecord:
    return UsageRecord(
        name, at * 1_000_000, user_id=user_id, cost=cost, accounts=paid_by, model="gpt-x", input_tokens=7,
        status=200, end="complete", replica="r",
    )  # fmt: skip


async def test_a_month_adds_up(ann: httpx.AsyncClient) -> None:
    said = (await ann.get("/statements/2026-10")).json()
    assert (said["opening"], said["closing"], said["spent"]) == ("10", "12", "2")
    assert said["by_reason"] == {"grant": "5", "purchase": "-1", "request": "-2"}
    assert said["spent_from_subscriptions"] == "3"
    assert [(line["reason"], line["amount"]) for line in said["lines"]] == [("grant", "5"), ("purchase", "-1")]
    assert [(row["model"], row["requests"], row["cost"]) for row in said["models"]] == [("gpt-x", 2, "5")]
    assert said["final"]
    later = (await ann.get("/statements/2026-11")).json()
    assert (later["opening"], later["closing"], later["final"]) == ("12", "18", False)
    before = (await ann.get("/statements/2026-08")).json()
    assert (before["opening"], before["closing"]) == ("0", "0")


async def test_its_forms(ann: httpx.AsyncClient) -> None:
    page = await ann.get("/statements/2026-10?format=html")
    assert "Closing balance</td><td>12</td>" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    paper = await ann.get("/statements/2026-10?format=pdf")
    assert paper.content.startswith(b"%PDF-")
    assert 'filename="statement-2026-10-ann.pdf"' in paper.headers["content-disposition"]
    table = await ann.get("/statements/2026-10?format=csv")
    assert "balance,,closing,,,,,12" in table.text
    assert f"'=r{OCTOBER + 5}" in table.text


async def test_who_may_see_it(ann: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    assert (await ann.get("/statements/2026-10?user==bob")).status_code == 404
    assert (await ann.get("/statements/2026-10?organisation=acme")).status_code == 404
    assert (await api.get("/statements/2026-10?organisation=acme")).json()["owner"] == "acme"
    assert (await api.get("/statements/2026-10?user=ann")).json()["closing"] == "12"
    assert (await api.get("/statements/2026-10")).status_code == 409
    for wrong in ("2027-01", "2026-13", "x", "2026-10?user=ann&organisation=acme", "2026-10?format=doc"):
        assert (await api.get(f"/statements/{wrong}")).status_code == 422


@pytest.mark.usefixtures("ann")
async def test_those_who_asked_are_told_once(world: World) -> None:
    cursor: dict[str, Any] = {}

    async def save(progress: dict[str, Any]) -> None:
        cursor.update(progress.get("cursor", {}))

    services = world.services()
    async with world.sessions.begin() as session:
        user = await users.find_by_name(session, "ann")
        assert user is not None
        for events in (["statement.*"], ["order.*"], ["*"]):
            row = Target(kind="webhook", name="w", user_id=user.id, url="https://h.example", address="", events=events)
            await targets.create(session, row)
    for _ in range(2):
        await background.tell(Run(services, "test", save, cursor=cursor))
        await background.tell(Run(services, "test", save))
    async with world.sessions() as session:
        (event,) = await session.scalars(select(Event))
    assert (event.kind, event.data, event.user_id) == ("statement.ready", {"month": "2026-10"}, user.id)
    assert cursor == {"month": "2026-10"}
