"""A whole answer, read into the neutral form. Nothing but the top level must be what it should be."""

import base64
import binascii
from typing import TypeVar

import msgspec

from adapters.canonical import ids
from adapters.canonical.blocks import Block, Json, Media, Origin, Refusal, Text, Thinking, ToolCall
from adapters.canonical.response import Candidate, Response
from adapters.protocols.chat import embeddings
from adapters.protocols.chat.citations import read_annotations, read_sources
from adapters.protocols.chat.details import FIELDS, thoughts
from adapters.protocols.chat.finish import read_finish
from adapters.protocols.chat.parts import split_data_url, thinking_text
from adapters.protocols.chat.signatures import GEMINI, take_signature
from adapters.protocols.chat.usage import read_groq, read_usage
from adapters.protocols.chat.values import NULL, Raws, is_text
from adapters.unreadable import UNREADABLE
from adapters.usage import Usage
from adapters.utf8 import mended

T = TypeVar("T")
D = TypeVar("D")

_top = msgspec.json.Decoder(Raws)
_objects = msgspec.json.Decoder(list[Raws])
_object = msgspec.json.Decoder(Raws)
_text = msgspec.json.Decoder(str)
_number = msgspec.json.Decoder(int | float)
_CHAT = Origin("chat")


def get(fields: Raws, name: str, decoder: "msgspec.json.Decoder[T]", default: D) -> T | D:
    """The value of a field, which is taken out; `default` when it is absent, null or not what it should be."""
    raw = fields.pop(name, NULL)
    if raw == NULL:
        return default
    try:
        return decoder.decode(raw)
    except UNREADABLE:
        return default


def read_response(body: bytes) -> Response:
    """The answer to a chat or to a legacy completion. Raises msgspec.DecodeError or ValueError when it is neither."""
    top = _top.decode(mended(body))
    choices = get(top, "choices", _objects, None)
    if choices is None and "data" in top:
        return embeddings.read_response(body)
    if choices is None:
        raise ValueError("not an answer of chat completions")
    answer_id = get(top, "id", _text, "")
    sources = read_sources(top.get("citations"), top.get("search_results"))
    usage = read_usage(top.pop("usage", None)) or read_groq(top.get("x_groq"))
    candidates = []
    for place, choice in enumerate(choices):
        usage = usage or read_usage(choice.get("usage"))  # Moonshot's place for it, 2026-11
        candidates.append(_candidate(choice, place, answer_id, sources))
    response = Response(
        id=answer_id,
        model=get(top, "model", _text, ""),
        created=int(get(top, "created", _number, 0)),
        candidates=tuple(candidates),
        usage=usage or Usage(),
        service_tier=get(top, "service_tier", _text, ""),
        fingerprint=get(top, "system_fingerprint", _text, ""),
        protocol="chat",
    )
    top.pop("object", None)
    return msgspec.structs.replace(response, extensions={"chat": top} if top else {})


def _candidate(choice: Raws, place: int, answer_id: str, sources: tuple[object, ...]) -> Candidate:
    raw_finish = get(choice, "finish_reason", _text, "")
    index = int(get(choice, "index", _number, place))
    logprobs = choice.pop("logprobs", NULL)
    message = get(choice, "message", _object, None)
    if message is None:
        text = get(choice, "text", _text, "")
        blocks: list[Block] = [Text(text)] if text else []
    else:
        blocks = read_message(message, answer_id)
        if message:
            choice["message"] = msgspec.Raw(msgspec.json.encode(message))
    if sources:
        blocks = _cited(blocks, sources)
    return Candidate(
        index=index,
        blocks=tuple(blocks),
        finish=read_finish(raw_finish, called=_has(blocks, ToolCall), refused=_has(blocks, Refusal)),
        raw_finish=raw_finish,
        logprobs=None if logprobs == NULL else logprobs,
        logprobs_protocol="" if logprobs == NULL else ("chat" if message is not None else "text_completion"),
        protocol="chat",
        extra=choice or None,
    )


def _has(blocks: list[Block], kind: type[ToolCall] | type[Refusal]) -> bool:
    return any(isinstance(block, kind) for block in blocks)


def _cited(blocks: list[Block], sources: tuple[object, ...]) -> list[Block]:
    """Sources of the whole answer belong to its first text that has none of its own."""
    for place, block in enumerate(blocks):
        if isinstance(block, Text):
            if not block.citations:
                blocks[place] = msgspec.structs.replace(block, citations=sources)
            break
    return blocks


