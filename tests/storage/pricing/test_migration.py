"""The revision 0002 with data in it: prices become versions, and going back keeps the versions in force."""

import time

from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import open_engine
from storage.migrator import _config

OLD = (
    "INSERT INTO prices (provider, model, input, output, cache_read, cache_write, source, created_at)"
    " VALUES (:provider, :model, :input, 2, NULL, 4, 'operator', '2026-01-01 00:00:00')"
)
NEW = (
    "INSERT INTO prices (provider, model, input, output, source, created_at, effective_from, effective_to, terms)"
    " VALUES ('p', :model, :input, 2, 'operator', '2026-01-01 00:00:00', :begin, :end, :terms)"
)


async def to(engine: AsyncEngine, revision: str, *, up: bool) -> None:
    def run(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        (command.upgrade if up else command.downgrade)(config, revision)

    async with engine.begin() as connection:
        await connection.run_sync(run)


async def test_prices_become_versions_and_back(database_url: str) -> None:
    engine = open_engine(database_url)
    try:
        await to(engine, "0001", up=True)
        async with engine.begin() as connection:
            await connection.execute(text(OLD), {"provider": "p", "model": "a", "input": 2**53})
            await connection.execute(text(OLD), {"provider": "", "model": "b", "input": 1})
        await to(engine, "0002", up=True)
        async with engine.begin() as connection:
            query = "SELECT id, model, input, cache_write, effective_from, effective_to, terms FROM prices ORDER BY id"
            rows = (await connection.execute(text(query))).all()
            assert [tuple(row)[1:] for row in rows] == [("a", 2**53, 4, 0, None, None), ("b", 1, 4, 0, None, None)]
            now = int(time.time())
            for model, amount, begin, end in (
                ("a", 7, now - 50, None),  # in force
                ("a", 8, now + 500, None),  # to come
                ("c", 9, 0, now - 50),  # removed
            ):
                values = {"model": model, "input": amount, "begin": begin, "end": end, "terms": '{"call": 3}'}
                await connection.execute(text(NEW), values)
            await connection.execute(text("INSERT INTO group_overrides VALUES ('a', 'b', 5)"))
        await to(engine, "0001", up=False)
        async with engine.begin() as connection:
            rows = (await connection.execute(text("SELECT model, input, output FROM prices ORDER BY model"))).all()
            assert [tuple(row) for row in rows] == [("a", 7, 2), ("b", 1, 2)]
        await to(engine, "0002", up=True)
    finally:
        await engine.dispose()
