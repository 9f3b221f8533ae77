"""The admin API while the database is away: 503 soon, whichever way it shows; a mistake of our own stays a 500."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import exc, make_url, text

from storage import crypto
from storage.database import open_engine, session_factory
from storage.outage import is_away
from storage.repositories import admin_tokens
from tests.admin.conftest import TOKEN, World
from tests.admin.services import application
from tests.integration.outage import Outage
from tests.stopwatch import Stopwatch

BOUND_S = 5.0
AWAY: list[BaseException] = [
    TimeoutError(),
    ConnectionRefusedError(),
    ConnectionResetError(),
    OSError("no route"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.InvalidPasswordError("password authentication failed"),
    asyncpg.InvalidCatalogNameError("database does not exist"),
    asyncpg.InterfaceError("connection is closed"),
    exc.TimeoutError("QueuePool limit"),
    exc.DBAPIError("SELECT secret", {"digest": "x"}, ConnectionError("away")),
    exc.DBAPIError("SELECT secret", {}, SimpleNamespace(sqlstate="57P01")),  # type: ignore[arg-type]
    exc.DBAPIError("SELECT secret", {}, SimpleNamespace(sqlstate="25006")),  # type: ignore[arg-type]
    exc.DBAPIError("SELECT secret", {}, ValueError("gone"), connection_invalidated=True),
]
OURS: list[BaseException] = [
    KeyError("secret"),
    exc.InvalidRequestError("secret"),
    exc.ProgrammingError("SELECT secret", {}, SimpleNamespace(sqlstate="42P01")),  # type: ignore[arg-type]
    exc.DBAPIError("SELECT secret", {}, SimpleNamespace(sqlstate="22003")),  # type: ignore[arg-type]
    exc.StatementError("secret", "SELECT secret", {}, KeyError("secret")),
]


async def whoami(world: World) -> httpx.Response:
    headers = {"authorization": f"Bearer {TOKEN}"}
    transport = httpx.ASGITransport(application(world.services(), "away"))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        answer = await client.get("/api/v1/whoami", headers=headers)
    assert ("The database does not answer" in answer.text) == (answer.status_code == 503)
    assert answer.status_code == 200 or "secret" not in answer.text
    return answer


def failing(error: BaseException) -> Callable[[], Any]:
    """Sessions that fail with `error` at their first use."""

    def make() -> object:
        raise error

    return make


@pytest.mark.parametrize("error", AWAY, ids=repr)
async def test_a_database_that_is_away(world: World, refused, error: BaseException) -> None:
    world.sessions = failing(error)  # type: ignore[assignment]
    answer = await whoami(world)
    refused(answer, 503)
    assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize("error", OURS, ids=repr)
async def test_a_mistake_of_our_own(world: World, refused, error: BaseException) -> None:
    world.sessions = failing(error)  # type: ignore[assignment]
    refused(await whoami(world), 500)


async def test_an_error_outside_of_the_database_is_no_outage(api, world: World, make_channel, refused) -> None:
    async def broken(channel_id: int, model: str, stream: bool) -> None:
        raise ConnectionError

    await make_channel(models=["m"])
    object.__setattr__(world, "probe", broken)
    headers = {"authorization": f"Bearer {TOKEN}"}
    transport = httpx.ASGITransport(application(world.services(), "away"))
    async with httpx.AsyncClient(transport=transport, base_url="http://x/api/v1", headers=headers) as client:
        refused(await client.post("/channels/main/test"), 500)


async def test_statements_that_are_wrong_and_databases_that_are_busy(tmp_path: Path, postgres_database: str) -> None:
    for url in (f"sqlite:///{tmp_path / 'a.db'}", postgres_database):
        engine = open_engine(url)
        with pytest.raises(exc.SQLAlchemyError) as found:
            async with session_factory(engine)() as session:
                await session.execute(text("SELECT * FROM nothing"))
        assert not is_away(found.value), url
        await engine.dispose()
    for url in (f"sqlite:///{tmp_path}", f"{postgres_database}x"):
        engine = open_engine(url)
        with pytest.raises(Exception) as other:  # noqa: PT011  # a driver's own, or wrapped
            async with session_factory(engine)() as session:
                await session.connection()
        assert is_away(other.value), url
        await engine.dispose()


@pytest.fixture
async def relayed(migrated_postgres: str, free_port: int) -> AsyncIterator[tuple[World, Outage]]:
    """Services on PostgreSQL behind a relay, with some connections in the pool."""
    url = make_url(migrated_postgres)
    relay = Outage(Path(str(url.query["host"])) / f".s.PGSQL.{url.port or 5432}", free_port)
    await relay.restore()
    engine = open_engine(f"postgresql://{url.username}:@127.0.0.1:{free_port}/{url.database}")
    sessions = session_factory(engine)
    async with sessions.begin() as session:
        await admin_tokens.create(session, crypto.digest(TOKEN), "first")
    yield World(sessions, crypto.SecretBox(b"k" * 32)), relay
    await relay.restore()
    await engine.dispose()
    await relay.close()


async def test_refused_and_silent_connections(relayed: tuple[World, Outage], refused) -> None:
    world, relay = relayed

    async def soon(status: int, within_s: float) -> None:
        watch = Stopwatch()
        answers = await asyncio.gather(*(whoami(world) for _ in range(3)))
        assert watch.s < within_s
        for answer in answers:
            assert answer.status_code == status, answer.text
            assert status == 200 or refused(answer, status)["detail"].startswith("The database does not answer.")

    await soon(200, 5)
    await relay.refuse()
    await soon(503, 2)
    await relay.restore()
    await soon(200, 2)
    relay.hang()
    await soon(503, 2 * BOUND_S)  # the page first, then the route: each waits
    await relay.restore()
    await soon(200, 5)
