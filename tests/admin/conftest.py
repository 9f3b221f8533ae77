"""Owns the real admin application on a real migrated SQLite database; only the probe and the Router are made up."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from admin.app import create_app
from admin.services import ProbeResult, ProviderInfo, Services
from admin.sessions import Sessions
from storage import crypto
from storage.database import migrate, open_engine, session_factory
from storage.repositories import admin_tokens

TOKEN = "gwa-" + "t" * 43
PROVIDERS = [
    ProviderInfo("openai", "OpenAI", "openai", "https://api.openai.example/v1"),
    ProviderInfo("openai-compatible", "OpenAI compatible", "openai", ""),
]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file; tests copy it."""
    path = tmp_path_factory.mktemp("admin") / "template.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Path:
    """A database file of this test."""
    return Path(shutil.copy(migrated, tmp_path / "gateway.db"))


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
    router: dict[str, Any] = field(default_factory=lambda: {"table_version": 3, "replicas": 2})
    router_error: Exception | None = None

    async def notify(self) -> None:
        self.notified += 1
        if self.router_error is not None:
            raise self.router_error

    async def probe(self, channel_id: int, model: str, stream: bool) -> ProbeResult:
        self.probes.append((channel_id, model, stream))
        if model == "broken":
            return ProbeResult(False, 401, 31.0, 30.0, model, "authentication", "The upstream refused the secret.")
        return ProbeResult(True, 200, 31.4, 12.1, model)

    async def status(self) -> dict[str, Any]:
        if self.router_error is not None:
            raise self.router_error
        return self.router

    def services(self) -> Services:
        return Services(
            sessions=Sessions(self.sessions),
            box=self.box,
            version="1.2.3",
            notify=self.notify,
            probe=self.probe,
            status=self.status,
            providers=PROVIDERS,
        )


@pytest.fixture
async def world(engine: AsyncEngine) -> World:
    sessions = session_factory(engine)
    async with sessions.begin() as session:
        await admin_tokens.create(session, crypto.digest(TOKEN), "first")
    return World(sessions, crypto.SecretBox(b"k" * 32))


@pytest.fixture
def app(world: World) -> FastAPI:
    return create_app(world.services())


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
