"""Where clients of the four protocols put their key. Finds it; asks nobody whether it is good."""

from adapters.errors import ClientError
from deployments.calls import parameters
from deployments.request import Request

_HEADERS = (b"x-api-key", b"x-goog-api-key", b"api-key")
"""Anthropic's, Google's and Azure's clients."""


def token_of(request: Request) -> bytes:
    """The key of a request: `Authorization: Bearer`, else one of the vendors' headers, else `?key=`.

    Raises ClientError (401) when there is none.
    """
    scheme, _, token = request.headers.get(b"authorization", b"").partition(b" ")
    token = token.strip()
    if token and scheme.lower() == b"bearer":
        return token
    for name in _HEADERS:
        token = request.headers.get(name, b"").strip()
        if token:
            return token
    if b"key=" in request.query:
        token = parameters(request.query).get("key", "").encode("utf-8", "replace").strip()
        if token:
            return token
    raise ClientError(
        401,
        "No API key was given. Send it as 'Authorization: Bearer YOUR_KEY', or as your client does: x-api-key, "
        "x-goog-api-key or api-key.",
        code="missing_api_key",
    )
