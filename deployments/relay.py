"""The admin API on the data plane's address: a plain reverse proxy to the Admin deployment's internal port."""

from urllib.parse import unquote as _unquote

from adapters.errors import GatewayFault, UpstreamError
from deployments.answer import Answer
from deployments.console import encodings
from deployments.replica import Replica
from deployments.request import Request
from deployments.statuses import BODILESS

CONNECT_S = 2.0
ACCEPTS, PACKED = "x-gateway-accepts", "x-gateway-packed"
"""What admin/packing.py is told and tells: by the usual names the packed answer would be unfolded on its way."""
_READING = ("GET", "HEAD")
_ADMIN = ("/api/", "/scim/", "/dashboard/", "/v1/dashboard/", "/.well-known/change-password")
_HOP_BY_HOP = {
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer",
    b"transfer-encoding", b"upgrade", b"content-length", b"host", b"expect", b"accept-encoding",
    b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", ACCEPTS.encode(),
}  # fmt: skip
_ANSWER_DROPPED = {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date", "upgrade"}


def is_admin(path: str) -> bool:
    """Whether the Admin deployment answers this path."""
    return path.startswith(_ADMIN)


def unquote(path: str) -> str:
    """A path segment as text."""
    return _unquote(path.encode("latin-1").decode("utf-8", "replace"))


def _told(request: Request, name: bytes, own: str) -> str:
    """What the sender says, and behind it what is so: admin/forwarded.py decides how much of it is believed."""
    said = request.headers.get(name, b"").decode("latin-1")
    return f"{said}, {own}" if said else own


async def _ask(replica: Replica, request: Request, target: str, headers: list[tuple[str, str]]) -> Answer:
    """The answer's beginning. What only reads is asked twice: an Admin that ends or is overrun drops what it has."""
    for again in (request.method in _READING, False):
        try:
            return await replica.direct.request(request.method, target, headers, request.body, connect_s=CONNECT_S)
        except UpstreamError:
            if not again:
                break
    raise GatewayFault(503, "The admin API does not answer at the moment.", code="admin_away", retry_after="2")


async def forward(replica: Replica, request: Request) -> None:
    """Hand the request on and stream the answer back. Raises GatewayFault when the Admin deployment is away."""
    replica.relayed.requests += 1
    try:
        await _forward(replica, request)
    finally:
        replica.relayed.requests -= 1


async def _forward(replica: Replica, request: Request) -> None:
    url = replica.live.admin_url
    if not url:
        raise GatewayFault(503, "The admin API is starting or not running.", code="admin_away", retry_after="2")
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in request.headers.items()
        if name not in _HOP_BY_HOP
    ]
    headers += [
        ("x-forwarded-for", _told(request, b"x-forwarded-for", request.connection.client_ip)),
        ("x-forwarded-host", _told(request, b"x-forwarded-host", request.headers.get(b"host", b"").decode("latin-1"))),
        ("x-forwarded-proto", _told(request, b"x-forwarded-proto", "http")),
        ("accept-encoding", "identity"),
        ("x-gateway-internal", replica.internal_token),
    ]
    if "gzip" in encodings(request.headers.get(b"accept-encoding", b"")):
        headers.append((ACCEPTS, "gzip"))
    query = b"?" + request.query if request.query else b""
    target = url + (request.path.encode("latin-1") + query).decode("latin-1")
    connection = request.connection
    answer = await _ask(replica, request, target, headers)
    streaming = False
    try:
        lines = b"".join(
            f"{'content-encoding' if name == PACKED else name}: {value}\r\n".encode("latin-1", "replace")
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
        streaming = True
        replica.relayed.streams += 1
        watching = (answer.header("content-type") or "").startswith("text/event-stream")
        while (chunk := await answer.chunk()) is not None:
            connection.write_chunk(chunk)
            await connection.drained()
            if watching and connection.server.draining:
                break  # it would hold up the end for as long as somebody looks on; the page connects again
        connection.end_stream()
    except UpstreamError:
        if not connection.answered:
            raise GatewayFault(503, "The admin API broke off its answer.", code="admin_away") from None
    finally:
        replica.relayed.streams -= streaming
        await answer.close()
