"""Blocks as parts of a content, for a request: https://ai.google.dev/api/caching#Part (2026-11)."""

import binascii
from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec

from adapters.canonical import custom_tools, ids
from adapters.canonical.blocks import (
    Block,
    Media,
    Opaque,
    Origin,
    Refusal,
    ServerCall,
    ServerResult,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from adapters.canonical.context import Fetched
from adapters.canonical.loss import Losses
from adapters.protocols.gemini.names import Fields
from adapters.protocols.gemini.parts import OF_PART
from adapters.unreadable import UNREADABLE

Part: TypeAlias = dict[str, Any]

_members = msgspec.json.Decoder(Fields)

_TYPES = {"image": "image/jpeg", "audio": "audio/wav", "video": "video/mp4", "file": "application/pdf"}
_ENDINGS = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp", "gif": "image/gif",
    "heic": "image/heic", "pdf": "application/pdf", "mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg",
    "flac": "audio/flac", "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "txt": "text/plain",
}  # fmt: skip


def text_part(block: Text) -> Part:
    """Said words, with the signature that Google put on them."""
    part: Part = {"text": block.text}
    _signed(part, block.signature, block.origin)
    return _with_extra(part, block.protocol, block.extra)


def thinking_part(block: Thinking, losses: Losses) -> Part | None:
    """A thought of Google's own; those of others are left out."""
    if not _own(block.origin):
        if block.text or block.encrypted or block.signature:
            losses.knob("thinking", "thoughts of another vendor cannot be given back")
        return None
    part: Part = {"text": block.text, "thought": True}
    _signed(part, block.signature, block.origin)
    return _with_extra(part, block.protocol, block.extra)


def call_part(block: ToolCall, losses: Losses) -> Part:
    """A call; an id that this gateway made is left out again."""
    call: Part = {"name": block.name, "args": _args(block, losses)}
    if block.id and not ids.is_made(block.id):
        call["id"] = block.id
    part: Part = {"functionCall": call}
    _signed(part, block.signature, block.origin)
    return _with_extra(part, block.protocol, block.extra, call)


def _args(block: ToolCall, losses: Losses) -> msgspec.Raw:
    text = custom_tools.wrap(block.arguments) if block.custom else block.arguments
    if not text.strip():
        return msgspec.Raw(b"{}")
    try:
        _members.decode(text)
    except UNREADABLE:
        # What a model wrote wrongly stays in the history that its client sends: it is said, not refused for ever.
        losses.knob(f"tool_calls.{block.id}.arguments", "they are no JSON object")
        return msgspec.Raw(msgspec.json.encode({"input": text}))
    return msgspec.Raw(text.encode())


def result_parts(
    block: ToolResult, name: str, fetched: Mapping[str, Fetched], losses: Losses, *, nested: bool, own: bool
) -> list[Part]:
    """A function's answer, then what of it must stand beside it.

    `nested`: the model takes images inside it, which ai.google.dev/gemini-api/docs/function-calling (2026-11) says of
    Gemini 3 and later; `own`: Google's own client put them there.
    """
    result: Part = {"name": name, "response": _response(block)}
    if block.id and not ids.is_made(block.id):
        result["id"] = block.id
    inside: list[Part] = []
    beside: list[Part] = []
    for piece in block.content:
        if isinstance(piece, Media):
            part = media_part(piece, fetched, losses)
            if part is not None:
                into = inside if own or (nested and _nests(part)) else beside
                into.append(part)
        elif isinstance(piece, Opaque):
            if _own(piece.origin):
                inside.append(_members.decode(piece.raw))
            else:
                lose(piece, losses)
    if inside:
        result["parts"] = inside
    part = {"functionResponse": result}
    return [_with_extra(part, block.protocol, block.extra, result), *beside]


def _nests(part: Part) -> bool:
    """Images and documents may stand in a function's answer, sound and films may not."""
    media_type = (part.get("inlineData") or {}).get("mimeType", "")
    return media_type.startswith("image/") or media_type in {"application/pdf", "text/plain"}


