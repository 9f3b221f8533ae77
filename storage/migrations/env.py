"""Alembic's entry: runs the revisions on the connection that storage.migrator hands in.

To write a revision: `alembic -c storage/migrations/alembic.ini -x url=sqlite:///FILE revision --autogenerate -m TEXT`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from alembic import context

from storage.database import open_engine
from storage.migrator import ours
from storage.models import Base

if TYPE_CHECKING:
    from sqlalchemy import Connection


def _run(connection: Connection) -> None:
    # render_as_batch: SQLite cannot alter most things in place.
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        include_name=ours,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _connect_and_run(url: str) -> None:
    engine = open_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_run)
    finally:
        await engine.dispose()


_given = context.config.attributes.get("connection")
if _given is not None:
    _run(_given)
else:
    asyncio.run(_connect_and_run(context.get_x_argument(as_dictionary=True)["url"]))
