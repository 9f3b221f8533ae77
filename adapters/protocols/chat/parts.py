"""Parts of a message's content, read into blocks: https://platform.openai.com/docs/api-reference/chat/create (2026-11).

Also parts that only other providers of this wire know: Mistral's thinking and documents, video_url of OpenRouter,
DashScope and Zhipu. Writing is in write_parts.py.
"""

from collections.abc import Callable

import msgspec

from adapters.canonical.blocks import Block, Cache, Media, Opaque, Origin, Refusal, Text, Thinking
from adapters.protocols.chat.values import Raws, Values, is_text, wrong
from adapters.unreadable import UNREADABLE

ORIGIN = Origin("chat")

AUDIO_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg", "pcm16": "audio/pcm"}
"""`format` of sound -> media type; others are audio/<format>."""

_FILE_TYPES = {
    "pdf": "application/pdf",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
}


def read_part(fields: Raws, path: str) -> Block:
    """One part of a content array. Raises ClientError (400)."""
    values = Values(fields, path)
    kind = values.required(values.text("type"), "type")
    read = _READERS.get(kind)
    if read is None:
        return Opaque(ORIGIN, f"a content part of type {kind}", msgspec.Raw(msgspec.json.encode(fields)))
    return read(values)


def split_data_url(url: str) -> tuple[str, str] | None:
    """(media type, base64) of a data URL; None for any other address."""
    if not url.startswith("data:"):
        return None
    head, comma, data = url.partition(",")
    if not comma or not head.endswith(";base64"):
        return None
    return head[5:-7].partition(";")[0], data


def _cache(values: Values) -> Cache | None:
    """A breakpoint as OpenAI writes it, or as providers do that took Anthropic's (OpenRouter, DashScope; 2026-11)."""
    found = values.inside("prompt_cache_breakpoint") or values.inside("cache_control")
    return None if found is None else Cache(found.text("ttl") or "")


def _text(values: Values) -> Block:
    text = values.required(values.text("text"), "text")
    return Text(text, cache=_cache(values), protocol="chat", extra=values.extra)


def _refusal(values: Values) -> Block:
    return Refusal(values.required(values.text("refusal"), "refusal"))


def _address(values: Values, field: str) -> Values:
    """The object with the address; some servers take the address itself in its place (Mistral, 2026-11)."""
    raw = values.left.get(field)
    if raw is not None and is_text(raw):
        return Values({"url": values.left.pop(field)}, values.name(field))
    return values.required(values.inside(field), field)


def _visual(kind: str) -> Callable[[Values], Block]:
    field = f"{kind}_url"

    def read(values: Values) -> Block:
        inner = _address(values, field)
        url = inner.required(inner.text("url"), "url")
        detail = inner.text("detail") or ""
        cache = _cache(values)
        extra = {
            **(values.extra or {}),
            **{f"{field}.{name}": raw for name, raw in (inner.extra or {}).items()},
        } or None
        data = split_data_url(url)
        media_type, content = data or ("", "")
        return Media(
            "video" if kind == "video" else "image",
            media_type=media_type,
            data=content,
            url="" if data else url,
            detail=detail,
            cache=cache,
            protocol="chat",
            extra=extra,
        )

    return read


def _audio(values: Values) -> Block:
    inner = values.required(values.inside("input_audio"), "input_audio")
    data = inner.required(inner.text("data"), "data")
    form = inner.text("format") or ""
    cache = _cache(values)
    media_type = AUDIO_TYPES.get(form, f"audio/{form}") if form else ""
    # DashScope takes addresses and data URLs here: https://help.aliyun.com/zh/model-studio/qwen-omni (2026-11).
    if data.startswith(("http://", "https://")):
        return Media("audio", media_type=media_type, url=data, cache=cache, protocol="chat", extra=values.extra)
    if (split := split_data_url(data)) is not None:
        media_type, data = media_type or split[0], split[1]
    return Media("audio", media_type=media_type, data=data, cache=cache, protocol="chat", extra=values.extra)


def _file(values: Values) -> Block:
    inner = values.required(values.inside("file"), "file")
    name = inner.text("filename") or ""
    file_id = inner.text("file_id") or ""
    data = inner.text("file_data") or ""
    cache = _cache(values)
    if not data and not file_id:
        raise wrong(values.name("file"), "an object with file_data or file_id")
    url = media_type = ""
    if data.startswith(("http://", "https://")):  # OpenRouter, https://openrouter.ai/docs/features/multimodal/pdfs
        url, data = data, ""
    elif data:
        media_type, data = split_data_url(data) or (
            _FILE_TYPES.get(name.rpartition(".")[2].lower(), "application/pdf"),
            data,
        )
    return Media(
        "file",
        media_type=media_type,
        data=data,
        url=url,
        file_id="" if data else file_id,
        name=name,
        cache=cache,
        protocol="chat",
        extra=values.extra,
    )


def _document(values: Values) -> Block:
    # https://docs.mistral.ai/capabilities/document_ai/document_qna (2026-11)
    inner = _address(values, "document_url")
    url = inner.required(inner.text("url"), "url")
    name = values.text("document_name") or ""
    media_type, data = split_data_url(url) or ("", "")
    url = "" if data else url
    return Media("file", media_type=media_type, data=data, url=url, name=name, protocol="chat", extra=values.extra)


def _thinking(values: Values) -> Block:
    # https://docs.mistral.ai/capabilities/reasoning (2026-11): a string, or a list of text parts
    raw = values.required(values.left.get("thinking"), "thinking")
    return Thinking(thinking_text(raw), origin=ORIGIN, protocol="chat", extra=values.left)


class _Piece(msgspec.Struct):
    text: str = ""


_pieces = msgspec.json.Decoder(str | list[_Piece])


def thinking_text(raw: msgspec.Raw) -> str:
    """The words of Mistral's `thinking`; references inside it have none."""
    try:
        value = _pieces.decode(raw)
    except UNREADABLE:
        return ""
    return value if isinstance(value, str) else "".join(piece.text for piece in value)


_READERS: dict[str, Callable[[Values], Block]] = {
    "text": _text,
    "refusal": _refusal,
    "image_url": _visual("image"),
    "video_url": _visual("video"),
    "input_audio": _audio,
    "file": _file,
    "document_url": _document,
    "thinking": _thinking,
}
