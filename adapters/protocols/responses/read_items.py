"""Items of an input or an output, into turns: one item, one turn.

Messages, reasoning, calls of the client's tools and their results, and tools that the provider ran. Any other item
stays opaque: https://platform.openai.com/docs/api-reference/responses/create#responses-create-input (2026-11).
"""

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from adapters.canonical.blocks import Block, Opaque, Refusal, Thinking, ToolCall, ToolResult
from adapters.canonical.blocks import Text as TextBlock
from adapters.canonical.request import Role, Turn
from adapters.canonical.sealed import PREFIX, Sealed, unseal
from adapters.head import Fields
from adapters.protocols.responses.compaction import opened
from adapters.protocols.responses.read_content import ORIGIN, read_content
from adapters.protocols.responses.read_plain import read_plain
from adapters.protocols.responses.read_server import SERVER_ITEMS, read_server
from adapters.protocols.responses.schema import (
    PROTOCOL,
    MaybeObjects,
    MaybeText,
    Object,
    Text,
    encode,
    missing,
    need_text,
    raw,
    read,
    split,
    starts,
    take,
    take_text,
    wrong,
)

_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system", "developer": "developer"}

# They say how an item came about, which is nothing to another model.
_HARMLESS = frozenset({"type", "status", "phase", "caller", "created_by"})
_HARMLESS_THOUGHT = _HARMLESS | {"summary", "content"}

# Leaving these out takes nothing from the model: a list of tools is asked for anew, and what a search for tools found
# is offered from the start.
_KNOBS = frozenset({"mcp_list_tools", "tool_search_call", "tool_search_output", "additional_tools"})
_PREFIX = PREFIX.encode()
_NO_ITEM = "an object with a type or a role"
_MESSAGE = msgspec.Raw(b'"message"')


def read_turns(items: list[msgspec.Raw], where: str) -> tuple[Turn, ...]:
    """The turns of a list of items. Raises ClientError (400) that names the field.

    A signature that was carried by an item of its own goes back to the call or the text that it belongs to.
    """
    turns: list[Turn] = []
    calls: dict[str, Sealed] = {}
    text: Sealed | None = None
    for number, raw_item in enumerate(items):
        turn = read_plain(raw_item)
        if turn is None:
            place = f"{where}.{number}"
            fields = read(Object, raw_item, place, "an object")
            sealed = _carried(fields, place)
            if sealed is not None and sealed.call:
                calls[sealed.call] = sealed
                continue
            if sealed is not None and sealed.text:
                text = sealed
                continue
            turn = read_item(fields, place)
        if text is not None and turn.role == "assistant" and turn.blocks and isinstance(turn.blocks[0], TextBlock):
            turn, text = _signed(turn, turn.blocks[0], text), None
        turns.append(turn)
    if not calls:
        return tuple(turns)
    return tuple(_signed(turn, block, calls.get(block.id)) if (block := _call_of(turn)) else turn for turn in turns)


def _carried(fields: Fields, where: str) -> Sealed | None:
    encrypted = fields.get("encrypted_content")
    if encrypted is None or _PREFIX not in bytes(encrypted):
        return None
    return unseal(read(MaybeText, encrypted, f"{where}.encrypted_content", "a string") or "")


def _call_of(turn: Turn) -> ToolCall | None:
    block = turn.blocks[0] if turn.blocks else None
    return block if isinstance(block, ToolCall) else None


def _signed(turn: Turn, block: ToolCall | TextBlock, sealed: Sealed | None) -> Turn:
    """The turn with the signature on its first block."""
    if sealed is None:
        return turn
    first = replace(block, signature=sealed.signature, origin=sealed.origin)
    return replace(turn, blocks=(first, *turn.blocks[1:]))


def read_item(fields: Fields, where: str) -> Turn:
    """One item; takes `fields` apart. Raises ClientError (400) that names the field.

    Only the turn of a message has `exact`, if an empty one.
    """
    kind = take(fields, "type", MaybeText, where)
    if kind is None:
        kind = "message" if "role" in fields else "item_reference" if "id" in fields else ""
        if not kind:
            raise wrong(where, _NO_ITEM)
        if kind == "message":
            return _message(fields, where)
        return _opaque(fields, kind, None)
    if kind == "message":
        fields["type"] = _MESSAGE
        return _message(fields, where)
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(fields, where)
    if kind in SERVER_ITEMS:
        return Turn("assistant", read_server(kind, {"type": raw(kind), **fields}), protocol=PROTOCOL)
    return _opaque(fields, kind, raw(kind))


def _message(fields: Fields, where: str) -> Turn:
    name = need_text(fields, "role", where)
    role = _ROLES.get(name)
    if role is None:
        raise wrong(f"{where}.role", "one of user, assistant, system and developer")
    content = fields.pop("content", None)
    if content is None:
        raise missing(f"{where}.content")
    blocks, plain = read_content(content, f"{where}.content", assistant=role == "assistant")
    own = take_text(fields, "id", where)
    exact, extra = split(fields, _HARMLESS)
    return Turn(role, blocks, plain=plain, id=own, protocol=PROTOCOL, extra=extra, exact=exact or {})


