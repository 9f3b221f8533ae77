"""A batch of usage records as one INSERT: values made to fit their columns, and the statement of each database.

Written for speed, since every request passes here: the work is done by column, and past SQLAlchemy's handling of each
parameter (measured in batches of 500: 10 instead of 37 us of CPU per record on SQLite). Executes nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Integer, String
from sqlalchemy.dialects import postgresql, sqlite

from storage.models import Usage
from storage.records import FIELDS, UsageRecord

# What a column holds at most. Token counts come from upstreams, who may answer anything: the bound keeps the sum of
# billions of records within 64 bits.
_INT64 = 2**63 - 1
_INT32 = 2**31 - 1
_COST = 2**53

_COLUMNS = tuple(Usage.__table__.c[name] for name in FIELDS)
_POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]
_SQLITE = sqlite.dialect()


def _limit(name: str) -> int:
    """The longest text, or the largest number, that the column takes."""
    kind = Usage.__table__.c[name].type
    if isinstance(kind, String):
        return kind.length or _INT32
    if name == "cost":
        return _COST
    return _INT32 if type(kind) is Integer or name.endswith("_tokens") else _INT64


_LIMITS = tuple((isinstance(column.type, String), _limit(column.name)) for column in _COLUMNS)


def columns_of(records: Sequence[UsageRecord]) -> list[Sequence[Any]]:
    """The values of the records by column, made to fit: a record that is refused would hold up all behind it.

    Upstreams choose some of these strings and numbers. PostgreSQL refuses NUL in a text and numbers out of range. Here
    a text is cut, a NUL replaced, a number moved to the nearest one allowed, which is never below zero.
    """
    columns: list[Sequence[Any]] = []
    for (is_text, limit), values in zip(_LIMITS, zip(*map(msgspec.structs.astuple, records), strict=True), strict=True):
        if is_text:
            if max(map(len, values)) > limit or "\0" in "".join(values):
                columns.append([value[:limit].replace("\0", "\N{REPLACEMENT CHARACTER}") for value in values])
                continue
        elif min(values) < 0 or max(values) > limit:
            columns.append([max(0, min(value, limit)) for value in values])
            continue
        columns.append(values)
    return columns


def _names(quote: Any) -> str:  # noqa: ANN401 - SQLAlchemy does not type its preparers
    return ", ".join(quote(name) for name in FIELDS)


# Columns as arrays: one statement and one round trip for any number of records.
# S608: the text is made of our own names only.
_POSTGRES_INSERT = "INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING".format(  # noqa: S608
    table=Usage.__tablename__,
    names=_names(_POSTGRES.identifier_preparer.quote),
    arrays=", ".join(
        f"${number}::{column.type.compile(_POSTGRES).split('(')[0]}[]" for number, column in enumerate(_COLUMNS, 1)
    ),
)
_SQLITE_INSERT = "INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING".format(  # noqa: S608
    table=Usage.__tablename__,
    names=_names(_SQLITE.identifier_preparer.quote),
    marks=", ".join("?" * len(FIELDS)),
)


def insert_for(dialect: str, records: Sequence[UsageRecord]) -> tuple[str, Any]:
    """The statement in the words of the database's driver, and its parameters. Raises NotImplementedError."""
    columns = columns_of(records)
    if dialect == "postgresql":
        return _POSTGRES_INSERT, tuple(map(list, columns))
    if dialect == "sqlite":
        return _SQLITE_INSERT, list(zip(*columns, strict=True))
    msg = f"usage records cannot be inserted into {dialect}"
    raise NotImplementedError(msg)
