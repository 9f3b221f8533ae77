"""Opening the database.

Owns addresses, drivers, pools and SQLite's pragmas. Holds no query about any noun; storage/migrator.py migrates.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from storage.sqlite import Connection

DEFAULT_URL = "sqlite+aiosqlite:///data/gateway.db"

_EXAMPLES = "sqlite:///path/to/file, postgresql://user:password@host/name or mysql://user:password@host/name"
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql+asyncpg": "postgresql+asyncpg",
    "mysql": "mysql+asyncmy",
    "mariadb": "mysql+asyncmy",
    "mysql+asyncmy": "mysql+asyncmy",
    "mariadb+asyncmy": "mysql+asyncmy",
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
        msg = f"the database URL cannot be read: expected {_EXAMPLES}"
        raise DatabaseUrlError(msg) from error
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        msg = f"database {parsed.drivername!r} is not supported: use {_EXAMPLES}"
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
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            # Only while a database is new: another connection is at work in it, and SQLite does not wait for that.
            # The mode is the file's; whoever connects next makes it.
            pass
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
    finally:
        cursor.close()


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def open_engine(url: str, *, pooled: bool = True, statement_s: float | None = 60) -> AsyncEngine:
    """An engine for `url`: SQLite in WAL mode, PostgreSQL, MySQL or MariaDB. Close it by `engine.dispose()`.

    It connects at first use. Without `pooled` a connection is closed after use, for work that is done once. A statement
    that takes longer than `statement_s` on PostgreSQL is cancelled.
    """
    parsed = parse_url(url)
    options: dict[str, Any] = {
        "json_serializer": _to_json,
        "json_deserializer": msgspec.json.decode,
        # What a statement was given does not get into the text of its error, and so into no log.
        "hide_parameters": True,
    }
    if not pooled:
        options["poolclass"] = NullPool
    if parsed.get_backend_name() == "sqlite":
        Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(parsed, connect_args={"timeout": 10, "async_creator_fn": Connection}, **options)
        event.listen(engine.sync_engine, "connect", _on_sqlite_connect)
        return engine
    if parsed.get_backend_name() == "mysql":
        from storage.mysql import ENGINE_OPTIONS  # noqa: PLC0415 - its hooks are for those who use it

        return create_async_engine(parsed, **ENGINE_OPTIONS, **options)
    arguments = {"timeout": 10, "command_timeout": statement_s, "server_settings": {"application_name": "llm-gateway"}}
    return create_async_engine(parsed, connect_args=arguments, pool_pre_ping=True, **options)


def session_factory(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions of `engine`. Objects stay readable after the commit; keep a session open for database work only."""
    return async_sessionmaker(engine, expire_on_commit=False)


async def migrate(url: str) -> list[str]:
    """Bring the schema up to date and return the revisions applied, oldest first; [] when there was nothing to do.

    Any number of processes may call this at once: one works, the others wait and find nothing left. Interrupted at any
    point, nothing of it stays, but for MySQL, where what was applied stays: a revision that was interrupted in the
    middle has to be undone from a backup. Raises SchemaError when the database belongs to a newer version.
    """
    from storage.migrator import upgrade  # noqa: PLC0415 - Alembic's memory is not for processes that only open a database

    engine = open_engine(url, pooled=False, statement_s=None)  # an index of a large table takes its time
    try:
        return await upgrade(engine)
    finally:
        await engine.dispose()
