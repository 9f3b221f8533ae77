"""Messages of a request, read into turns. Each message is one turn, in order."""

import msgspec

from adapters.canonical import ids
from adapters.canonical.blocks import Block, Media, Opaque, Origin, Refusal, Text, ToolCall, ToolResult
from adapters.canonical.request import Role, Turn
from adapters.errors import ClientError
from adapters.protocols.chat.details import FIELDS, thoughts
from adapters.protocols.chat.parts import read_part
from adapters.protocols.chat.plain_messages import read_plain
from adapters.protocols.chat.signatures import GEMINI, take_signature
from adapters.protocols.chat.values import NULL, Raws, Values, is_text, wrong
from adapters.unreadable import UNREADABLE

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_SPOKEN: dict[str, Role] = {"system": "system", "developer": "developer", "user": "user"}

_fields = msgspec.json.Decoder(Raws)
_text = msgspec.json.Decoder(str)
_parts = msgspec.json.Decoder(list[Raws | str])


def read_messages(messages: list[msgspec.Raw]) -> tuple[Turn, ...]:
    """Turns of the field "messages". Raises ClientError (400) that names the message."""
    turns = []
    calls: dict[str, str] = {}  # name of a function of the old form -> id of its last call
    for place, raw in enumerate(messages):
        path = f"messages.{place}"
        if (turn := read_plain(raw, path)) is not None:
            turns.append(turn)
            continue
        try:
            values = Values(_fields.decode(raw), path)
        except UNREADABLE:
            raise wrong("messages", "an array of objects") from None
        role = values.required(values.text("role"), "role")
        if role in _SPOKEN:
            turns.append(_spoken(values, _SPOKEN[role]))
        elif role == "assistant":
            turns.append(_assistant(values, place, calls))
        elif role == "tool":
            turns.append(_tool(values))
        elif role == "function":
            turns.append(_function(values, place, calls))
        else:
            message = f"The field 'messages.{place}.role' must be one of {', '.join(_ROLES)}."
            raise ClientError(400, message, param=f"messages.{place}.role", code="invalid_value")
    return tuple(turns)


def read_content(values: Values, *, empty: bool = False) -> tuple[list[Block], bool]:
    """The blocks of "content", and whether it was a string (or nothing, where `empty` allows that)."""
    raw = values.left.pop("content", None)
    if raw is None or raw == NULL:
        if empty:
            return [], True
        values.required(None, "content")
    path = values.name("content")
    try:
        if is_text(raw):  # type: ignore[arg-type]  # None has raised
            return [Text(_text.decode(raw))], True  # type: ignore[arg-type]
        parts = _parts.decode(raw)  # type: ignore[arg-type]
    except UNREADABLE:
        raise wrong(path, "a string or an array of content parts") from None
    # Some clients write a part of text as the text itself.
    return [
        Text(part) if isinstance(part, str) else read_part(part, f"{path}.{place}") for place, part in enumerate(parts)
    ], False


def _spoken(values: Values, role: Role) -> Turn:
    blocks, plain = read_content(values)
    name = values.text("name") or ""
    return Turn(role, tuple(blocks), name=name, plain=plain, protocol="chat", extra=values.extra)


def _assistant(values: Values, place: int, calls: dict[str, str]) -> Turn:
    said, plain = read_content(values, empty=True)
    name = values.text("name") or ""
    refusal = values.text("refusal")
    audio = values.inside("audio")
    found: list[Block] = list(thoughts({field: raw for field in FIELDS if (raw := values.raw(field)) is not None}))
    found += said
    if refusal is not None:
        found.append(Refusal(refusal))
    if audio is not None:
        found.append(Media("audio", file_id=audio.text("id") or "", protocol="chat"))
    found += [_call(call, place, number, values) for number, call in enumerate(values.objects("tool_calls") or ())]
    if (called := values.inside("function_call")) is not None:
        call = _old_call(called, place)
        calls[call.name] = call.id
        found.append(call)
    found = _signed(found, values.left)
    return Turn("assistant", tuple(found), name=name, plain=plain, protocol="chat", extra=values.extra)


def _call(fields: Raws, place: int, number: int, message: Values) -> Block:
    values = Values(fields, f"{message.path}.tool_calls.{number}")
    call_id = values.text("id") or ids.made(f"{place}", number)
    kind = values.text("type") or "function"
    if kind not in ("function", "custom"):
        return Opaque(Origin("chat"), f"a tool call of type {kind}", msgspec.Raw(msgspec.json.encode(fields)))
    inner = values.required(values.inside(kind), kind)
    name = inner.required(inner.text("name"), "name")
    signature = take_signature(values.left)
    values.left.pop("index", None)  # of streams: Mistral's clients send it back
    if kind == "custom":
        text = inner.text("input") or ""
        return ToolCall(call_id, name, text, custom=True, protocol="chat", extra=values.extra)
    return ToolCall(
        call_id,
        name,
        _arguments(inner),
        signature=signature,
        origin=GEMINI if signature else None,
        protocol="chat",
        extra=values.extra,
    )


def _arguments(inner: Values) -> str:
    """JSON text; some clients write the object itself."""
    raw = inner.raw("arguments")
    if raw is None:
        return "{}"
    if is_text(raw):
        inner.left["arguments"] = raw
        return inner.text("arguments") or "{}"
    return bytes(raw).decode()


def _old_call(called: Values, place: int) -> ToolCall:
    """`function_call`, which came before tool calls and has no id."""
    name = called.required(called.text("name"), "name")
    return ToolCall(ids.made(f"{place}", 0), name, _arguments(called), protocol="chat", exact={"function_call": NULL})


def _signed(found: list[Block], fields: Raws) -> list[Block]:
    """A signature of the whole message belongs to its text, or to its first call where it has none."""
    signature = take_signature(fields)
    if not signature:
        return found
    of_text = [place for place, block in enumerate(found) if isinstance(block, Text)]
    of_call = [place for place, block in enumerate(found) if isinstance(block, ToolCall) and not block.signature]
    for place in of_text[-1:] or of_call[:1]:
        found[place] = msgspec.structs.replace(found[place], signature=signature, origin=GEMINI)
    return found


def _tool(values: Values) -> Turn:
    call_id = values.required(values.text("tool_call_id"), "tool_call_id")
    name = values.text("name") or ""
    blocks, plain = read_content(values, empty=True)
    result = ToolResult(
        call_id,
        tuple(block for block in blocks if isinstance(block, Text | Media | Opaque)),
        name=name,
        plain=plain,
        protocol="chat",
        extra=values.extra,
    )
    return Turn("user", (result,), protocol="chat")


def _function(values: Values, place: int, calls: dict[str, str]) -> Turn:
    """An answer of the old form: it names the function, and answers its last call."""
    name = values.required(values.text("name"), "name")
    blocks, plain = read_content(values, empty=True)
    result = ToolResult(
        calls.get(name) or ids.made(f"{place}", 0),
        tuple(block for block in blocks if isinstance(block, Text | Media | Opaque)),
        name=name,
        plain=plain,
        protocol="chat",
        exact={"role": msgspec.Raw(b'"function"')},
    )
    return Turn("user", (result,), protocol="chat")
