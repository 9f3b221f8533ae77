"""What only one provider can read, carried through a client of another protocol and back.

A client returns reasoning as it got it. Where its protocol has an opaque string for the proof (Anthropic's `signature`
and `data`, OpenAI's `encrypted_content`), another provider's signature travels in that string together with its origin,
and the next request brings it back to who made it. Nothing here is secret or trusted: it is what the client was shown.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from adapters.canonical.blocks import Origin

PREFIX = "gw1."
"""No provider's own signature has a dot: they are base64."""

MAX_CHARS = 4 << 20
"""The longest string that is opened again."""


class Sealed(msgspec.Struct, frozen=True, array_like=True):
    """`call` is the id of the tool call, and `text` says that it is the text before it, that the signature belongs to.

    Without either it is a thought's. `id` is the id of the item (Responses).
    """

    protocol: str = ""
    provider: str = ""
    signature: str = ""
    encrypted: str = ""
    id: str = ""
    call: str = ""
    text: bool = False

    @property
    def origin(self) -> Origin:
        """Who may have it back."""
        return Origin(self.protocol, self.provider)


class Thought(msgspec.Struct, frozen=True, array_like=True):
    """A thought that something else than itself carries: what was thought, and how much text was said before it."""

    proof: Sealed
    words: str
    at: int


_sealed = msgspec.msgpack.Decoder(Sealed)
_thoughts = msgspec.msgpack.Decoder(tuple[Thought, ...])
_T = TypeVar("_T")


def seal(sealed: Sealed | Sequence[Thought]) -> str:
    """One string of letters, digits, - and _ after PREFIX."""
    return PREFIX + base64.urlsafe_b64encode(msgspec.msgpack.encode(sealed)).decode().rstrip("=")


def unseal(text: str) -> Sealed | None:
    """What `seal` was given; None for anything else, a provider's own signature among it."""
    return _opened(text, _sealed)


def unseal_thoughts(text: str) -> tuple[Thought, ...]:
    """The same for thoughts."""
    return _opened(text, _thoughts) or ()


def _opened(text: str, decoder: msgspec.msgpack.Decoder[_T]) -> _T | None:
    if not text.startswith(PREFIX) or len(text) > MAX_CHARS:
        return None
    coded = text[len(PREFIX) :]
    try:
        return decoder.decode(base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)))
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError):
        return None
