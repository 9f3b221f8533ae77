"""Opening and migrating: addresses, pragmas, several processes at once, a process that dies in between."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

from storage.database import (
    DEFAULT_URL,
    DatabaseUrlError,
    SchemaError,
    migrate,
    open_engine,
    parse_url,
    session_factory,
)
from storage.migrator import revisions as schema_revisions
from storage.models import Base, Channel
from storage.repositories import channels, revisions
from tests.conftest import dump_of_mysql


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///data/x.db", "sqlite+aiosqlite"),
        (DEFAULT_URL, "sqlite+aiosqlite"),
        ("postgresql://u:p@h/d", "postgresql+asyncpg"),
        ("postgres://u:p@h/d", "postgresql+asyncpg"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql+asyncpg"),
        ("mysql://u:p@h/d", "mysql+asyncmy"),
        ("mariadb://u:p@h/d", "mysql+asyncmy"),
    ],
)
def test_the_driver_is_filled_in(given: str, driver: str) -> None:
    assert parse_url(given).drivername == driver


def test_libpq_names_the_same_option_otherwise() -> None:
    assert parse_url("postgresql://h/d?sslmode=require").query == {"ssl": "require"}


@pytest.mark.parametrize("url", ["", "nonsense", "mssql://u:hunter2@h/d", "sqlite://", "sqlite:///:memory:"])
def test_other_addresses_are_refused_without_the_password(url: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        parse_url(url)
    assert "hunter2" not in str(caught.value)


async def test_migrating_brings_the_schema_of_the_models(database_url: str) -> None:
    assert await migrate(database_url) == schema_revisions()
    assert await migrate(database_url) == []
    engine = open_engine(database_url)
    try:
        async with engine.connect() as connection:
            tables = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
            difference = await connection.run_sync(_difference)
    finally:
        await engine.dispose()
    assert {name for name in tables if not name.startswith("usage_records_")} == set(Base.metadata.tables) | {
        "alembic_version"
    }
    assert difference == []


def test_a_restored_database_of_the_tests_is_a_migrated_one(mysql_dump: bytes, migrated_mysql: str) -> None:
    assert b"TRIGGER" in mysql_dump
    assert dump_of_mysql(make_url(migrated_mysql)) == mysql_dump


def _difference(connection: object) -> list[object]:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from storage.migrator import ours

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})  # type: ignore[arg-type]
    return list(compare_metadata(context, Base.metadata))


async def test_nothing_to_do_costs_little(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrate(database_url)
    statements: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    # No environment of Alembic's, no lock that another process may hold: a look at the one row.
    monkeypatch.setattr("storage.migrator.command", None)
    monkeypatch.setattr("storage.migrator._upgrade_mysql", None)
    monkeypatch.setattr("storage.migrator._migration_lock", None)
    event.listen(Engine, "before_cursor_execute", look)
    try:
        assert await migrate(database_url) == []
    finally:
        event.remove(Engine, "before_cursor_execute", look)
    assert "alembic_version" in statements[-1]
    assert len(statements) < 20, statements


async def test_a_database_of_a_newer_version_is_left_alone(engine: AsyncEngine, migrated_url: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="9999"):
        await migrate(migrated_url)


async def test_tasks_of_one_process_may_migrate_at_once(database_url: str) -> None:
    applied = await asyncio.gather(*(migrate(database_url) for _ in range(4)))
    assert sorted(applied) == [[], [], [], schema_revisions()]


MIGRATE = """
import asyncio, sys
from storage.database import migrate
sys.stdin.readline()
print(asyncio.run(migrate(sys.argv[1])))
"""


def test_processes_may_migrate_at_once(database_url: str) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, database_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = sorted(process.communicate()[0].strip() for process in started)
    assert answers == [str(schema_revisions()), "[]", "[]"]
    assert [process.returncode for process in started] == [0, 0, 0]


KILLED = """
import asyncio, os, signal, sys
from storage import database, migrator
upgrade = migrator._upgrade
def and_die(connection):
    upgrade(connection)
    os.kill(os.getpid(), signal.SIGKILL)
migrator._upgrade = and_die
asyncio.run(database.migrate(sys.argv[1]))
"""


def test_a_migration_that_was_killed_can_be_repeated(database_url: str) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, database_url], check=False)
    assert killed.returncode == -signal.SIGKILL
    # MySQL commits each change of the schema by itself.
    again = [] if database_url.startswith("mysql") else schema_revisions()
    assert asyncio.run(migrate(database_url)) == again


async def test_sqlite_runs_with_the_right_pragmas(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/new/folder/gateway.db")
    try:
        async with engine.connect() as connection:
            found = {
                name: (await connection.execute(text(f"PRAGMA {name}"))).scalar()
                for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
            }
    finally:
        await engine.dispose()
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 10_000}


async def test_the_password_is_in_no_representation_of_the_engine() -> None:
    engine = open_engine("postgresql://u:hunter2@localhost/d")
    assert "hunter2" not in repr(engine)
    await engine.dispose()


async def test_sessions_that_read_and_then_write_take_turns(sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions.begin() as session:
        await channels.create(session, Channel(name="c", provider="openai", weight=0))

    async def add_one() -> None:
        async with sessions.begin() as session:
            await revisions.bump(session, revisions.ROUTES)  # the lock that a read alone does not take
            channel = await channels.find_by_name(session, "c")
            assert channel is not None
            await channels.update(session, channel, {"weight": channel.weight + 1})

    await asyncio.gather(*(add_one() for _ in range(20)))
    async with sessions() as session:
        channel = await channels.find_by_name(session, "c")
        assert channel is not None
        assert channel.weight == 20


async def test_a_reader_that_becomes_a_writer_does_not_fail_on_a_stale_view(
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    async with sessions() as first:
        assert await channels.list_all(first) == []
        async with sessions.begin() as second:
            await channels.create(second, Channel(name="b", provider="openai"))
        await channels.create(first, Channel(name="a", provider="openai"))
        await first.commit()
    async with sessions() as session:
        assert [channel.name for channel in await channels.list_all(session)] == ["a", "b"]


async def test_an_engine_survives_the_restart_of_the_server_connection(engine: AsyncEngine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no connection to lose")
    sessions = session_factory(engine)
    async with sessions() as session:
        await revisions.current(session)
    other = open_engine(engine.url.render_as_string(hide_password=False))
    try:
        async with other.connect() as connection:
            await _end_others(connection)
    finally:
        await other.dispose()
    async with sessions() as session:
        assert await revisions.current(session) == {"routes": 0, "keys": 0}


async def _end_others(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        await connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
        return
    others = "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()"
    for number in (await connection.scalars(text(others))).all():
        await connection.execute(text(f"KILL {number}"))
