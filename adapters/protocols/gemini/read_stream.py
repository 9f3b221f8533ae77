"""A stream of generateContent answers into events: https://ai.google.dev/api/generate-content (2026-11).

Each piece of the stream is a whole answer with more of the text, and with the counts so far. A stream has no end of its
own but a finish reason; what follows that (counts, sources) still belongs to it.
"""

from typing import Any

import msgspec

from adapters.canonical.blocks import Block, Json, Opaque, Origin, Text, Thinking, ToolCall
from adapters.canonical.events import (
    ArgumentsDelta,
    BlockStart,
    BlockStop,
    CitationDelta,
    End,
    Event,
    Failed,
    Finished,
    SignatureDelta,
    Start,
    TextDelta,
    UsageSeen,
)
from adapters.protocols.gemini import signatures
from adapters.protocols.gemini.citations import citations, read_grounding
from adapters.protocols.gemini.finish import read_finish
from adapters.protocols.gemini.frames import Frames
from adapters.protocols.gemini.logprobs import read_logprobs
from adapters.protocols.gemini.names import fields
from adapters.protocols.gemini.partial_args import PartialArgs
from adapters.protocols.gemini.parts import Calls, read_part
from adapters.protocols.gemini.read_response import created
from adapters.protocols.gemini.schema import ABSENT, FunctionCall, Part, Piece, WireCandidate
from adapters.protocols.gemini.usage import read_usage, searches
from adapters.unreadable import UNREADABLE

_MAX_TEXT = 4 << 20
"""Characters of an answer that are kept for the places of citations."""
_TEXT = Text("", origin=signatures.OWN)
_THINKING = Thinking(origin=signatures.OWN)


_NOTHING = (b"", b"null")
_members = msgspec.json.Decoder(dict[str, Any])
_piece = msgspec.json.Decoder(Piece)
_part = msgspec.json.Decoder(Part)


class _Answer:
    """One candidate: the block that is open, and its texts for the places of citations."""

    __slots__ = ("block", "called", "finished", "grounding", "kind", "partial", "queries", "size", "sources", "texts")

    def __init__(self) -> None:
        self.block = -1
        self.kind = ""
        self.called = False
        self.finished = False
        self.texts: list[list[str]] = []
        self.partial: PartialArgs | None = None
        self.grounding = ABSENT
        self.sources = ABSENT
        self.queries = 0
        self.size = 0


