"""Content blocks of an answer, written: https://docs.claude.com/en/api/messages (2026-11).

What another provider signed is sealed (canonical/sealed.py): a client of this protocol gives it back as it got it.
"""

from typing import Any, TypeAlias

import msgspec

from adapters.canonical import custom_tools, ids
from adapters.canonical.blocks import (
    Block,
    Media,
    Opaque,
    Origin,
    Refusal,
    ServerCall,
    ServerResult,
    Text,
    Thinking,
    ToolCall,
)
from adapters.canonical.sealed import Sealed, seal
from adapters.protocols.messages.citations import NAME, write_citation
from adapters.protocols.messages.server_blocks import object_of, write_call, write_result

Written: TypeAlias = dict[str, Any] | msgspec.Raw

_NOBODY = Origin("")


def write_block(block: Block) -> list[Written]:
    """The block, with the signature that stands beside it; [] for one that this protocol has no place for."""
    if isinstance(block, Text):
        written: list[Written] = []
        if block.text:
            fields: dict[str, Any] = {"type": "text", "text": block.text}
            if block.citations:
                fields["citations"] = [write_citation(one) for one in block.citations]
            written.append(fields)
        if block.signature:
            written.append(signature_beside(block.signature, block.origin, call=""))
        return written
    if isinstance(block, ToolCall):
        call = start_of_call(block)
        call["input"] = object_of(custom_tools.wrap(block.arguments) if block.custom else block.arguments)
        return [signature_beside(block.signature, block.origin, call=call["id"]), call] if block.signature else [call]
    if isinstance(block, Thinking):
        return _thinking(block)
    if isinstance(block, Refusal):
        return [{"type": "text", "text": block.text}] if block.text else []
    if isinstance(block, Media):
        return [{"type": "text", "text": words}] if (words := in_words(block)) else []
    other = whole(block)
    return [] if other is None else [other]


def _thinking(block: Thinking) -> list[Written]:
    text = block.text or "\n\n".join(block.parts)
    proof = proof_of(block.origin, block.signature, block.encrypted, block.id)
    if text:
        return [{"type": "thinking", "thinking": text, "signature": proof}]
    if block.signature and not block.encrypted and block.origin is not None and block.origin.protocol == NAME:
        # Thoughts that are not shown still have to come back: `display` omitted.
        return [{"type": "thinking", "thinking": "", "signature": proof}]
    return [{"type": "redacted_thinking", "data": proof}] if block.signature or block.encrypted else []


def proof_of(origin: Origin | None, signature: str, encrypted: str, item_id: str) -> str:
    """The `signature` of a thinking block, or the `data` of a redacted one."""
    made = origin or _NOBODY
    if made.protocol == NAME:
        return encrypted or signature
    return seal(Sealed(made.protocol, made.provider, signature, encrypted, item_id))


def signature_beside(signature: str, origin: Origin | None, *, call: str) -> dict[str, Any]:
    """A block that carries the signature of a tool call, or of the text before it."""
    made = origin or _NOBODY
    data = seal(Sealed(made.protocol, made.provider, signature, call=call, text=not call))
    return {"type": "redacted_thinking", "data": data}


def start_of_call(block: ToolCall) -> dict[str, Any]:
    """A call without its input."""
    fields: dict[str, Any] = {"type": "tool_use", "id": ids.for_messages(block.id), "name": block.name, "input": {}}
    if block.protocol == NAME and block.extra:
        fields.update(block.extra)
    return fields


def in_words(block: Media) -> str:
    """A picture or a sound that a model made: this protocol's answers have text only."""
    if block.kind == "audio":
        return block.transcript
    if block.text is not None:
        return block.text
    address = f"data:{block.media_type};base64,{block.data}" if block.data else block.url
    if not address:
        return ""
    return f"![image]({address})" if block.kind == "image" else f"[{block.name or block.kind}]({address})"


def whole(block: Block) -> Written | None:
    """The blocks that come in one piece: tools of the provider, and what only its own protocol knows."""
    if isinstance(block, ServerCall):
        return write_call(block)
    if isinstance(block, ServerResult):
        return write_result(block)
    if isinstance(block, Opaque) and block.origin.protocol == NAME:
        return block.raw
    return None
