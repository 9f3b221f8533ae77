"""Owns what the tests of payments over the API share: providers in the process, people, and what their accounts say."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request

from admin import problems
from admin.caller import Caller
from admin.credentials import Identify
from admin.endpoints import check_in, orders, payment_notices, receipts, redemption_codes, refunds, topups
from admin.identity import sessions as identity_sessions
from admin.options.base import areas
from admin.permissions import OWN, PERMISSIONS, Reach
from admin.request_id import RequestIds
from admin.schemas.amounts import nano_to_usd
from admin.services import Services
from storage.ledger import accounts
from storage.models import User
from storage.repositories import users
from tests.admin.conftest import World
from tests.admin.payments.fake_others import CREEM_KEY, CREEM_SECRET, EPAY_KEY, FakeCreem, FakeEpay
from tests.admin.payments.fake_stripe import KEY, SECRET, FakeStripe

Person = Callable[..., Awaitable[httpx.AsyncClient]]

OPTIONS: dict[str, dict[str, Any]] = {
    "payments": {"rates": {"USD": "1", "EUR": "0.92", "CNY": "7.2", "PLN": "4"}, "discounts": {"100": "0.95"}},
    "stripe": {"enabled": True, "secret_key": KEY, "webhook_secret": SECRET, "currency": "EUR"},
    "epay": {"enabled": True, "url": "https://epay.example", "pid": "1001", "key": EPAY_KEY},
    "creem": {
        "enabled": True, "api_key": CREEM_KEY, "webhook_secret": CREEM_SECRET,
        "products": [{"product": "prod_ten", "price": "10.00", "currency": "EUR", "credit": "12"}],
    },
    "network": {"public_url": "https://ai.example"},
}  # fmt: skip


@dataclass
class Bank:
    """The providers."""

    stripe: FakeStripe = field(default_factory=FakeStripe)
    epay: FakeEpay = field(default_factory=FakeEpay)
    creem: FakeCreem = field(default_factory=FakeCreem)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """By host, as the world does it."""
        hosts: dict[str, Callable[[httpx.Request], httpx.Response]] = {
            "api.stripe.com": self.stripe,
            "epay.example": self.epay,
            "api.creem.io": self.creem,
        }
        return hosts[request.url.host](request)


def _app_of_payments(services: Services) -> FastAPI:
    """The routes of payments as create_app mounts them; to mount all others takes as long as a test."""
    app = FastAPI()
    app.state.services = services
    api = APIRouter(prefix="/api/v1")
    for module in (check_in, orders, receipts, redemption_codes, refunds, topups):
        api.include_router(module.router)
    app.include_router(payment_notices.public_router)
    app.include_router(api)
    problems.install(app)
    app.add_middleware(RequestIds)
    return app


@pytest.fixture
def bank(world: World) -> Bank:
    made = Bank()
    world.http = httpx.AsyncClient(transport=httpx.MockTransport(made))
    return made


@pytest.fixture
async def app(world: World, bank: Bank) -> FastAPI:
    services = world.services()
    async with services.sessions.begin() as session:
        for area, values in OPTIONS.items():
            await services.options.change(session, areas()[area], values, "test")
    made = _app_of_payments(services)
    real = Identify(identity_sessions.find)

    async def identify(services: Services, request: Request) -> Caller:
        """A header says who asks; without it the credential does."""
        name = request.headers.get("x-test-user")
        if not name:
            return await real(services, request)
        async with services.sessions() as session:
            user = await users.find_by_name(session, name)
        assert user is not None
        wide = user.role in {"root", "finance"}
        reaches = dict.fromkeys(PERMISSIONS, Reach.ALL) if wide else dict.fromkeys(OWN, Reach.OWN)
        return Caller(
            f"user:{name}", "session", reaches, user_id=user.id, organisation_id=user.organisation_id,
            stepped_up_at=services.clock() if request.headers.get("x-test-fresh") else 0,
        )  # fmt: skip

    made.state.identify = identify
    return made


@pytest.fixture
async def person(app: FastAPI, world: World) -> AsyncIterator[Person]:
    """Makes a user and gives a client of theirs on /api/v1."""
    opened: list[httpx.AsyncClient] = []

    async def make(name: str = "ann", *, fresh: bool = False, **fields: Any) -> httpx.AsyncClient:
        async with world.sessions.begin() as session:
            if await users.find_by_name(session, name) is None:
                await users.create(session, User(name=name, **fields))
        headers = {"x-test-user": name, **({"x-test-fresh": "1"} if fresh else {})}
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://gateway.example/api/v1", headers=headers
        )
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
def balance(world: World) -> Callable[[str], Awaitable[str]]:
    """What a user has, as text in USD."""

    async def of(name: str = "ann") -> str:
        async with world.sessions() as session:
            user = await users.find_by_name(session, name)
            assert user is not None
            return nano_to_usd((await accounts.of(session, "user", [user.id]))[user.id].balance)

    return of
