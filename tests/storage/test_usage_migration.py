"""Revision 0004 up and down with rows: none is lost, partitions take them, roll-ups are filled."""

import time
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import open_engine, session_factory
from storage.models import Day, Usage
from storage.partitions import list_partitions
from storage.records import UsageRecord
from storage.repositories.usage_batch import insert_new
from storage.repositories.usage_search import Wanted, search

MIGRATIONS = Path(__file__).parents[2] / "storage" / "migrations"
NEW = {"user_id", "organisation_id", "group", "accounts", "provider_cost", "reserved", "price_detail", "batch"}
NEWER = {"client_protocol", "upstream_protocol", "plan", "losses", "error_text", "team_id"}
OLD_COLUMNS = [column for column in Usage.__table__.c if column.name not in NEW | NEWER]
NOW = int(time.time()) * 1_000_000
# Long ago, a year ago, now, next century.
STARTED = [0, NOW - 365 * 86_400_000_000, NOW, NOW + 1, 6_000_000_000_000_000]


async def to(engine: AsyncEngine, revision: str, *, up: bool) -> None:
    def run(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        (command.upgrade if up else command.downgrade)(config, revision)

    async with engine.begin() as connection:
        await connection.run_sync(run)


def old_row(number: int, started_at: int) -> dict[str, Any]:
    row = {column.name: f"{column.name}{number}" if column.type.python_type is str else 7 for column in OLD_COLUMNS}
    return {**row, "request_id": f"r{number}", "started_at": started_at, "stream": True, "status": 200, "cost": number}


async def old_rows(engine: AsyncEngine) -> list[dict[str, Any]]:
    async with engine.connect() as connection:
        found = await connection.execute(select(*OLD_COLUMNS).order_by(Usage.request_id))
        return [dict(row) for row in found.mappings()]


@pytest.mark.parametrize("rows", [0, len(STARTED)])
async def test_up_and_down(database_url: str, rows: int) -> None:
    engine = open_engine(database_url)
    sessions = session_factory(engine)
    expected = [old_row(number, started_at) for number, started_at in enumerate(STARTED[:rows])]
    try:
        await to(engine, "0003", up=True)
        async with engine.begin() as connection:
            for row in expected:
                quoted = {name: f"`{name}`" if engine.dialect.name == "mysql" else f'"{name}"' for name in row}
                names, marks = ", ".join(quoted.values()), ", ".join(f":{name}" for name in row)
                await connection.execute(text(f"INSERT INTO usage_records ({names}) VALUES ({marks})"), row)
        for _ in range(2):
            await to(engine, "0004", up=True)
            assert await old_rows(engine) == expected
            async with sessions() as session:
                sums = (await session.execute(select(Day.requests, Day.cost))).all()
                assert sum(row[0] for row in sums) == rows
                assert sum(row[1] for row in sums) == sum(range(rows))
                found = await list_partitions(session)
            if engine.dialect.name == "postgresql":
                moments = (NOW, int(time.time()) * 1_000_000)  # the month may have turned since this file was imported
                assert any((each.first or 0) <= at < each.end for each in found for at in moments)
                assert (found[0].first is None) == bool(rows)
            await to(engine, "0003", up=False)
            assert await old_rows(engine) == expected
        await to(engine, "head", up=True)
        # The same requests again, and one more.
        again = [UsageRecord(f"r{number}", started_at) for number, started_at in enumerate(STARTED)]
        async with sessions.begin() as session:
            new = await insert_new(session, again, "b")
            assert len(new) == len(STARTED) - rows
            assert len(await search(session, Wanted(), limit=100)) == len(STARTED)
    finally:
        await engine.dispose()