class StreamReader:
    """Bytes of a provider's stream into events; never raises."""

    __slots__ = (
        "_answers",
        "_blocked",
        "_blocks",
        "_calls",
        "_counted",
        "_failed",
        "_frames",
        "_model",
        "_queries",
        "_usage",
    )

    def __init__(self) -> None:
        self._frames = Frames()
        self._answers: dict[int, _Answer] = {}
        self._blocks = 0
        self._calls: Calls | None = None
        self._model = ""
        self._usage = ABSENT
        self._counted = False
        self._queries = 0
        self._blocked = False
        self._failed = False

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that are complete with these bytes."""
        events: list[Event] = []
        for frame in self._frames.feed(chunk):
            self._take(frame, events)
        if self._frames.too_long and not self._failed:
            self._fail(events, "invalid_event", "an event is too long")
        return events

    def finish(self) -> list[Event]:
        """The upstream has ended: the counts, and End where every candidate came to its end."""
        events: list[Event] = []
        for frame in self._frames.flush():
            self._take(frame, events, cut=True)
        if self._failed:
            return events
        for answer in self._answers.values():
            self._close(answer, events)
        self._count(events)
        if self._blocked or (self._answers and all(answer.finished for answer in self._answers.values())):
            events.append(End())
        return events

    def _take(self, frame: bytes, events: list[Event], *, cut: bool = False) -> None:
        if self._failed:
            return
        try:
            piece = _piece.decode(frame)
            if piece.error is not None:
                self._fail(events, piece.error.status or str(piece.error.code or ""), piece.error.message or "")
                return
            if self._calls is None:
                self._begin(piece, frame, events)
            first = self._usage == ABSENT
            if piece.usage_metadata != ABSENT:
                self._usage, self._counted = piece.usage_metadata, False
            for candidate in piece.candidates or ():
                self._candidate(candidate, events)
        except UNREADABLE as error:
            if frame.strip() and not cut:
                self._fail(events, "invalid_event", str(error))
            return
        feedback = piece.prompt_feedback
        if feedback is not None and feedback.block_reason and not self._answers:
            self._blocked = True
            extra = {"promptFeedback": msgspec.Raw(msgspec.json.encode(feedback))}
            events.append(Finished("content_filter", 0, feedback.block_reason, None, "gemini", extra))
        if first:
            self._count(events)

    def _fail(self, events: list[Event], kind: str, message: str) -> None:
        self._failed = True
        events.append(Failed(kind, message))

    def _begin(self, piece: Piece, frame: bytes, events: list[Event]) -> None:
        answer_id = piece.response_id or ""
        self._model = piece.model_version or ""
        self._calls = Calls(answer_id or frame.decode("utf-8", "replace"))
        when = created(piece.create_time) if piece.create_time != ABSENT else 0
        tier = read_usage(piece.usage_metadata)[1] if piece.usage_metadata != ABSENT else ""
        events.append(Start(answer_id, self._model, when, tier))

    def _count(self, events: list[Event]) -> None:
        if self._usage != ABSENT and not self._counted:
            self._counted = True
            usage, _ = read_usage(self._usage, searches(self._queries, self._model))
            if usage.source != "none":
                events.append(UsageSeen(usage))

    def _candidate(self, candidate: WireCandidate, events: list[Event]) -> None:
        index = candidate.index or 0
        answer = self._answers.get(index)
        if answer is None:
            answer = self._answers[index] = _Answer()
        content = candidate.content
        logprobs = read_logprobs(candidate.logprobs_result) if candidate.logprobs_result != ABSENT else None
        if content is not None and content.parts:
            for raw in content.parts:
                part = _part.decode(raw)
                if part.text is not None:
                    self._text(part, index, answer, logprobs, events)
                    logprobs = logprobs if part.thought else None
                elif part.function_call is not None:
                    self._call(part, part.function_call, index, answer, events)
                else:
                    self._whole(raw, index, answer, events)
        if candidate.grounding_metadata != ABSENT:
            answer.grounding = candidate.grounding_metadata
            answer.sources = candidate.grounding_metadata
            answer.queries = len(read_grounding(answer.grounding).web_search_queries or ())
            self._queries = sum(one.queries for one in self._answers.values())
        if candidate.finish_reason and not answer.finished:
            self._close(answer, events)
            answer.finished = True
            reason = candidate.finish_reason
            finish = read_finish(reason, called=answer.called)
            extra = _extra(candidate, answer)
            events.append(Finished(finish, index, reason, None, "gemini" if extra else "", extra))
            self._count(events)

    def _text(self, part: Part, index: int, answer: _Answer, logprobs: msgspec.Raw | None, events: list[Event]) -> None:
        """A piece of text or of a thought goes on with the block of its kind."""
        kind = "thinking" if part.thought else "text"
        text = part.text or ""
        if answer.kind != kind:
            if not text and not part.thought:  # the last piece: a signature for what was said before
                return
            self._close(answer, events)
            answer.kind = kind
            answer.block = self._open(events, _THINKING if part.thought else _TEXT, index)
            if kind == "text":
                answer.texts.append([])
        if text:
            events.append(TextDelta(answer.block, text, 0, logprobs if kind == "text" else None))
            if kind == "text" and answer.size < _MAX_TEXT:
                answer.size += len(text)
                answer.texts[-1].append(text)
        if part.thought_signature:
            events.append(SignatureDelta(answer.block, part.thought_signature))

    def _call(self, part: Part, call: FunctionCall, index: int, answer: _Answer, events: list[Event]) -> None:
        if call.name:
            self._close(answer, events)
            answer.called = True
            signature = part.thought_signature or ""
            call_id = self._calls.call(call.name, call.id or "")  # type: ignore[union-attr]  # made by _begin
            first = ToolCall(call_id, call.name, "", signature=signature, origin=_origin(signature))
            answer.block = self._open(events, first, index)
            answer.kind = "call"
            if not call.will_continue and call.partial_args is None:
                args = _members.decode(call.args) if bytes(call.args) not in _NOTHING else None
                events.append(ArgumentsDelta(answer.block, "{}" if args is None else bytes(call.args).decode()))
                self._end(answer, events)
                return
            answer.partial = PartialArgs()
        if answer.partial is None:
            return
        if bytes(call.args) not in _NOTHING:
            answer.partial.begin(_members.decode(call.args))
        answer.partial.add(call.partial_args or [])
        if not call.will_continue:
            self._close(answer, events)

    def _whole(self, raw: msgspec.Raw, index: int, answer: _Answer, events: list[Event]) -> None:
        block = read_part(fields(raw), self._calls)  # type: ignore[arg-type]  # made by _begin
        if isinstance(block, Opaque) and block.knob:
            return
        self._close(answer, events)
        events.append(BlockStop(self._open(events, block, index)))

    def _open(self, events: list[Event], first: Block, index: int) -> int:
        number = self._blocks
        self._blocks += 1
        events.append(BlockStart(number, first, index))
        return number

    def _close(self, answer: _Answer, events: list[Event]) -> None:
        """The open block is complete: arguments that came in pieces, and where a text has its words from."""
        if not answer.kind:
            return
        if answer.partial is not None:
            events.append(ArgumentsDelta(answer.block, answer.partial.text()))
            answer.partial = None
        elif answer.kind == "text" and answer.grounding != ABSENT:
            grounding = read_grounding(answer.grounding)
            answer.grounding = ABSENT
            last = len(answer.texts) - 1
            for number, citation in citations(grounding, ["".join(pieces) for pieces in answer.texts]):
                placed = citation if number == last else msgspec.structs.replace(citation, start=-1, end=-1)
                events.append(CitationDelta(answer.block, placed))
        self._end(answer, events)

    def _end(self, answer: _Answer, events: list[Event]) -> None:
        events.append(BlockStop(answer.block))
        answer.kind = ""


def _extra(candidate: WireCandidate, answer: _Answer) -> Json | None:
    """What only Google's clients know of a candidate."""
    known = {
        "groundingMetadata": answer.sources,
        "avgLogprobs": candidate.avg_logprobs,
        "citationMetadata": candidate.citation_metadata,
        "finishMessage": candidate.finish_message,
        "safetyRatings": candidate.safety_ratings,
        "tokenCount": candidate.token_count,
        "urlContextMetadata": candidate.url_context_metadata,
    }
    return {name: raw for name, raw in known.items() if raw != ABSENT} or None


def _origin(signature: str) -> Origin | None:
    return signatures.OWN if signature else None
