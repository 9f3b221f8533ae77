"""A table after another one: what did not change is not made again, and what did is, in the Router and in a replica."""

import logging
from typing import Any

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from deployments.channels_made import ChannelsMade
from deployments.compiler import Before, compile_table
from deployments.settings import Timeouts
from deployments.table import ChannelRow, TableData, decode, encode
from storage.crypto import SecretBox
from storage.database import open_engine, session_factory
from storage.models import Channel, ChannelKey
from storage.repositories import channel_keys, channels
from tests.deployments.gateway import Gateway
from tests.deployments.test_routing import row

BOX = SecretBox(b"k" * 32)
LOG = logging.getLogger("gateway")


def parts(*rows: ChannelRow) -> list[msgspec.Raw]:
    return decode(encode(TableData(1, list(rows), []))).channels


def sealed(row: ChannelRow, secret: str) -> ChannelRow:
    return msgspec.structs.replace(row, secret=BOX.seal(secret, f"channel:{row.name}"))


def test_only_changed_channels_are_made_again() -> None:
    made = ChannelsMade(BOX, LOG)
    one, two, three = (sealed(row(number, {"m": ""}), f"sk-{number}") for number in (1, 2, 3))
    first = [channel for _, channel in made.take(parts(one, two, three))]
    assert [(channel.id, channel.secret) for channel in first] == [(1, "sk-1"), (2, "sk-2"), (3, "sk-3")]
    changed = sealed(two, "sk-other")
    again = [channel for _, channel in made.take(parts(three, changed))]
    assert again[0] is first[2]
    assert (again[1].id, again[1].secret) == (2, "sk-other")
    # Nothing is remembered of what the last table did not have.
    assert made.take(parts(one))[0][1] is not first[0]
    assert len(made._known) == 1


def test_several_keys_and_a_proxy_s_login_are_opened() -> None:
    keyed = row(
        1, {"m": ""}, proxy="http://proxy:3128", proxy_secret=BOX.seal("me:pw", "channel-proxy:c1"),
        keys=[(4, BOX.seal("sk-4", "channel-key:4")), (5, BOX.seal("sk-5", "channel-key:5"))], key_mode="round_robin",
    )  # fmt: skip
    made = ChannelsMade(BOX, LOG)
    ((_, channel),) = made.take(parts(keyed))
    assert (channel.secret, channel.proxy) == ("sk-4", "http://me:pw@proxy:3128")
    assert channel.ring is not None
    assert [member.id for member in channel.ring.members] == [4, 5]
    # Whose turn it is goes on over a table.
    assert made.take(parts(keyed, row(2, {})))[0][1].ring is channel.ring


def test_what_cannot_be_used_is_left_out_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    made = ChannelsMade(BOX, LOG)
    foreign = row(1, {"m": ""}, secret=SecretBox(b"x" * 32).seal("sk", "channel:c1"))
    wrong = row(2, {"m": ""}, settings={"status_map": [1]})
    good = row(3, {"m": ""})
    for others in ([], [row(4, {})], []):
        found = [row.id for row, _ in made.take(parts(foreign, wrong, good, *others))]
        assert found == [3, *(row.id for row in others)]
    assert [record.args[0] for record in caplog.records if record.args] == ["c1", "c2"]  # type: ignore[index]
    assert "sk" not in caplog.text


async def test_a_price_book_stays_until_a_price_changes(gateway: Gateway) -> None:
    book = gateway.replica.prices
    await gateway.add_channel("two", "http://127.0.0.1:9")
    assert gateway.replica.prices is book
    await gateway.add_price("m", 1, 2)
    assert gateway.replica.prices is not book
    assert gateway.replica.prices.find("any", "m") is not None


@pytest.fixture
def engine(migrated_sqlite: str) -> AsyncEngine:
    return open_engine(migrated_sqlite)


CHANGES: list[dict[str, Any]] = [
    {"name": "other"},
    {"provider": "anthropic"},
    {"base_url": "http://10.0.0.1/v1"},
    {"secret": b"other"},
    {"proxy_secret": b"login"},
    {"models": {"m": "n"}},
    {"models": {"m": "", "n": ""}},
    {"priority": 4},
    {"weight": 9},
    {"groups": ["vip"]},
    {"headers": {"x-a": "b"}},
    {"settings": {"connect_timeout_s": 3}},
    {"settings": {"price_ratio": "1.5"}},
    {"key_mode": "round_robin"},
    {"enabled": False},
]


async def test_what_was_kept_compiles_to_the_same(engine: AsyncEngine) -> None:
    sessions = session_factory(engine)
    before: Before = {}

    async def tables(timeouts: Timeouts) -> list[ChannelRow]:
        async with sessions() as session:
            kept = await compile_table(session, timeouts, before=before)
            anew = await compile_table(session, timeouts)
        assert kept is not None
        assert kept == anew
        assert encode(kept) == encode(anew)
        return kept.channels

    usual = Timeouts()
    async with sessions.begin() as session:
        for name in ("a", "b"):
            await channels.create(session, Channel(name=name, provider="openai", models={"m": ""}, headers={}))
    first = await tables(usual)
    for change in CHANGES:
        async with sessions.begin() as session:
            channel = await channels.find_by_name(session, "a") or await channels.find_by_name(session, "other")
            assert channel is not None
            await channels.update(session, channel, change)
        found = await tables(usual)
        (same,) = [row for row in found if row.name == "b"]
        assert same is next(row for row in first if row.name == "b"), change
        assert found != first
        first = found
    async with sessions.begin() as session:
        channel = await channels.find_by_name(session, "b")
        assert channel is not None
        key = await channel_keys.add(session, ChannelKey(channel_id=channel.id, secret=b"1"))
    assert [row.keys for row in await tables(usual)] == [[(key.id, b"1")]]
    assert [row.connect_s for row in await tables(Timeouts(connect_s=2.0))] == [2.0]
    async with sessions.begin() as session:
        stored = await channel_keys.get(session, key.id)
        assert stored is not None
        await channel_keys.switch(session, stored, on=False)
    assert await tables(usual) == []
    assert before == {}
    await engine.dispose()
