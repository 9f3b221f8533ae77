"""Owns people with passwords, a browser that keeps cookies, and cheap hashes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from admin.identity import passwords
from admin.options.base import OptionGroup
from admin.options.identity import Identity
from storage.models import Credential, User
from storage.repositories import users
from tests.admin.conftest import World

PASSWORD = "plenty of purple hippos"
CHEAP = Identity(argon2_memory_kib=1024, argon2_passes=1)

SetOptions = Callable[..., Awaitable[None]]


@pytest.fixture
def set_options(world: World) -> SetOptions:
    """Changes options as the console does."""

    async def change(group: type[OptionGroup], **values: Any) -> None:
        services = world.services()
        async with services.sessions.begin() as session:
            await services.options.change(session, group, values, "test")

    return change


@pytest.fixture(autouse=True)
async def cheap(set_options: SetOptions) -> None:
    await set_options(Identity, argon2_memory_kib=1024, argon2_passes=1)


MakePerson = Callable[..., Awaitable[User]]


@pytest.fixture
def person(world: World) -> MakePerson:
    """Makes a user with a password."""

    async def make(name: str = "ann", password: str | None = PASSWORD, **columns: Any) -> User:
        async with world.sessions.begin() as session:
            user = await users.create(session, User(name=name, **columns))
            if password is not None:
                hashed = await passwords.hashed(password, CHEAP)
                session.add(Credential(user_id=user.id, password=hashed, password_at=world.now))
        return user

    return make


class Browser:
    """A browser on a page of the gateway's: keeps cookies, says where requests come from, sends its CSRF token."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, path, json=body, headers=named)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.call("POST", path, body, **headers)

    async def ok(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = await self.call(method, path, body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def trust(self, signed_in: dict[str, Any]) -> None:
        self.client.headers["x-csrf-token"] = signed_in["csrf_token"]

    async def login(self, name: str = "ann", password: str = PASSWORD) -> dict[str, Any]:
        found: dict[str, Any] = await self.ok("POST", "/login", {"login": name, "password": password})
        if found["signed_in"]:
            self.trust(found["signed_in"])
        return found

    @property
    def cookie(self) -> str:
        return next((item.value or "" for item in self.client.cookies.jar if "gateway-session" in item.name), "")


MakeBrowser = Callable[..., Browser]


@pytest.fixture
async def browsers(app: FastAPI) -> AsyncIterator[MakeBrowser]:
    """Makes browsers, each with an address of its own when asked."""
    opened: list[httpx.AsyncClient] = []

    def make(base: str = "https://gateway.example", ip: str = "198.51.100.7") -> Browser:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=(ip, 40000)),
            base_url=f"{base}/api/v1",
            headers={
                "sec-fetch-site": "same-origin",
                "origin": base,
                "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0",
            },
        )
        opened.append(client)
        return Browser(client)

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
def browser(browsers: MakeBrowser) -> Browser:
    return browsers()
