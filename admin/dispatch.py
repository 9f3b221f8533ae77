"""Finds the routes that an address can belong to by one look, in place of asking each of the 350 in turn.

FastAPI asks every route of every included router, and does so anew at each level; that took a fifth of a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/api/v1"
"""What stands before the first word of most addresses."""


class Dispatch:
    """An ASGI application in the place of a router's own: routes by the first word of the path after PREFIX.

    Takes pairs of a prefix and a router, whose order decides as in FastAPI, and what `others` than HTTP requests go to,
    such as the lifespan. A path without routes is answered as by a router that has none. Raises LookupError for a
    route whose first word is a parameter.
    """

    def __init__(self, routers: Iterable[tuple[str, APIRouter]], others: ASGIApp) -> None:
        self._others = others
        self._routers: dict[str, APIRouter] = {}
        self._none = APIRouter(redirect_slashes=False)
        for prefix, router in routers:
            paths = [prefix + route.path for route in router.routes]  # type: ignore[attr-defined]  # all of them are APIRoutes
            for word in dict.fromkeys(map(_word, paths)):  # each once, in the order of the routes
                if "{" in word:
                    raise LookupError(word)
                known = self._routers.setdefault(word, APIRouter(redirect_slashes=False))
                known.include_router(router, prefix=prefix)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            await self._routers.get(_word(scope["path"]), self._none).app(scope, receive, send)
        else:
            await self._others(scope, receive, send)


def _word(path: str) -> str:
    """The first word of a path after PREFIX, or with "/" before it of one without PREFIX."""
    if path.startswith(f"{PREFIX}/"):
        return path[len(PREFIX) + 1 :].partition("/")[0]
    return "/" + path[1:].partition("/")[0]
