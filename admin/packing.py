"""Pure ASGI middleware: what is read is packed with gzip where the client takes it; lists shrink to a tenth.

The data plane says in ACCEPTS what its client takes, and finds in PACKED how the answer is packed: by the usual names
its own HTTP client would unfold it again. Never packed: changes (their answers show secrets once), live updates, and
the answer that has the token against forged requests, so that no answer's length says anything about a secret in it.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ACCEPTS = "x-gateway-accepts"
PACKED = "x-gateway-packed"
LEAST_BYTES = 1024
_LEVEL = 5
_AS_IT_IS = frozenset({"/api/v1/me"})


class Packing:
    """Wraps an ASGI application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.packed = GZipMiddleware(app, minimum_size=LEAST_BYTES, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        read = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] not in _AS_IT_IS
        if not read or Headers(scope=scope).get(ACCEPTS) != "gzip":
            await self.app(scope, receive, send)
            return

        async def renamed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                if (coding := headers.get("content-encoding")) is not None:
                    del headers["content-encoding"]
                    headers[PACKED] = coding
            await send(message)

        others = [row for row in scope["headers"] if row[0] != b"accept-encoding"]
        await self.packed({**scope, "headers": [*others, (b"accept-encoding", b"gzip")]}, receive, renamed)
