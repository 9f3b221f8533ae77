"""Owns the databases and fleets of the tests of quota."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from storage.database import open_engine, session_factory
from tests.deployments.leases.fleet import Fleet
from tests.storage.ledger.conftest import differences, make_account

MakeAccount = Callable[[int], Awaitable[int]]


@pytest.fixture(params=["sqlite"])
async def fleet(request: pytest.FixtureRequest) -> AsyncIterator[Fleet]:
    """No replicas yet. Whatever a test does, the ledger's sums are right in the end."""
    engine = open_engine(request.getfixturevalue(f"migrated_{request.param}"))
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
