"""Reading another gateway's database in pages of bounded size. It must not write to it.

Owns the connection only: which tables and what they mean is in the other files here.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, TableClause, column, func, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.database import DatabaseUrlError, parse_url

Row = dict[str, Any]


class SourceError(RuntimeError):
    """The database cannot be read; the text names no password."""


class Reader:
    """One source; use `async with`. A row is column name -> text, number, bool or None."""

    def __init__(self, url: str) -> None:
        try:
            self._url = parse_url(url)
        except DatabaseUrlError as error:
            raise SourceError(str(error)) from None
        if self._url.drivername.startswith("sqlite") and not Path(self._url.database or "").is_file():
            raise SourceError(f"there is no file {self._url.database}")
        self._engine: AsyncEngine = create_async_engine(_read_only(self._url), pool_size=1, max_overflow=0)
        self._tables: dict[str, TableClause] = {}

    async def __aenter__(self) -> Self:
        try:
            async with self._engine.connect() as connection:
                self._tables = await connection.run_sync(_tables_of)
        except (SQLAlchemyError, OSError) as error:
            await self._engine.dispose()
            reason = type(getattr(error, "orig", None) or error).__name__
            raise SourceError(f"the database cannot be opened: {reason}") from None
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._engine.dispose()

    @property
    def tables(self) -> frozenset[str]:
        """The names of its tables."""
        return frozenset(self._tables)

    async def count(self, name: str) -> int:
        """How many rows a table has."""
        async with self._engine.connect() as connection:
            return int(await connection.scalar(select(func.count()).select_from(self._tables[name])) or 0)

    async def page(self, name: str, key: str, after: Any = None, *, size: int) -> list[Row]:  # noqa: ANN401  # a key
        """The rows behind the key `after` in its order, at most `size`. Rows that were removed softly are there too."""
        found = self._tables[name]
        statement = select(found).order_by(found.c[key]).limit(size)
        if after is not None:
            statement = statement.where(found.c[key] > after)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return [{str(of): _plain(value) for of, value in row.items()} for row in rows]


def _read_only(url: URL) -> URL:
    """SQLite is told so; on servers nothing but SELECT is ever sent."""
    if not url.drivername.startswith("sqlite"):
        return url
    path = Path(url.database or "").resolve()
    return url.set(database=path.as_uri(), query={"mode": "ro", "uri": "true"})


def _tables_of(connection: Any) -> dict[str, TableClause]:  # noqa: ANN401  # a synchronous connection
    """Names of columns without their types: the values come as the driver has them, whatever their type was called."""
    looked = inspect(connection)
    return {
        name: table(name, *(column(each["name"]) for each in looked.get_columns(name)))
        for name in looked.get_table_names()
    }


def _plain(value: object) -> Any:  # noqa: ANN401  # what JSON can hold
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value