def read_message(message: Raws, answer_id: str) -> list[Block]:
    """The blocks of a message; what is read is taken out of it."""
    message.pop("role", None)
    signature = take_signature(message)
    blocks: list[Block] = list(thoughts({field: raw for field in FIELDS if (raw := message.pop(field, NULL)) != NULL}))
    blocks += _content(message.pop("content", NULL), read_annotations(message.pop("annotations", None)), signature)
    refusal = get(message, "refusal", _text, "")
    if refusal:
        blocks.append(Refusal(refusal))
    audio = get(message, "audio", _object, None)
    if audio is not None and (media := _audio(audio)) is not None:
        blocks.append(media)
    for image in get(message, "images", _objects, None) or ():
        if (media := read_image(image)) is not None:
            blocks.append(media)
    calls = get(message, "tool_calls", _objects, None) or []
    for number, call in enumerate(calls):
        blocks.append(_call(call, answer_id, number))
    old = get(message, "function_call", _object, None)
    if old is not None and get(dict(old), "name", _text, ""):
        blocks.append(_call({"function": msgspec.Raw(msgspec.json.encode(old))}, answer_id, len(calls)))
    if signature and not any(isinstance(block, Text) for block in blocks):
        for place, block in enumerate(blocks):
            if isinstance(block, ToolCall) and not block.signature:
                blocks[place] = msgspec.structs.replace(block, signature=signature, origin=GEMINI)
                break
    return blocks


def _content(raw: msgspec.Raw, citations: tuple[object, ...], signature: str) -> list[Block]:
    if raw == NULL:
        return []
    found: list[Block] = []
    if is_text(raw):
        text = get({"": raw}, "", _text, "")
        if text:
            found.append(Text(text))
    else:
        for part in get({"": raw}, "", _objects, None) or ():
            found += _part(part)
    for place, block in enumerate(found):
        if isinstance(block, Text):
            found[place] = msgspec.structs.replace(
                block, citations=citations, signature=signature, origin=GEMINI if signature else None
            )
            break
    return found


def _part(part: Raws) -> list[Block]:
    """A part of content: Mistral's answers have text, thinking and references."""
    kind = get(part, "type", _text, "")
    if kind == "thinking" and "thinking" in part:
        text = thinking_text(part["thinking"])
        return [Thinking(text, origin=_CHAT, protocol="chat", extra=part)] if text else []
    if kind == "image_url":
        media = read_image(part)
        return [] if media is None else [media]
    text = get(part, "text", _text, "")
    return [Text(text)] if text else []


def read_image(image: Raws) -> Media | None:
    """An image of an answer, as OpenRouter has it: {"type":"image_url","image_url":{"url":...}} (2026-11)."""
    inner = get(dict(image), "image_url", _object, None)
    url = get(dict(inner), "url", _text, "") if inner is not None else ""
    if not url:
        return None
    data = split_data_url(url)
    if data is None:
        return Media("image", url=url, protocol="chat")
    return Media("image", media_type=data[0], data=data[1], protocol="chat")


def _audio(audio: Raws) -> Media | None:
    file_id = get(audio, "id", _text, "")
    data = get(audio, "data", _text, "")
    transcript = get(audio, "transcript", _text, "")
    if not data and not transcript:
        return None
    return Media(
        "audio",
        media_type=audio_type(data),
        data=data,
        file_id=file_id,
        transcript=transcript,
        protocol="chat",
        extra=audio or None,
    )


def audio_type(data: str) -> str:
    """The media type of sound by its first bytes; samples without a head are PCM."""
    try:
        head = base64.b64decode(data[:16] + "=" * (-len(data[:16]) % 4))
    except (binascii.Error, ValueError):
        return ""
    for magic, media_type in ((b"RIFF", "audio/wav"), (b"fLaC", "audio/flac"), (b"OggS", "audio/opus")):
        if head.startswith(magic):
            return media_type
    if head.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")):
        return "audio/mpeg"
    return "audio/aac" if head.startswith((b"\xff\xf1", b"\xff\xf9")) else "audio/pcm"


def _call(call: Raws, answer_id: str, number: int) -> ToolCall:
    signature = take_signature(call)
    custom = get(call, "custom", _object, None)
    inner: Json = custom or get(call, "function", _object, None) or {}
    raw = inner.get("input" if custom is not None else "arguments", NULL)
    if raw == NULL:
        arguments = "" if custom is not None else "{}"
    else:
        arguments = get({"": raw}, "", _text, "") if is_text(raw) else bytes(raw).decode()
    for name in ("type", "index"):
        call.pop(name, None)
    return ToolCall(
        get(call, "id", _text, "") or ids.made(answer_id, number),
        get(inner, "name", _text, ""),
        arguments,
        custom=custom is not None,
        signature=signature,
        origin=GEMINI if signature else None,
        protocol="chat",
        extra=call or None,
    )
