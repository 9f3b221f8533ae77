"""Revision 0003 up and down with data: keys stay what they were, ids are never given again, entries are protected."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import open_engine
from storage.ledger import accounts, post
from storage.ledger.transactions import transact
from tests.storage.ledger.conftest import Sessions

MIGRATIONS = Path(__file__).parents[3] / "storage" / "migrations"
KEY = {"name": "k", "digest": b"d" * 32, "hint": "sk-...", "enabled": True, "admin": False, "models": '["a"]'}


async def to(engine: AsyncEngine, revision: str, *, up: bool) -> None:
    def run(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        (command.upgrade if up else command.downgrade)(config, revision)

    async with engine.begin() as connection:
        await connection.run_sync(run)


async def add_key(engine: AsyncEngine, **changes: Any) -> None:
    statement = text(
        "INSERT INTO api_keys (name, digest, hint, enabled, admin, models, origin, created_at, updated_at) "
        "VALUES (:name, :digest, :hint, :enabled, :admin, :models, 'api', '2026-01-01', '2026-01-01')"
        if engine.dialect.name != "postgresql"
        else "INSERT INTO api_keys (name, digest, hint, enabled, admin, models, origin, created_at, updated_at) "
        "VALUES (:name, :digest, :hint, :enabled, :admin, CAST(:models AS JSON), 'api', now(), now())"
    )
    async with engine.begin() as connection:
        await connection.execute(statement, {**KEY, **changes})


async def keys_of(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return [
            tuple(row) for row in await connection.execute(text("SELECT id, name, digest FROM api_keys ORDER BY id"))
        ]


async def test_up_and_down_with_data(database_url: str) -> None:
    engine = open_engine(database_url)
    try:
        await to(engine, "0002", up=True)
        await add_key(engine)
        for turn in range(2):
            await to(engine, "0003", up=True)
            assert (await keys_of(engine))[0] == (1, "k", b"d" * 32)
            await use(Sessions(engine, expire_on_commit=False))
            async with engine.begin() as connection:
                await connection.execute(text("UPDATE api_keys SET user_id = 1, cost_cap = 5"))
                await connection.execute(text("DELETE FROM api_keys WHERE name = 'gone'"))
            await to(engine, "0002", up=False)
            assert await keys_of(engine) == [(1, "k", b"d" * 32)]
            await add_key(engine, name="gone", digest=bytes([turn]) * 32)
            assert [key[0] for key in await keys_of(engine)] == [1, turn + 2], (
                "the id of a removed key is not given again"
            )
    finally:
        await engine.dispose()


async def use(sessions: Sessions) -> None:
    """Book something, and find that it cannot be changed."""

    async def work(session: Any) -> None:
        (account_id,) = (await accounts.ensure(session, [("user", 1, 0)])).values()
        assert (await post(session, account_id, 5, reason="grant", actor="a", reference="r"))[1]

    await transact(sessions, work)
    with pytest.raises(DBAPIError, match="never changed"):
        async with sessions.begin() as session:
            await session.execute(text("DELETE FROM entries"))
