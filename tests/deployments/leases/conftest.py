"""Owns the databases and fleets of the tests of quota."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from storage.database import migrate, open_engine, session_factory
from tests.deployments.leases.fleet import Fleet
from tests.storage.ledger.conftest import differences, make_account

MakeAccount = Callable[[int], Awaitable[int]]


@pytest.fixture(params=["sqlite"])
async def fleet(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> AsyncIterator[Fleet]:
    """No replicas yet. Whatever a test does, the ledger's sums are right in the end."""
    if request.param == "sqlite":
        shutil.copy(empty_database, tmp_path / "gateway.db")
        url = f"sqlite:///{tmp_path}/gateway.db"
    else:
        url = request.getfixturevalue("postgres_database")
        await migrate(url)
    engine = open_engine(url)
    fleet = Fleet(session_factory(engine))
    yield fleet
    await fleet.close()
    await fleet.drain()
    assert await differences(fleet.sessions, limit=100) == []
    await engine.dispose()


@pytest.fixture
def account(fleet: Fleet) -> MakeAccount:
    """A function that makes a limited account with that balance."""
    numbers = iter(range(1, 1000))

    async def make(amount: int) -> int:
        return await make_account(fleet.sessions, amount, subject_id=next(numbers))

    return make
