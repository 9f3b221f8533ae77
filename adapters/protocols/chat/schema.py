"""The frames of a stream, as far as they are read. Every field may be absent or null, and in `lenient` anything."""

from typing import TypeVar

import msgspec

from adapters.unreadable import UNREADABLE
from adapters.usage import WireUsage

T = TypeVar("T")


class Function(msgspec.Struct, gc=False):
    """Arguments are JSON text; some servers send the object (Ollama's older versions)."""

    name: str | None = None
    arguments: str | dict[str, msgspec.Raw] | None = None


class Custom(msgspec.Struct, gc=False):
    """A custom tool: its input is free text."""

    name: str | None = None
    input: str | None = None


class Call(msgspec.Struct, gc=False):
    """A piece of a tool call. Not every server numbers them or names them again."""

    index: int | None = None
    id: str | None = None
    function: Function | None = None
    custom: Custom | None = None
    extra_content: msgspec.Raw = msgspec.Raw()


class Part(msgspec.Struct, gc=False):
    """A part of content that is a list (Mistral)."""

    type: str | None = None
    text: str | None = None
    thinking: msgspec.Raw = msgspec.Raw()


class Audio(msgspec.Struct, gc=False):
    """A piece of sound: base64 by itself."""

    id: str | None = None
    data: str | None = None
    transcript: str | None = None


class Delta(msgspec.Struct, gc=False):
    """What is new in a message."""

    content: str | list[Part] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[Call] | None = None
    refusal: str | None = None
    function_call: Function | None = None
    reasoning_details: msgspec.Raw = msgspec.Raw()
    annotations: msgspec.Raw = msgspec.Raw()
    audio: Audio | None = None
    images: list[dict[str, msgspec.Raw]] | None = None
    extra_content: msgspec.Raw = msgspec.Raw()


class Choice(msgspec.Struct, gc=False):
    """One of the answers. `text` is a legacy completion's."""

    index: int = 0
    delta: Delta | None = None
    text: str | None = None
    finish_reason: str | None = None
    logprobs: msgspec.Raw = msgspec.Raw()
    usage: WireUsage | None = None


class Groq(msgspec.Struct, gc=False):
    """Groq's own."""

    usage: WireUsage | None = None


class Frame(msgspec.Struct, gc=False):
    """One event."""

    id: str | None = None
    model: str | None = None
    created: int | float | None = None
    choices: list[Choice] | None = None
    usage: WireUsage | None = None
    error: msgspec.Raw = msgspec.Raw()
    x_groq: Groq | None = None
    service_tier: str | None = None
    system_fingerprint: str | None = None
    citations: msgspec.Raw = msgspec.Raw()
    search_results: msgspec.Raw = msgspec.Raw()
    object: str | None = None
    message: str | None = None


decode = msgspec.json.Decoder(Frame).decode

_raw = msgspec.json.Decoder(dict[str, msgspec.Raw])
_raws = msgspec.json.Decoder(list[msgspec.Raw])


def lenient(data: bytes) -> Frame:
    """The same, read over values that are not what they should be. Raises msgspec.DecodeError for what is no object."""
    frame = _fields(Frame, data, skip=("choices",))
    choices = _raw.decode(data).get("choices")
    frame.choices = None if choices is None else [_choice(item) for item in _items(choices)]
    return frame


def _choice(data: bytes | msgspec.Raw) -> Choice:
    choice = _fields(Choice, data, skip=("delta",))
    delta = _object(data).get("delta")
    if delta is not None:
        choice.delta = _fields(Delta, delta, skip=("tool_calls",))
        calls = _object(delta).get("tool_calls")
        choice.delta.tool_calls = None if calls is None else [_fields(Call, item, skip=()) for item in _items(calls)]
    return choice


def _object(data: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    try:
        return _raw.decode(data)
    except UNREADABLE:
        return {}


def _items(data: bytes | msgspec.Raw) -> list[msgspec.Raw]:
    try:
        return _raws.decode(data)
    except UNREADABLE:
        return []


def _fields(kind: type[T], data: bytes | msgspec.Raw, *, skip: tuple[str, ...]) -> T:
    """An object field by field, each left out when it does not fit."""
    made = kind()
    decoders = _DECODERS[kind]
    for name, raw in (_raw.decode(data) if kind is Frame else _object(data)).items():
        decoder = decoders.get(name)
        if decoder is not None and name not in skip:
            try:
                setattr(made, name, decoder.decode(raw))
            except UNREADABLE:
                continue
    return made


_DECODERS: dict[type, dict[str, msgspec.json.Decoder[object]]] = {
    kind: {field.name: msgspec.json.Decoder(field.type) for field in msgspec.structs.fields(kind)}
    for kind in (Frame, Choice, Delta, Call)
}
