"""Queries of identity on every database: counters and codes under concurrency, sessions, credentials, removal."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage import crypto
from storage.models import Code, Passkey, Session, User
from storage.repositories import attempts, codes, credentials, users
from storage.repositories import sessions as stored
from storage.repositories.attempts import Allowance

Sessions = async_sessionmaker[AsyncSession]
NOW = 1_800_000_000
ALLOWANCE = Allowance(times=3, window_s=60, lock_s=30)


async def take(made: Sessions, now: int) -> int:
    async with made.begin() as session:
        return await attempts.take(session, crypto.digest("ann"), ALLOWANCE, now=now)


async def test_attempts(sessions: Sessions) -> None:
    # At the same time: all are counted, whoever makes the row.
    answers = await asyncio.gather(*(take(sessions, NOW) for _ in range(5)))
    assert sorted(answers)[:3] == [0, 0, 0]
    assert sum(answer == 0 for answer in answers) == 3
    assert await take(sessions, NOW + 10) == 20
    assert await take(sessions, NOW + 29) == 1
    assert [await take(sessions, NOW + 30) for _ in range(4)] == [0, 0, 0, 30]
    # A new window begins after the old one, without a lock too.
    async with sessions.begin() as session:
        await attempts.clear(session, crypto.digest("ann"))
    assert [await take(sessions, NOW + 100) for _ in range(3)] == [0, 0, 0]
    assert [await take(sessions, NOW + 160) for _ in range(3)] == [0, 0, 0]
    async with sessions.begin() as session:
        await attempts.remove_expired(session, NOW + 300)
    assert await take(sessions, NOW + 300) == 0


def _code(token: str, **columns: object) -> Code:
    return Code(id=crypto.digest(token), purpose="reset", created_at=NOW, expires_at=NOW + 60, **columns)


async def test_codes_are_good_once(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await codes.put(session, _code("t", user_id=7, data={"email": "a"}))

    async def use() -> bool:
        async with sessions.begin() as session:
            row = await codes.take(session, crypto.digest("t"), "reset", now=NOW)
            assert row is None or (row.user_id, row.data) == (7, {"email": "a"})
            return row is not None

    assert sorted(await asyncio.gather(*(use() for _ in range(4)))) == [False, False, False, True]
    async with sessions.begin() as session:
        await codes.put(session, _code("t"))
        await codes.put(session, _code("t"))  # in place of the first
        assert await codes.take(session, crypto.digest("t"), "setup", now=NOW) is None
        assert await codes.take(session, crypto.digest("t"), "reset", now=NOW + 60) is None
        assert await codes.peek(session, crypto.digest("t"), "reset", now=NOW + 59) is not None


async def test_guesses_at_the_same_time_share_no_try(sessions: Sessions) -> None:
    right, wrong = crypto.digest("123456"), crypto.digest("000000")
    async with sessions.begin() as session:
        await codes.put(session, _code("a", code=right, tries=3))

    async def guess(code: bytes) -> bool:
        async with sessions.begin() as session:
            return await codes.guess(session, crypto.digest("a"), "reset", code, now=NOW) is not None

    assert not any(await asyncio.gather(*(guess(wrong) for _ in range(5))))
    assert not await guess(right)


async def find(session: AsyncSession, token: str, now: int) -> tuple[Session, User] | None:
    return await stored.find(session, crypto.digest(token), now=now, idle_s=300, lifetime_s=1000)


async def test_sessions(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        ann = await users.create(session, User(name="ann", email="ann@example.com"))
        made = [
            Session(
                digest=crypto.digest(str(n)), user_id=ann.id, method="password", created_at=NOW, seen_at=NOW,
                expires_at=NOW + 1000,
            )
            for n in range(4)
        ]  # fmt: skip
        for row in made:
            await stored.create(session, row)
    async with sessions.begin() as session:
        found = await find(session, "0", NOW + 10)
        assert found is not None
        assert found[1].name == "ann"
        assert await find(session, "0", NOW + 1000) is None
        assert await find(session, "0", NOW + 400) is None  # idle
        await stored.touch(session, found[0].id, now=NOW + 300, ip="::1", agent="a")
        await stored.step_up(session, found[0].id, now=NOW + 300)
    async with sessions.begin() as session:
        assert await find(session, "0", NOW + 400) is not None
        assert await stored.remove_oldest(session, ann.id, 3) == 1
        assert await find(session, "0", NOW + 400) is None
        assert len(await stored.of_user(session, ann.id, now=NOW, idle_s=0)) == 3
        assert not await stored.remove(session, ann.id + 1, made[3].id)
        assert await stored.remove(session, ann.id, made[3].id)
        assert await stored.remove_of(session, ann.id, but=made[2].id) == 1
        assert await stored.remove_expired(session, NOW + 1000) == 1


async def test_credentials(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        ann = await users.create(session, User(name="ann", email="ann@example.com"))
        await users.create(session, User(name="bob"))  # any number have no address
        await users.create(session, User(name="eve"))
        row = await credentials.ensure(session, ann.id)
        row.password, row.handle = "hash", b"h" * 32
        await credentials.replace_recovery_codes(session, ann.id, [crypto.digest("a"), crypto.digest("b")])
        passkey = Passkey(
            user_id=ann.id, digest=crypto.digest("k"), credential_id=b"k" * 900, public_key=b"p", rp_id="x", name="n",
            transports=["usb"], created_at=NOW,
        )  # fmt: skip
        await credentials.add_passkey(session, passkey)
    async with sessions.begin() as session:
        for login in ("ann", "ann@example.com", "ANN@example.com"):
            found = await credentials.find_login(session, login)
            assert found is not None
            assert found[1] is not None
        assert await credentials.find_login(session, "nobody@example.com") is None
        assert await credentials.use_step(session, ann.id, 5)
        assert not await credentials.use_step(session, ann.id, 5)
        assert not await credentials.use_step(session, ann.id, 4)
        assert await credentials.use_recovery_code(session, ann.id, crypto.digest("a"), now=NOW)
        assert not await credentials.use_recovery_code(session, ann.id, crypto.digest("a"), now=NOW)
        assert await credentials.recovery_codes_left(session, ann.id) == 1
        kept = await credentials.find_passkey(session, crypto.digest("k"))
        assert kept is not None
        assert (len(kept[0].credential_id), kept[0].transports, kept[1].name) == (900, ["usb"], "ann")
        assert await credentials.use_passkey(session, kept[0], 3, backed_up=True, now=NOW)
    async with sessions.begin() as session:
        kept = await credentials.find_passkey(session, crypto.digest("k"))
        assert kept is not None
        kept[0].sign_count = 2  # what somebody else read before
        session.expunge(kept[0])
        assert not await credentials.use_passkey(session, kept[0], 3, backed_up=True, now=NOW)
    async with sessions.begin() as session:
        user = await users.lock(session, ann.id)
        assert user is not None
        await users.remove(session, user)
    async with sessions() as session:
        assert await credentials.get(session, ann.id) is None
        assert await credentials.count_passkeys(session, ann.id) == 0
        assert await credentials.recovery_codes_left(session, ann.id) == 0
