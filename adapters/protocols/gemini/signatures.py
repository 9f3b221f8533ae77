"""The proof of a thought, which any part may carry as `thoughtSignature`, in base64.

https://ai.google.dev/gemini-api/docs/thought-signatures (2026-11). A signature of another vendor travels through a
client sealed, as base64 of what canonical/sealed.py makes: SDKs decode and encode the field, nothing else comes back.
"""

import base64
import binascii
from collections.abc import Sequence

import msgspec

from adapters.canonical.blocks import Origin
from adapters.canonical.sealed import MAX_CHARS, PREFIX, Sealed, Thought, seal, unseal, unseal_thoughts

OWN = Origin("gemini")
SKIP = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="
"""base64 of "skip_thought_signature_validator": what Google's page gives for calls that another model made."""

MARK = base64.b64encode(PREFIX.encode()).decode()[:5]
"""How a sealed signature begins: the base64 of PREFIX but for its last characters, which depend on what follows."""

_URLSAFE = str.maketrans("-_", "+/")


class Signed(msgspec.Struct, frozen=True, gc=False):
    """A signature and who may have it back; or thoughts that a call carries (carried.py)."""

    signature: str = ""
    encrypted: str = ""
    origin: Origin | None = None
    id: str = ""
    carried: tuple[Thought, ...] = ()


_NONE = Signed()


def read(text: str) -> Signed:
    """A part's thoughtSignature; "" for none."""
    if not text:
        return _NONE
    if text.startswith(MARK):
        try:
            opened = base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_")).decode()
        except (binascii.Error, ValueError):
            opened = ""
        if (sealed := unseal(opened)) is not None:
            return Signed(sealed.signature, sealed.encrypted, sealed.origin, sealed.id)
        if carried := unseal_thoughts(opened):
            return Signed(carried=carried)
    return Signed(text, origin=OWN)


def write(signature: str, encrypted: str = "", origin: Origin | None = None, id: str = "") -> str:  # noqa: A002
    """A part's thoughtSignature for a client, "" for none; that of another vendor is sealed."""
    if not signature and not encrypted:
        return ""
    if origin is None or origin.protocol == "gemini":
        return signature
    sealed = seal(Sealed(origin.protocol, origin.provider, signature, encrypted, id))
    return base64.b64encode(sealed.encode()).decode()


def carry(thoughts: Sequence[Thought]) -> str:
    """The thoughtSignature that carries thoughts of another vendor; "" for more than can be carried."""
    sealed = seal(thoughts)
    return base64.b64encode(sealed.encode()).decode() if len(sealed) <= MAX_CHARS else ""


def standard(data: str) -> str:
    """Base64 in the usual letters and with its padding, as every other protocol wants it.

    Google's SDKs write the letters of URLs (google-genai 3.4), and its servers read both.
    """
    if "-" in data or "_" in data:
        data = data.translate(_URLSAFE)
    return data if len(data) % 4 == 0 else data.rstrip("=") + "=" * (-len(data.rstrip("=")) % 4)
