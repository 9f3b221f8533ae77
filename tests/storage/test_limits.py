"""Stored limits, on every database: columns, names, the revision; and the migration that brings them, both ways."""

from alembic import command
from sqlalchemy import Connection, insert, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from storage.migrator import _config
from storage.models import Channel, Key, Limit
from storage.repositories import channels, keys, limits, revisions


async def test_limits_are_stored_and_name_what_they_match(sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions.begin() as session:
        key = await keys.create(session, Key(name="app", digest=b"1" * 32))
        channel = await channels.create(session, Channel(name="main", provider="openai"))
        row = Limit(
            name="l", metric="tokens", window="day", amount=10**15, per=["key", "model"], key_id=key.id, group="pro"
        )
        row.channel_id = channel.id
        await limits.create(session, row)
    async with sessions.begin() as session:
        before = await revisions.current(session)
        [stored] = await limits.list_all(session)
        assert (stored.amount, stored.per, stored.window) == (10**15, ["key", "model"], "day")
        assert await limits.names_of(session, [stored]) == {("key", key.id): "app", ("channel", channel.id): "main"}
        assert await limits.id_of(session, "key", "app") == key.id
        assert await limits.id_of(session, "user", "app") is None
        assert await limits.all_names(session, "channel") == ["main"]
        assert not await limits.update(session, stored, {"amount": 10**15})
        assert await revisions.current(session) == before
        assert await limits.update(session, stored, {"amount": 5, "per": []})
        assert (await revisions.current(session))["routes"] == before["routes"] + 1
        assert (await limits.get(session, stored.id)) is stored
        await limits.remove(session, stored)
        assert await limits.find_by_name(session, "l") is None


async def test_the_migration_goes_both_ways_with_data(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(Limit), [{"name": "l", "metric": "concurrent", "amount": 1}])

    def to(sync: Connection, revision: str, *, up: bool) -> set[str]:
        config = _config()
        config.attributes["connection"] = sync
        (command.upgrade if up else command.downgrade)(config, revision)
        return set(inspect(sync).get_table_names())

    async with engine.begin() as connection:
        assert "limits" not in await connection.run_sync(to, "0004", up=False)
    async with engine.begin() as connection:
        assert "limits" in await connection.run_sync(to, "0005", up=True)
        assert (await connection.scalar(text("SELECT count(*) FROM limits"))) == 0
