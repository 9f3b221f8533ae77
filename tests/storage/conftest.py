"""Owns the databases of the storage tests: every test that asks for one runs on SQLite, PostgreSQL and MariaDB."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from storage.database import open_engine, session_factory
from storage.records import UsageRecord


@pytest.fixture(params=["sqlite", "postgres", "mysql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database this test runs on."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, as an operator would write it."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path}/gateway.db"
    url: str = request.getfixturevalue(f"{kind}_database")
    return url


@pytest.fixture
def migrated_url(kind: str, request: pytest.FixtureRequest) -> str:
    """URL of a migrated database."""
    url: str = request.getfixturevalue(f"migrated_{kind}")
    return url


@pytest.fixture
async def engine(migrated_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine of a migrated database."""
    engine = open_engine(migrated_url)
    yield engine
    await engine.dispose()


@pytest.fixture
def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions of a migrated database."""
    return session_factory(engine)


@pytest.fixture
def make_record() -> Callable[..., UsageRecord]:
    """A function that makes a plausible record from a request id, with any field given otherwise."""

    def make(request_id: str, **fields: Any) -> UsageRecord:
        usual = {
            "started_at": 1_763_794_000_000_000,
            "key_id": 12,
            "channel_id": 3,
            "provider": "openai",
            "operation": "chat",
            "model": "gpt-4o-mini",
            "upstream_model": "gpt-4o-mini",
            "response_model": "gpt-4o-mini-2024-07-18",
            "stream": True,
            "status": 200,
            "end": "complete",
            "input_tokens": 1234,
            "output_tokens": 567,
            "cached_tokens": 100,
            "usage_source": "upstream",
            "cost": 517_800,
            "price_id": 77,
            "queue_us": 350,
            "first_byte_us": 420_000,
            "first_token_us": 450_000,
            "total_us": 3_200_000,
            "attempts": 1,
            "replica": "ingress-abc123",
            "client_ip": "127.0.0.1",
            "finish_reason": "stop",
            "upstream_request_id": "req_0123456789",
            "client_protocol": "messages",
            "upstream_protocol": "chat",
            "plan": "convert messages to chat",
            "losses": "top_k",
        }
        return UsageRecord(request_id, **{**usual, **fields})

    return make
