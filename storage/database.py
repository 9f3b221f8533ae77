"""Opening the database and bringing its schema up to date.

Owns addresses, drivers, pools, SQLite's pragmas and the locks around a migration. Holds no query about any noun.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool, Pool

DEFAULT_URL = "sqlite+aiosqlite:///data/gateway.db"

_MIGRATIONS = Path(__file__).parent / "migrations"
# Any fixed number that no other program in the same database is likely to choose.
_ADVISORY_LOCK = 0x6C6C6D67617465
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


class DatabaseUrlError(ValueError):
    """The address names a database that is not supported, or says it in a way that cannot be read."""


class SchemaError(RuntimeError):
    """The database was written by a newer version of the gateway."""


def parse_url(url: str) -> URL:
    """The address with its asynchronous driver filled in. Raises DatabaseUrlError without repeating a password."""
    try:
        parsed = make_url(url)
    except Exception as error:
        msg = "the database URL cannot be read: expected sqlite:///path/to/file or postgresql://user:password@host/name"
        raise DatabaseUrlError(msg) from error
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        msg = f"database {parsed.drivername!r} is not supported: use sqlite:///path/to/file or postgresql://user@host/name"
        raise DatabaseUrlError(msg)
    parsed = parsed.set(drivername=driver)
    if driver.startswith("sqlite") and parsed.database in {None, "", ":memory:"}:
        msg = "an SQLite database needs a file, for example sqlite:///data/gateway.db: several processes share it"
        raise DatabaseUrlError(msg)
    if "sslmode" in parsed.query:  # libpq's word, found in most connection strings; asyncpg calls it ssl
        query = {("ssl" if name == "sslmode" else name): value for name, value in parsed.query.items()}
        parsed = parsed.set(query=query)
    return parsed


def _on_sqlite_connect(connection: DBAPIConnection, _record: object) -> None:
    # Transactions stay in sqlite3's own mode on purpose: BEGIN is sent with the first write, not with the first read: a
    # session that reads and then writes waits its turn (busy_timeout) and does not fail at once on a stale view.
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA busy_timeout = 10000")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
    finally:
        cursor.close()


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _create_engine(url: str, pool: type[Pool] | None = None) -> AsyncEngine:
    parsed = parse_url(url)
    options: dict[str, Any] = {"json_serializer": _to_json, "json_deserializer": msgspec.json.decode, "poolclass": pool}
    if parsed.get_backend_name() == "sqlite":
        Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(parsed, connect_args={"timeout": 10}, **options)
        event.listen(engine.sync_engine, "connect", _on_sqlite_connect)
        return engine
    arguments = {"timeout": 10, "command_timeout": 60, "server_settings": {"application_name": "llm-gateway"}}
    return create_async_engine(parsed, connect_args=arguments, pool_pre_ping=True, **options)


def open_engine(url: str) -> AsyncEngine:
    """An engine for `url`, SQLite in WAL mode or PostgreSQL; connects at first use. Close it by `engine.dispose()`."""
    return _create_engine(url)


def session_factory(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions of `engine`. Objects stay readable after the commit; keep a session open for database work only."""
    return async_sessionmaker(engine, expire_on_commit=False)


async def migrate(url: str) -> list[str]:
    """Bring the schema up to date and return the revisions applied, oldest first; [] when there was nothing to do.

    Any number of processes may call this at once: one works, the others wait and find nothing left. Interrupted at any
    point, nothing of it stays. Raises SchemaError when the database belongs to a newer version.
    """
    # A pool would keep connections that nobody uses after this.
    engine = _create_engine(url, NullPool)
    try:
        async with engine.connect() as connection:
            if not await connection.run_sync(_pending):
                return []
        async with _migration_lock(engine), engine.connect() as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            else:
                await connection.exec_driver_sql("BEGIN IMMEDIATE")  # sqlite3 would run DDL outside a transaction
            return await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _pending(connection: Connection) -> list[str]:
    """The revisions that this connection's database lacks, oldest first."""
    scripts = ScriptDirectory(str(_MIGRATIONS))
    current = MigrationContext.configure(connection).get_current_revision()
    head = scripts.get_current_head()
    if current == head:
        return []
    try:
        missing = [script.revision for script in scripts.iterate_revisions(head, current or "base")]
    except CommandError as error:
        msg = f"the database has the unknown schema revision {current!r}: run the newer version that wrote it"
        raise SchemaError(msg) from error
    return missing[::-1]


def _upgrade(connection: Connection) -> list[str]:
    missing = _pending(connection)
    if missing:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return missing


@asynccontextmanager
async def _migration_lock(engine: AsyncEngine) -> AsyncIterator[None]:
    """One process at a time on SQLite, by a lock file beside the database; PostgreSQL locks inside the transaction."""
    if engine.dialect.name != "sqlite":
        yield
        return
    descriptor = os.open(f"{engine.url.database}.migrate.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        await asyncio.to_thread(fcntl.flock, descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # and with it the lock
