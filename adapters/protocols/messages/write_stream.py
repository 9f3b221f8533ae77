"""Streams, written: https://docs.claude.com/en/docs/build-with-claude/streaming (2026-11).

Anthropic's blocks come one after the other: what another provider interleaves waits for its turn. A block begins with
its first words, so that none is empty. The blocks themselves are in stream_blocks.py.
"""

from typing import Any

from adapters.canonical.blocks import ServerCall, ServerResult
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
from adapters.protocols.messages.finish import write_finish
from adapters.protocols.messages.server_blocks import unanswered
from adapters.protocols.messages.stream_blocks import OpenBlock, frame
from adapters.protocols.messages.usage import written
from adapters.protocols.messages.write_response import message_id, usage_of
from adapters.usage import Usage

PING = b'event: ping\ndata: {"type": "ping"}\n\n'
_STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


class StreamWriter:
    """Events into a stream of this protocol. One for each answer; the first candidate alone is written."""

    __slots__ = (
        "_begun", "_calls", "_client", "_draining", "_finished", "_index", "_open", "_open_number", "_over", "_start",
        "_unanswered", "_usage", "_waiting",
    )  # fmt: skip

    def __init__(self, client: Client) -> None:
        self._client = client
        self._start: Start | None = None
        self._begun = False
        self._usage = Usage()
        self._finished: Finished | None = None
        self._open: OpenBlock | None = None
        self._open_number: int | None = None
        self._index = 0
        self._waiting: dict[int, list[Event]] = {}
        self._draining = False
        self._unanswered: dict[str, ServerCall] = {}
        self._calls = False
        self._over = False

    def feed(self, events: list[Event]) -> bytes:
        """Frames for these events; may be empty."""
        if self._over:
            return b""
        out: list[bytes] = []
        for event in events:
            kind = type(event)
            # Nearly all events are these, and for the open block.
            if (kind is TextDelta or kind is ArgumentsDelta) and event.block == self._open_number:  # type: ignore[union-attr]  # `kind` says so
                self._open.add(event, out)  # type: ignore[union-attr,arg-type]  # its number is that of an open block
            else:
                self._take(event, out)
        if self._start is not None and not self._begun:
            self._begin(out)
        return b"".join(out)

    def finish(self, finish: str | None = None) -> bytes:
        """End a stream that has no End: with this finish ("length"), or with the one that was seen."""
        if self._over:
            return b""
        out: list[bytes] = []
        self._end(out, finish)
        return b"".join(out)

    def ping(self) -> bytes:
        """What a client reads over; a stream may begin with one."""
        return PING

    def _take(self, event: Event, out: list[bytes]) -> None:
        if isinstance(event, TextDelta | ArgumentsDelta | SignatureDelta | CitationDelta | BlockStop):
            self._inside(event, out)
        elif isinstance(event, BlockStart):
            self._block(event, out)
        elif isinstance(event, UsageSeen):
            self._usage = event.usage
        elif isinstance(event, Finished):
            if event.candidate == 0:
                self._finished = event
        elif isinstance(event, Start):
            self._start = self._start or event
        elif isinstance(event, End):
            self._end(out, None)

    def _inside(
        self, event: TextDelta | ArgumentsDelta | SignatureDelta | CitationDelta | BlockStop, out: list[bytes]
    ) -> None:
        """What belongs to a block: to the open one, to one that waits, or to one that is not written."""
        if event.block != self._open_number or self._open is None:
            if (waiting := self._waiting.get(event.block)) is not None:
                waiting.append(event)
        elif isinstance(event, BlockStop):
            self._close(out)
            self._next(out)
        else:
            self._open.add(event, out)

    def _begin(self, out: list[bytes]) -> None:
        self._begun = True
        start = self._start or Start()
        message: dict[str, Any] = {
            "id": message_id(start.id, self._client),
            "type": "message",
            "role": "assistant",
            "model": self._client.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage_of(self._usage, start.service_tier),
        }
        out.append(frame("message_start", {"type": "message_start", "message": message}))

    def _block(self, event: BlockStart, out: list[bytes]) -> None:
        if event.candidate:
            return
        if self._open is not None:
            self._waiting[event.block] = [event]
            return
        if not self._begun:
            self._begin(out)
        first = event.first
        if isinstance(first, ServerResult):
            self._unanswered.pop(first.id, None)
        elif isinstance(first, ServerCall):
            self._unanswered[first.id] = first
        elif self._unanswered:
            self._answer(out)
        self._open = OpenBlock(first, self._index)
        self._open_number = event.block
        self._open.begin(out)

    def _answer(self, out: list[bytes]) -> None:
        """Empty answers to calls of the provider's own tools that have none."""
        for call in self._unanswered.values():
            if (empty := unanswered(call)) is not None:
                block = OpenBlock(empty, self._index)
                block.begin(out)
                block.end(out)
                self._index = block.index
        self._unanswered.clear()

    def _close(self, out: list[bytes]) -> None:
        if self._open is not None:
            self._open.end(out)
            self._index = self._open.index
            self._calls = self._calls or self._open.is_call
            self._open = None
            self._open_number = None

    def _next(self, out: list[bytes]) -> None:
        """Blocks that waited: those that are complete, and the first that is not as the open one."""
        if self._draining:
            return
        self._draining = True
        while self._open is None and self._waiting:
            number = next(iter(self._waiting))
            for event in self._waiting.pop(number):
                self._take(event, out)
        self._draining = False

    def _end(self, out: list[bytes], finish: str | None) -> None:
        if not self._begun:
            self._begin(out)
        self._close(out)
        while self._waiting:
            self._next(out)
            self._close(out)
        self._answer(out)
        self._over = True
        seen = self._finished
        reason = write_finish(finish or (seen.finish if seen is not None else None), calls=self._calls)
        stop = seen.stop_sequence if seen is not None and finish is None else None
        delta = {"stop_reason": reason, "stop_sequence": stop}
        usage = written(self._usage)
        out.append(frame("message_delta", {"type": "message_delta", "delta": delta, "usage": usage}))
        out.append(_STOP)
