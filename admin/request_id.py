"""Pure ASGI middleware: gives each request an id, writes it on the answer, and turns what nobody caught into a 500.

The 500 says nothing but the id; the log has the rest. It must not read or change bodies.
"""

import logging
import re
import uuid

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.problems import Problem, render

log = logging.getLogger(__name__)

_ACCEPTED = re.compile(rb"[A-Za-z0-9._-]{8,64}")


class RequestIds:
    """Wraps an ASGI application; takes over a well-formed `X-Request-Id` of the relaying ingress, else makes one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given.decode() if _ACCEPTED.fullmatch(given) else uuid.uuid4().hex
        scope["gateway.request_id"] = request_id
        started = False

        async def tagged(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, tagged)
        except Exception as error:
            # The text of an exception can hold values of the request, so only where it happened is logged.
            log.error("request %s failed: %s", request_id, type(error).__name__, exc_info=_without_text(error))  # noqa: TRY400
            if started:
                raise
            problem = Problem(500, "The gateway failed on this request. Its log has more under the request id.")
            await render(problem, scope)(scope, receive, tagged)


def _without_text(error: BaseException) -> BaseException:
    """A stand-in of the same traceback whose text is the class name only."""
    return RuntimeError(type(error).__name__).with_traceback(error.__traceback__)
