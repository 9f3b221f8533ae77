"""Events as a stream of generateContent answers: server-sent events, or a JSON array where the client asked for that.

Text leaves as it comes. A call leaves when its arguments are complete, for clients of this protocol take it whole. The
finish reason and the counts are in the last answer: https://ai.google.dev/api/generate-content (2026-11).
"""

from typing import Any

import msgspec

from adapters.canonical.blocks import Block, Citation, Origin, Refusal, ServerCall, Text, Thinking, ToolCall
from adapters.canonical.context import Client
from adapters.canonical.events import (
    ArgumentsDelta,
    BlockStart,
    BlockStop,
    CitationDelta,
    End,
    Event,
    Finished,
    SignatureDelta,
    Start,
    TextDelta,
    UsageSeen,
)
from adapters.errors import GatewayError
from adapters.protocols.gemini import errors, signatures
from adapters.protocols.gemini.carried import Carrier
from adapters.protocols.gemini.citations import Grounded
from adapters.protocols.gemini.finish import BROKEN_CALL, write_finish
from adapters.protocols.gemini.logprobs import write_logprobs
from adapters.protocols.gemini.usage import write_usage
from adapters.protocols.gemini.write_blocks import part_of, queries
from adapters.usage import Usage

PING = b"\r\n\r\n"
"""Blank lines: no client takes them for anything, in events or in an array.

google-genai for Python (3.4) takes a comment for JSON, and fails.
"""

_encode = msgspec.json.encode
_MAX_TEXT = 1 << 20
"""Characters of one text that are kept for the places of citations."""


class _Open:
    """A block that is not complete."""

    __slots__ = (
        "arguments",
        "candidate",
        "cited",
        "encrypted",
        "first",
        "offset",
        "origin",
        "part",
        "signature",
        "size",
        "text",
    )

    def __init__(self, first: Block, candidate: int, offset: int) -> None:
        self.first = first
        self.candidate = candidate
        self.offset = offset
        self.text: list[str] = []
        self.cited: list[Citation] = []
        self.size = 0
        self.arguments: list[str] = []
        self.part = 0
        self.signature = ""
        self.encrypted = ""
        self.origin: Origin | None = getattr(first, "origin", None)


class _Answer:
    """One candidate: what its last piece says."""

    __slots__ = ("broken", "carrier", "finished", "grounded", "offset")

    def __init__(self) -> None:
        self.grounded = Grounded()
        self.carrier = Carrier()
        self.offset = 0  # bytes of text so far
        self.broken = ""
        self.finished: Finished | None = None


