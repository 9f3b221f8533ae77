"""Pages of a list by keyset: sorted by one column and the id, from behind a place that a cursor names.

Pure statements: adds the order, the place and the limit to a query and makes the next cursor. A page costs the same
wherever in the list it is, as long as the sort column has an index.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Select, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from storage.models import Base
from storage.models.base import UtcDateTime

Row = TypeVar("Row", bound=Base)
Columns = Mapping[str, InstrumentedAttribute[Any]]
"""What a list may be sorted by: name in the API -> column. No column may hold NULL."""


class CursorError(ValueError):
    """A cursor is none of this list's, or the list cannot be sorted so."""


class Page(NamedTuple):
    """What of a list is wanted: `sort` is a name, "-" before it sorts downwards; `cursor` is "" at the beginning."""

    limit: int = 100
    cursor: str = ""
    sort: str = ""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(tuple[str, Any, int])


async def fetch(
    session: AsyncSession,
    statement: Select[Row],
    page: Page,
    columns: Columns,
    identity: InstrumentedAttribute[int],
) -> tuple[Sequence[Row], str | None]:
    """The rows of the page and the cursor of the next one, None at the end. Raises CursorError.

    The first of `columns` is what is sorted by when nothing is asked.
    """
    found = await session.scalars(paged(statement, page, columns, identity))
    rows = found.all()
    if len(rows) <= page.limit:
        return rows, None
    rows = rows[: page.limit]
    return rows, cursor_behind(rows[-1], page, columns, identity)


def paged(statement: Select[Row], page: Page, columns: Columns, identity: InstrumentedAttribute[int]) -> Select[Row]:
    """The statement with order, place and limit; the limit is one more than the page has, to know of a next one."""
    name, downwards = _sorting(page, columns)
    column = columns[name]
    if page.cursor:
        value, last = _place(page.cursor, ("-" if downwards else "") + name, column)
        behind = column < value if downwards else column > value
        behind_id = identity < last if downwards else identity > last
        statement = statement.where(behind_id if column is identity else or_(behind, and_(column == value, behind_id)))
    order = [column.desc() if downwards else column.asc()]
    if column is not identity:
        order.append(identity.desc() if downwards else identity.asc())
    return statement.order_by(*order).limit(page.limit + 1)


def cursor_behind(row: Base, page: Page, columns: Columns, identity: InstrumentedAttribute[int]) -> str:
    """The cursor of what comes after `row`."""
    name, downwards = _sorting(page, columns)
    value = getattr(row, columns[name].key)
    if isinstance(value, datetime):
        value = value.isoformat()
    place = _encoder.encode((("-" if downwards else "") + name, value, getattr(row, identity.key)))
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def _sorting(page: Page, columns: Columns) -> tuple[str, bool]:
    wanted = page.sort or next(iter(columns))
    name = wanted.removeprefix("-")
    if name not in columns:
        msg = f"sort by one of {', '.join(columns)}, with '-' before it for the other direction"
        raise CursorError(msg)
    return name, wanted.startswith("-")


def _place(cursor: str, sorting: str, column: InstrumentedAttribute[Any]) -> tuple[Any, int]:
    """Where the cursor points to. It comes from a client, so that everything about it is checked."""
    refused = CursorError("this cursor is not one of this list; begin without one")
    try:
        sort, value, last = _decoder.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise refused from None
    kind = datetime if isinstance(column.type, UtcDateTime) else column.type.python_type
    if kind is datetime and isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise refused from None
        if value.tzinfo is None:
            raise refused
    fits = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
    if sort != sorting or not fits or not -(2**63) <= last < 2**63:
        raise refused
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise refused
    if isinstance(value, str) and ("\0" in value or len(value) > 1000):
        raise refused
    return value, last
