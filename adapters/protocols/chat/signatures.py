"""Gemini's thought signatures, as Google's compatible address has them.

https://ai.google.dev/gemini-api/docs/thought-signatures (2026-11): extra_content.google.thought_signature of a tool
call or of a message. Clients that send a message back as they got it bring them back.
"""

import msgspec

from adapters.canonical.blocks import Origin
from adapters.protocols.chat.values import Raws
from adapters.unreadable import UNREADABLE

GEMINI = Origin("gemini")

_content = msgspec.json.Decoder(dict[str, Raws])
_text = msgspec.json.Decoder(str)


def take_signature(fields: Raws) -> str:
    """The signature of a message or a call, which is taken out of its fields; "" when there is none."""
    raw = fields.get("extra_content")
    if raw is None:
        return ""
    signature = read_signature(raw)
    if signature:
        del fields["extra_content"]
        fields.pop("thought_signature", None)  # the same once more
    return signature


def read_signature(raw: msgspec.Raw) -> str:
    """The signature in an `extra_content` value; "" when there is none."""
    try:
        return _text.decode(_content.decode(raw)["google"]["thought_signature"])
    except (*UNREADABLE, KeyError):
        return ""


def write_signature(signature: str) -> dict[str, object]:
    """The `extra_content` value."""
    return {"google": {"thought_signature": signature}}
