"""Admin API and console on the data plane's address: a plain reverse proxy to the Admin deployment's internal port."""

from urllib.parse import unquote as _unquote

from adapters.errors import GatewayFault, UpstreamError
from deployments.replica import Replica
from deployments.request import Request
from deployments.statuses import BODILESS

CONNECT_S = 2.0
_HOP_BY_HOP = {
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer",
    b"transfer-encoding", b"upgrade", b"content-length", b"host", b"expect", b"accept-encoding",
    b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto",
}  # fmt: skip
_ANSWER_DROPPED = {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date", "upgrade"}


def is_admin(path: str) -> bool:
    """Whether the Admin deployment answers this path."""
    return path == "/" or path.startswith(("/api/", "/console", "/favicon"))


def unquote(path: str) -> str:
    """A path segment as text."""
    return _unquote(path.encode("latin-1").decode("utf-8", "replace"))


async def forward(replica: Replica, request: Request) -> None:
    """Hand the request on and stream the answer back. Raises GatewayFault when the Admin deployment is away."""
    url = replica.live.admin_url
    if not url:
        raise GatewayFault(503, "The admin API is starting or not running.", code="admin_away", retry_after="2")
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in request.headers.items()
        if name not in _HOP_BY_HOP
    ]
    headers += [
        ("x-forwarded-for", request.connection.client_ip),
        ("x-forwarded-host", request.headers.get(b"host", b"").decode("latin-1")),
        ("x-forwarded-proto", "http"),
        ("accept-encoding", "identity"),
        ("x-gateway-internal", replica.internal_token),
    ]
    query = b"?" + request.query if request.query else b""
    target = url + (request.path.encode("latin-1") + query).decode("latin-1")
    connection = request.connection
    try:
        answer = await replica.direct.request(request.method, target, headers, request.body, connect_s=CONNECT_S)
    except UpstreamError:
        raise GatewayFault(
            503, "The admin API does not answer at the moment.", code="admin_away", retry_after="2"
        ) from None
    try:
        lines = b"".join(
            f"{name}: {value}\r\n".encode("latin-1", "replace")
            for name, value in answer.headers()
            if name not in _ANSWER_DROPPED
        )
        if answer.status in BODILESS or request.method == "HEAD":
            connection.respond(answer.status, lines, b"")
            return
        length = answer.header("content-length")
        if length is not None and int(length) <= 65536:
            connection.respond(answer.status, lines, await answer.whole(65536))
            return
        connection.start_stream(answer.status, lines, b"")
        while (chunk := await answer.chunk()) is not None:
            connection.write_chunk(chunk)
            await connection.drained()
        connection.end_stream()
    except UpstreamError:
        if not connection.answered:
            raise GatewayFault(503, "The admin API broke off its answer.", code="admin_away") from None
    finally:
        await answer.close()
