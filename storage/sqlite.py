"""SQLite's connections. Owns how a connection ends; what it is set to is in storage/database.py."""

import asyncio
import sqlite3
from typing import Any

import aiosqlite


class Connection(aiosqlite.Connection):
    """A connection that can be stopped twice.

    SQLAlchemy stops the connection of a cancelled statement while the close that it has begun is still under way; the
    close then stops it again and waits for an answer of its thread, which has ended: a task that never ends, and a
    loop that waits for it never closes (aiosqlite 0.22.1, SQLAlchemy 2.1.9).
    """

    def __init__(self, path: str, **options: Any) -> None:  # noqa: ANN401  # sqlite3.connect's own
        super().__init__(lambda: sqlite3.connect(path, **options), iter_chunk_size=64)
        self._thread.daemon = True  # no exit waits for it, as SQLAlchemy has it for those it makes itself
        self._stops = False
        self._stopped: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        """Stop the thread after what it has to do; a future of that, None: nobody has to wait for it."""
        if not self._stops:
            self._stops = True
            self._stopped = super().stop()
            return self._stopped
        return None if self._stopped is None or self._stopped.done() else self._stopped
