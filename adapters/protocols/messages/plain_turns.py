"""Messages that hold nothing unusual, read in one pass over their bytes.

Nearly all messages of a long conversation are these: texts, calls, results of tools, pictures. Any field that is not
named here makes the whole message read_blocks.py's, which knows them all and says what is wrong; both make the same
blocks.
"""

from typing import Literal

import msgspec

from adapters.canonical.blocks import Block, Cache, Media, Text, ToolCall, ToolResult
from adapters.canonical.request import Turn
from adapters.protocols.messages.citations import NAME
from adapters.unreadable import UNREADABLE


class _Cache(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    type: Literal["ephemeral"]
    ttl: str = ""


class _Text(msgspec.Struct, tag="text", forbid_unknown_fields=True):
    text: str
    cache_control: _Cache | None = None


class _Source(msgspec.Struct, tag="base64", forbid_unknown_fields=True, gc=False):
    data: str
    media_type: str = ""


class _Image(msgspec.Struct, tag="image", forbid_unknown_fields=True):
    source: _Source
    cache_control: _Cache | None = None


class _Call(msgspec.Struct, tag="tool_use", forbid_unknown_fields=True):
    id: str
    name: str
    input: msgspec.Raw
    cache_control: _Cache | None = None


class _Result(msgspec.Struct, tag="tool_result", forbid_unknown_fields=True):
    tool_use_id: str
    content: str | list[_Text | _Image] = []
    is_error: bool = False
    cache_control: _Cache | None = None


class _Message(msgspec.Struct, forbid_unknown_fields=True):
    role: Literal["user", "assistant"]
    content: str | list[_Text | _Call | _Result | _Image]


_message = msgspec.json.Decoder(_Message)


def read_plain(raw: msgspec.Raw) -> Turn | None:
    """The turn; None when there is anything in it that is not named here."""
    try:
        message = _message.decode(raw)
    except UNREADABLE:
        return None
    content = message.content
    if isinstance(content, str):
        return Turn(message.role, (Text(content),), plain=True, protocol=NAME)
    blocks: list[Block] = []
    for part in content:
        if isinstance(part, _Result):
            blocks.append(_result(part))
        elif isinstance(part, _Call):
            arguments = bytes(part.input).decode()
            if not arguments.startswith("{"):
                return None
            blocks.append(ToolCall(part.id, part.name, arguments, cache=_cache(part.cache_control), protocol=NAME))
        else:
            blocks.append(_shown(part))
    if any(isinstance(block, Media) and not block.data for block in blocks):
        return None
    return Turn(message.role, tuple(blocks), protocol=NAME)


def _cache(cache: _Cache | None) -> Cache | None:
    return None if cache is None else Cache(cache.ttl)


def _shown(part: _Text | _Image) -> Text | Media:
    if isinstance(part, _Text):
        return (
            Text(part.text)
            if part.cache_control is None
            else Text(part.text, _cache(part.cache_control), protocol=NAME)
        )
    source = part.source
    return Media(
        "image", media_type=source.media_type, data=source.data, cache=_cache(part.cache_control), protocol=NAME
    )


def _result(part: _Result) -> ToolResult:
    content = part.content
    plain = isinstance(content, str)
    return ToolResult(
        part.tool_use_id,
        (Text(content),) if isinstance(content, str) else tuple(map(_shown, content)),
        is_error=part.is_error,
        plain=plain,
        cache=_cache(part.cache_control),
        protocol=NAME,
    )
