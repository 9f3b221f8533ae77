"""Kept responses of several replicas on one database: written in the background, read elsewhere, deleted in time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.errors import GatewayFault
from deployments import responses_store
from deployments.responses_store import ResponseStore, Said, digest
from deployments.settings_responses import Responses
from storage.crypto import SecretBox
from storage.database import open_engine, session_factory
from storage.repositories import kept_responses
from storage.repositories.kept_responses import GATEWAY, Kept
from tests.deployments.gateway import until

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture(params=["sqlite", "postgres"])
async def sessions(request: pytest.FixtureRequest) -> AsyncIterator[Sessions]:
    """Sessions of a migrated database."""
    engine = open_engine(request.getfixturevalue(f"migrated_{request.param}"))
    yield session_factory(engine)
    await engine.dispose()


Make = Callable[..., ResponseStore]


@pytest.fixture
async def make(sessions: Sessions) -> AsyncIterator[Make]:
    """Replicas."""
    made: list[ResponseStore] = []

    def build(key: bytes = b"k" * 32, counts: dict[tuple[str, ...], int] | None = None) -> ResponseStore:
        def count(_name: str, labels: tuple[str, ...]) -> None:
            if counts is not None:
                counts[labels] = counts.get(labels, 0) + 1

        store = ResponseStore(sessions, SecretBox(key), Responses(store="on"), count)
        made.append(store)
        return store

    yield build
    for store in made:
        await store.close()


def row(name: str, before: Kept | None = None, size: int = 10, lives: int = 1000) -> Kept:
    now = int(time.time())
    own = digest(name)
    thread, previous = (own, None) if before is None else (before.thread, before.id)
    return Kept(own, 1, 2, GATEWAY, thread, previous, size, now, now + lives)


async def test_another_replica_reads_what_was_just_made(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    # A machine that stands still just now lets all these pauses pass before the other replica has written.
    monkeypatch.setattr(responses_store, "_LOOKS_S", (*responses_store._LOOKS_S, 1.0, 2.0, 5.0, 10.0))
    here, there = make(), make()
    first = row("resp_1")
    second = row("resp_2", first)
    looking = asyncio.ensure_future(there.find([second.id]))
    await asyncio.sleep(0.01)
    here.put(first, Said(b'{"id":"resp_1"}', b"[1]"))
    here.put(second, Said(b'{"id":"resp_2"}', b"[2]"))
    found = (await looking)[second.id]
    assert (found.previous, found.key_id, found.sealed) == (first.id, 1, None)
    turns = await there.chain(found)
    assert turns is not None
    assert [turn.id for turn in turns] == [first.id, second.id]
    said = await there.said(turns)
    assert said is not None
    assert [(each.response, each.items) for each in said] == [
        (b'{"id":"resp_1"}', b"[1]"), (b'{"id":"resp_2"}', b"[2]"),
    ]  # fmt: skip
    assert await there.remove(turns[0])
    assert await here.chain(found) is None
    assert await here.said(turns) is None


async def test_what_is_nowhere_is_looked_for_a_few_times(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    find = kept_responses.find

    async def counted(session: AsyncSession, ids: Sequence[bytes], now: int) -> dict[bytes, Kept]:
        nonlocal looks
        looks += 1
        return await find(session, ids, now)

    monkeypatch.setattr(kept_responses, "find", counted)
    assert await make().find([digest("nobody")]) == {}
    assert looks == 4
    assert sum(responses_store._LOOKS_S) < 1.0


async def test_another_secret_key_opens_nothing(make: Make, sessions: Sessions) -> None:
    here, stranger = make(), make(b"x" * 32)
    first = row("resp_1")
    here.put(first, Said(b"{}", b"[]"))
    await here.close()
    assert await stranger.said([first]) is None
    async with sessions.begin() as session:
        sealed = await kept_responses.contents(session, [first.id])
        await kept_responses.insert(session, [msgspec.structs.replace(row("copy"), sealed=sealed[first.id])])
    copied = row("copy")
    assert await make().said([copied]) is None  # bound to its row


async def test_memory_is_bounded_while_the_database_is_away(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(responses_store, "MAX_WAITING_BYTES", 25)
    monkeypatch.setattr(responses_store, "_RETRY_S", 0.01)
    monkeypatch.setattr(responses_store, "_CLOSE_S", 0.1)
    monkeypatch.setattr(kept_responses, "insert", away)
    counts: dict[tuple[str, ...], int] = {}
    store = make(counts=counts)
    for number in range(4):
        store.put(row(f"resp_{number}"), Said(b"{}", b"[]"))
    assert counts == {("lost",): 2}
    await asyncio.sleep(0.1)
    assert store.alive
    assert set(await store.find([digest("resp_0"), digest("resp_3")], patient=False)) == {digest("resp_0")}
    monkeypatch.undo()
    monkeypatch.setattr(responses_store, "_RETRY_S", 0.01)
    await until(lambda: counts.get(("kept",)) == 2)
    assert counts == {("lost",): 2, ("kept",): 2}
    store.put(row("resp_9"), Said(b"{}", b"[]"))
    assert await store.remove(row("resp_9"))


async def test_a_response_deleted_while_it_is_being_written_does_not_come_back(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, go = asyncio.Event(), asyncio.Event()
    insert = kept_responses.insert

    async def slow(session: AsyncSession, rows: Collection[Kept]) -> None:
        writing.set()
        await go.wait()
        await insert(session, rows)

    monkeypatch.setattr(kept_responses, "insert", slow)
    store = make()
    made = row("resp_1")
    store.put(made, Said(b"{}", b"[]"))
    await writing.wait()
    removing = asyncio.ensure_future(store.remove(made))
    await asyncio.sleep(0.05)
    go.set()
    assert await removing
    assert await store.find([made.id]) == {}


async def test_what_has_expired_is_deleted(make: Make, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses_store, "_PURGE_S", 0.05)
    store = make()
    store.put(row("old", lives=-5), Said(b"{}", b"[]"))
    store.put(row("new"), Said(b"{}", b"[]"))
    for _ in range(2000):
        async with sessions() as session:
            left = await kept_responses.find(session, [digest("old"), digest("new")], 0)
        if set(left) == {digest("new")}:
            return
        await asyncio.sleep(0.01)
    pytest.fail("what has expired is still there")


async def test_a_database_that_does_not_answer(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(kept_responses, "find", away)
    with pytest.raises(GatewayFault) as raised:
        await make().find([b"x" * 32])
    assert raised.value.status == 503
