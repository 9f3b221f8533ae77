"""A stream, read into events. Every dialect of this wire that answers with chunks: see schema.py and open_blocks.py."""

import msgspec

from adapters.canonical.events import End, Event, Failed, Finished, Start, UsageSeen
from adapters.protocols.chat import schema
from adapters.protocols.chat.citations import read_sources
from adapters.protocols.chat.finish import read_finish
from adapters.protocols.chat.open_blocks import Answer, Numbers
from adapters.protocols.chat.schema import Choice, Frame
from adapters.sse import Decoder
from adapters.unreadable import UNREADABLE

_NOTHING = msgspec.Raw()
_NULL = msgspec.Raw(b"null")


class _Error(msgspec.Struct, gc=False):
    type: str | int | None = None
    code: str | int | None = None
    message: str | None = None


_error = msgspec.json.Decoder(_Error)


class StreamReader:
    """One for each stream; see contract.Reader."""

    __slots__ = ("_answers", "_decoder", "_numbers", "_over", "_sources", "_started")

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._numbers = Numbers()
        self._answers: dict[int, Answer] = {}
        self._sources: tuple[msgspec.Raw, msgspec.Raw] = (_NOTHING, _NOTHING)
        self._started = False
        self._over = False

    def feed(self, chunk: bytes) -> list[Event]:
        """See contract.Reader."""
        events: list[Event] = []
        for _, data in self._decoder.feed(chunk):
            if self._over:
                break
            self._frame(data, events)
        if self._decoder.too_long and not self._over:
            self._fail(events, "invalid_event", "an event is too long")
        return events

    def finish(self) -> list[Event]:
        """See contract.Reader. A stream may end with its finish reason alone: not every server sends [DONE]."""
        events: list[Event] = []
        for _, data in self._decoder.flush():
            if not self._over:
                self._frame(data, events, cut=True)
        if not self._over and self._finished:
            self._end(events)
        return events

    @property
    def _finished(self) -> bool:
        """Whether every answer said why it ended: what fails afterwards (OpenRouter's limits) is no failure of it."""
        return bool(self._answers) and all(answer.finished for answer in self._answers.values())

    def _end(self, events: list[Event]) -> None:
        for answer in self._answers.values():
            answer.close(events)
        self._over = True
        events.append(End())

    def _fail(self, events: list[Event], kind: str, message: str) -> None:
        self._over = True
        events.append(Failed(kind, message))

    def _frame(self, data: bytes, events: list[Event], *, cut: bool = False) -> None:
        if data.startswith(b"[DONE]"):
            self._end(events)
            return
        try:
            frame = schema.decode(data)
        except msgspec.ValidationError:
            try:
                frame = schema.lenient(data)
            except UNREADABLE:
                frame = Frame()
        except UNREADABLE:
            if not cut:
                self._fail(events, "invalid_event", "an event is no JSON")
            return
        if frame.error and frame.error != _NULL and not (frame.choices and self._finished):
            self._failed(frame, events)
        elif frame.object == "error":
            self._fail(events, "error", frame.message or "")
        else:
            self._take(frame, events)

    def _failed(self, frame: Frame, events: list[Event]) -> None:
        try:
            error = _error.decode(frame.error)
        except UNREADABLE:
            error = _Error()
        self._fail(events, str(error.type or error.code or "error")[:80], (error.message or "")[:1000])

    def _take(self, frame: Frame, events: list[Event]) -> None:
        choices = frame.choices
        # Azure's first chunk has neither an id nor an answer.
        if not self._started and (choices or frame.id):
            self._started = True
            self._numbers.seed = frame.id or ""
            events.append(
                Start(
                    frame.id or "",
                    frame.model or "",
                    int(frame.created or 0),
                    frame.service_tier or "",
                    frame.system_fingerprint or "",
                )
            )
        if choices:
            if frame.citations or frame.search_results:
                self._sources = (frame.citations, frame.search_results)
            for choice in choices:
                self._choice(choice, events)
        usage = frame.usage
        if usage is None and frame.x_groq is not None:
            usage = frame.x_groq.usage
        if usage is not None:
            events.append(UsageSeen(usage.counted()))

    def _choice(self, choice: Choice, events: list[Event]) -> None:
        answer = self._answers.get(choice.index)
        if answer is None:
            answer = self._answers[choice.index] = Answer(choice.index, self._numbers)
        if choice.delta is not None:
            answer.delta(choice.delta, choice.logprobs, events)
        elif choice.text:
            answer.text(choice.text, choice.logprobs, events)
        if choice.usage is not None:  # Moonshot's place for it, 2026-11
            events.append(UsageSeen(choice.usage.counted()))
        if choice.finish_reason and not answer.finished:
            answer.close(events, read_sources(*self._sources))
            answer.finished = True
            finish = read_finish(choice.finish_reason, called=answer.called, refused=answer.refused)
            events.append(Finished(finish, choice.index, choice.finish_reason))
