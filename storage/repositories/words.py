"""Searching keys and users by the beginning of a word: what a word is, keeping the words, and pages of a search.

A word begins a name or follows one of SEPARATORS. Each is kept with all that follows it, so that a text of several
words is found too, and a search reads no more of the index than its page has, however many match.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Select, and_, delete, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from storage.listing import CursorError
from storage.models import Key, KeyWord, User, UserWord

SEPARATORS = "-_.:@#+ "
FEW = 5000
"""Of at most so many that match, the page can have another order."""

_MOST = 8  # words of one name
_END = "\U0010ffff"
_place = msgspec.json.Decoder(tuple[str, str, int])
Words = type[KeyWord] | type[UserWord]
Found = TypeVar("Found", Key, User)


def words(*names: str | None) -> set[str]:
    """What somebody or something of these names is found by."""
    found: set[str] = set()
    for name in names:
        # Without spaces at the end: MySQL takes two words that differ by them for the same.
        low = (name or "").lower()[:64].rstrip(" ")
        starts = [at for at in range(len(low)) if low[at] not in SEPARATORS and (not at or low[at - 1] in SEPARATORS)]
        found |= {low[at:] for at in starts[:_MOST]} | ({low} if low else set())
    return found


def rows(named: Iterable[tuple[int, Sequence[str | None]]]) -> list[dict[str, Any]]:
    """The rows of some, given as id and names."""
    return [{"of_id": number, "word": word} for number, names in named for word in sorted(words(*names))]


async def keep(session: AsyncSession, of: Collection[Key] | Collection[User]) -> None:
    """Store the words of keys or users that are new or have other names."""
    if not of:
        return
    table: Words = KeyWord if isinstance(next(iter(of)), Key) else UserWord
    await forget(session, table, [one.id for one in of])
    names = ((one.id, [one.name] if isinstance(one, Key) else [one.name, one.email, one.display_name]) for one in of)
    found = rows(names)
    if found:  # an INSERT of no rows is one of a row of defaults
        await session.execute(insert(table), found)


async def forget(session: AsyncSession, table: Words, ids: Collection[int]) -> None:
    """Delete the words of some."""
    await session.execute(delete(table).where(table.of_id.in_(ids)).execution_options(synchronize_session=False))


def named(q: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """The same condition on the names themselves: for the few of somebody."""
    found: list[ColumnElement[bool]] = []
    for column in columns:
        parts = [column.istartswith(q, autoescape=True)]
        parts += [column.icontains(separator + q, autoescape=True) for separator in SEPARATORS]
        found.append(and_(column.icontains(q, autoescape=True), or_(*parts)))
    return or_(*found)


async def few(session: AsyncSession, table: Words, q: str) -> set[int] | None:
    """The ids of all that match; None: there are more than FEW."""
    low = q.lower()[:64]
    statement = select(table.of_id).where(table.word >= low, table.word < low + _END).limit(FEW + 1)
    found = (await session.scalars(statement)).all()
    return None if len(found) > FEW else set(found)


async def search(
    session: AsyncSession,
    statement: Select[Found],
    table: Words,
    identity: InstrumentedAttribute[int],
    q: str,
    *,
    limit: int,
    cursor: str,
) -> tuple[Sequence[Found], str | None]:
    """A page of those of `statement` that have such a word, in the order of the words. Raises CursorError."""
    low = q.lower()[:64]
    earlier = aliased(table)
    found = (
        statement.join(table, table.of_id == identity)
        .add_columns(table.word)
        .where(
            table.word >= low,
            table.word < low + _END,
            # What has two such words is found by the first of them.
            ~select(literal(1))
            .where(earlier.of_id == table.of_id, earlier.word >= low, earlier.word < table.word)
            .exists(),
        )
        .order_by(table.word, table.of_id)
        .limit(limit + 1)
    )
    if cursor:
        word, number = _read(cursor, low)
        found = found.where(table.word >= word, or_(table.word > word, and_(table.word == word, table.of_id > number)))
    page = (await session.execute(found)).all()
    items = [row[0] for row in page[:limit]]
    if len(page) <= limit:
        return items, None
    last, number = (page[limit - 1][1], items[-1].id) if items else ("", 0)
    return items, base64.urlsafe_b64encode(msgspec.json.encode((low, last, number))).decode().rstrip("=")


def _read(cursor: str, low: str) -> tuple[str, int]:
    """Where the cursor points to. It comes from a client, so that everything about it is checked."""
    try:
        q, word, number = _place.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, msgspec.DecodeError):
        q, word, number = "", "\0", 0
    if q != low or "\0" in word or len(word) > 64 or not 0 <= number < 2**63:
        msg = "this cursor is not one of this search; begin without one"
        raise CursorError(msg)
    return word, number
