"""Pages by keyset: every row once, in order, whatever it is sorted by; a cursor that is none of the list is refused."""

import base64
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import open_engine, session_factory
from storage.listing import CursorError, Page, fetch
from storage.models import User

COLUMNS = {"name": User.name, "created_at": User.created_at, "id": User.id, "group": User.group}


@pytest.fixture
async def session(migrated_sqlite: str) -> AsyncIterator[AsyncSession]:
    engine = open_engine(migrated_sqlite)
    chance = random.Random(7)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    async with session_factory(engine)() as session:
        for number in range(57):
            made = begin + timedelta(seconds=chance.randrange(9))
            session.add(User(name=f"u{chance.randrange(10**6)}-{number}", group=f"g{number % 3}", created_at=made))
        await session.commit()
        yield session
    await engine.dispose()


@pytest.mark.parametrize("sort", ["", "name", "-name", "created_at", "-created_at", "id", "-id", "group", "-group"])
async def test_every_row_once_and_in_order(session: AsyncSession, sort: str) -> None:
    seen: list[User] = []
    cursor: str | None = ""
    while cursor is not None:
        rows, cursor = await fetch(session, select(User), Page(10, cursor, sort), COLUMNS, User.id)
        assert 0 < len(rows) <= 10
        seen.extend(rows)
    name = sort.removeprefix("-") or "name"
    keys = [(getattr(user, name), user.id) for user in seen]
    assert keys == sorted(keys, reverse=sort.startswith("-"))
    assert len({user.id for user in seen}) == 57


async def test_what_is_no_cursor_of_this_list(session: AsyncSession) -> None:
    _, cursor = await fetch(session, select(User), Page(10, "", "-name"), COLUMNS, User.id)
    assert cursor is not None
    made = [
        b"[]",
        b'["name"]',
        b'["name",7,1]',
        b'["name","a",1.5]',
        b'["name","a\\u0000",1]',
        b'["id",true,1]',
        b'["name","a",99999999999999999999]',
        b'["created_at","2026",1]',
        b'["created_at","x",1]',
        b"\xff",
    ]
    wrong = [Page(10, cursor, "name"), Page(10, cursor, "id"), Page(10, "!", "name"), Page(10, "", "nothing")]
    for text in made:
        coded = base64.urlsafe_b64encode(text).decode().rstrip("=")
        wrong += [Page(10, coded, sort) for sort in ("name", "id", "created_at")]
    for page in wrong:
        with pytest.raises(CursorError):
            await fetch(session, select(User), page, COLUMNS, User.id)