def _reasoning(fields: Fields, where: str) -> Turn:
    own = take_text(fields, "id", where)
    encrypted = take_text(fields, "encrypted_content", where)
    summary = _texts(fields, "summary", where)
    content = _texts(fields, "content", where)
    text = "\n\n".join(summary + content)
    sealed = unseal(encrypted)
    if sealed is not None:
        # The text is a summary here whatever it was: that is where this protocol shows reasoning of others.
        return _turn(
            Thinking(text, sealed.signature, sealed.encrypted, sealed.origin, summary=not content, id=sealed.id)
        )
    exact, extra = split(fields, _HARMLESS_THOUGHT)
    return _turn(
        Thinking(
            text,
            encrypted=encrypted,
            origin=ORIGIN,
            summary=not content,
            parts=tuple(summary + content),
            id=own,
            protocol=PROTOCOL,
            extra=extra,
            exact=exact,
        )
    )


def _compaction(fields: Fields, where: str) -> Turn:
    whole = dict(fields)
    return opened(take_text(fields, "encrypted_content", where)) or _opaque(whole, "compaction", raw("compaction"))


def _turn(block: Block) -> Turn:
    return Turn("assistant", (block,), protocol=PROTOCOL)


def _texts(fields: Fields, name: str, where: str) -> list[str]:
    """The texts of a list of parts, which stays in `fields`: it goes back as it came."""
    value = fields.get(name)
    if value is None:
        return []
    parts = read(MaybeObjects, value, f"{where}.{name}", "an array of parts") or []
    return [take_text(part, "text", f"{where}.{name}.{number}") for number, part in enumerate(parts)]


def _call(fields: Fields, where: str, argument: str, *, custom: bool) -> Turn:
    value = fields.pop(argument, None)
    if value is None:
        raise missing(f"{where}.{argument}")
    if starts(value) == b'"':
        arguments = read(Text, value, f"{where}.{argument}", "a string")
    elif starts(value) == b"{":
        arguments = bytes(value).decode()  # some servers write the object itself
    else:
        raise wrong(f"{where}.{argument}", "a string")
    own = take_text(fields, "id", where)
    call = ToolCall(
        take_text(fields, "call_id", where) or own,
        need_text(fields, "name", where),
        arguments,
        custom=custom,
        item_id=own,
        namespace=take_text(fields, "namespace", where),
        protocol=PROTOCOL,
    )
    exact, extra = split(fields, _HARMLESS)
    if not call.id:
        raise missing(f"{where}.call_id")
    return _turn(replace(call, extra=extra, exact=exact))


def _function_call(fields: Fields, where: str) -> Turn:
    return _call(fields, where, "arguments", custom=False)


def _custom_call(fields: Fields, where: str) -> Turn:
    return _call(fields, where, "input", custom=True)


def _output(fields: Fields, where: str, *, custom: bool) -> Turn:
    value = fields.pop("output", None)
    if value is None:
        raise missing(f"{where}.output")
    content, plain = read_content(value, f"{where}.output", assistant=False)
    result = ToolResult(
        need_text(fields, "call_id", where),
        tuple(TextBlock(part.text) if isinstance(part, Refusal) else part for part in content),
        name=take_text(fields, "name", where),
        custom=custom,
        plain=plain,
        item_id=take_text(fields, "id", where),
        protocol=PROTOCOL,
    )
    exact, extra = split(fields, _HARMLESS)
    return Turn("user", (replace(result, extra=extra, exact=exact),), protocol=PROTOCOL)


def _function_output(fields: Fields, where: str) -> Turn:
    return _output(fields, where, custom=False)


def _custom_output(fields: Fields, where: str) -> Turn:
    return _output(fields, where, custom=True)


def _opaque(fields: Fields, kind: str, tag: msgspec.Raw | None) -> Turn:
    whole = fields if tag is None else {"type": tag, **fields}
    what = f"an item of the type '{kind[:60]}'"
    if kind == "item_reference":
        what = (
            "an item_reference (only the provider that keeps it can look it up: send the item itself, and store: false)"
        )
    block = Opaque(ORIGIN, what, msgspec.Raw(encode(whole)), knob=kind in _KNOBS)
    role: Role = "user" if kind.endswith(("_output", "_response")) else "assistant"
    return Turn(role, (block,), protocol=PROTOCOL)


_READERS: dict[str, Callable[[Fields, str], Turn]] = {
    "reasoning": _reasoning,
    "compaction": _compaction,
    "function_call": _function_call,
    "custom_tool_call": _custom_call,
    "function_call_output": _function_output,
    "custom_tool_call_output": _custom_output,
}
