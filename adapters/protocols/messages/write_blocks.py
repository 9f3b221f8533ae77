"""Content blocks of a request, written: https://docs.claude.com/en/api/messages (2026-11)."""

import base64
import binascii
from typing import Any, TypeAlias

import msgspec

from adapters.canonical import custom_tools, ids
from adapters.canonical.blocks import (
    Block,
    Cache,
    Media,
    Opaque,
    Refusal,
    ServerCall,
    ServerResult,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.media import plain_type, sniff
from adapters.protocols.messages.citations import NAME
from adapters.protocols.messages.server_blocks import object_of
from adapters.protocols.messages.write_tools import write_cache

Written: TypeAlias = dict[str, Any] | msgspec.Raw

_IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp")
"""https://docs.claude.com/en/docs/build-with-claude/vision (2026-11)."""

_WORDS = ("application/json", "application/xml", "application/x-yaml", "application/javascript")
"""Besides text/*, media types of plain documents."""


class BlockWriter:
    """Writes blocks of one request. `own`: the request is of this protocol, and goes out as it came in."""

    __slots__ = ("_losses", "_own", "_upstream")

    def __init__(self, upstream: Upstream, losses: Losses, *, own: bool) -> None:
        self._upstream = upstream
        self._losses = losses
        self._own = own

    def write(self, block: Block, path: str) -> Written | None:
        """The block; None for one that is left out."""
        if isinstance(block, Text):
            return self._text(block, path)
        if isinstance(block, ToolCall):
            return self._call(block, path)
        if isinstance(block, ToolResult):
            return self._result(block, path)
        if isinstance(block, Media):
            return self._media(block, path)
        if isinstance(block, Thinking):
            return self._thinking(block)
        if isinstance(block, Refusal):
            return {"type": "text", "text": block.text} if block.text else None
        return self._other(block, path)

    def _other(self, block: ServerCall | ServerResult | Opaque, path: str) -> Written | None:
        if block.origin.protocol == NAME:
            return block.raw
        if isinstance(block, Opaque) and not block.knob:
            self._losses.refuse(path, f"{block.what} is not known there")
        else:
            what = block.what if isinstance(block, Opaque) else f"what another provider's {block.tool} did"
            self._losses.knob(path, f"{what} is left out")
        return None

    def _cached(self, fields: dict[str, Any], cache: Cache | None, path: str) -> dict[str, Any]:
        if cache is not None:
            if self._own or "cache_control" in self._upstream.capabilities:
                fields["cache_control"] = write_cache(cache)
            else:
                self._losses.knob(f"{path}.cache_control")
        return fields

    def _extra(self, fields: dict[str, Any], block: Text | Media | ToolCall | ToolResult, path: str) -> None:
        if block.extra:
            if block.protocol == NAME:
                fields.update(block.extra)
            else:
                for name in block.extra:
                    self._losses.knob(f"{path}.{name}")

    def _text(self, block: Text, path: str) -> Written | None:
        own = block.protocol == NAME
        if not self._own and (not block.text or block.text.isspace()):
            return None  # "text content blocks must contain non-whitespace text"
        fields: dict[str, Any] = {"type": "text", "text": block.text}
        if own and block.exact is not None:  # a block of another kind, said in words for others
            fields = dict(block.exact)
        elif block.extra:
            self._extra(fields, block, path)
        if block.citations:
            kept = [one.raw for one in block.citations if one.protocol == NAME and one.raw is not None]
            if kept:
                fields["citations"] = kept
            if len(kept) < len(block.citations):
                self._losses.knob(f"{path}.citations", "made by another provider")
        return self._cached(fields, block.cache, path) if block.cache is not None else fields

    def _thinking(self, block: Thinking) -> Written | None:
        origin = block.origin
        if origin is None or origin.protocol != NAME:
            self._losses.knob("thinking", "earlier thinking of another provider is left out")
            return None
        if block.encrypted:
            return {"type": "redacted_thinking", "data": block.encrypted, **(block.extra or {})}
        if not block.signature and not self._own:
            self._losses.knob("thinking", "earlier thinking without a signature is left out")
            return None
        return {"type": "thinking", "thinking": block.text, "signature": block.signature, **(block.extra or {})}

    def _call(self, block: ToolCall, path: str) -> Written:
        arguments = custom_tools.wrap(block.arguments) if block.custom else block.arguments
        fields: dict[str, Any] = {
            "type": "tool_use",
            "id": block.id if self._own else ids.for_messages(block.id),
            "name": block.name,
            "input": object_of(arguments),
        }
        self._extra(fields, block, path)
        return self._cached(fields, block.cache, path)

    def _result(self, block: ToolResult, path: str) -> Written:
        fields: dict[str, Any] = {
            "type": "tool_result",
            "tool_use_id": block.id if self._own else ids.for_messages(block.id),
        }
        content = block.content
        if block.plain and len(content) == 1 and isinstance(content[0], Text) and not content[0].extra:
            fields["content"] = content[0].text
        elif content:
            written = [self.write(one, f"{path}.content.{place}") for place, one in enumerate(content)]
            if kept := [one for one in written if one is not None]:
                fields["content"] = kept
        if block.is_error:
            fields["is_error"] = True
        self._extra(fields, block, path)
        return self._cached(fields, block.cache, path)

    def _media(self, block: Media, path: str) -> Written | None:
        if block.protocol == NAME and block.exact is not None and "type" in block.exact:
            return self._cached(dict(block.exact), block.cache, path)
        if block.kind == "image":
            source = self._source(block, path, "image_url", "images")
        elif block.kind == "file":
            source = self._file(block, path)
        else:
            if block.transcript:  # what an assistant said aloud, in words
                return self._cached({"type": "text", "text": block.transcript}, block.cache, path)
            self._losses.refuse(path, f"{'sound' if block.kind == 'audio' else block.kind} is not known there")
            return None
        if source is None:
            return None
        fields: dict[str, Any] = {"type": "image" if block.kind == "image" else "document", "source": source}
        if block.kind == "file":
            if title := block.title or block.name:
                fields["title"] = title
            if block.context:
                fields["context"] = block.context
            if block.citations:
                fields["citations"] = {"enabled": True}
            if block.protocol == NAME and block.exact is not None:
                fields.update(block.exact)
        elif block.detail and block.detail != "auto":
            self._losses.knob(f"{path}.detail")
        self._extra(fields, block, path)
        return self._cached(fields, block.cache, path)

    def _file(self, block: Media, path: str) -> Written | None:
        """The source of a document: PDF as it is, plain text in words."""
        if block.text is not None:
            return {"type": "text", "media_type": "text/plain", "data": block.text}
        if block.data and (block.media_type.startswith("text/") or block.media_type in _WORDS):
            try:
                return {"type": "text", "media_type": "text/plain", "data": base64.b64decode(block.data).decode()}
            except (binascii.Error, ValueError):
                self._losses.refuse(path, "the document is not text in base64 and UTF-8")
                return None
        return self._source(block, path, "pdf_url", "pdf")

    def _source(self, block: Media, path: str, by_url: str, at_all: str) -> Written | None:
        """base64, url or file. A URL is replaced by what was fetched where the provider takes none."""
        can = self._upstream.capabilities
        fetched = self._upstream.fetched.get(block.url) if block.url else None
        if block.file_id:
            if self._own or block.protocol == NAME:
                return {"type": "file", "file_id": block.file_id}
            self._losses.refuse(path, "a file that was uploaded to another provider")
            return None
        if not self._own and at_all not in can:
            self._losses.refuse(path, "the provider takes none of this kind")
            return None
        if block.url and fetched is None:
            if self._own or by_url in can:
                return {"type": "url", "url": block.url}
            self._losses.refuse(path, "the provider takes no addresses, and the gateway did not fetch it")
            return None
        media_type, data = (fetched.media_type, fetched.data) if fetched is not None else (block.media_type, block.data)
        allowed = _IMAGES if block.kind == "image" else ("application/pdf",)
        if not media_type and not self._own:
            media_type = _sniffed(data)
        if not self._own and plain_type(media_type) not in allowed:
            self._losses.refuse(path, f"{media_type or 'a file of unknown type'} is not known there")
            return None
        return {"type": "base64", "media_type": media_type if self._own else plain_type(media_type), "data": data}


def _sniffed(data: str) -> str:
    """The media type of base64 data by how it begins."""
    try:
        return sniff(base64.b64decode(data[:64]))
    except (binascii.Error, ValueError):
        return ""
