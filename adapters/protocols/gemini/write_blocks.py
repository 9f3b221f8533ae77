"""Blocks of an answer as parts for a client: https://ai.google.dev/api/caching#Part (2026-11).

Nothing fails here: what a client of this protocol cannot be shown is left out.
"""

from typing import Any

import msgspec

from adapters.canonical import custom_tools, ids
from adapters.canonical.blocks import Block, Media, Opaque, Refusal, ServerCall, ServerResult, Text, Thinking, ToolCall
from adapters.protocols.gemini import signatures
from adapters.protocols.gemini.names import Fields
from adapters.protocols.gemini.parts import OF_PART
from adapters.unreadable import UNREADABLE

_members = msgspec.json.Decoder(Fields)


class _Code(msgspec.Struct):
    code: str


class _Query(msgspec.Struct):
    query: str | None = None
    queries: list[str] | None = None


_code = msgspec.json.Decoder(_Code)
_query = msgspec.json.Decoder(_Query)


def part_of(block: Block) -> dict[str, Any] | None:
    """The part for a whole block; None: there is none, or (a call with broken arguments) there must not be one."""
    match block:
        case Text() | Refusal():
            signature = signatures.write(block.signature, origin=block.origin) if isinstance(block, Text) else ""
            return _signed({"text": block.text}, signature) if block.text or signature else None
        case Thinking():
            signature = signatures.write(block.signature, block.encrypted, block.origin, block.id)
            return _signed({"text": block.text, "thought": True}, signature) if block.text or signature else None
        case ToolCall():
            return _call(block)
        case Media():
            return _media(block)
        case ServerCall() | ServerResult():
            return _server(block)
        case Opaque():
            return _members.decode(block.raw) if block.origin.protocol == "gemini" else None
    return None


def arguments(block: ToolCall) -> msgspec.Raw | None:
    """The arguments as a JSON object, None when they are none."""
    text = custom_tools.wrap(block.arguments) if block.custom else block.arguments
    if not text.strip():
        return msgspec.Raw(b"{}")
    try:
        _members.decode(text)
    except UNREADABLE:
        return None
    return msgspec.Raw(text.encode())


def _call(block: ToolCall) -> dict[str, Any] | None:
    args = arguments(block)
    if args is None:
        return None
    # Without `args`, automatic function calling of google-genai 3.4 passes the call over.
    call: dict[str, Any] = {"name": block.name, "args": args}
    if block.id and not ids.is_made(block.id):
        call["id"] = block.id
    part = _signed({"functionCall": call}, signatures.write(block.signature, origin=block.origin))
    for name, raw in (block.extra or {}).items() if block.protocol == "gemini" else ():
        (part if name.startswith(OF_PART) else call)[name.removeprefix(OF_PART)] = raw
    return part


def _media(block: Media) -> dict[str, Any] | None:
    address = block.file_id or block.url
    if block.data:
        part: dict[str, Any] = {"inlineData": {"mimeType": block.media_type or "image/png", "data": block.data}}
    elif address and (block.url or block.protocol == "gemini"):
        part = {"fileData": {"fileUri": address, "mimeType": block.media_type or "image/png"}}
    else:
        return {"text": block.transcript} if block.transcript else None
    return _signed(part, signatures.write(block.signature, origin=block.origin))


def _server(block: ServerCall | ServerResult) -> dict[str, Any] | None:
    """Google's own as it was; code that another vendor ran is what Google's client knows too."""
    if block.origin.protocol == "gemini":
        return _members.decode(block.raw)
    if block.tool != "code_execution":
        return None
    if isinstance(block, ServerResult):
        return {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": block.text}}
    try:
        return {"executableCode": {"language": "PYTHON", "code": _code.decode(block.input).code}}
    except UNREADABLE:
        return None


def queries(block: Block) -> list[str]:
    """What another vendor's search was asked."""
    if not isinstance(block, ServerCall) or block.tool != "web_search" or block.origin.protocol == "gemini":
        return []
    try:
        asked = _query.decode(block.input)
    except UNREADABLE:
        return []
    return [asked.query] if asked.query else asked.queries or []


def _signed(part: dict[str, Any], signature: str) -> dict[str, Any]:
    if signature:
        part["thoughtSignature"] = signature
    return part
