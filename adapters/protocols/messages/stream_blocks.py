"""One content block of a stream, written: its start, its deltas and its stop.

https://docs.claude.com/en/docs/build-with-claude/streaming (2026-11). Which block is open is write_stream.py's
business.
"""

from typing import Any

import msgspec

from adapters.canonical.blocks import Block, Media, Refusal, ServerCall, Text, Thinking, ToolCall
from adapters.canonical.events import ArgumentsDelta, CitationDelta, SignatureDelta, TextDelta
from adapters.protocols.messages.citations import write_citation
from adapters.protocols.messages.server_blocks import ORIGIN, object_of
from adapters.protocols.messages.write_answer import in_words, proof_of, signature_beside, start_of_call, whole

_encode = msgspec.json.encode
_END = b"}}\n\n"
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])

# What stands before the value of a delta, by the kind of block.
_DELTAS = {
    "text": b'{"type":"text_delta","text":',
    "thinking": b'{"type":"thinking_delta","thinking":',
    "tool_use": b'{"type":"input_json_delta","partial_json":',
}


def frame(name: str, value: object) -> bytes:
    """One event."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), _encode(value))


class OpenBlock:
    """A block that has begun. `index` is the next free one when it has ended."""

    __slots__ = (
        "_custom",
        "_encrypted",
        "_first",
        "_origin",
        "_part",
        "_prefix",
        "_shown",
        "_signature",
        "index",
        "is_call",
    )

    def __init__(self, first: Block, index: int) -> None:
        self.index = index
        self.is_call = isinstance(first, ToolCall)
        self._first = first
        self._origin = getattr(first, "origin", None)
        self._prefix = b""
        self._shown = False
        self._signature = getattr(first, "signature", "")
        self._encrypted = first.encrypted if isinstance(first, Thinking) else ""
        self._part = 0
        self._custom = isinstance(first, ToolCall) and first.custom

    def begin(self, out: list[bytes]) -> None:
        """What is known at the start. Text and thinking begin with their first words."""
        first = self._first
        if isinstance(first, ToolCall):
            self._call(first, out)
        elif isinstance(first, Text | Refusal):
            if first.text:
                self._text("text", first.text, out)
        elif isinstance(first, Thinking):
            if text := first.text or "\n\n".join(first.parts):
                self._text("thinking", text, out)
        elif isinstance(first, Media):
            if words := in_words(first):
                self._text("text", words, out)
        else:
            self._whole(first, out)

    def add(self, event: TextDelta | ArgumentsDelta | SignatureDelta | CitationDelta, out: list[bytes]) -> None:
        """A delta of this block."""
        if isinstance(event, TextDelta):
            text = event.text
            if event.part != self._part:
                self._part = event.part
                text = f"\n\n{text}" if self._shown else text
            if self._shown:
                out.append(self._prefix + _encode(text) + _END)
            elif text:
                self._text("thinking" if isinstance(self._first, Thinking) else "text", text, out)
        elif isinstance(event, ArgumentsDelta):
            piece = _encode(event.text)[1:-1].decode() if self._custom else event.text
            if piece and self.is_call:
                out.append(self._prefix + _encode(piece) + _END)
        elif isinstance(event, SignatureDelta):
            self._signature = event.signature or self._signature
            self._encrypted = event.encrypted or self._encrypted
            self._origin = event.origin or self._origin
        elif isinstance(self._first, Text):
            if not self._shown:
                self._show({"type": "text", "text": ""}, out)
            delta = {"type": "citations_delta", "citation": write_citation(event.citation)}
            self._delta(delta, out)

    def end(self, out: list[bytes]) -> None:
        """Its signature, and its stop."""
        first = self._first
        if isinstance(first, Thinking):
            self._end_thinking(first, out)
        elif isinstance(first, ToolCall):
            if self._custom:
                out.append(self._prefix + b'"\\"}"' + _END)
            self._stop(out)
            if self._signature != first.signature:
                self._alone(signature_beside(self._signature, self._origin, call=start_of_call(first)["id"]), out)
        else:
            if self._shown:
                self._stop(out)
            if isinstance(first, Text) and self._signature:
                self._alone(signature_beside(self._signature, self._origin, call=""), out)

    def _end_thinking(self, first: Thinking, out: list[bytes]) -> None:
        proof = proof_of(self._origin, self._signature, self._encrypted, first.id)
        if self._shown:
            delta = {"type": "signature_delta", "signature": proof}
            self._delta(delta, out)
            self._stop(out)
        elif self._signature and not self._encrypted and self._origin == ORIGIN:
            # Thoughts that are not shown still have to come back: `display` omitted.
            self._show({"type": "thinking", "thinking": "", "signature": ""}, out)
            self._end_thinking(first, out)
        elif self._signature or self._encrypted:
            self._alone({"type": "redacted_thinking", "data": proof}, out)

    def _call(self, first: ToolCall, out: list[bytes]) -> None:
        call = start_of_call(first)
        if first.signature:
            self._alone(signature_beside(first.signature, first.origin, call=call["id"]), out)
        self._show(call, out)
        if self._custom:
            out.append(self._prefix + b'"{\\"input\\":\\""' + _END)
        if first.arguments not in ("", "{}"):
            self.add(ArgumentsDelta(0, first.arguments), out)

    def _text(self, kind: str, text: str, out: list[bytes]) -> None:
        """The start, and the first words."""
        signature = {"signature": ""} if kind == "thinking" else {}
        self._show({"type": kind, kind: "", **signature}, out)
        out.append(self._prefix + _encode(text) + _END)

    def _show(self, block: dict[str, Any] | msgspec.Raw, out: list[bytes]) -> None:
        self._shown = True
        out.append(
            frame("content_block_start", {"type": "content_block_start", "index": self.index, "content_block": block})
        )
        if isinstance(block, dict):
            self._prefix = (
                b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,"delta":' % self.index
            ) + _DELTAS.get(block["type"], b"")

    def _delta(self, delta: dict[str, Any], out: list[bytes]) -> None:
        """One of the rarer deltas."""
        event = {"type": "content_block_delta", "index": self.index, "delta": delta}
        out.append(frame("content_block_delta", event))

    def _stop(self, out: list[bytes]) -> None:
        out.append(b'event: content_block_stop\ndata: {"type":"content_block_stop","index":%d}\n\n' % self.index)
        self.index += 1

    def _alone(self, block: dict[str, Any] | msgspec.Raw, out: list[bytes]) -> None:
        """A block without deltas, before or after this one."""
        shown, prefix = self._shown, self._prefix
        self._show(block, out)
        self._stop(out)
        self._shown, self._prefix = shown, prefix

    def _whole(self, first: Block, out: list[bytes]) -> None:
        """A block in one piece. The input of a call comes in a delta, as Anthropic sends it."""
        block = whole(first)
        if block is None:
            return
        if not isinstance(first, ServerCall):
            self._show(block, out)
            return
        fields = _object.decode(_encode(block))
        given = object_of(first.input)
        self._show(msgspec.Raw(_encode({**fields, "input": {}})), out)
        delta = {"type": "input_json_delta", "partial_json": bytes(given).decode()}
        self._delta(delta, out)
