"""Extra upstream headers of a channel; owns which are accepted.

They are stored and shown as they are, so a header that carries a credential is refused: that is what `secret` is for.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

MAX_HEADERS = 32

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_VALUE = re.compile(r"[\x20-\x7e]{0,2048}")
# Headers of one connection (RFC 9110, 7.6.1) and those the gateway computes for each request.
_NOT_OURS = frozenset({
    "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host",
    "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
_CREDENTIAL = re.compile(
    r"(^|[-_])(authorization|authenticate|api[-_]?key|(access|auth|session)[-_]token|secret|password|cookie2?)$"
)


def _check(headers: dict[str, str]) -> dict[str, str]:
    seen: set[str] = set()
    for name, value in headers.items():
        lower = name.lower()
        if not _NAME.fullmatch(name):
            raise ValueError("a header name must have 1 to 128 letters, digits or hyphens")
        if lower in seen:
            raise ValueError(f"names the header {lower} twice")
        seen.add(lower)
        if lower in _NOT_OURS:
            raise ValueError(f"the header {lower} belongs to the connection and is set by the gateway")
        if _CREDENTIAL.search(lower):
            raise ValueError(f"the header {lower} carries a credential, but headers are stored readable; use `secret`")
        if not _VALUE.fullmatch(value) or value != value.strip():
            raise ValueError(f"the value of {lower} must be at most 2048 printable ASCII characters on one line")
    return headers


Headers = Annotated[
    dict[Annotated[str, Field(strict=True)], Annotated[str, Field(strict=True)]],
    AfterValidator(_check),
    Field(
        max_length=MAX_HEADERS,
        description="Extra headers sent to the upstream.",
        examples=[{"OpenAI-Organization": "org-1"}],
    ),
]
