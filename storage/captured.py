"""What is sealed of a captured request: the form that a replica writes and the admin API reads."""

from __future__ import annotations

import zlib
from base64 import b64decode

import msgspec

from storage.crypto import SealError, SecretBox


class Part(msgspec.Struct, frozen=True, array_like=True):
    """A body: as much of it as was kept, its content type and its size as it passed.

    `cut`: it is not all; `redacted`: how often something was taken out; `note`: why nothing is here.
    """

    body: bytes
    kind: str
    size: int
    cut: bool = False
    redacted: int = 0
    note: str = ""


class Bodies(msgspec.Struct, frozen=True, array_like=True):
    """What the client sent and what it got."""

    request: Part
    response: Part


_decoder = msgspec.msgpack.Decoder(Bodies)


def context(request_id: str) -> str:
    """What a captured request is sealed for."""
    return f"capture:{request_id}"


def unseal(box: SecretBox, request_id: str, sealed: bytes) -> Bodies:
    """The opposite of what the replica did. Raises SealError, also for what is damaged."""
    try:
        return _decoder.decode(zlib.decompress(b64decode(box.open(sealed, context(request_id)))))
    except (zlib.error, msgspec.MsgspecError, ValueError) as error:
        if isinstance(error, SealError):
            raise
        raise SealError("a captured request is damaged") from error
