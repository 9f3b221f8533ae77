"""Blocks into content parts of messages and of tool results."""

import base64
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from adapters.canonical.blocks import Block, Cache, Media, Opaque, Refusal, Text
from adapters.canonical.context import Fetched, Upstream
from adapters.canonical.loss import Losses
from adapters.protocols.responses.citations import write_annotation
from adapters.protocols.responses.schema import PROTOCOL

Item: TypeAlias = dict[str, object] | msgspec.Raw

_OURS = frozenset({"responses", "chat"})  # OpenAI's files have the same ids in both of its protocols
_FORMATS = {"audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav"}
_NAMES = {"application/pdf": "document.pdf", "text/plain": "document.txt"}


def write_parts(
    blocks: Iterable[Block], where: str, upstream: Upstream, losses: Losses, *, assistant: bool
) -> list[Item]:
    """The parts of a message or a tool result. What has no part here is refused under the name `where`."""
    parts: list[Item] = []
    for block in blocks:
        if isinstance(block, Text):
            parts.append(write_text(block, assistant=assistant, losses=losses))
        elif isinstance(block, Media):
            part = _media(block, where, upstream, losses)
            if part is not None:
                parts.append(part)
        elif isinstance(block, Refusal):
            parts.append({"type": "refusal", "refusal": block.text})
        elif isinstance(block, Opaque):
            if block.origin.protocol == PROTOCOL:
                parts.append(block.raw)
            elif block.knob:
                losses.knob(where, f"{block.what} is left out")
            else:
                losses.refuse(where, block.what)
    return parts


def write_text(block: Text, *, assistant: bool, losses: Losses) -> dict[str, object]:
    """One text part: output_text in an assistant's message, input_text elsewhere."""
    part: dict[str, object] = {"type": "output_text" if assistant else "input_text", "text": block.text}
    if block.citations:
        found = (write_annotation(citation, len(block.text)) for citation in block.citations)
        part["annotations"] = [annotation for annotation in found if annotation is not None]
    elif assistant and block.protocol != PROTOCOL:
        part["annotations"] = []
    _finish(part, block, losses)
    return part


def _finish(part: dict[str, object], block: Text | Media, losses: Losses) -> None:
    """Cache breakpoint and extras; a breakpoint of another protocol is left out, for OpenAI's caches need none."""
    if block.protocol == PROTOCOL:
        if block.cache is not None:
            part["prompt_cache_breakpoint"] = _breakpoint(block.cache)
        part.update(block.exact or {})
        part.update(block.extra or {})
        return
    if block.cache is not None:
        losses.knob("cache_control", "the provider caches by itself")
    for name in block.extra or ():
        losses.knob(name)


def _breakpoint(cache: Cache) -> dict[str, object]:
    return {"mode": "explicit", "ttl": cache.ttl} if cache.ttl else {"mode": "explicit"}


def _media(block: Media, where: str, upstream: Upstream, losses: Losses) -> dict[str, object] | None:
    if block.file_id and block.protocol != PROTOCOL and (block.origin is None or block.origin.protocol not in _OURS):
        losses.refuse(where, "a file that another provider keeps")
        return None
    if block.kind == "image":
        part = _image(block, upstream)
    elif block.kind == "file":
        part = _file(block, upstream, losses)
    elif block.kind == "audio" and block.data:
        form = _FORMATS.get(block.media_type) or block.media_type.removeprefix("audio/")
        part = {"type": "input_audio", "input_audio": {"data": block.data, "format": form}}
        if block.protocol != PROTOCOL and "audio_input" not in upstream.capabilities:
            losses.refuse(where, "sound")
            return None
    else:
        losses.refuse(where, {"audio": "sound", "video": "a film"}.get(block.kind, block.kind))
        return None
    _finish(part, block, losses)
    return part


def _image(block: Media, upstream: Upstream) -> dict[str, object]:
    part: dict[str, object] = {"type": "input_image"}
    if block.detail:
        part["detail"] = block.detail
    elif block.protocol != PROTOCOL:
        part["detail"] = "auto"
    if block.file_id:
        part["file_id"] = block.file_id
    elif (data := _data(block, upstream.fetched)) is not None:
        part["image_url"] = _data_url(data)
    elif block.url or block.protocol != PROTOCOL:
        part["image_url"] = block.url
    return part


def _file(block: Media, upstream: Upstream, losses: Losses) -> dict[str, object]:
    if block.citations:
        losses.knob("citations")
    if block.text is not None:
        if block.media_type in {"", "text/plain"} and not block.name:
            return _plain(block)
        encoded = base64.b64encode(block.text.encode("utf-8", "replace")).decode()
        block = Media("file", media_type=block.media_type or "text/plain", data=encoded, name=block.name)
    elif block.context:
        losses.knob("context", "a document has no notes there")
    part: dict[str, object] = {"type": "input_file"}
    data = _data(block, upstream.fetched)
    name = block.name or block.title
    if data is not None and block.protocol != PROTOCOL:
        name = file_name(name, data.media_type)
    if name:
        part["filename"] = name
    if block.detail:
        part["detail"] = block.detail
    if block.file_id:
        part["file_id"] = block.file_id
    elif data is not None:
        part["file_data"] = _data_url(data)
    elif block.url or block.protocol != PROTOCOL:
        part["file_url"] = block.url
        if block.protocol != PROTOCOL:
            part.pop("filename", None)  # "mutually exclusive" with file_url
    return part


def file_name(name: str, media_type: str) -> str:
    """With an ending: what a file is, OpenAI goes by its name."""
    usual = _NAMES.get(media_type, "document")
    if not name or "." in name:
        return name or usual
    return f"{name}{usual.removeprefix('document')}"


def _plain(block: Media) -> dict[str, object]:
    """A document that is plain text, as text with its title and notes before it."""
    before = [line for line in (block.title, block.context) if line]
    return {"type": "input_text", "text": "\n\n".join((*before, block.text or ""))}


def _data(block: Media, fetched: Mapping[str, Fetched]) -> Fetched | None:
    if block.data:
        return Fetched(block.media_type, block.data)
    return fetched.get(block.url) if block.url else None


def _data_url(data: Fetched) -> str:
    # A file whose type was not said goes as it came: bare base64.
    return f"data:{data.media_type};base64,{data.data}" if data.media_type else data.data
