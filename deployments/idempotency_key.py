"""The Idempotency-Key of a request: what may stand there, what it is scoped to, which body it belongs to.

Pure functions; asks nobody.
"""

import hashlib
import re

from adapters.errors import ClientError

HEADER = b"idempotency-key"
REPLAYED = b"idempotent-replayed: true\r\n"
"""Tells a client that this answer was made for another request with the same key."""

MAX_LENGTH = 255

_PRINTABLE = re.compile(rb"[\x20-\x7e]+")
_BOUNDARY = re.compile(rb'(?i)^multipart/.*;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))')


def read(value: bytes) -> bytes:
    """The key as it is compared. Raises ClientError (400)."""
    key = value.strip()
    if not _PRINTABLE.fullmatch(key) or len(key) > MAX_LENGTH:
        raise ClientError(
            400,
            f"The header Idempotency-Key takes 1 to {MAX_LENGTH} printable ASCII characters.",
            code="invalid_idempotency_key",
            param="Idempotency-Key",
        )
    return key


def claim_id(key_id: int, path: str, key: bytes) -> bytes:
    """SHA-256 of API key, path and Idempotency-Key: the same key at another path or of another caller is another."""
    return hashlib.sha256(b"%d\n%b\n%b" % (key_id, path.encode("latin-1"), key)).digest()


def fingerprint(body: bytes, query: bytes, content_type: bytes) -> bytes:
    """SHA-256 of what is asked, byte for byte; of a form without the boundary, which a client makes anew each time."""
    found = _BOUNDARY.match(content_type)
    if found is not None:
        body = body.replace(b"--" + (found[1] or found[2]), b"--")
    return hashlib.sha256(b"%d\n%b\n%b" % (len(query), query, body)).digest()


def check_same(known: bytes, asked: bytes) -> None:
    """Raises ClientError (422) when the key was used for another body."""
    if known != asked:
        raise ClientError(
            422,
            "This Idempotency-Key was used for another request body. Use a new key for a new request.",
            code="idempotency_key_reused",
            param="Idempotency-Key",
        )
