"""How every list of the API is asked for and answered: page, order, search; the noun's own filters stand beside it.

async def list_keys(services: Surroundings, caller: ..., page: Paged, q: Search = "") -> Listed[KeyOut]
"""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import Field
from sqlalchemy import ColumnElement, Select, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from admin.problems import invalid
from admin.schemas.base import Wire
from storage import listing
from storage.listing import Columns, Page
from storage.models import Base

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Base)

_TEXT = r"^[^\x00]*$"

Search = Annotated[str, Query(max_length=200, pattern=_TEXT, description="Part of a name, or an id.")]


class Listed(Wire, Generic[Item]):
    """One page. `next` is the `cursor` of the page behind it, null at the end."""

    items: list[Item]
    next: str | None = Field(default=None, examples=["WyJuYW1lIiwiYW5uIiw3XQ"])


async def _page(
    limit: Annotated[int, Query(ge=1, le=1000, description="Items on the page.")] = 100,
    cursor: Annotated[str, Query(max_length=2000, pattern=_TEXT, description="`next` of the page before.")] = "",
    sort: Annotated[str, Query(max_length=64, pattern=_TEXT, description="A name, with '-' before it downwards.")] = "",
) -> Page:
    return Page(limit, cursor, sort)


Paged = Annotated[Page, Depends(_page)]
"""The page that a request asks for."""


async def fetch(
    session: AsyncSession,
    statement: Select[Row],
    page: Page,
    columns: Columns,
    identity: InstrumentedAttribute[int],
) -> tuple[Sequence[Row], str | None]:
    """As storage.listing.fetch; a wrong cursor or order is a Problem (422)."""
    try:
        return await listing.fetch(session, statement, page, columns, identity)
    except listing.CursorError as error:
        field = "cursor" if "cursor" in str(error) else "sort"
        raise invalid([(f"query.{field}", str(error))]) from None


def contains(
    text: str, *columns: InstrumentedAttribute[Any], identity: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """A filter: one of the columns contains the text, or the id is that number."""
    parts: list[ColumnElement[bool]] = [column.icontains(text, autoescape=True) for column in columns]
    if text.isascii() and text.isdigit() and len(text) <= 18:
        parts.append(identity == int(text))
    return or_(*parts)
