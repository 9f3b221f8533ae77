"""Pages of rows: they are taken together, and one that the database refuses keeps nobody else out."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.models import AuditEntry, Budget, Entry, ImportedItem, Key, KeyChange, User
from storage.repositories import key_imports
from tests.admin.conftest import World
from tests.admin.imports.newapi import HASH, Source
from tests.admin.imports.test_import import of, outcomes, take

KEY: dict[str, object] = {"status": 1, "expired_time": -1, "unlimited_quota": 0, "remain_quota": 500_000}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path / "new.db", modern=True)


def many(source: Source, users: int, keys: int) -> None:
    for number in range(1, users + 1):
        source.add(
            "users", id=number, username=f"u{number}", password=HASH, status=1, quota=500_000, aff_quota=500_000,
            email=f"u{number}@example.com", inviter_id=number + 1,
        )  # fmt: skip
    for number in range(1, keys + 1):
        source.add("tokens", id=number, user_id=1 + number % users, key=f"{number:048}", name="default", **KEY)


async def test_everything_of_a_page(api: httpx.AsyncClient, world: World, source: Source) -> None:
    many(source, 4, 20)
    assert outcomes(await take(api, source)) == {("user", "taken"): 4, ("key", "taken"): 20}
    async with world.sessions() as session:
        counts = {
            table: await session.scalar(select(func.count()).select_from(table))
            for table in (User, Key, Budget, Entry, KeyChange, AuditEntry, ImportedItem)
        }
        users = {user.name: user for user in await session.scalars(select(User))}
        owned = (await session.scalars(select(Key.user_id).where(Key.name == "default-4"))).one()
    assert counts == {User: 4, Key: 20, Budget: 20, Entry: 8, KeyChange: 20, AuditEntry: 24, ImportedItem: 24}
    assert (users["u1"].inviter_id, users["u4"].inviter_id) == (users["u2"].id, None)
    assert owned == users["u1"].id
    money = (await api.get("/users/u3")).json()["money"]
    assert (money["limited"], money["balance"]) == (True, "2")
    assert (await api.get("/ledger/verify")).json()["differences"] == []


async def test_the_number_of_statements_does_not_grow_with_the_page(
    api: httpx.AsyncClient, engine: AsyncEngine, source: Source
) -> None:
    many(source, 30, 90)
    seen: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    await take(api, source)
    assert len(seen) < 70, seen  # 20 a row before


async def test_one_of_several_that_are_equal(api: httpx.AsyncClient, source: Source) -> None:
    source.add("users", id=1, username="ann", password=HASH, status=1, email="a@example.com")
    source.add("users", id=2, username="ann", password=HASH, status=1, email="A@example.com")
    source.add("tokens", id=1, user_id=1, key="a" * 48, name="k", **KEY)
    source.add("tokens", id=2, user_id=2, key="a" * 48, name="k", **KEY)
    source.add("redemptions", id=1, key="0123456789abcdef", status=1, name="c", quota=5)
    source.add("redemptions", id=2, key="0123456789ABCDEF", status=1, name="c", quota=5)
    items = await take(api, source)
    assert of(items, "user", "2")["name"] == "ann-2"
    assert "e-mail address" in of(items, "user", "2")["notes"][1]
    assert of(items, "key", "2")["reason"] == "Another key has this value already."
    assert of(items, "code", "2")["reason"] == "something here has this name or value already"


async def test_what_the_database_refuses_keeps_nobody_out(
    api: httpx.AsyncClient, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody makes a key of the same value between the look and the insert."""
    many(source, 1, 9)
    (made,) = [(await api.post("/keys", json={"name": "mine", "key": f"sk-{5:048}"}))]
    assert made.status_code == 201

    async def nothing(*_: Any) -> set[bytes]:
        return set()

    monkeypatch.setattr(key_imports, "digests_taken", nothing)
    items = await take(api, source)
    assert outcomes(items)["key", "taken"] == 8
    assert of(items, "key", "5")["reason"] == "something here has this name or value already"
    assert {item["outcome"] for item in await take(api, source) if item["kind"] == "key"} == {"known", "refused"}
    assert (await api.get("/ledger/verify")).json()["differences"] == []
