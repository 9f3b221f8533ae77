"""Pure ASGI middleware: refuses bodies over a size with 413, by their declared length or while they arrive."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.problems import TOO_LARGE, Problem, render


class BodyLimit:
    """Wraps an ASGI application; `limit` in bytes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if declared.isdigit() and (len(declared) > 18 or int(declared) > self.limit):
            problem = Problem(413, TOO_LARGE)
            await render(problem, scope)(scope, receive, send)
            return
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.limit:
                # FastAPI lets only this class pass while it reads a body.
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)
