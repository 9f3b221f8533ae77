"""Turns of a passthrough without what other providers made: Anthropic takes its own signatures and references only.

What another provider made was given to the client with a mark (canonical/sealed.py): thinking and its signatures, calls
of that provider's own tools and their answers, and references to what they found.
"""

from typing import TypeAlias

import msgspec

from adapters.canonical.sealed import PREFIX
from adapters.head import Fields
from adapters.unreadable import UNREADABLE

SEALED = f'"{PREFIX}'.encode()
"""How a marked string begins in JSON. Where these bytes are not, nothing has to be looked at."""

_THINKING = ("thinking", "redacted_thinking")


class _Block(msgspec.Struct):
    type: str = ""
    signature: str = ""
    data: str = ""
    id: str = ""
    tool_use_id: str = ""
    citations: list[msgspec.Raw] | None = None


Removed: TypeAlias = tuple[list[msgspec.Raw], bool]

_block = msgspec.json.Decoder(_Block)
_blocks = msgspec.json.Decoder(list[msgspec.Raw])
_turns = msgspec.json.Decoder(list[Fields])
_fields = msgspec.json.Decoder(Fields)
_encode = msgspec.json.encode


def own_turns(raw: msgspec.Raw) -> tuple[msgspec.Raw, bool]:
    """The turns, and whether thinking can go on with them.

    It cannot where the last answer has lost its thinking ("Expected `thinking` or `redacted_thinking`, but found
    `tool_use`"). What cannot be read stays: the provider will say what is wrong with it.
    """
    kept: list[Fields] = []
    thinks = True
    try:
        for turn in _turns.decode(raw):
            content = turn.get("content", msgspec.Raw())
            answers = turn.get("role") == _ASSISTANT
            if SEALED not in bytes(content):
                kept.append(turn)
                thinks = thinks or answers
                continue
            blocks, lost = _own_blocks(_blocks.decode(content))
            thinks = not lost if answers else thinks
            if blocks:
                kept.append({**turn, "content": msgspec.Raw(_encode(blocks))})
    except UNREADABLE:
        return raw, True
    return msgspec.Raw(_encode(kept)), thinks


_ASSISTANT = msgspec.Raw(b'"assistant"')


def _own_blocks(blocks: list[msgspec.Raw]) -> Removed:
    """The blocks that are left, and whether thinking was taken out."""
    kept: list[msgspec.Raw] = []
    lost = False
    for raw in blocks:
        if SEALED not in bytes(raw):
            kept.append(raw)
            continue
        try:
            block = _block.decode(raw)
        except UNREADABLE:
            kept.append(raw)
            continue
        mark = {"thinking": block.signature, "redacted_thinking": block.data}.get(block.type)
        if mark is None:
            mark = "" if block.type in _CLIENTS else block.id or block.tool_use_id
        if mark.startswith(PREFIX):
            lost = lost or block.type in _THINKING
        else:
            kept.append(_without_references(raw, block.citations))
    return kept, lost


_CLIENTS = ("tool_use", "tool_result")


def _without_references(raw: msgspec.Raw, citations: list[msgspec.Raw] | None) -> msgspec.Raw:
    if not citations:
        return raw
    own = [citation for citation in citations if SEALED not in bytes(citation)]
    fields = _fields.decode(raw)
    del fields["citations"]
    if own:
        fields["citations"] = msgspec.Raw(_encode(own))
    return msgspec.Raw(_encode(fields))
