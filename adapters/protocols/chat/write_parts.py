"""Blocks written as parts of a message's content."""

import base64
import binascii

import msgspec

from adapters.canonical.blocks import Media, Opaque, Text
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.protocols.chat.parts import AUDIO_TYPES
from adapters.protocols.chat.tools import write_cache

Part = dict[str, object]

_FORMATS = {media_type: form for form, media_type in AUDIO_TYPES.items()} | {
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/mp3": "mp3",
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
}
_ENDINGS = {"application/pdf": ".pdf"}
_TEXTS = ("application/json", "application/xml", "application/x-yaml", "application/javascript")

# kind -> (the capability that takes it at all, the one that takes an address)
_NEEDS = {
    "image": ("images", "image_url"),
    "file": ("pdf", "pdf_url"),
    "audio": ("audio_input", ""),
    "video": ("video_input", "video_input"),
}
_PLURALS = {"image": "images", "file": "documents", "audio": "sound", "video": "films"}


class Parts:
    """Writes the parts of one request. What cannot be written is told to `losses`, by the turn it stands in."""

    __slots__ = ("losses", "upstream")

    def __init__(self, upstream: Upstream, losses: Losses) -> None:
        self.upstream = upstream
        self.losses = losses

    def part(self, block: Text | Media | Opaque, path: str) -> Part | msgspec.Raw | None:
        """The part of one block; None when it has none."""
        if isinstance(block, Text):
            return self.text(block)
        if isinstance(block, Media):
            return self.media(block, path)
        if block.origin.protocol == "chat":
            return block.raw
        self.opaque(block, path)
        return None

    def opaque(self, block: Opaque, path: str) -> None:
        """Tell that a block of another protocol is lost."""
        if block.knob:
            self.losses.knob(path, f"{block.what} is not known there")
        else:
            self.losses.refuse(path, f"{block.what} is not known there")

    def text(self, block: Text) -> Part:
        """A part of text."""
        own = block.protocol == "chat"
        part: Part = {"type": "text", "text": block.text}
        if own and block.extra:
            part.update(block.extra)
        if block.cache is not None:
            part.update(write_cache(block.cache, self.upstream, self.losses, own=own))
        return part

    def media(self, block: Media, path: str) -> Part | None:
        """A part of any other content, fetched where the provider takes no address."""
        block = self._resolved(block)
        own = block.protocol == "chat"
        words = block.text if own else _words(block)
        if words is not None:
            if not own:
                self._untold(block, "citations")
            before = [line for line in (block.title or block.name, block.context) if line]
            return {"type": "text", "text": "\n\n".join((*before, words))}
        part = None
        if own or self._taken(block, path):
            part = self._written(block, path, own=own)
        if part is None:
            return None
        if own and block.extra:
            part.update({name: raw for name, raw in block.extra.items() if "." not in name})
        if block.cache is not None:
            part.update(write_cache(block.cache, self.upstream, self.losses, own=own))
        if not own:
            self._untold(block, "title", "context", "citations")
        return part

    def _untold(self, block: Media, *names: str) -> None:
        for name in names:
            if getattr(block, name):
                self.losses.knob(f"document.{name}")

    def _taken(self, block: Media, path: str) -> bool:
        """Whether the provider takes media of another protocol's client; if not, that is told."""
        can = self.upstream.capabilities
        kind, by_address = _NEEDS[block.kind]
        if kind not in can:
            self.losses.refuse(path, f"the provider takes no {_PLURALS[block.kind]}")
        elif block.url and by_address not in can:
            self.losses.refuse(path, f"{_PLURALS[block.kind]} by address, which could not be fetched")
        else:
            return True
        return False

    def _written(self, block: Media, path: str, *, own: bool) -> Part | None:
        part: Part | None = None
        if block.kind == "audio":
            part = self._audio(block)
        elif block.kind == "file":
            part = self._file(block, own=own)
        elif own or not block.file_id:
            part = self._visual(block)
        if part is None:
            self.losses.refuse(path, "a file that was uploaded to another provider")
        return part

    def _resolved(self, block: Media) -> Media:
        """With its data where it had been fetched."""
        fetched = self.upstream.fetched.get(block.url) if block.url else None
        if fetched is None:
            return block
        media_type = fetched.media_type or block.media_type
        return msgspec.structs.replace(block, url="", data=fetched.data, media_type=media_type)

    def _visual(self, block: Media) -> Part:
        url = block.url or f"data:{block.media_type or 'image/png'};base64,{block.data}"
        inner: Part = {"url": url}
        if block.detail:
            inner["detail"] = block.detail
        field = "video_url" if block.kind == "video" else "image_url"
        if block.protocol == "chat" and block.extra:
            inner.update(
                {name[len(field) + 1 :]: raw for name, raw in block.extra.items() if name.startswith(f"{field}.")}
            )
        return {"type": field, field: inner}

    def _audio(self, block: Media) -> Part | None:
        if block.file_id or not (block.data or block.url):
            return None
        form = _FORMATS.get(block.media_type) or block.media_type.removeprefix("audio/")
        inner: Part = {"data": block.data or block.url}
        if form:
            inner["format"] = form
        return {"type": "input_audio", "input_audio": inner}

    def _file(self, block: Media, *, own: bool) -> Part | None:
        if block.file_id:
            # A file's id means something only where it was uploaded: both of OpenAI's protocols share them.
            if not own and block.protocol != "responses":
                return None
            return {
                "type": "file",
                "file": {"file_id": block.file_id, **({"filename": block.name} if block.name else {})},
            }
        if self.upstream.provider == "mistral":
            url = block.url or f"data:{block.media_type or 'application/pdf'};base64,{block.data}"
            return {
                "type": "document_url",
                "document_url": url,
                **({"document_name": block.name} if block.name else {}),
            }
        media_type = block.media_type or "application/pdf"
        if media_type.startswith("image/") and block.data:
            return self._visual(block)
        name = block.name or block.title
        if not own and "." not in name:  # what a file is, OpenAI goes by its name
            name = f"{name or 'document'}{_ENDINGS.get(media_type, '')}"
        data = block.url or f"data:{media_type};base64,{block.data}"
        return {"type": "file", "file": {**({"filename": name} if name else {}), "file_data": data}}


def _words(block: Media) -> str | None:
    """The text of a document that is one; None for any other, which goes as it is."""
    if block.text is not None or block.kind != "file" or not block.data:
        return block.text
    if not block.media_type.startswith("text/") and block.media_type not in _TEXTS:
        return None
    try:
        return base64.b64decode(block.data).decode()
    except (binascii.Error, ValueError):
        return None
