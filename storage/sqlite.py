"""SQLite's connections and cursors. Owns how often a statement goes to its thread, and how a connection ends.

What a connection is set to is in storage/database.py.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, Self, TypeVar, cast

import aiosqlite

_T = TypeVar("_T")
_AT_ONCE = 256
"""Rows that come with a statement; a statement that is read as a stream holds no more of them."""


class Cursor:
    """Takes a statement and its rows to the connection's thread and back once.

    aiosqlite's own goes there for the cursor, for the statement, for the rows and for the end, and each of these ways
    costs more than most of our statements do. It has what SQLAlchemy asks of a cursor. Raises what sqlite3 raises.
    """

    def __init__(self, connection: "Connection") -> None:
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self._connection = connection
        self._rows: list[Any] = []
        self._at = 0
        self._over = True
        self._open: sqlite3.Cursor | None = None  # the thread's

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    async def __aiter__(self) -> AsyncIterator[Any]:
        while rows := await self.fetchmany(_AT_ONCE):
            for row in rows:
                yield row

    async def execute(self, sql: str, parameters: Any = ()) -> "Cursor":  # noqa: ANN401  # sqlite3's own
        """Run a statement; its first rows are here then."""
        await self._begin(lambda cursor: cursor.execute(sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> "Cursor":
        """Run a statement for each of the parameters."""
        await self._begin(lambda cursor: cursor.executemany(sql, parameters))
        return self

    async def fetchone(self) -> Any:  # noqa: ANN401  # a row
        """The next row; None after the last."""
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next `size` rows; fewer at the end, [] after it."""
        wanted = self.arraysize if size is None else size
        if len(self._rows) - self._at < wanted and not self._over:
            self._rows = self._rows[self._at :] + await self._more(max(_AT_ONCE, wanted))
            self._at = 0
        found = self._rows[self._at : self._at + wanted]
        self._at += len(found)
        return found

    async def fetchall(self) -> list[Any]:
        """All rows that are left."""
        found = self._rows[self._at :] if self._at else self._rows
        self._rows, self._at = [], 0
        return found if self._over else found + await self._more(-1)

    async def close(self) -> None:
        """Give up the rows that are left. Goes to the thread only for a statement that is not over."""
        self._rows, self._at = [], 0
        if not self._over:
            await self._connection.turn(self._end)
            self._over = True

    async def _begin(self, run: Callable[[sqlite3.Cursor], object]) -> None:
        if not self._over:
            await self.close()
        self._over = False  # until the answer is here: who is cancelled before leaves an open statement
        try:
            self._rows, self._over = await self._connection.turn(self._started, run)
        except Exception:
            self._over = True
            raise
        self._at = 0

    async def _more(self, size: int) -> list[Any]:
        rows, self._over = await self._connection.turn(self._read, size)
        return rows

    # In the thread from here on.

    def _started(self, run: Callable[[sqlite3.Cursor], object]) -> tuple[list[Any], bool]:
        self._open = cursor = self._connection.opened.cursor()
        try:
            run(cursor)
        except BaseException:
            self._end()
            raise
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        if cursor.description is None:
            self._end()
            return [], True
        return self._read(_AT_ONCE)

    def _read(self, size: int) -> tuple[list[Any], bool]:
        if self._open is None:
            return [], True
        try:
            rows = self._open.fetchall() if size < 0 else self._open.fetchmany(size)
        except BaseException:
            self._end()
            raise
        if over := size < 0 or len(rows) < size:
            self.rowcount = self._open.rowcount  # of a changing statement that gives rows it is known now
            self._end()
        return rows, over

    def _end(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


class Connection(aiosqlite.Connection):
    """A connection that can be stopped twice, and whose thread is not asked when nothing is to be undone.

    SQLAlchemy stops the connection of a cancelled statement while the close that it has begun is still under way; the
    close then stops it again and waits for an answer of its thread, which has ended: a task that never ends, and a
    loop that waits for it never closes (aiosqlite 0.22.1, SQLAlchemy 2.1.9).
    """

    def __init__(self, path: str, **options: Any) -> None:  # noqa: ANN401  # sqlite3.connect's own
        super().__init__(lambda: sqlite3.connect(path, **options), iter_chunk_size=_AT_ONCE)
        self._thread.daemon = True  # no exit waits for it, as SQLAlchemy has it for those it makes itself
        self._stops = False
        self._stopped: asyncio.Future[Any] | None = None
        self._unanswered = 0

    def cursor(self) -> Any:  # noqa: ANN401  # entered as aiosqlite's; the thread has no part in it
        """A cursor."""
        return Cursor(self)

    @property
    def opened(self) -> sqlite3.Connection:
        """The connection itself, for its thread. Raises ValueError once it is closed."""
        return self._conn

    async def turn(self, work: Callable[..., _T], *args: object) -> _T:
        """What `work` returns, called in the thread after what was asked of it before."""
        return cast("_T", await self._execute(work, *args))

    async def rollback(self) -> None:
        """Undo what was not committed; sessions that only read have nothing to undo."""
        if self._unanswered or self._conn.in_transaction:
            await super().rollback()

    async def _execute(self, fn: Callable[..., Any], *args: Any, **options: Any) -> Any:  # noqa: ANN401  # aiosqlite's own
        # Who is cancelled leaves it counted: nobody knows then what the thread is still doing.
        self._unanswered += 1
        try:
            found = await super()._execute(fn, *args, **options)  # type: ignore[no-untyped-call]
        except Exception:
            self._unanswered -= 1
            raise
        self._unanswered -= 1
        return found

    def stop(self) -> asyncio.Future[Any] | None:
        """Stop the thread after what it has to do; a future of that, None: nobody has to wait for it."""
        if not self._stops:
            self._stops = True
            self._stopped = super().stop()
            return self._stopped
        return None if self._stopped is None or self._stopped.done() else self._stopped
