"""Claims of requests with an Idempotency-Key: atomic on every database, bound to their attempt; the migration."""

import asyncio
from typing import Any

from alembic import command
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from storage.migrator import _config
from storage.models import IdempotentAnswer
from storage.repositories import idempotent_answers as answers

ID = b"\x00\xff" * 16
Sessions = async_sessionmaker[AsyncSession]


def row(request_id: str = "req_1", **fields: Any) -> IdempotentAnswer:
    """A claim."""
    usual = {
        "id": ID,
        "key_id": 1,
        "fingerprint": b"f" * 32,
        "request_id": request_id,
        "state": answers.RUNNING,
        "url": "http://127.0.0.1:1",
        "lease_until": 1_700_000_000_000,
        "sealed": None,
        "created_at": 1_700_000_000,
        "expires_at": 1_700_086_400,
    }
    return IdempotentAnswer(**{**usual, **fields})


async def test_one_of_many_gets_the_claim(sessions: Sessions) -> None:
    async def one(number: int) -> bool:
        async with sessions.begin() as session:
            return await answers.claim(session, row(f"req_{number}"))

    got = await asyncio.gather(*[one(number) for number in range(8)])
    assert sum(got) == 1
    async with sessions() as session:
        stored = await answers.find(session, ID)
    assert stored is not None
    assert stored.request_id == f"req_{got.index(True)}"
    assert stored.id == ID


async def test_one_of_many_takes_it_over(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await answers.claim(session, row("dead"))
        before = await answers.find(session, ID)
        assert before is not None

    async def one(number: int) -> bool:
        async with sessions.begin() as session:
            return await answers.take_over(session, before, row(f"req_{number}"))

    got = await asyncio.gather(*[one(number) for number in range(5)])
    assert sum(got) == 1
    async with sessions.begin() as session:  # nothing that the former owner still writes finds the row
        assert not await answers.finish(session, ID, "dead", answers.KEPT, b"old")
        assert not await answers.release(session, ID, "dead")
        winner = f"req_{got.index(True)}"
        assert await answers.finish(session, ID, winner, answers.KEPT, b"\x00new" * 30_000)
    async with sessions() as session:
        stored = await answers.find(session, ID)
        assert stored is not None
        assert (stored.request_id, stored.state, stored.sealed) == (winner, answers.KEPT, b"\x00new" * 30_000)


async def test_a_renewed_claim_is_not_taken_over(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await answers.claim(session, row())
        await answers.claim(session, row("req_2", id=b"2" * 32))
    async with sessions() as session:
        before = await answers.find(session, ID)
        assert before is not None
    async with sessions.begin() as session:
        await answers.renew(session, ["req_1"], 1_700_000_099_000)
    async with sessions.begin() as session:
        assert not await answers.take_over(session, before, row("req_3"))
        other = await answers.find(session, b"2" * 32)
        assert other is not None
        assert other.lease_until == 1_700_000_000_000


async def test_released_claims_can_be_had_again(sessions: Sessions) -> None:
    for number in range(2):
        async with sessions.begin() as session:
            assert await answers.claim(session, row(f"req_{number}"))
        async with sessions.begin() as session:
            assert await answers.release(session, ID, f"req_{number}")


async def test_what_has_expired_is_purged(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for number in range(5):
            await answers.claim(session, row(f"req_{number}", id=bytes([number]) * 32, expires_at=100 + number))
    async with sessions.begin() as session:
        assert await answers.purge(session, 102) == 3
        assert await answers.purge(session, 102) == 0
    async with sessions() as session:
        assert await answers.find(session, bytes([2]) * 32) is None
        assert await answers.find(session, bytes([3]) * 32) is not None


async def test_the_migration_goes_both_ways_with_data(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session, session.begin():
        assert await answers.claim(session, row())

    def to(sync: Connection, revision: str, *, up: bool) -> set[str]:
        config = _config()
        config.attributes["connection"] = sync
        (command.upgrade if up else command.downgrade)(config, revision)
        return set(inspect(sync).get_table_names())

    async with engine.begin() as connection:
        assert "idempotent_answers" not in await connection.run_sync(to, "0005", up=False)
    async with engine.begin() as connection:
        assert "idempotent_answers" in await connection.run_sync(to, "0006", up=True)
        assert (await connection.scalar(text("SELECT count(*) FROM idempotent_answers"))) == 0
