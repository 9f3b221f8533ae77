"""Content parts of messages and of tool results, into blocks.

input_text, output_text, refusal, input_image, input_file, input_audio. Any other part stays opaque.
"""

from typing import Literal, TypeAlias

import msgspec

from adapters.canonical.blocks import Cache, Citation, Media, Opaque, Origin, Refusal, Text
from adapters.head import Fields
from adapters.protocols.responses.citations import read_annotation
from adapters.protocols.responses.schema import (
    PROTOCOL,
    MaybeObject,
    MaybeText,
    Objects,
    Raws,
    encode,
    need_text,
    raw,
    read,
    split,
    starts,
    take,
    take_text,
    wrong,
)
from adapters.protocols.responses.schema import Text as TextDecoder

Part: TypeAlias = Text | Refusal | Media | Opaque

ORIGIN = Origin(PROTOCOL)
_TEXTS = ("input_text", "output_text", "text")
_HARMLESS = frozenset({"type", "annotations", "logprobs"})
_SOUND = {"mp3": "audio/mpeg", "wav": "audio/wav"}


def read_content(value: msgspec.Raw, where: str, *, assistant: bool) -> tuple[tuple[Part, ...], bool]:
    """The blocks of a `content` or `output`, and whether it was a plain string. Raises ClientError (400)."""
    start = starts(value)
    if start == b'"':
        return (Text(read(TextDecoder, value, where, "a string or an array")),), True
    if start != b"[":
        raise wrong(where, "a string or an array of content parts")
    parts = read(Objects, value, where, "a string or an array of content parts")
    return tuple(_part(part, f"{where}.{number}", assistant) for number, part in enumerate(parts)), False


def _part(fields: Fields, where: str, assistant: bool) -> Part:
    kind = take(fields, "type", MaybeText, where) or ""
    if kind in _TEXTS:
        usual = "output_text" if assistant else "input_text"
        return _text(fields, where, "" if kind == usual else kind)
    if kind == "input_image":
        return _image(fields, where)
    if kind == "input_file":
        return _file(fields, where)
    if kind == "refusal" and fields.keys() == {"refusal"}:
        return Refusal(need_text(fields, "refusal", where))
    if kind == "input_audio" and (sound := _sound(fields, where)) is not None:
        return sound
    whole = {"type": raw(kind), **fields} if kind else fields
    return Opaque(ORIGIN, f"content of the type '{kind[:60]}'", msgspec.Raw(encode(whole)))


def _text(fields: Fields, where: str, unusual: str) -> Text:
    text = need_text(fields, "text", where)
    if unusual:
        fields["type"] = raw(unusual)
    citations: tuple[Citation, ...] = ()
    annotations = fields.get("annotations")
    if annotations is not None and starts(annotations) == b"[" and len(bytes(annotations)) > 2:
        found = read(Raws, annotations, f"{where}.annotations", "an array")
        if found:
            citations = tuple(read_annotation(annotation) for annotation in found)
            del fields["annotations"]
    cache = _cache(fields, where)
    exact, extra = split(fields, _HARMLESS)
    return Text(text, cache=cache, citations=citations, protocol=PROTOCOL, extra=extra, exact=exact)


def _image(fields: Fields, where: str) -> Media:
    detail = take_text(fields, "detail", where)
    if url := take_text(fields, "image_url", where):
        media_type, data = split_data_url(url)
        return _media("image", fields, where, detail, media_type=media_type, data=data, url="" if data else url)
    return _media("image", fields, where, detail, file_id=take_text(fields, "file_id", where))


def _file(fields: Fields, where: str) -> Media:
    name = take_text(fields, "filename", where)
    detail = take_text(fields, "detail", where)
    if whole := take_text(fields, "file_data", where):
        media_type, data = split_data_url(whole)
        return _media("file", fields, where, detail, media_type=media_type, data=data or whole, name=name)
    if url := take_text(fields, "file_url", where):
        return _media("file", fields, where, detail, url=url, name=name)
    return _media("file", fields, where, detail, file_id=take_text(fields, "file_id", where), name=name)


def _sound(fields: Fields, where: str) -> Media | None:
    value = fields.get("input_audio")
    inner = read(MaybeObject, value, f"{where}.input_audio", "an object") if value is not None else None
    if inner is None or inner.keys() != {"data", "format"}:
        return None
    del fields["input_audio"]
    data = need_text(inner, "data", f"{where}.input_audio")
    form = need_text(inner, "format", f"{where}.input_audio")
    media_type = _SOUND.get(form, f"audio/{form}")
    exact, extra = split(fields, _HARMLESS)
    return Media("audio", media_type=media_type, data=data, protocol=PROTOCOL, extra=extra, exact=exact)


def _media(
    kind: Literal["image", "file"],
    fields: Fields,
    where: str,
    detail: str,
    *,
    media_type: str = "",
    data: str = "",
    url: str = "",
    file_id: str = "",
    name: str = "",
) -> Media:
    cache = _cache(fields, where)
    exact, extra = split(fields, _HARMLESS)
    return Media(
        kind,
        media_type=media_type,
        data=data,
        url=url,
        file_id=file_id,
        name=name,
        detail=detail,
        cache=cache,
        origin=ORIGIN if file_id else None,
        protocol=PROTOCOL,
        extra=extra,
        exact=exact,
    )


def split_data_url(url: str) -> tuple[str, str]:
    """Media type and base64 data of a data URL; both empty for any other URL."""
    if not url.startswith("data:"):
        return "", ""
    head, comma, data = url.partition(",")
    if not comma or not head.endswith(";base64"):
        return "", ""
    return head[5:-7], data


def _cache(fields: Fields, where: str) -> Cache | None:
    """The breakpoint of a part: {"mode": "explicit", "ttl": ...}; what it has besides stays with the part."""
    value = fields.get("prompt_cache_breakpoint")
    if value is None:
        return None
    inner = read(MaybeObject, value, f"{where}.prompt_cache_breakpoint", "an object")
    if inner is None:
        return None
    ttl = take_text(inner, "ttl", f"{where}.prompt_cache_breakpoint")
    mode = inner.pop("mode", None)
    if not inner and mode is not None and bytes(mode) == b'"explicit"':
        del fields["prompt_cache_breakpoint"]
    return Cache(ttl)