class StreamWriter:
    """Events into bytes for a client."""

    __slots__ = (
        "_answers",
        "_array",
        "_begun",
        "_client",
        "_ended",
        "_head",
        "_open",
        "_tail",
        "_thought_head",
        "_usage",
    )

    def __init__(self, client: Client) -> None:
        self._client = client
        self._array = client.array
        self._begun = False
        self._ended = False
        self._answers: dict[int, _Answer] = {}
        self._open: dict[int, _Open] = {}
        self._usage: Usage | None = None
        self._name("", "")

    def feed(self, events: list[Event]) -> bytes:
        """Frames for these events; may be empty."""
        out: list[bytes] = []
        for event in events:
            if type(event) is TextDelta:
                self._text(event, out)
            else:
                self._rare(event, out)
        return b"".join(out)

    def finish(self, finish: str | None = None) -> bytes:
        """End a stream that has no End, with this finish where its candidates have none."""
        if self._ended:
            return b""
        for block in self._open.values():
            if isinstance(block.first, Text):
                self._said(block.first, block, self._answer(block.candidate))
        self._open.clear()
        for answer in (self._answers or {0: self._answer(0)}).values():
            answer.finished = answer.finished or Finished(None, 0, write_finish(finish))
        return self._end()

    def fail(self, error: GatewayError, request_id: str = "") -> bytes:
        """The end of a stream that failed."""
        self._ended = True
        if self._array:
            return errors.render_array_event(error, request_id, first=not self._begun)
        return errors.render_event(error, request_id)

    def ping(self) -> bytes:
        """See PING."""
        return PING

    def _name(self, model: str, answer_id: str) -> None:
        """The end of each piece."""
        names = {"modelVersion": model or self._client.model, "responseId": answer_id or self._client.request_id}
        self._tail = b"," + _encode(names)[1:]

    def _frame(self, body: bytes) -> bytes:
        """`body` is an object without its last members and brace."""
        if not self._array:
            return b"data: " + body + self._tail + b"\r\n\r\n"
        before = b",\r\n" if self._begun else b"["
        self._begun = True
        return before + body + self._tail + b"\n"

    def _part(self, part: bytes, candidate: int) -> bytes:
        return self._frame(b'{"candidates":[{"content":{"parts":[%b],"role":"model"},"index":%d}]' % (part, candidate))

    def _answer(self, candidate: int) -> _Answer:
        found = self._answers.get(candidate)
        if found is None:
            found = self._answers[candidate] = _Answer()
        return found

    def _text(self, event: TextDelta, out: list[bytes]) -> None:
        block = self._open.get(event.block)
        if block is None:
            return
        if type(block.first) is Thinking:
            words = event.text
            if event.part != block.part:
                block.part = event.part
                words = f"\n\n{words}" if block.text else words
            block.text.append(words)
            out.append(self._part(b'{"text":%b,"thought":true}' % _encode(words), block.candidate))
            return
        text = _encode(event.text)
        if block.size < _MAX_TEXT:
            block.text.append(event.text)
            block.size += len(event.text)
        if event.logprobs is not None and (logprobs := write_logprobs([event.logprobs])):
            out.append(
                self._frame(
                    b'{"candidates":[{"content":{"parts":[{"text":%b}],"role":"model"},"index":%d,"logprobsResult":%b}]'
                    % (text, block.candidate, _encode(logprobs))
                )
            )
            return
        out.append(self._part(b'{"text":%b}' % text, block.candidate))

    def _rare(self, event: Event, out: list[bytes]) -> None:
        match event:
            case ArgumentsDelta():
                if (call := self._open.get(event.block)) is not None:
                    call.arguments.append(event.text)
            case BlockStart():
                self._start(event, out)
            case BlockStop():
                self._stop(event.block, out)
            case SignatureDelta():
                if (block := self._open.get(event.block)) is not None:
                    block.signature = event.signature or block.signature
                    block.encrypted = event.encrypted or block.encrypted
                    block.origin = event.origin or block.origin
            case CitationDelta():
                self._cite(event)
            case UsageSeen():
                self._usage = event.usage
            case Start():
                self._name(event.model, event.id)
            case Finished():
                self._answer(event.candidate).finished = event
            case End():
                out.append(self._end())

    def _start(self, event: BlockStart, out: list[bytes]) -> None:
        first = event.first
        answer = self._answer(event.candidate)
        self._open[event.block] = _Open(first, event.candidate, answer.offset)
        if isinstance(first, ServerCall):
            answer.grounded.queries += queries(first)
        if isinstance(first, Text | Refusal | Thinking) and first.text:
            self._text(TextDelta(event.block, first.text), out)

    def _stop(self, number: int, out: list[bytes]) -> None:
        """A text has been sent but for its signature; all else is sent now."""
        block = self._open.pop(number, None)
        if block is None:
            return
        first = block.first
        answer = self._answer(block.candidate)
        part: dict[str, Any] | None
        if isinstance(first, Text | Refusal | Thinking):
            self._said(first, block, answer)
            part = _signed(first, block)
        elif isinstance(first, ToolCall):
            arguments = "".join(block.arguments) or first.arguments
            signature = block.signature or first.signature
            whole = msgspec.structs.replace(first, arguments=arguments, signature=signature, origin=block.origin)
            part = part_of(whole)
            if part is not None and (carried := answer.carrier.signature()):
                part.setdefault("thoughtSignature", carried)
            if part is None:
                answer.broken = f"Malformed function call: {first.name}({arguments[:1000]})"
        else:
            part = part_of(first)
        if part is not None:
            out.append(self._part(_encode(part), block.candidate))

    def _said(self, first: Text | Refusal | Thinking, block: _Open, answer: _Answer) -> None:
        """A text is complete: later ones begin behind it. A thought is: the next call carries it."""
        text = "".join(block.text)
        if isinstance(first, Thinking):
            proof = block.signature or first.signature, block.encrypted or first.encrypted
            answer.carrier.think(block.origin, *proof, first.id, text)
            return
        for citation in block.cited:
            answer.grounded.add(citation, text, block.offset)
        answer.offset += len(text.encode("utf-8", "replace"))
        answer.carrier.say(len(text))

    def _cite(self, event: CitationDelta) -> None:
        """Where it stands is said when all of the text is known: Anthropic's come before it, and are for all of it."""
        if (block := self._open.get(event.block)) is not None:
            block.cited.append(event.citation)

    def _end(self) -> bytes:
        """The last piece of each candidate, the counts in the very last."""
        if self._ended:
            return b""
        self._ended = True
        out: list[bytes] = []
        usage = _encode(write_usage(self._usage)) if self._usage and self._usage.source != "none" else b""
        numbers = list(self._answers) or [0]
        for number in numbers:
            answer = self._answer(number)
            body = _last(number, answer)
            if usage and number == numbers[-1]:
                body += b',"usageMetadata":' + usage
            out.append(self._frame(body))
        if self._array:
            out.append(b"]")
        return b"".join(out)


def _last(number: int, answer: _Answer) -> bytes:
    finished = answer.finished or Finished(None)
    finish = write_finish(finished.finish, finished.raw_finish)
    own = finished.extra or {} if finished.protocol == "gemini" else {}
    if "promptFeedback" in own:
        return b'{"promptFeedback":' + bytes(own["promptFeedback"])
    # An empty text and not an empty list: chats of google-genai take an answer without parts for an invalid one, and
    # leave the whole turn out of their history.
    candidate: dict[str, Any] = {"content": {"parts": [{"text": ""}], "role": "model"}}
    candidate["finishReason"] = BROKEN_CALL if answer.broken and finish == "STOP" else finish
    if answer.broken:
        candidate["finishMessage"] = answer.broken
    candidate["index"] = number
    if grounding := answer.grounded.write():
        candidate["groundingMetadata"] = grounding
    candidate.update(own)
    return b'{"candidates":[' + _encode(candidate) + b"]"


def _signed(first: Text | Refusal | Thinking, block: _Open) -> dict[str, Any] | None:
    """A piece that only carries the signature of what was said."""
    if isinstance(first, Refusal):
        return None
    signature = block.signature or first.signature
    encrypted = block.encrypted or (first.encrypted if isinstance(first, Thinking) else "")
    written = signatures.write(signature, encrypted, block.origin, first.id if isinstance(first, Thinking) else "")
    if not written:
        return None
    part: dict[str, Any] = {"text": "", "thoughtSignature": written}
    if isinstance(first, Thinking):
        part["thought"] = True
    return part
