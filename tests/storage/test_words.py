"""Searching keys by words: what is found, in which order, page by page, and that the words follow the names."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage import crypto
from storage.listing import CursorError
from storage.models import Key, KeyWord, User, UserWord
from storage.repositories import keys, users, words

NAMES = ["app", "Web-App", "app-app", "apple", "prod_app.v2", "snapp", "ÄPP-1", "50%-off", "5x-off"]


async def found(session: AsyncSession, q: str, limit: int = 100) -> list[str]:
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        rows, cursor = await words.search(session, keys.query(), KeyWord, Key.id, q, limit=limit, cursor=cursor)
        names += [row.name for row in rows]
    return names


async def test_the_beginning_of_a_word(sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions.begin() as session:
        for name in NAMES:
            await keys.create(session, Key(name=name, digest=crypto.digest(name)))
    async with sessions() as session:
        for limit in (1, 2, 100):
            assert await found(session, "APP", limit) == ["app", "Web-App", "app-app", "prod_app.v2", "apple"]
        for q, names in (
            ("app.", ["prod_app.v2"]), ("prod_app", ["prod_app.v2"]), ("v2", ["prod_app.v2"]), ("napp", []),
            ("äpp", ["ÄPP-1"]), ("50%", ["50%-off"]), ("off", ["50%-off", "5x-off"]), ("p_", []), ("%", []),
        ):  # fmt: skip
            assert await found(session, q) == names, q
            plain = (await session.scalars(keys.search(keys.query(), q))).all()
            if q.isascii():
                assert {row.name for row in plain} == set(names), q
        for cursor in ("nonsense", "WyJhcHAiLCJhcHAiXQ", "WyJ4IiwiYXBwIiwxXQ"):
            with pytest.raises(CursorError):
                await words.search(session, keys.query(), KeyWord, Key.id, "app", limit=1, cursor=cursor)


def test_no_two_words_of_one_differ_by_spaces_at_the_end() -> None:
    assert words.words("ann", "ann ", "Ann Lee  ") == {"ann", "ann lee", "lee"}
    assert words.words("x" * 63 + " y") == {"x" * 63}
    assert words.words("  ", "") == set()


async def test_words_follow_the_name(sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions.begin() as session:
        key = await keys.create(session, Key(name="old-name", digest=crypto.digest("k")))
        await keys.update(session, key, {"name": "new-name"})
        assert await found(session, "old") == []
        assert await found(session, "new") == ["new-name"]
        await keys.remove(session, key)
        assert await session.scalar(select(func.count()).select_from(KeyWord)) == 0


async def test_users_are_found_by_all_of_their_names(sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions.begin() as session:
        user = await users.create(session, User(name="ann", email="a.lee@corp.example", display_name="Ann Lee"))
        for q in ("ann", "lee", "corp", "a.lee@", "ann l", "example"):
            rows, _ = await words.search(session, users.query(), UserWord, User.id, q, limit=5, cursor="")
            assert [row.name for row in rows] == ["ann"], q
        await users.update(session, user, {"email": "x@other.example"})
        assert await words.few(session, UserWord, "corp") == set()
        assert await words.few(session, UserWord, "other") == {user.id}
