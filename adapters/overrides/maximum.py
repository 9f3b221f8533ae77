"""No rule makes a request ask for more output than was paid for."""

import msgspec

from adapters.head import Fields
from adapters.unreadable import UNREADABLE

MAXIMA = {
    "chat": ("max_completion_tokens", "max_tokens"),
    "responses": ("max_output_tokens",),
    "messages": ("max_tokens",),
}
_count = msgspec.json.Decoder(int).decode
_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def bound(fields: Fields, protocol: str, most: int) -> Fields:
    """The fields with every maximum at most `most`; the fields given are not changed."""
    if protocol == "gemini":
        return _gemini(fields, most)
    over = {name: msgspec.Raw(b"%d" % most) for name in MAXIMA.get(protocol, ()) if _above(fields.get(name), most)}
    return {**fields, **over} if over else fields


def _gemini(fields: Fields, most: int) -> Fields:
    for name in ("generationConfig", "generation_config"):
        raw = fields.get(name)
        if raw is None or bytes(raw).lstrip()[:1] != b"{":
            continue
        try:
            config = _object(raw)
        except UNREADABLE:
            continue  # the provider says so
        over = {
            inner: msgspec.Raw(b"%d" % most)
            for inner in ("maxOutputTokens", "max_output_tokens")
            if _above(config.get(inner), most)
        }
        if over:
            fields = {**fields, name: msgspec.Raw(msgspec.json.encode({**config, **over}))}
    return fields


def _above(raw: msgspec.Raw | None, most: int) -> bool:
    if raw is None:
        return False
    try:
        return _count(raw) > most
    except UNREADABLE:
        return False
