"""Owns the databases of these tests: SQLite; others where a test names them."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import open_engine


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database; another one where the test is given a name of a server."""
    url: str = request.getfixturevalue(f"migrated_{getattr(request, 'param', '') or 'sqlite'}")
    return url


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine of a migrated database."""
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()
