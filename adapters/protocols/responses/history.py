"""Conversations that the gateway keeps: earlier turns put before a request's input, and the lists that clients read.

Works on items as they were written; knows no storage. What the provider itself keeps is no concern of this module.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from adapters.errors import ClientError
from adapters.head import Fields
from adapters.protocols.responses.head import given
from adapters.protocols.responses.schema import MaybeFlag, MaybeText, Object, Raws, encode, raw, read, starts
from adapters.unreadable import UNREADABLE

PREVIOUS = "previous_response_id"
MAX_ID = 200

# Ids of these are for lists only: what binds a call to its result is call_id. A provider that keeps items itself looks
# an id up that it is given, and does not know ours.
_UNBOUND = frozenset(
    {"message", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output"}
)
_PREFIXES = {
    "message": "msg", "function_call": "fc", "function_call_output": "fco", "custom_tool_call": "ctc",
    "custom_tool_call_output": "ctco", "reasoning": "rs", "web_search_call": "ws", "item_reference": "ref",
}  # fmt: skip
_ID = b'"id"'


class _Answer(msgspec.Struct):
    id: str
    output: list[msgspec.Raw] = []
    status: str | None = None


class _Item(msgspec.Struct):
    id: str | None = None
    type: str | None = None
    role: str | None = None


_answer = msgspec.json.Decoder(_Answer)
_item = msgspec.json.Decoder(_Item)


class Page(msgspec.Struct, frozen=True):
    """What of a list is asked for: at most `limit` items, those `after` or `before` the item of an id."""

    limit: int = 20
    newest_first: bool = True
    after: str = ""
    before: str = ""


def previous_id(fields: Fields) -> str:
    """The response that a request goes on from, "" for none. Raises ClientError (400)."""
    value = fields.get(PREVIOUS)
    if value is None:
        return ""
    found = read(MaybeText, value, PREVIOUS, "a string") or ""
    if len(found) > MAX_ID:
        raise unknown(found)
    return found


def unknown(response_id: str) -> ClientError:
    """What OpenAI says of a response that is not there (2026-11)."""
    return ClientError(
        400,
        f"Previous response with id '{response_id[:MAX_ID]}' not found.",
        code="previous_response_not_found",
        param=PREVIOUS,
    )


def wants_keeping(fields: Fields) -> bool:
    """Whether the answer may be referred to later: `store`, which is true where it is not said. Raises ClientError."""
    value = fields.get("store")
    return value is None or read(MaybeFlag, value, "store", "a boolean") is not False


def in_background(fields: Fields) -> bool:
    """Whether the provider is to answer at once and work later. Raises ClientError (400)."""
    value = fields.get("background")
    return value is not None and read(MaybeFlag, value, "background", "a boolean") is True


def own_items(fields: Fields) -> list[msgspec.Raw]:
    """The request's own input as items. Raises ClientError (400)."""
    if not given(fields, "input"):
        return []
    value = fields["input"]
    if starts(value) == b'"':
        return [raw({"type": "message", "role": "user", "content": value})]
    return read(Raws, value, "input", "a string or an array of items")


def put_before(fields: Fields, earlier: Iterable[msgspec.Raw]) -> Fields:
    """The request with these items before its own, in place of `previous_response_id`."""
    items = [_without_id(item) for item in earlier]
    rest = {name: value for name, value in fields.items() if name != PREVIOUS}
    return {**rest, "input": raw(items + own_items(fields))}


def answered(body: bytes) -> tuple[str, list[msgspec.Raw]]:
    """Id and output of a response that came to its end; id "" for one that did not."""
    try:
        answer = _answer.decode(body)
    except UNREADABLE:
        return "", []
    return (answer.id, answer.output) if answer.status in ("completed", "incomplete") else ("", [])


def ids_of(output: Iterable[msgspec.Raw]) -> list[str]:
    """The ids of items that have one."""
    return [found.id for item in output if (found := _read(item)).id and len(found.id) <= MAX_ID]


