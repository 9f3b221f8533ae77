"""Whose errors a client reads: the protocol of a path, and of a client that asks for what is nowhere.

Looks at path and headers only; a request that cannot be read has no more.
"""

from collections.abc import Mapping

from adapters.contract import Wire
from adapters.errors import ClientError, GatewayError
from adapters.protocols.table import WIRES
from deployments.connection import Connection
from deployments.exchange import new_request_id

JSON = b"content-type: application/json\r\n"

_BY_PATH = (
    ("/v1/responses", "responses"),
    ("/v1/messages", "messages"),
    ("/v1beta/", "gemini"),
    ("/v1alpha/", "gemini"),
)
_BY_HEADER = ((b"anthropic-version", "messages"), (b"x-goog-api-key", "gemini"), (b"x-goog-api-client", "gemini"))
_CHAT = WIRES["chat"]


def wire_of(path: str, headers: Mapping[bytes, bytes]) -> Wire:
    """The protocol that a client of this path speaks; elsewhere the one that its headers show, or OpenAI's."""
    for prefix, name in _BY_PATH:
        if path.startswith(prefix):
            return WIRES.get(name, _CHAT)
    if path.startswith("/v1/models/") and ":" in path:
        return WIRES.get("gemini", _CHAT)
    if path not in ("/v1/chat/completions", "/v1/completions", "/v1/embeddings"):
        for header, name in _BY_HEADER:
            if header in headers:
                return WIRES.get(name, _CHAT)
    return _CHAT


def lister(path: str, headers: Mapping[bytes, bytes], query: bytes) -> Wire:
    """The protocol in whose shape models are listed: OpenAI's and Anthropic's clients use the same path."""
    if path.startswith("/v1beta/") or b"key=" in query:
        return WIRES.get("gemini", _CHAT)
    wire = wire_of(path, headers)
    return WIRES.get("messages", _CHAT) if wire is _CHAT and b"x-api-key" in headers else wire


def refuse(connection: Connection, error: GatewayError, request_id: str, more: bytes = b"", wire: Wire = _CHAT) -> None:
    """Answer with an error in the client's shape."""
    headers = ids(wire, request_id) + more
    if error.retry_after:
        headers += b"retry-after: " + error.retry_after.encode("latin-1", "replace")[:64] + b"\r\n"
    connection.respond(error.status, JSON + headers, wire.render(error, request_id))


def ids(wire: Wire, request_id: str) -> bytes:
    """The header lines with our id of the request; Anthropic's clients look for it under another name."""
    line = b"x-request-id: %b\r\n" % request_id.encode()
    return line + b"request-id: %b\r\n" % request_id.encode() if wire.name == "messages" else line


def unreadable(target: bytes, headers: Mapping[bytes, bytes], status: int, message: str) -> tuple[bytes, bytes]:
    """Header lines and body for a request that cannot be read (see Server)."""
    path = target.partition(b"?")[0].decode("latin-1")
    wire = wire_of(path, headers)
    request_id = new_request_id()
    return JSON + ids(wire, request_id), wire.render(ClientError(status, message), request_id)
