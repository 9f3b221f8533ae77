"""Content blocks of an answer, read: https://docs.claude.com/en/api/messages (2026-11)."""

import msgspec

from adapters.canonical.blocks import Block, Opaque, Text, Thinking, ToolCall
from adapters.protocols.messages import server_blocks
from adapters.protocols.messages.citations import NAME, read_citation

ORIGIN = server_blocks.ORIGIN

_NO_INPUT = msgspec.Raw(b"{}")


class WireBlock(msgspec.Struct, gc=False):
    """Any block of an answer."""

    type: str
    text: str | None = None
    citations: list[msgspec.Raw] | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    id: str | None = None
    name: str | None = None
    input: msgspec.Raw = _NO_INPUT
    toolset_name: str | None = None


_block = msgspec.json.Decoder(WireBlock)

HIDDEN = ("compaction", "fallback", "mcp_tool_listing", "container_upload")
"""Blocks of an answer that say nothing to its reader."""


def decode(raw: msgspec.Raw) -> WireBlock:
    """One block. Raises msgspec.DecodeError."""
    return _block.decode(raw)


def read_block(wire: WireBlock, raw: msgspec.Raw) -> Block:
    """The block as it is in a whole answer. Raises msgspec.DecodeError."""
    if wire.type == "text":
        citations = tuple(found for one in wire.citations or () if (found := read_citation(one)) is not None)
        return Text(wire.text or "", citations=citations)
    if wire.type == "tool_use":
        extra = {"toolset_name": msgspec.Raw(msgspec.json.encode(wire.toolset_name))} if wire.toolset_name else None
        arguments = bytes(wire.input).decode()
        return ToolCall(wire.id or "", wire.name or "", arguments, protocol=NAME, extra=extra)
    if wire.type == "thinking":
        return Thinking(wire.thinking or "", wire.signature or "", origin=ORIGIN)
    if wire.type == "redacted_thinking":
        return Thinking(encrypted=wire.data or "", origin=ORIGIN)
    return read_other(wire, raw)


def read_other(wire: WireBlock, raw: msgspec.Raw) -> Block:
    """The blocks that always come whole: tools of the provider, and what only it knows."""
    if wire.type in server_blocks.CALLS:
        return server_blocks.read_call(raw)
    if wire.type in server_blocks.RESULTS:
        return server_blocks.read_result(raw)
    return Opaque(ORIGIN, f"a block of type {wire.type}", msgspec.Raw(bytes(raw)), knob=wire.type in HIDDEN)
