"""Queries of keys, channels, several keys of a channel and models, on every database."""

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage import listing
from storage.crypto import digest
from storage.listing import Page
from storage.models import Channel, ChannelKey, Key, Model, Organisation, User, Vendor
from storage.models.base import now
from storage.repositories import channel_keys, channel_states, channels, key_rules, keys, models

Sessions = async_sessionmaker[AsyncSession]


async def test_keys(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        home = Organisation(name="home")
        session.add(home)
        await session.flush()
        user = User(name="ann", organisation_id=home.id)
        session.add(user)
        await session.flush()
        for number in range(3):
            row = Key(name=f"App {number}", digest=digest(str(number)), user_id=user.id if number else None)
            await keys.create(session, row)
        await keys.update(session, row, {"old_digest": digest("old"), "old_until": now(), "labels": {"a": "b"}})
    async with sessions() as session:
        found = await keys.find_by_digest(session, digest("old"))
        assert found is not None
        assert (found.name, found.labels) == ("App 2", {"a": "b"})
        assert await keys.taken(session, ["App 1", "App 9"]) == {"App 1"}
        own = keys.query(organisation_id=home.id)
        rows, _ = await listing.fetch(
            session,
            keys.search(own, "aPP"),
            Page(10, "", "-created_at"),
            {"created_at": Key.created_at},
            Key.id,
        )
        assert {row.name for row in rows} == {"App 1", "App 2"}
        assert await keys.ids(session, keys.search(keys.query(), "100%"), limit=5) == []
        assert len(await keys.ids(session, keys.query(user_id=user.id), limit=5)) == 2
        assert await key_rules.budgets(session, [row.id]) == {}
        assert await key_rules.limits(session, []) == {}


async def test_channels_and_their_keys(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        one = await channels.create(
            session, Channel(name="one", provider="openai", tag="east", groups=["vip", "two words"])
        )
        await channels.create(session, Channel(name="two", provider="openai", tag="east"))
        first = await channel_keys.add(session, ChannelKey(channel_id=one.id, secret=b"x"))
        await channel_keys.add(session, ChannelKey(channel_id=one.id, secret=b"y"))
        assert await channel_keys.switch(session, first, on=False, by="auto", reason="r" * 300)
        await channel_states.note(session, one.id, balance=-5, models_new=["a"])
        await channel_states.note(session, one.id, test_ok=True)
    async with sessions.begin() as session:
        assert await channel_keys.counts(session, [one.id, 99]) == {one.id: (2, 1)}
        assert await channel_keys.with_failed(session) == {one.id}
        assert [len(rows) for rows in (await channel_keys.enabled(session)).values()] == [1]
        assert await channels.ids(session, channels.serving_group(channels.query(), "vip"), limit=5) == [one.id]
        assert await channels.ids(session, channels.serving_group(channels.query(), "vi"), limit=5) == []
        assert await channels.ids(session, channels.search(channels.query(), "ONE"), limit=5) == [one.id]
        assert await channels.tags(session) == {"east": 2}
        assert len(await channels.of_tag(session, "east")) == 2
        state = (await channel_states.of(session, [one.id]))[one.id]
        assert (state.balance, state.models_new, state.test_ok) == (-5, ["a"], True)
        assert await channel_keys.switch_all(session, one.id, on=False) == 1
        await channel_keys.remove_of(session, one.id, only_auto=True)
        stored = await channels.get(session, one.id)
        assert stored is not None
        await channels.update(session, stored, {"enabled": False})
        assert stored.off_at is not None
        await channels.remove(session, stored)
        assert await channel_keys.of_channel(session, one.id) == []
        assert await channel_states.of(session, [one.id]) == {}


async def test_models(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        vendor = await models.create_vendor(session, Vendor(name="V"))
        row = await models.create(session, Model(name="m", vendor_id=vendor.id, aliases=["fast"]))
        assert await models.update(session, row, {"title": "M"})
        assert not await models.update(session, row, {"title": "M"})
    async with sessions.begin() as session:
        assert await models.names(session) == {"m"}
        assert await models.count_models(session, vendor.id) == 1
        found = await models.find_by_name(session, "m")
        assert found is not None
        assert (found.aliases, found.visibility, found.tags) == (["fast"], "public", [])
        await models.remove(session, found)
        kept = await models.find_vendor(session, "V")
        assert kept is not None
        await models.remove_vendor(session, kept)
