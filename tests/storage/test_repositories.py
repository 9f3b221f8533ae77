"""Channels, keys, prices and admin tokens: what is stored comes back, and every change is announced with it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.crypto import digest
from storage.models import Channel, Key, Price
from storage.repositories import admin_tokens, channels, keys, prices, revisions
from storage.repositories.keys import ChangesLostError

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def session(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """One session; what a test does not commit is gone."""
    async with sessions() as session:
        yield session


async def test_a_channel_comes_back_as_it_was_stored(sessions: Sessions) -> None:
    before = datetime.now(UTC)
    async with sessions.begin() as session:
        await channels.create(
            session,
            Channel(
                name="main",
                provider="openai",
                base_url="https://example.com/v1",
                secret=b"\x00\xff sealed",
                secret_hint="...abcd",
                models={"gpt-*": "", "fast": "gpt-4o-mini"},
                priority=-3,
                weight=0,
                enabled=False,
                headers={"x-team": "ü"},
                settings={"idle_timeout_s": 1.5, "proxy": None},
                origin="apply",
            ),
        )
    async with sessions() as session:
        channel = await channels.find_by_name(session, "main")
        assert channel is not None
        assert (channel.secret, channel.models["fast"], channel.headers) == (
            b"\x00\xff sealed",
            "gpt-4o-mini",
            {"x-team": "ü"},
        )
        assert channel.settings == {"idle_timeout_s": 1.5, "proxy": None}
        assert (channel.priority, channel.weight, channel.enabled, channel.origin) == (-3, 0, False, "apply")
        assert before <= channel.created_at <= channel.updated_at <= datetime.now(UTC)
        assert channel.created_at.tzinfo is UTC
        assert await channels.get(session, channel.id) is channel
        assert await channels.get(session, 10**9) is None


async def test_a_channel_has_defaults(session: AsyncSession) -> None:
    channel = await channels.create(session, Channel(name="c", provider="openai"))
    assert (channel.base_url, channel.secret, channel.models, channel.headers, channel.settings) == (
        "",
        None,
        {},
        {},
        {},
    )
    assert (channel.priority, channel.weight, channel.enabled, channel.origin) == (0, 1, True, "api")


async def test_every_change_of_a_channel_is_announced_and_nothing_else(sessions: Sessions) -> None:
    async def routes() -> int:
        async with sessions() as session:
            return (await revisions.current(session))["routes"]

    async with sessions.begin() as session:
        channel = await channels.create(session, Channel(name="c", provider="openai"))
    assert await routes() == 1
    first = channel.updated_at
    async with sessions.begin() as session:
        channel = (await channels.list_all(session))[0]
        assert not await channels.update(session, channel, {"weight": 1, "models": {}})
    assert await routes() == 1
    async with sessions.begin() as session:
        channel = (await channels.list_all(session))[0]
        assert await channels.update(session, channel, {"weight": 2})
        assert channel.updated_at > first
    assert await routes() == 2
    async with sessions() as session:
        await channels.remove(session, (await channels.list_all(session))[0])
        await session.rollback()
    assert await routes() == 2
    async with sessions.begin() as session:
        await channels.remove(session, (await channels.list_all(session))[0])
    assert await routes() == 3


async def test_a_column_that_does_not_exist_is_refused(session: AsyncSession) -> None:
    channel = await channels.create(session, Channel(name="c", provider="openai"))
    with pytest.raises(AttributeError, match="wieght"):
        await channels.update(session, channel, {"wieght": 2})


async def test_a_name_is_given_once_and_an_id_too(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        first = await channels.create(session, Channel(name="c", provider="openai"))
    with pytest.raises(IntegrityError):
        async with sessions.begin() as session:
            await channels.create(session, Channel(name="c", provider="openai"))
    async with sessions.begin() as session:
        (channel,) = await channels.list_all(session)
        await channels.remove(session, channel)
    async with sessions.begin() as session:
        second = await channels.create(session, Channel(name="c", provider="openai"))
    assert second.id > first.id


async def test_a_key_comes_back_and_is_found_by_its_digest(sessions: Sessions) -> None:
    expires = datetime(2030, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    async with sessions.begin() as session:
        await keys.create(session, Key(name="all", digest=digest("a")))
        await keys.create(
            session, Key(name="some", digest=digest("b"), models=[], admin=True, expires_at=expires, hint="sk...b")
        )
    async with sessions() as session:
        key = await keys.find_by_digest(session, digest("b"))
        assert key is not None
        assert (key.name, key.models, key.admin, key.enabled, key.expires_at) == ("some", [], True, True, expires)
        assert key.expires_at is not None
        assert key.expires_at.tzinfo is UTC
        every = await keys.find_by_name(session, "all")
        assert every is not None
        assert every.models is None  # all models, not none
        assert await keys.find_by_digest(session, digest("c")) is None
        assert [each.name for each in await keys.list_all(session)] == ["all", "some"]
        assert await keys.get(session, key.id) is key


async def test_a_time_without_a_zone_is_refused(session: AsyncSession) -> None:
    naive = datetime(2030, 1, 1)  # noqa: DTZ001 - that is the point
    with pytest.raises((StatementError, ValueError), match="time zone"):
        await keys.create(session, Key(name="k", digest=digest("a"), expires_at=naive))


async def test_followers_of_key_changes_learn_exactly_what_changed(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await keys.changes_since(session, 0) == (0, [])
        key = await keys.create(session, Key(name="k", digest=digest("a")))
        other = await keys.create(session, Key(name="o", digest=digest("o")))
    async with sessions.begin() as session:
        seen, changed = await keys.changes_since(session, 0)
        assert changed == [digest("a"), digest("o")]
        assert await keys.changes_since(session, seen) == (seen, [])
    async with sessions.begin() as session:
        session.add(key)
        assert not await keys.update(session, key, {"enabled": True})
        assert await keys.update(session, key, {"enabled": False})
        assert await keys.update(session, key, {"digest": digest("new")})
    async with sessions.begin() as session:
        seen, changed = await keys.changes_since(session, seen)
        assert set(changed) == {digest("a"), digest("new")}
        assert len(changed) == 2
        await keys.remove(session, (await keys.list_all(session))[1])
    async with sessions.begin() as session:
        assert (await keys.changes_since(session, seen))[1] == [other.digest]
        assert (await revisions.current(session))["keys"] == 5


async def test_who_missed_too_much_is_told_so(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "CHANGES_KEPT", 3)
    async with sessions.begin() as session:
        for number in range(6):
            await keys.create(session, Key(name=f"k{number}", digest=digest(str(number))))
        latest = await keys.latest_change(session)
        assert (await keys.changes_since(session, latest - 3))[1] == [digest(str(number)) for number in (3, 4, 5)]
        for unknown in (0, latest - 4, latest + 1):
            with pytest.raises(ChangesLostError) as caught:
                await keys.changes_since(session, unknown)
            assert caught.value.seq == latest


async def test_prices_are_announced_as_routes(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        price = await prices.create(session, Price(model="m", input=2**53, output=0, source="operator"))
        assert (price.provider, price.cache_read, price.cache_write, price.effective_from) == ("", None, None, 0)
        assert (price.effective_to, price.terms) == (None, None)
        await prices.create_many(session, [])
        later = await prices.create(session, Price(model="m", input=5, output=0, source="operator", effective_from=100))
        coming = Price(model="m", input=6, output=0, source="operator", effective_from=900, terms={"call": 3})
        await prices.create(session, coming)
    async with sessions.begin() as session:
        assert (await revisions.current(session))["routes"] == 3
        assert await prices.find(session, "", "m", "operator", 99) is not None
        found = [await prices.find(session, "", "m", "operator", at) for at in (0, 99, 100, 899, 900)]
        assert [each.id for each in found if each is not None] == [price.id, price.id, later.id, later.id, coming.id]
        assert await prices.find(session, "", "m", "apply", 0) is None
        assert [each.id for each in await prices.list_in_force(session, 500)] == [later.id]
        assert [each.id for each in await prices.list_all(session, source="operator")] == [
            coming.id,
            later.id,
            price.id,
        ]
        assert (await prices.versions(session, "", "m", "operator"))[0].terms == {"call": 3}


async def test_a_removed_price_ends_and_stays_readable(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        old, present, coming, cancelled = [
            await prices.create(session, Price(model="m", input=1, output=0, source="apply", effective_from=begin))
            for begin in (0, 100, 900, 950)
        ]
        await prices.retire(session, cancelled, 500)
        await prices.retire(session, present, 500)
    async with sessions() as session:
        stored = {each.id: each.effective_to for each in await prices.list_all(session)}
        assert stored == {old.id: 500, present.id: 500, coming.id: None, cancelled.id: 950}
        assert await prices.find(session, "", "m", "apply", 499) is not None
        assert await prices.find(session, "", "m", "apply", 500) is None
        found = await prices.find(session, "", "m", "apply", 960)
        assert found is not None
        assert found.id == coming.id
        assert await prices.get(session, old.id) is not None


async def test_admin_tokens_come_and_go(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await admin_tokens.count(session) == 0
        token = await admin_tokens.create(session, digest("t1"), "first")
        await admin_tokens.create(session, digest("t2"), "second")
        assert await admin_tokens.count(session) == 2
        assert await admin_tokens.find_by_digest(session, digest("t1")) is token
        assert await admin_tokens.find_by_digest(session, digest("t3")) is None
        assert [each.id for each in await admin_tokens.find_by_name(session, "first")] == [token.id]
        await admin_tokens.remove(session, token)
        assert [each.name for each in await admin_tokens.list_all(session)] == ["second"]
    async with sessions.begin() as session:
        assert await admin_tokens.remove_all(session) == 1
        assert await admin_tokens.list_all(session) == []


async def test_a_revision_that_was_never_made_is_an_error(session: AsyncSession) -> None:
    with pytest.raises(LookupError, match="migrations"):
        await revisions.bump(session, "other")
