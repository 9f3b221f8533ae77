"""Responses that clients may refer to: found by their key, whole conversations, their end; both migrations."""

from typing import Any

import msgspec
from alembic import command
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from storage import crypto
from storage.migrator import _config
from storage.models import Key
from storage.repositories import kept_responses, keys
from storage.repositories.kept_responses import Kept

Sessions = async_sessionmaker[AsyncSession]


def row(number: int, **fields: Any) -> Kept:
    """The first turn of a conversation."""
    own = bytes([number]) * 32
    usual: dict[str, Any] = {
        "id": own, "key_id": 1, "channel_id": 2, "kind": kept_responses.GATEWAY, "thread": own, "previous": None,
        "size": 5, "created_at": 100, "expires_at": 200, "sealed": b"\x00s" * number,
    }  # fmt: skip
    return Kept(**{**usual, **fields})


async def test_a_conversation_is_found_whole(sessions: Sessions) -> None:
    first = row(1)
    second = row(2, thread=first.id, previous=first.id, expires_at=300, sealed=b"\xff" * 100_000)
    branch = row(3, thread=first.id, previous=first.id, expires_at=250)
    async with sessions.begin() as session:
        await kept_responses.insert(session, [first, row(9, kind=kept_responses.UPSTREAM, sealed=None)])
    async with sessions.begin() as session:
        await kept_responses.insert(session, [second])
        await kept_responses.insert(session, [branch])
        await kept_responses.insert(session, [msgspec.structs.replace(first, key_id=5)])  # the first one stays
        await kept_responses.insert(session, [])
    async with sessions() as session:
        found = await kept_responses.find(session, [second.id, bytes([8]) * 32], 299)
        assert found == {second.id: msgspec.structs.replace(second, sealed=None)}
        turns = await kept_responses.thread(session, first.id)
        assert {turn.id: turn.previous for turn in turns.values()} == {
            first.id: None, second.id: first.id, branch.id: first.id,
        }  # fmt: skip
        assert turns[first.id].expires_at == 300  # it lives as long as what stands on it
        assert turns[first.id].key_id == 1
        read = await kept_responses.contents(session, [first.id, second.id, bytes([9]) * 32])
        assert read == {first.id: b"\x00s", second.id: b"\xff" * 100_000}
        assert await kept_responses.find(session, [second.id], 300) == {}
        assert await kept_responses.find(session, [], 0) == {}


async def test_removed_and_purged(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await kept_responses.insert(session, [row(number, expires_at=100 + number) for number in range(1, 6)])
        last = row(5)
        item = row(6, kind=kept_responses.ITEM, thread=last.id, previous=last.id, sealed=None, expires_at=900)
        await kept_responses.insert(session, [item])
    async with sessions.begin() as session:
        assert set(await kept_responses.thread(session, last.id)) == {last.id}
        assert (await kept_responses.find(session, [item.id, last.id], 104))[last.id].expires_at == 105
        assert await kept_responses.remove(session, last)
        assert not await kept_responses.remove(session, last)
        assert await kept_responses.find(session, [item.id, last.id], 104) == {}
        assert await kept_responses.purge(session, 103) == 3
        assert await kept_responses.purge(session, 103) == 0
        assert set(await kept_responses.find(session, [bytes([4]) * 32], 103)) == {bytes([4]) * 32}


async def test_the_migrations_go_both_ways_with_data(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session, session.begin():
        await kept_responses.insert(session, [row(1)])
        await keys.create(session, Key(name="exact", digest=crypto.digest("k" * 30), strict=True))

    def to(sync: Connection, revision: str, *, up: bool) -> tuple[set[str], set[str]]:
        config = _config()
        config.attributes["connection"] = sync
        (command.upgrade if up else command.downgrade)(config, revision)
        inspector = inspect(sync)
        return set(inspector.get_table_names()), {column["name"] for column in inspector.get_columns("api_keys")}

    async with engine.begin() as connection:
        tables, columns = await connection.run_sync(to, "0008", up=False)
        assert "kept_responses" not in tables
        assert "strict" in columns
    async with engine.begin() as connection:
        assert "strict" not in (await connection.run_sync(to, "0007", up=False))[1]
    async with engine.begin() as connection:
        tables, columns = await connection.run_sync(to, "0009", up=True)
        assert "kept_responses" in tables
        assert not await connection.scalar(text("SELECT count(*) FROM kept_responses"))
        assert await connection.scalar(text("SELECT name FROM api_keys")) == "exact"
        assert not await connection.scalar(text("SELECT strict FROM api_keys"))
