"""Database sessions for the endpoints; owns how long they wait for a database that is away, and the 503 they say then.

It must not decide what an error of our own is: `storage.outage` does.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.problems import Problem
from storage.ledger.transactions import worth_again
from storage.outage import is_away
from storage.patience import patience

log = logging.getLogger(__name__)

WAIT_S = 2.0
"""How long a request waits for a connection that works (2 s more while one that has fallen silent is given up)."""

FILE_WAIT_S = 10.0
"""The same for a database that is a file: it is never away, but all connections may wait for its one writer."""


class ContendedError(Problem):
    """The database gave the transaction up for others' locks: nothing was changed, the same work may succeed now."""


class Sessions:
    """Opens sessions: `sessions()` to read, `sessions.begin()` to write and commit.

    A database that is away raises the Problem 503, one that gives up for others' locks ContendedError; others pass.
    """

    def __init__(self, make: Callable[[], AsyncSession], wait_s: float = WAIT_S) -> None:
        self._make = make
        self._wait_s = wait_s

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[AsyncSession]:
        """A session with a connection that answers; what is not committed is rolled back."""
        connected = False
        try:
            async with self._make() as session:
                async with patience(self._wait_s):
                    await session.connection()
                connected = True
                yield session
        except Exception as error:
            if isinstance(error, DBAPIError) and worth_again(error):
                log.warning("given up for a lock of others: %s", type(error.orig).__name__)
                raise ContendedError(
                    503,
                    "Others change the same just now. Nothing was changed; try again.",
                    headers={"retry-after": "1"},
                ) from None
            if not is_away(error):
                raise
            # The text of a database error holds the statement and its parameters, digests and ciphertext among them.
            log.error("the database is away: %s", type(error).__name__)  # noqa: TRY400
            raise _away(nothing_done=not connected) from None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """As a call, and committed at the end."""
        async with self() as session:
            yield session
            await session.commit()


def _away(*, nothing_done: bool) -> Problem:
    done = "Nothing was changed; try again." if nothing_done else "Look whether the change was made, and try again."
    return Problem(503, f"The database does not answer. {done}", headers={"retry-after": "2"})
