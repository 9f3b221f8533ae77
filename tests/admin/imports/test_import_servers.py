"""The import into a gateway on a database server: savepoints, failed rows and sizes of numbers are different there."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import open_engine
from tests.admin.imports.newapi import HASH, small
from tests.admin.imports.test_import import of, outcomes, take


@pytest.fixture(params=["postgres", "mysql"])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[AsyncEngine]:
    """In place of the SQLite file of the other tests."""
    engine = open_engine(request.getfixturevalue(f"migrated_{request.param}"))
    yield engine
    await engine.dispose()


async def test_import(api: httpx.AsyncClient, tmp_path: Path) -> None:
    source = small(tmp_path / "one-api.db", modern=True)
    source.add("users", id=3, username="bad\x00name", password=HASH, status=1, quota=2**80 % 2**63, group="a\x00b")
    source.add("users", id=4, username="ann", password=HASH, status=1, quota=5, email="ann@example.com")
    source.add("redemptions", id=11, key="0123456789ABCDEF0123456789abcdef", status=1, name="twice", quota=1)
    said = await take(api, source, dry_run=True)
    done = await take(api, source)
    assert said == done
    assert outcomes(done)["user", "taken"] == 4
    assert of(done, "user", "4")["name"] == "ann-4"
    assert of(done, "code", "11")["reason"] == "something here has this name or value already"
    again = await take(api, source)
    assert not [item for item in again if item["outcome"] == "taken"]
    assert (await api.get("/ledger/verify")).json()["differences"] == []
