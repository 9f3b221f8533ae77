"""Owns the real admin application on a real migrated SQLite database; only the probe and the Router are made up."""

import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from adapters.providers.balances import Balance
from adapters.registry import PROVIDERS as CATALOGUE
from admin.endpoints import live
from admin.options.store import Options
from admin.services import ChannelAskError, ProbeResult, Services, TaskSeen
from admin.sessions import Sessions
from storage import crypto
from storage.database import open_engine, session_factory
from storage.models import AutomationToken
from storage.repositories import admin_tokens, automation_tokens
from tests.admin.services import application, make_services, nobody

TOKEN = "gwa-" + "t" * 43
live.LAST_S = 0.1
"""Tests that ask every route look on only for so long."""

PROVIDERS = {
    "openai": msgspec.structs.replace(CATALOGUE["openai"], regions={"global": ("https://api.openai.example",)}),
    "openai-compatible": CATALOGUE["openai-compatible"],
}


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Path:
    """A database file of this test."""
    return Path(shutil.copy(migrated_file, tmp_path / "gateway.db"))


@pytest.fixture
async def engine(database: Path) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(f"sqlite:///{database}")
    yield engine
    await engine.dispose()


@dataclass
class World:
    """The surroundings of the application under test, and what it did to them."""

    sessions: async_sessionmaker[AsyncSession]
    box: crypto.SecretBox
    notified: int = 0
    probes: list[tuple[int, str, bool]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    retried: list[list[int]] = field(default_factory=list)
    answers: list[ProbeResult] = field(default_factory=list)
    listed: list[str] | ChannelAskError = field(default_factory=list)
    seen: list[TaskSeen | ChannelAskError] = field(default_factory=list)
    left: Balance | ChannelAskError = field(default_factory=lambda: Balance(0, "USD"))
    router: dict[str, Any] = field(default_factory=lambda: {"table_version": 3, "replicas": 2})
    router_error: Exception | None = None
    now: int = field(default_factory=lambda: int(time.time()))
    http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(transport=httpx.MockTransport(nobody)))

    def monotonic(self) -> float:
        """Options are read anew at each use."""
        self._reads = getattr(self, "_reads", 0.0) + 1000.0
        return self._reads

    async def notify(self) -> None:
        self.notified += 1
        if self.router_error is not None:
            raise self.router_error

    async def probe(self, channel_id: int, model: str, stream: bool, **more: Any) -> ProbeResult:
        self.probes.append((channel_id, model, stream))
        self.asked.append(more)
        if self.answers:
            return self.answers.pop(0)
        if model == "broken":
            return ProbeResult(False, 401, 31.0, 30.0, model, "authentication", "The upstream refused the secret.")
        return ProbeResult(True, 200, 31.4, 12.1, model)

    async def balance(self, channel_id: int) -> Balance:
        if isinstance(self.left, ChannelAskError):
            raise self.left
        return self.left

    async def upstream_models(self, channel_id: int) -> list[str]:
        if isinstance(self.listed, ChannelAskError):
            raise self.listed
        return self.listed

    async def retry(self, channel_ids: Sequence[int]) -> int:
        if self.router_error is not None:
            raise self.router_error
        self.retried.append(list(channel_ids))
        return 2

    async def task(
        self, kind: str, channel_id: int, key_id: int, upstream_id: str, *, cancel: bool = False
    ) -> TaskSeen:
        self.asked.append({"kind": kind, "channel": channel_id, "key": key_id, "id": upstream_id, "cancel": cancel})
        found = self.seen.pop(0) if self.seen else ChannelAskError("Nobody is asked in this test.")
        if isinstance(found, ChannelAskError):
            raise found
        return found

    async def status(self) -> dict[str, Any]:
        if self.router_error is not None:
            raise self.router_error
        return self.router

    def services(self) -> Services:
        return make_services(
            self.sessions,
            self.box,
            version="1.2.3",
            notify=self.notify,
            probe=self.probe,
            balance=self.balance,
            upstream_models=self.upstream_models,
            task=self.task,
            status=self.status,
            retry=self.retry,
            providers=PROVIDERS,
            options=Options(Sessions(self.sessions), self.box, clock=self.monotonic),
            http=self.http,
            clock=lambda: self.now,
        )


@pytest.fixture
async def world(engine: AsyncEngine) -> World:
    sessions = session_factory(engine)
    async with sessions.begin() as session:
        await admin_tokens.create(session, crypto.digest(TOKEN), "first")
    return World(sessions, crypto.SecretBox(b"k" * 32))


@pytest.fixture
def app(world: World) -> FastAPI:
    return application(world.services())


@pytest.fixture
async def anyone(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.example") as client:
        yield client


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the admin token, on /api/v1."""
    transport = httpx.ASGITransport(app)
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://gateway.example/api/v1", headers=headers
    ) as client:
        yield client


@pytest.fixture
async def scim(world: World, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A directory's client on /scim/v2, with an automation token of the whole gateway."""
    token = "gwt-" + "s" * 43
    async with world.sessions.begin() as session:
        scopes = ["scim.write", "users.*", "roles.*"]
        await automation_tokens.add(session, AutomationToken(name="okta", digest=crypto.digest(token), scopes=scopes))
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://gateway.example/scim/v2", headers=headers
    ) as client:
        yield client


@pytest.fixture
def declined() -> Callable[..., dict[str, Any]]:
    """Asserts SCIM's form of an error (RFC 7644, 3.12), with its word for it if there is one, and returns it."""

    def check(answer: httpx.Response, status: int, kind: str | None = None) -> dict[str, Any]:
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/scim+json"
        body: dict[str, Any] = answer.json()
        assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
        assert (body["status"], body.get("scimType")) == (str(status), kind)
        assert body["detail"]
        assert len(answer.headers["x-request-id"]) >= 8
        return body

    return check


@pytest.fixture
def refused() -> Callable[[httpx.Response, int], dict[str, Any]]:
    """Asserts the error shape and returns it."""

    def check(answer: httpx.Response, status: int) -> dict[str, Any]:
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        body: dict[str, Any] = answer.json()
        assert body["status"] == status
        assert body["title"]
        assert body["detail"].endswith(".") or body.get("errors")
        assert body["type"].startswith("urn:gateway:problem:")
        assert body["request_id"] == answer.headers["x-request-id"]
        return body

    return check


MakeChannel = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def make_channel(api: httpx.AsyncClient) -> MakeChannel:
    """Creates a channel over the API and returns it."""

    async def make(name: str = "main", **fields: Any) -> dict[str, Any]:
        answer = await api.post("/channels", json={"name": name, "provider": "openai", **fields})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return make
