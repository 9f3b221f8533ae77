"""The parts of a content, read: https://ai.google.dev/api/caching#Part (2026-11). Requests and answers have the same.

Raises msgspec.DecodeError or ValueError for what is no part; the callers say whose fault that is.
"""

import msgspec

from adapters.canonical import ids
from adapters.canonical.blocks import (
    Block,
    Media,
    MediaKind,
    Opaque,
    ServerCall,
    ServerResult,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from adapters.canonical.sealed import Thought
from adapters.protocols.gemini import signatures
from adapters.protocols.gemini.names import Fields, fields, is_null, items

_string = msgspec.json.Decoder(str)
_flag = msgspec.json.Decoder(bool)
_members = msgspec.json.Decoder(Fields)
_encode = msgspec.json.encode

_DATA = (
    "text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult",
    "toolCall", "toolResponse",
)  # fmt: skip
_FILMS = ("https://www.youtube.com/", "https://youtube.com/", "https://youtu.be/")
"""Addresses that need no type: https://ai.google.dev/gemini-api/docs/video-understanding#youtube (2026-11)."""

_ANSWERS = ("output", "result", "return_value")
"""The one member under which SDKs put an answer that is no object: "output" is Google's own word
(FunctionResponse.response), "result" is what google-genai writes, "return_value" pydantic-ai."""

TOOL_TYPES = {
    "GOOGLE_SEARCH_WEB": "web_search",
    "GOOGLE_SEARCH_IMAGE": "web_search",
    "URL_CONTEXT": "web_fetch",
    "FILE_SEARCH": "file_search",
}
"""ToolType of google-genai 3.4 -> our names of tools that a provider runs."""

FILES = ("https://generativelanguage.googleapis.com/", "gs://")
"""Addresses of files that only Google can read: an uploaded file, a bucket."""


OF_PART = "part."


class Calls:
    """Pairs calls with their results in the order they come.

    Both may lack an id: then a result answers the first open call of its name (automatic function calling of
    google-genai 3.4 leaves the id out even where the call has one). `seed` makes the ids that were not given; `carried`
    are the thoughts that came with the last call (carried.py), for who reads the turn to take.
    """

    __slots__ = ("_count", "_open", "_seed", "_server", "carried")

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0
        self._open: list[tuple[str, str]] = []
        self._server = ""
        self.carried: tuple[Thought, ...] = ()

    def call(self, name: str, given: str) -> str:
        """The id of a call."""
        found = given or self.made()
        self._open.append((name, found))
        return found

    def result(self, name: str, given: str) -> str:
        """The id of the call that a result answers."""
        for number, (called, open_id) in enumerate(self._open):
            if open_id == given if given else called == name:
                del self._open[number]
                return open_id
        return given or self.made()

    def server(self, given: str, *, result: bool) -> str:
        """The id of a call of a provider's tool, and of its result, which follows it."""
        if given or (result and self._server):
            found, self._server = given or self._server, ""
            return found
        self._server = self.made()
        return self._server

    def made(self) -> str:
        """An id for what has none."""
        self._count += 1
        return ids.made(self._seed, self._count)


def read_part(part: Fields, calls: Calls) -> Block:
    """One part, its members by camelCase name."""
    if len(part) == 1 and "text" in part:
        return Text(_string.decode(part["text"]))
    kind = next((name for name in _DATA if name in part), "")
    thought = "thought" in part and _flag.decode(part["thought"])
    signed = signatures.read(_string.decode(part["thoughtSignature"]) if "thoughtSignature" in part else "")
    if kind == "text" or (thought and not kind):
        return _text(part, signed, thought=thought)
    if kind in {"inlineData", "fileData"} and not thought:
        return _media(part, kind, signed)
    if kind == "functionCall":
        return _call(part, signed, calls)
    if kind == "functionResponse":
        return _result(part, calls)
    if kind in {"executableCode", "toolCall", "codeExecutionResult", "toolResponse"}:
        return _server(part, kind, calls)
    # An image or sound among the thoughts is a draft, and a lone signature is nothing to another vendor.
    words = f"parts.{kind or next((name for name in part if name != 'thoughtSignature'), 'thoughtSignature')}"
    knob = bool(kind) or not part.keys() - {"thoughtSignature", "thought"}
    return Opaque(signatures.OWN, words, msgspec.Raw(_encode(part)), knob)


def _text(part: Fields, signed: signatures.Signed, *, thought: bool) -> Block:
    text = _string.decode(part["text"]) if "text" in part else ""
    extra = _rest(part, "text", "thought", "thoughtSignature")
    own = "gemini" if extra else ""
    if thought:
        return Thinking(
            text,
            signed.signature,
            signed.encrypted,
            signed.origin or signatures.OWN,
            id=signed.id,
            protocol=own,
            extra=extra,
        )
    return Text(text, signature=signed.signature, origin=signed.origin, protocol=own, extra=extra)


def read_media(part: Fields, kind: str) -> Media:
    """An inlineData or fileData member."""
    blob = fields(part[kind])
    media_type = _given(blob, "mimeType")
    name = _given(blob, "displayName")
    if kind == "inlineData":
        data = signatures.standard(_given(blob, "data"))
        return Media(media_kind(media_type), media_type, data, name=name, protocol="gemini" if name else "")
    address = _given(blob, "fileUri")
    if address.startswith(FILES) or not address.startswith(("http://", "https://")):
        return Media(
            media_kind(media_type), media_type, file_id=address, name=name, origin=signatures.OWN, protocol="gemini"
        )
    kind_of = media_kind(media_type)
    if not media_type and address.startswith(_FILMS):
        kind_of = "video"
    return Media(kind_of, media_type, url=address, name=name, protocol="gemini" if name else "")


def media_kind(media_type: str) -> MediaKind:
    """What a type of contents is a kind of."""
    kind = media_type.partition("/")[0]
    return kind if kind in {"image", "audio", "video"} else "file"  # type: ignore[return-value]  # the three of them


def _media(part: Fields, kind: str, signed: signatures.Signed) -> Media:
    media = read_media(part, kind)
    extra = _rest(part, kind, "thoughtSignature", "thought")
    if extra or signed.signature:
        return msgspec.structs.replace(
            media,
            signature=signed.signature,
            origin=signed.origin or media.origin,
            protocol="gemini" if extra else media.protocol,
            extra=extra,
        )
    return media


def _call(part: Fields, signed: signatures.Signed, calls: Calls) -> ToolCall:
    call = fields(part["functionCall"])
    name = _given(call, "name")
    if not name:
        raise ValueError("functionCall needs a name")
    args = call.get("args")
    if args is not None:
        _members.decode(args)
    calls.carried = signed.carried
    extra = _both(_rest(call, "name", "args", "id"), _rest(part, "functionCall", "thought", "thoughtSignature"))
    return ToolCall(
        calls.call(name, _given(call, "id")),
        name,
        "{}" if args is None else bytes(args).decode(),
        signature=signed.signature,
        origin=signed.origin,
        protocol="gemini" if extra else "",
        extra=extra,
    )


def _result(part: Fields, calls: Calls) -> ToolResult:
    result = fields(part["functionResponse"])
    name = _given(result, "name")
    value = result.get("response")
    words, wrong = ("", False) if value is None else _said(value)
    content: list[Text | Media | Opaque] = [Text(words)] if words or "parts" not in result else []
    for raw in items(result["parts"]) if "parts" in result else []:
        piece = fields(raw)
        kind = next((one for one in ("inlineData", "fileData") if one in piece), "")
        content.append(read_media(piece, kind) if kind else Opaque(signatures.OWN, "functionResponse.parts", raw))
    extra = _both(
        _rest(result, "name", "id", "response", "parts"), _rest(part, "functionResponse", "thought", "thoughtSignature")
    )
    return ToolResult(
        calls.result(name, _given(result, "id")),
        tuple(content),
        name,
        wrong,
        "" if value is None else bytes(value).decode(),
        protocol="gemini" if extra else "",
        extra=extra,
    )


def _said(value: msgspec.Raw) -> tuple[str, bool]:
    """A function's answer in words, and whether it failed: the text where the object only wraps one."""
    members = _members.decode(value)
    if len(members) == 1:
        ((name, inner),) = members.items()
        if name == "error" or name in _ANSWERS:
            return (_string.decode(inner) if bytes(inner)[:1] == b'"' else bytes(inner).decode()), name == "error"
    return bytes(value).decode(), False


def _server(part: Fields, kind: str, calls: Calls) -> Block:
    """Tools that Google runs; the part goes back to it as it was."""
    call = fields(part[kind])
    raw = msgspec.Raw(_encode(part))
    given = _given(call, "id")
    if kind == "executableCode":
        source = {"code": _given(call, "code"), "language": _given(call, "language").lower() or "python"}
        code = _encode(source).decode()
        return ServerCall(calls.server(given, result=False), "code_execution", code, signatures.OWN, raw)
    if kind == "codeExecutionResult":
        text = _given(call, "output")
        failed = _given(call, "outcome") not in ("OUTCOME_OK", "")
        call_id = calls.server(given, result=True)
        return ServerResult(call_id, "code_execution", signatures.OWN, raw, text, is_error=failed)
    tool_type = _given(call, "toolType")
    tool = TOOL_TYPES.get(tool_type, tool_type.lower())
    if kind == "toolCall":
        args = bytes(call["args"]).decode() if "args" in call else "{}"
        return ServerCall(calls.server(given, result=False), tool, args, signatures.OWN, raw)
    return ServerResult(calls.server(given, result=True), tool, signatures.OWN, raw)


def _given(found: Fields, name: str) -> str:
    raw = found.get(name)
    return "" if is_null(raw) else _string.decode(raw)  # type: ignore[arg-type]  # None is null


def _rest(found: Fields, *known: str) -> Fields | None:
    return {name: raw for name, raw in found.items() if name not in known} or None


def _both(inner: Fields | None, outer: Fields | None) -> Fields | None:
    """Members beside the known ones: of the call itself, and of its part, whose names get OF_PART before them."""
    if outer is None:
        return inner
    return {**(inner or {}), **{OF_PART + name: raw for name, raw in outer.items()}}
