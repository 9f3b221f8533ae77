"""A search among many keys or users: by the index of words, with what has the searched number as id before the rest."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from admin.endpoints.common import object_id
from admin.listing import fetch
from admin.problems import invalid
from storage.listing import Columns, CursorError, Page
from storage.models import Key, User
from storage.repositories import words

Row = TypeVar("Row", Key, User)


async def search(
    session: AsyncSession,
    statement: Select[Row],
    table: words.Words,
    identity: InstrumentedAttribute[int],
    columns: Columns,
    q: str,
    page: Page,
) -> tuple[Sequence[Row], str | None]:
    """A page in the order of the words; in the order that is asked for when few match. Raises a Problem (422)."""
    number = object_id(q)
    if page.sort:
        matching = await words.few(session, table, q)
        if matching is not None:
            wanted = matching if number is None else matching | {number}
            return await fetch(session, statement.where(identity.in_(wanted)), page, columns, identity)
    one: Sequence[Row] = []
    if number is not None:
        if not page.cursor:
            one = (await session.scalars(statement.where(identity == number))).all()
        statement = statement.where(identity != number)
    try:
        rows, following = await words.search(
            session, statement, table, identity, q, limit=page.limit - len(one), cursor=page.cursor
        )
    except CursorError as error:
        raise invalid([("query.cursor", str(error))]) from None
    return list(one) + list(rows), following
