"""Content blocks of a request, read: https://docs.claude.com/en/api/messages (2026-11).

Writing is in write_blocks.py.
"""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from adapters.canonical.blocks import (
    Block,
    Cache,
    Json,
    Media,
    Opaque,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from adapters.canonical.sealed import Sealed, unseal
from adapters.protocols.chat.values import NULL, Values, is_text, wrong
from adapters.protocols.messages import server_blocks
from adapters.protocols.messages.citations import NAME, read_citation
from adapters.unreadable import UNREADABLE

ORIGIN = server_blocks.ORIGIN
Readers: TypeAlias = dict[bytes, Callable[[Json, str], Block | Sealed]]


class _Words(msgspec.Struct):
    type: str = ""
    text: str = ""


_string = msgspec.json.Decoder(str)
_blocks = msgspec.json.Decoder(list[Json])
_words_of = msgspec.json.Decoder(list[_Words])
_DIRECT = (msgspec.Raw(b'{"type":"direct"}'), msgspec.Raw(b'{"type": "direct"}'))


def read_content(raw: msgspec.Raw, path: str, *, inner: bool = False) -> tuple[tuple[Block, ...], bool]:
    """The blocks of a `content`, and whether it was a string. Raises ClientError (400).

    `inner`: that of a tool result, which holds no calls and no results of its own.
    """
    try:
        if is_text(raw):
            return (Text(_string.decode(raw)),), True
        parts = _blocks.decode(raw)
    except UNREADABLE:
        raise wrong(path, "a string or an array of content blocks") from None
    found: list[Block] = []
    sealed: list[Sealed] = []
    for place, fields in enumerate(parts):
        block = _read(fields, f"{path}.{place}", _INNER if inner else _KINDS)
        if isinstance(block, Sealed):
            if block.text:
                _sign_text(found, block)
            else:
                sealed.append(block)
        else:
            found.append(block)
    return tuple(_signed(found, sealed) if sealed else found), False


def _read(fields: Json, path: str, readers: Readers) -> Block | Sealed:
    kind_raw = fields.pop("type", None)
    kind = readers.get(bytes(kind_raw)) if kind_raw is not None else None
    if kind is None:
        return _other(fields, kind_raw, path)
    return kind(fields, path)


def _other(fields: Json, kind_raw: msgspec.Raw | None, path: str) -> Block:
    """A block without a reader of its own: the rarer kinds, and what this code has never heard of."""
    values = Values({} if kind_raw is None else {"type": kind_raw}, path)
    kind = values.required(values.text("type"), "type")
    fields["type"] = msgspec.Raw(msgspec.json.encode(kind))
    raw = msgspec.json.encode(fields)
    try:
        if kind in server_blocks.CALLS:
            return server_blocks.read_call(raw)
        if kind in server_blocks.RESULTS:
            return server_blocks.read_result(raw)
    except UNREADABLE:
        pass  # of a form that is not known: it goes back as it came
    return Opaque(ORIGIN, f"a block of type {kind}", msgspec.Raw(raw), knob=kind in _KNOBS)


_KNOBS = ("tool_reference", "tool_addition", "tool_removal", "fallback", "mcp_tool_listing")
"""Blocks about which tools are shown, and which model answered: another model is shown all of them anyway."""


def _text(fields: Json, path: str) -> Block:
    raw = fields.pop("text", None)
    if not fields and raw is not None:
        try:
            return Text(_string.decode(raw))
        except UNREADABLE:
            raise wrong(f"{path}.text", "a string") from None
    values = Values(fields if raw is None else {"text": raw, **fields}, path)
    text = values.required(values.text("text"), "text")
    listed = values.items("citations") or []
    citations = tuple(found for one in listed if (found := read_citation(one)) is not None)
    cache = read_cache(values)
    return Text(text, cache, citations, protocol=NAME, extra=values.extra)


def read_cache(values: Values) -> Cache | None:
    """`cache_control`: {"type":"ephemeral"} with or without a `ttl`."""
    found = values.inside("cache_control")
    return None if found is None else Cache(found.text("ttl") or "")


def _source(values: Values) -> tuple[str, Values]:
    source = values.required(values.inside("source"), "source")
    return source.required(source.text("type"), "type"), source


def _located(kind: str, source: Values) -> dict[str, str]:
    """Where a medium is; {} for a source that only Anthropic has."""
    field = {"base64": "data", "url": "url", "file": "file_id"}.get(kind)
    if field is None:
        return {}
    value = source.required(source.text(field), field)
    if not value:
        raise wrong(source.name(field), "a string that is not empty")
    return {field: value, "media_type": source.text("media_type") or ""} if kind == "base64" else {field: value}


def _image(fields: Json, path: str) -> Block:
    whole = dict(fields)
    values = Values(fields, path)
    kind, source = _source(values)
    located = _located(kind, source)
    cache = read_cache(values)
    if not located:
        return _opaque("image", whole, f"an image from a source of type {kind}")
    return Media("image", **located, cache=cache, protocol=NAME, extra=values.extra)  # type: ignore[arg-type]


def _document(fields: Json, path: str) -> Block:
    whole = dict(fields)
    values = Values(fields, path)
    kind, source = _source(values)
    title, context = values.text("title") or "", values.text("context") or ""
    cited = values.inside("citations")
    citations = bool(cited is not None and cited.flag("enabled"))
    cache = read_cache(values)
    located = _located(kind, source)
    text = None
    exact = None
    if kind == "text":
        text = source.required(source.text("data"), "data")
        located = {"media_type": source.text("media_type") or "text/plain"}
    elif kind == "content":
        text = _words(source)
        if text is None:
            return _opaque("document", whole, "a document that is made of images")
        located = {"media_type": "text/plain"}
        exact = {"source": whole["source"]}
    elif not located:
        return _opaque("document", whole, f"a document from a source of type {kind}")
    elif kind in ("base64", "url") and not located.get("media_type"):
        located["media_type"] = "application/pdf"
    return Media(
        "file",
        **located,  # type: ignore[arg-type]  # each of its keys is a string field
        text=text,
        title=title,
        context=context,
        citations=citations,
        cache=cache,
        protocol=NAME,
        extra=values.extra,
        exact=exact,
    )


def _words(source: Values) -> str | None:
    """The text of a `content` of text blocks; None when there is anything else in it."""
    raw = source.required(source.raw("content"), "content")
    try:
        if is_text(raw):
            return _string.decode(raw)
        blocks = _words_of.decode(raw)
    except UNREADABLE:
        raise wrong(source.name("content"), "a string or an array of content blocks") from None
    return "\n\n".join(block.text for block in blocks) if all(block.type == "text" for block in blocks) else None


def _search_result(fields: Json, path: str) -> Block:
    """A passage that the client found: a document in words. Its own protocol gets the block back as it was."""
    whole = {"type": msgspec.Raw(b'"search_result"'), **fields}
    values = Values(fields, path)
    title, source = values.text("title") or "", values.text("source") or ""
    cited = values.inside("citations")
    cache = read_cache(values)
    whole.pop("cache_control", None)
    return Media(
        "file",
        media_type="text/plain",
        text=_words(values) or "",
        title=title,
        context=source,
        citations=bool(cited is not None and cited.flag("enabled")),
        cache=cache,
        protocol=NAME,
        exact=whole,
    )


def _compaction(fields: Json, path: str) -> Block:
    """What was said before, summarized at the provider: words for everybody else."""
    whole = {"type": msgspec.Raw(b'"compaction"'), **fields}
    values = Values(fields, path)
    cache = read_cache(values)
    whole.pop("cache_control", None)
    return Text(values.text("content") or "", cache, protocol=NAME, exact=whole)


def _thinking(fields: Json, path: str) -> Block | Sealed:
    values = Values(fields, path)
    text = values.text("thinking") or ""
    signature = values.text("signature") or ""
    if (found := unseal(signature)) is not None:
        return Thinking(text, found.signature, found.encrypted, found.origin, id=found.id)
    return Thinking(text, signature, origin=ORIGIN, protocol=NAME, extra=values.extra)


def _redacted(fields: Json, path: str) -> Block | Sealed:
    values = Values(fields, path)
    data = values.text("data") or ""
    if (found := unseal(data)) is not None:
        if found.call or found.text:
            return found
        return Thinking("", found.signature, found.encrypted, found.origin, id=found.id)
    return Thinking(encrypted=data, origin=ORIGIN, protocol=NAME, extra=values.extra)


def _tool_use(fields: Json, path: str) -> Block:
    values = Values(fields, path)
    given = values.raw("input")
    arguments = "{}" if given is None else bytes(given).decode()
    if not arguments.startswith("{"):
        raise wrong(f"{path}.input", "an object")
    if fields.get("caller") in _DIRECT:  # what answers carry, and what is meant without it
        values.left.pop("caller")
    name = values.required(values.text("name"), "name")
    call_id = values.required(values.text("id"), "id")
    cache = read_cache(values) if values.left else None
    return ToolCall(call_id, name, arguments, cache=cache, protocol=NAME, extra=values.extra)


def _tool_result(fields: Json, path: str) -> Block:
    values = Values(fields, path)
    call_id = values.required(values.text("tool_use_id"), "tool_use_id")
    raw = values.raw("content")
    blocks, plain = read_content(raw, f"{path}.content", inner=True) if raw is not None else ((), False)
    is_error = bool(values.flag("is_error")) if values.left else False
    cache = read_cache(values) if values.left else None
    return ToolResult(
        call_id,
        tuple(block if isinstance(block, Text | Media | Opaque) else _as_opaque(block) for block in blocks),
        is_error=is_error,
        plain=plain,
        cache=cache,
        protocol=NAME,
        extra=values.extra,
    )


def _as_opaque(block: Block) -> Opaque:
    return Opaque(ORIGIN, "what a provider's own tool said", getattr(block, "raw", NULL))


def _opaque(kind: str, fields: Json, what: str) -> Opaque:
    whole = {"type": msgspec.Raw(msgspec.json.encode(kind)), **fields}
    return Opaque(ORIGIN, what, msgspec.Raw(msgspec.json.encode(whole)))


def _sign_text(found: list[Block], sealed: Sealed) -> None:
    """A signature that stands after the text it belongs to."""
    if found and isinstance(found[-1], Text):
        found[-1] = msgspec.structs.replace(found[-1], signature=sealed.signature, origin=sealed.origin)


def _signed(found: list[Block], sealed: list[Sealed]) -> list[Block]:
    """The blocks, the tool calls among them with the signatures that stood beside them."""
    by_call = {one.call: one for one in sealed}
    return [
        msgspec.structs.replace(block, signature=by_call[block.id].signature, origin=by_call[block.id].origin)
        if isinstance(block, ToolCall) and block.id in by_call
        else block
        for block in found
    ]


_KINDS: Readers = {
    b'"text"': _text,
    b'"tool_use"': _tool_use,
    b'"tool_result"': _tool_result,
    b'"image"': _image,
    b'"document"': _document,
    b'"thinking"': _thinking,
    b'"redacted_thinking"': _redacted,
    b'"search_result"': _search_result,
    b'"compaction"': _compaction,
}
"""JSON text of `type` -> reader."""
_INNER: Readers = {
    kind: reader for kind, reader in _KINDS.items() if reader in {_text, _image, _document, _search_result}
}  # fmt: skip
