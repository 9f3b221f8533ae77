"""Same protocol on both sides: which headers go through, and nothing else.

Requests carry only what is listed: a client's credentials, cookies and addresses never reach a provider. Answers carry
only what is listed: a provider's cookies, account ids and account limits never reach a client.
"""

from collections.abc import Callable, Iterable

REQUEST_HEADERS: dict[str, tuple[bytes, ...]] = {
    "chat": (b"openai-beta", b"accept"),
    "responses": (b"openai-beta", b"accept"),
    # https://docs.claude.com/en/api/versioning and /en/api/beta-headers (2026-11)
    "messages": (b"anthropic-version", b"anthropic-beta", b"accept"),
    "gemini": (b"accept",),
}
"""Client headers that are sent on as they are, by protocol."""

RESPONSE_HEADERS = ("openai-processing-ms", "openai-version")
"""Upstream headers that are handed to the client as they are, besides content-type."""

UPSTREAM_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-amzn-requestid")


def request_headers(
    client: dict[bytes, bytes], channel: Iterable[tuple[str, str]], protocol: str = "chat"
) -> list[tuple[str, str]]:
    """Headers of an upstream request.

    The channel's own (authorization among them), then the listed ones of the client. The version that an Anthropic
    client names goes before the channel's.
    """
    headers = list(channel)
    if protocol == "messages" and b"anthropic-version" in client:
        headers = [pair for pair in headers if pair[0] != "anthropic-version"]
    for name in REQUEST_HEADERS[protocol]:
        value = client.get(name)
        if value is not None and value.isascii():  # the client library refuses the whole request for other bytes
            headers.append((name.decode(), value.decode()))
    return headers


def response_headers(
    get: Callable[[str], str | None], request_id: str, content_type: str, protocol: str = "chat"
) -> bytes:
    """Header lines of the answer to a client of `protocol`. Anthropic's clients look for our id under another name."""
    lines = [f"content-type: {content_type}\r\nx-request-id: {request_id}\r\n"]
    if protocol == "messages":
        lines.append(f"request-id: {request_id}\r\n")
    for name in RESPONSE_HEADERS:
        value = get(name)
        if value is not None:
            lines.append(f"{name}: {value}\r\n")
    return "".join(lines).encode("latin-1", "replace")


def upstream_request_id(get: Callable[[str], str | None]) -> str:
    """The provider's own id of the request, for its support; empty when it gave none."""
    for name in UPSTREAM_REQUEST_ID_HEADERS:
        value = get(name)
        if value is not None:
            return value[:128]
    return ""