def shown(body: bytes, previous: str) -> bytes:
    """A kept response as a client gets it, with the one before it named."""
    fields = Object.decode(body)
    return encode({**fields, PREVIOUS: raw(previous)}) if previous else body


def listed(response_id: str, items: Sequence[msgspec.Raw], page: Page) -> bytes:
    """A page of items, each with an id: https://platform.openai.com/docs/api-reference/responses/input-items (2026-11).

    Raises ClientError (400) for an id that is none of theirs.
    """
    rows = [_with_id(response_id, number, item) for number, item in enumerate(items)]
    if page.newest_first:
        rows.reverse()
    names = [name for name, _ in rows]
    first = _place(names, page.after, "after") + 1 if page.after else 0
    end = _place(names, page.before, "before") if page.before else len(rows)
    wanted = rows[first:end]
    cut = wanted[: page.limit]
    return encode(
        {
            "object": "list",
            "data": [item for _, item in cut],
            "first_id": cut[0][0] if cut else None,
            "last_id": cut[-1][0] if cut else None,
            "has_more": len(cut) < len(wanted),
        }
    )


def items_of(array: bytes) -> list[msgspec.Raw]:
    """The items of a JSON array."""
    return Raws.decode(array)


def by_id(response: bytes) -> dict[str, msgspec.Raw]:
    """The items of a response's output by their ids."""
    return {name: item for item in answered(response)[1] if (name := _read(item).id)}


def reference(item: msgspec.Raw) -> str:
    """The id of the item that this one only names, "" for one that is written out."""
    found = _read(item)
    named = found.type == "item_reference" or (found.type is None and found.role is None)
    return found.id or "" if named else ""


def references(fields: Fields) -> list[str]:
    """The ids of items that a request's input names and does not write out. Raises ClientError (400)."""
    value = fields.get("input")
    if value is None or _ID not in bytes(value):
        return []
    return [name for item in own_items(fields) if (name := reference(item))]


def resolved(fields: Fields, known: Mapping[str, msgspec.Raw]) -> Fields:
    """The request with the items that are known written out."""
    items = [known.get(reference(item), item) for item in own_items(fields)]
    return {**fields, "input": raw([_without_id(item) for item in items])}


def _place(names: list[str], wanted: str, field: str) -> int:
    try:
        return names.index(wanted)
    except ValueError:
        raise ClientError(400, f"There is no item '{wanted[:MAX_ID]}' here.", param=field) from None


def _without_id(item: msgspec.Raw) -> msgspec.Raw:
    found = _read(item)
    kind = found.type or ("message" if found.role else "")
    if found.id is None or kind not in _UNBOUND:
        return item
    fields = Object.decode(item)
    del fields["id"]
    return raw(fields)


def _with_id(response_id: str, number: int, item: msgspec.Raw) -> tuple[str, msgspec.Raw]:
    found = _read(item)
    kind = found.type or ("message" if found.role else "item")
    fields = Object.decode(item) if starts(item) == b"{" else {}
    if kind == "message":
        content = fields.get("content")
        if content is not None and starts(content) == b'"':
            part = "output_text" if found.role == "assistant" else "input_text"
            more = {"annotations": raw([])} if found.role == "assistant" else {}
            fields["content"] = raw([{"type": part, "text": content, **more}])
        fields = {"type": raw("message"), "status": raw("completed"), **fields}
    if found.id:
        return found.id, raw(fields)
    seed = f"{response_id}/{number}".encode("utf-8", "replace")
    made = f"{_PREFIXES.get(kind, 'item')}_gw{hashlib.blake2b(seed, digest_size=16).hexdigest()}"
    return made, raw({"id": raw(made), **fields})


def _read(item: msgspec.Raw) -> _Item:
    try:
        return _item.decode(item)
    except UNREADABLE:
        return _Item()
