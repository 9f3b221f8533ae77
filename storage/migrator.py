"""Bringing the schema up to date with Alembic, whose revisions are in storage/migrations.

Owns the locks around it. Called through storage.database.migrate.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import SchemaError

PARTITIONED = "usage_records"
_MIGRATIONS = Path(__file__).parent / "migrations"
# Any fixed number that no other program in the same database is likely to choose.
_ADVISORY_LOCK = 0x6C6C6D67617465


def revisions() -> list[str]:
    """All revisions that this version knows, oldest first."""
    scripts = ScriptDirectory(str(_MIGRATIONS))
    return [script.revision for script in scripts.walk_revisions()][::-1]


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """False for the partitions of PostgreSQL, which no model describes: for Alembic's `include_name`."""
    return kind != "table" or name is None or not name.startswith(f"{PARTITIONED}_")


async def upgrade(engine: AsyncEngine) -> list[str]:
    """Apply what is missing, as storage.database.migrate says."""
    async with engine.connect() as connection:
        if not await connection.run_sync(_pending):
            return []
    if engine.dialect.name == "mysql":
        return await _upgrade_mysql(engine)
    async with _migration_lock(engine), engine.connect() as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        else:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")  # sqlite3 would run DDL outside a transaction
        return await connection.run_sync(_upgrade)


async def _upgrade_mysql(engine: AsyncEngine) -> list[str]:
    from storage.mysql import LOCK  # noqa: PLC0415 - its hooks are for those who use it

    # Every change of the schema commits there. Without a transaction the note of each revision does so too.
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        if await connection.scalar(text(LOCK)) != 1:
            msg = "another process has been migrating this database for ten minutes"
            raise SchemaError(msg)
        return await connection.run_sync(_upgrade)


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
    except (CommandError, RevisionError) as error:
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
