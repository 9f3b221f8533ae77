"""Contents of a passthrough without what other providers made: Google takes its own signatures only.

Another provider's thoughts were given to the client under a mark (signatures.py). Thoughts with it are left out; a call
with it gets what Google's page gives for calls that another model made.
"""

import msgspec

from adapters.head import Fields
from adapters.protocols.gemini.names import camel
from adapters.protocols.gemini.signatures import MARK, SKIP
from adapters.unreadable import UNREADABLE

SEALED = f'"{MARK}'.encode()
"""How a marked signature begins in JSON. Where these bytes are not, nothing has to be looked at."""

_CALL = ("functionCall", "function_call")

_fields = msgspec.json.Decoder(Fields)
_list = msgspec.json.Decoder(list[Fields])
_parts = msgspec.json.Decoder(list[msgspec.Raw])
_encode = msgspec.json.encode


def own_contents(raw: msgspec.Raw) -> msgspec.Raw:
    """The contents. What cannot be read stays: the provider will say what is wrong with it."""
    kept: list[Fields] = []
    try:
        for content in _list.decode(raw):
            parts = content.get("parts", msgspec.Raw())
            if SEALED not in bytes(parts):
                kept.append(content)
            elif own := [part for one in _parts.decode(parts) if (part := _own(one)) is not None]:
                kept.append({**content, "parts": msgspec.Raw(_encode(own))})
    except UNREADABLE:
        return raw
    return msgspec.Raw(_encode(kept))


def _own(raw: msgspec.Raw) -> msgspec.Raw | None:
    if SEALED not in bytes(raw):
        return raw
    part = _fields.decode(raw)
    name = next((name for name, value in part.items() if camel(name) == "thoughtSignature" and _marked(value)), None)
    if name is None:
        return raw
    if any(call in part for call in _CALL):
        return msgspec.Raw(_encode({**part, name: SKIP}))
    if "thought" in part:
        return None
    del part[name]
    return msgspec.Raw(_encode(part))


def _marked(value: msgspec.Raw) -> bool:
    return bytes(value).startswith(SEALED)
