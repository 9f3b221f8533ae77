"""Reasoning beside the text of a message: `reasoning_content`, `reasoning`, `reasoning_details`.

The first is DeepSeek's and most others', the second OpenRouter's, Groq's and vLLM's, the third OpenRouter's form for
what only the maker of the model can read (https://openrouter.ai/docs/use-cases/reasoning-tokens, 2026-11). Through it
signatures and encrypted reasoning of any protocol reach a client of this one, and come back with the next request.
"""

from collections.abc import Sequence

import msgspec

from adapters.canonical.blocks import Json, Origin, Thinking
from adapters.unreadable import UNREADABLE

FIELDS = ("reasoning_content", "reasoning", "reasoning_details")
"""What a message may have; where there are several the first says the text."""

CHAT = Origin("chat")

# format -> who made it, https://openrouter.ai/docs/use-cases/reasoning-tokens (2026-11)
_ORIGINS = {
    "anthropic-claude-v1": Origin("messages"),
    "openai-responses-v1": Origin("responses"),
    "azure-openai-responses-v1": Origin("responses", "azure"),
    "xai-responses-v1": Origin("responses", "xai"),
    "google-gemini-v1": Origin("gemini"),
}
_FORMATS = {origin: name for name, origin in _ORIGINS.items()}
_OURS = "gateway-"  # the format of what no other program reads: gateway-<protocol> or gateway-<protocol>/<provider>


class Detail(msgspec.Struct, gc=False, omit_defaults=True):
    """One entry of `reasoning_details`."""

    type: str = ""
    text: str | None = None
    summary: str | None = None
    data: str | None = None
    signature: str | None = None
    id: str | None = None
    format: str | None = None
    index: int | float | str | None = None


_text = msgspec.json.Decoder(str)
_details = msgspec.json.Decoder(list[Detail])


def read_details(raw: msgspec.Raw) -> list[Detail]:
    """The entries; none when the value is not what it should be."""
    try:
        return _details.decode(raw)
    except UNREADABLE:
        return []


def read_text(raw: msgspec.Raw | None) -> str:
    """The words of `reasoning_content` or `reasoning`; a value that is no string has none."""
    if not raw:
        return ""
    try:
        return _text.decode(raw)
    except UNREADABLE:
        return ""


def thoughts(fields: dict[str, msgspec.Raw]) -> list[Thinking]:
    """The reasoning of a message from those of its fields that are in FIELDS.

    The first block carries the fields as they came, for this protocol; the ones after it carry nothing.
    """
    said = read_text(fields.get("reasoning_content")) or read_text(fields.get("reasoning"))
    entries = read_details(fields["reasoning_details"]) if "reasoning_details" in fields else []
    found: list[Thinking] = []
    for thought in _grouped(entries):
        found.append(thought if found else msgspec.structs.replace(thought, extra=fields))
    if not any(thought.text for thought in found) and said:
        if len(found) == 1:
            return [msgspec.structs.replace(found[0], text=said)]
        found = [msgspec.structs.replace(thought, extra={}) for thought in found]
        found.insert(0, Thinking(said, origin=CHAT, protocol="chat", extra=fields))
    return found


def _grouped(entries: Sequence[Detail]) -> list[Thinking]:
    """Entries of one index or one id are one thought: OpenAI's summary and encrypted content, pieces of Claude's."""
    found: list[Thinking] = []
    keys: list[tuple[object, str | None]] = []
    for entry in entries:
        key = (entry.index, entry.format)
        place = next((n for n in range(len(found) - 1, -1, -1) if _continues(entry, key, keys[n], found[n])), None)
        if place is None:
            place = len(found)
            found.append(Thinking(origin=origin_of(entry.format), protocol="chat", extra={}))
            keys.append(key)
        before = found[place]
        found[place] = msgspec.structs.replace(
            before,
            text=before.text + (entry.text or entry.summary or ""),
            summary=before.summary or bool(entry.summary),
            signature=entry.signature or before.signature,
            encrypted=entry.data or before.encrypted,
            id=entry.id or before.id,
        )
    return found


def _continues(
    entry: Detail, key: tuple[object, str | None], known: tuple[object, str | None], before: Thinking
) -> bool:
    """Whether an entry belongs to a thought that has begun: not when it would say again what that one has."""
    if (entry.data and before.encrypted) or (before.signature and entry.text):
        return False
    if entry.id and before.id:
        return entry.id == before.id
    return entry.index is not None and key == known


def origin_of(form: str | None) -> Origin:
    """Who made an entry of this format; a format that is not known is this protocol's own."""
    if form is None:
        return CHAT
    if form.startswith(_OURS):
        protocol, _, provider = form[len(_OURS) :].partition("/")
        return Origin(protocol, provider)
    return _ORIGINS.get(form, Origin("chat", form))


def format_of(origin: Origin | None) -> str:
    """The format of what `origin` made."""
    if origin is None:
        return f"{_OURS}chat"
    if origin.protocol == "chat" and origin.provider:
        return origin.provider
    return _FORMATS.get(origin) or f"{_OURS}{origin.protocol}{'/' * bool(origin.provider)}{origin.provider}"


def write_details(thought: Thinking, index: int) -> list[Detail]:
    """The entries of one thought that is signed or encrypted; none for another, whose words are enough.

    `index` is the place of the first of them in the list: the official SDK puts pieces together by it.
    """
    if not thought.signature and not thought.encrypted:
        return []
    form = format_of(thought.origin)
    entries = []
    if thought.text or thought.signature:
        said = thought.text or None
        entry = Detail(
            type="reasoning.summary" if thought.summary else "reasoning.text",
            signature=thought.signature or None,
            id=thought.id or None,
            format=form,
            index=index,
        )
        if thought.summary:
            entry.summary = said
        else:
            entry.text = said
        entries.append(entry)
    if thought.encrypted:
        entry = Detail(type="reasoning.encrypted", data=thought.encrypted, id=thought.id or None, format=form)
        entry.index = index + len(entries)
        entries.append(entry)
    return entries


def fields_of(found: Sequence[Thinking]) -> Json:
    """The fields as they came with a message of this protocol; {} where thoughts of another are among them."""
    fields: Json = {}
    for thought in found:
        if thought.protocol != "chat" or thought.extra is None:
            return {}
        if not thought.extra.keys().isdisjoint(FIELDS):
            fields = thought.extra
    return fields