def _response(block: ToolResult) -> msgspec.Raw | dict[str, Any]:
    """Google's structured answer, or words under "output" or "error" (FunctionResponse.response)."""
    if block.value:
        return msgspec.Raw(block.value.encode())
    text = "".join(piece.text for piece in block.content if isinstance(piece, Text))
    if not block.is_error and text.lstrip()[:1] == "{":
        try:
            _members.decode(text)
        except UNREADABLE:
            pass
        else:
            return msgspec.Raw(text.encode())
    return {"error" if block.is_error else "output": text}


def media_part(block: Media, fetched: Mapping[str, Fetched], losses: Losses) -> Part | None:
    """Data, an address or a file of Google's."""
    if block.file_id:
        if not _own(block.origin) and block.protocol != "gemini":
            if block.transcript:
                return {"text": block.transcript}
            losses.refuse(f"{block.kind}.file_id", "a file of another provider")
            return None
        data = {"fileData": {"fileUri": block.file_id}}
        if block.media_type:
            data["fileData"]["mimeType"] = block.media_type
    elif block.url:
        data = _address(block, fetched)
    else:
        media_type = block.media_type or _TYPES[block.kind]
        coded = block.data
        if block.text is not None:
            media_type = block.media_type or "text/plain"
            words = "\n\n".join(line for line in (block.title, block.context, block.text) if line)
            coded = binascii.b2a_base64(words.encode("utf-8", "replace"), newline=False).decode()
        data = {"inlineData": {"mimeType": media_type, "data": coded}}
    if block.detail not in {"", "auto"}:
        losses.knob(f"{block.kind}.detail")
    if block.text is None and (block.title or block.context):
        losses.knob("document.title" if block.title else "document.context")
    if block.citations:
        losses.knob("document.citations")
    if block.name and block.protocol == "gemini":
        next(iter(data.values())).setdefault("displayName", block.name)
    part: Part = {**data}
    _signed(part, block.signature, block.origin)
    return _with_extra(part, block.protocol, block.extra)


def _address(block: Media, fetched: Mapping[str, Fetched]) -> dict[str, dict[str, str]]:
    found = fetched.get(block.url)
    if found is not None:
        return {"inlineData": {"mimeType": found.media_type, "data": found.data}}
    ending = block.url.partition("?")[0].rpartition(".")[2].lower()
    media_type = block.media_type or _ENDINGS.get(ending, "")
    return {"fileData": {"fileUri": block.url, **({"mimeType": media_type} if media_type else {})}}


def server_part(block: ServerCall | ServerResult, losses: Losses) -> Part | None:
    """What Google's own tools did; of others only what was said with it is kept, which is text."""
    if _own(block.origin):
        return _members.decode(block.raw)
    losses.knob(block.tool, "earlier calls of another provider's tools are left out")
    return None


def lose(block: Block, losses: Losses) -> None:
    """Say what becomes of a block that only another vendor knows."""
    if isinstance(block, Opaque):
        if block.knob:
            losses.knob(block.what)
        else:
            what, _, why = block.what.partition(" (")
            losses.refuse(what, why.removesuffix(")") or "only another vendor knows it")


def plain_part(block: Block, fetched: Mapping[str, Fetched], losses: Losses) -> Part | None:
    """Any block but a tool's result."""
    part: Part | None = None
    match block:
        case Text():
            part = text_part(block)
        case Thinking():
            part = thinking_part(block, losses)
        case ToolCall():
            part = call_part(block, losses)
        case Media():
            part = media_part(block, fetched, losses)
        case Refusal():
            part = {"text": block.text}
        case ServerCall() | ServerResult():
            part = server_part(block, losses)
        case Opaque():
            if _own(block.origin):
                part = _members.decode(block.raw)
            else:
                lose(block, losses)
    if getattr(block, "cache", None) is not None:
        losses.knob("cache_control", "prefixes are cached without being asked")
    return part


def _own(origin: Origin | None) -> bool:
    return origin is not None and origin.protocol == "gemini"


def _signed(part: Part, signature: str, origin: Origin | None) -> None:
    if signature and _own(origin):
        part["thoughtSignature"] = signature


def _with_extra(part: Part, protocol: str, extra: Fields | None, inner: Part | None = None) -> Part:
    """With the members that only Google knows; `inner` is the call or the answer that some of them belong to."""
    if extra and protocol == "gemini":
        for name, raw in extra.items():
            if name.startswith(OF_PART) or inner is None:
                part[name.removeprefix(OF_PART)] = raw
            else:
                inner[name] = raw
    return part
