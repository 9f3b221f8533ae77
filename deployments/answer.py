"""An answer of a provider whose head has arrived, whichever client brought it. Reads through `chunk`; opens nothing."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable

from adapters.errors import UpstreamError


class Answer(ABC):
    """Read it with `whole` or `chunk`, always `close` it. `on_close` is called once, then."""

    __slots__ = ("_over", "on_close", "status")

    def __init__(self, status: int) -> None:
        self.status = status
        self.on_close: Callable[[], None] | None = None
        self._over = False

    @abstractmethod
    def header(self, name: str) -> str | None:
        """First value of a header (name in lower case), or None, also where it is no text."""

    @abstractmethod
    def headers(self) -> list[tuple[str, str]]:
        """All headers, names in lower case."""

    @abstractmethod
    async def _next(self) -> bytes | None:
        """The next bytes as they arrived, None at the end. Raises UpstreamError when the connection breaks."""

    @abstractmethod
    async def _drop(self) -> None:
        """Cut the connection: the body was not read to its end."""

    async def chunk(self) -> bytes | None:
        """The next bytes as they arrived, None at the end. Raises UpstreamError when the connection breaks."""
        piece = await self._next()
        if piece is None:
            self._over = True
        return piece

    async def pour(self, take: Callable[[bytes], bool]) -> bool:
        """Give `take` the bytes as they arrive until it says False; whether the end was reached. Raises UpstreamError.

        What `take` raises is raised here. It runs where the bytes arrive, so it must not wait for anything. Called
        again, it goes on where it stopped.
        """
        while (piece := await self.chunk()) is not None:
            if not take(piece):
                return False
        return True

    async def whole(self, limit: int) -> bytes:
        """The rest of the body, at most `limit` bytes. Raises UpstreamError."""
        pieces: list[bytes] = []
        size = 0
        while (piece := await self.chunk()) is not None:
            size += len(piece)
            if size > limit:
                raise UpstreamError(
                    502, "The provider's answer is larger than this gateway accepts.", klass="upstream_too_large"
                )
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def beginning(self, limit: int) -> bytes:
        """The body, but at most `limit` bytes of it, or what came of it: an error's status says more than its text."""
        body = b""
        try:
            while len(body) < limit and (piece := await self.chunk()) is not None:
                body += piece
        except UpstreamError:
            pass
        return body[:limit]

    async def finish(self, seconds: float) -> None:
        """Read on to the end, so that the connection can be used again, but for no longer than that; never raises."""
        if self._over:
            return
        try:
            async with asyncio.timeout(seconds):
                while await self.chunk() is not None:
                    pass
        except (TimeoutError, UpstreamError):
            pass

    async def close(self) -> None:
        """Give the connection back, or cut it when the body was not read to its end."""
        if self.on_close is not None:
            self.on_close()
            self.on_close = None
        if not self._over:
            self._over = True
            await self._drop()


def unreachable() -> UpstreamError:
    """No connection came to be."""
    return UpstreamError(502, "The provider could not be reached.", klass="upstream_unreachable")


def reset() -> UpstreamError:
    """The connection broke before the head of an answer."""
    return UpstreamError(502, "The connection to the provider failed.", klass="upstream_reset")


def cut() -> UpstreamError:
    """The connection broke in the middle of an answer."""
    return UpstreamError(502, "The provider broke off its answer.", klass="upstream_cut")


def misconfigured() -> UpstreamError:
    """The address or a header cannot be."""
    return UpstreamError(502, "The channel's address or headers are not valid.", klass="upstream_config")
