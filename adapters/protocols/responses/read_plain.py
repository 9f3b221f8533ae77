"""The items that long conversations are made of, read in one step: texts, calls and their results.

An item that has anything else is left to read_items.py, which gives the same turns for these: only slower.
"""

from functools import lru_cache

import msgspec
from msgspec import UNSET, UnsetType

from adapters.canonical.blocks import Json, Text, ToolCall, ToolResult
from adapters.canonical.request import Role, Turn
from adapters.protocols.responses.schema import PROTOCOL, encode


class _Part(msgspec.Struct, forbid_unknown_fields=True):
    type: str
    text: str
    annotations: list[msgspec.Raw] | UnsetType = UNSET
    logprobs: list[msgspec.Raw] | UnsetType = UNSET


class _Item(msgspec.Struct, forbid_unknown_fields=True):
    type: str | UnsetType = UNSET
    role: str = ""
    content: str | list[_Part] | UnsetType = UNSET
    id: str = ""
    status: str | UnsetType | None = UNSET
    phase: str | UnsetType | None = UNSET
    call_id: str = ""
    name: str = ""
    arguments: str | UnsetType = UNSET
    output: str | UnsetType = UNSET


_item = msgspec.json.Decoder(_Item)
_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system", "developer": "developer"}


def read_plain(raw: msgspec.Raw) -> Turn | None:
    """The turn of a usual item, None for any other."""
    try:
        item = _item.decode(raw)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    kind = item.type
    if _is_long(item.status) or _is_long(item.phase):
        return None
    if item.role and (kind is UNSET or kind == "message"):
        return _message(item)
    if item.role or item.content is not UNSET or item.phase is not UNSET or not item.call_id:
        return None
    if kind == "function_call" and item.name and isinstance(item.arguments, str) and item.output is UNSET:
        exact = _exact(UNSET, item.status, UNSET) or None
        call = ToolCall(item.call_id, item.name, item.arguments, item_id=item.id, protocol=PROTOCOL, exact=exact)
        return Turn("assistant", (call,), protocol=PROTOCOL)
    if kind == "function_call_output" and isinstance(item.output, str) and item.arguments is UNSET and not item.name:
        exact = _exact(UNSET, item.status, UNSET) or None
        said = (Text(item.output),)
        result = ToolResult(item.call_id, said, plain=True, item_id=item.id, protocol=PROTOCOL, exact=exact)
        return Turn("user", (result,), protocol=PROTOCOL)
    return None


def _message(item: _Item) -> Turn | None:
    role = _ROLES.get(item.role)
    if role is None or item.call_id or item.name or item.arguments is not UNSET or item.output is not UNSET:
        return None
    exact = _exact(item.type, item.status, item.phase)
    content = item.content
    if isinstance(content, str):
        return Turn(role, (Text(content),), plain=True, id=item.id, protocol=PROTOCOL, exact=exact)
    if not isinstance(content, list):
        return None
    usual = "output_text" if role == "assistant" else "input_text"
    blocks = []
    for part in content:
        if part.type != usual or part.annotations or part.logprobs:
            return None
        kept = _part_exact(part.annotations is not UNSET, part.logprobs is not UNSET)
        blocks.append(Text(part.text, protocol=PROTOCOL, exact=kept))
    return Turn(role, tuple(blocks), id=item.id, protocol=PROTOCOL, exact=exact)


def _is_long(word: str | UnsetType | None) -> bool:
    """Whether a word is none that this protocol has: it is not to be remembered."""
    return isinstance(word, str) and len(word) > 20


@lru_cache(64)
def _exact(kind: str | UnsetType, status: str | UnsetType | None, phase: str | UnsetType | None) -> Json:
    found = {"type": kind, "status": status, "phase": phase}
    return {name: msgspec.Raw(encode(value)) for name, value in found.items() if value is not UNSET}


@lru_cache(4)
def _part_exact(annotations: bool, logprobs: bool) -> Json | None:
    found = {"annotations": annotations, "logprobs": logprobs}
    return {name: msgspec.Raw(b"[]") for name, there in found.items() if there} or None
