"""Pure ASGI middleware: notes that nobody waits for, made once the answer is sent.

That somebody was seen is such a note: who reads must not wait, nor fail, because others write. Of one name there is one
at a time. A note that fails is lost: the next request of its kind makes it again.
"""

import logging
from collections.abc import Awaitable, Callable, Hashable

from starlette.types import ASGIApp, Receive, Scope, Send

from admin.problems import Problem

log = logging.getLogger(__name__)

Note = Callable[[], Awaitable[None]]
_NOTES = "gateway.afterwards"


def afterwards(scope: Scope, name: Hashable, note: Note) -> None:
    """Have `note` made after the answer to the request of `scope`, unless one of that name is being made then."""
    scope.setdefault(_NOTES, {})[name] = note


class Afterwards:
    """Wraps an ASGI application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._being_made: set[Hashable] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, and make its notes."""
        notes: dict[Hashable, Note] = scope.setdefault(_NOTES, {})
        await self.app(scope, receive, send)
        for name, note in notes.items():
            if name not in self._being_made:
                await self._make(name, note)

    async def _make(self, name: Hashable, note: Note) -> None:
        self._being_made.add(name)
        try:
            await note()
        except Problem as problem:
            log.warning("a note was not made: %s", problem)
        finally:
            self._being_made.discard(name)
