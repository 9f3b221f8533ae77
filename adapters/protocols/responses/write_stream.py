"""Events of the neutral form into a stream of Responses events.

https://platform.openai.com/docs/api-reference/responses-streaming (2026-11). Owns sequence numbers, and which item has
which output index; what an item's own events are is in stream_items.py. The last event repeats the whole output.
"""

from msgspec.structs import replace

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
from adapters.canonical.response import Finish
from adapters.errors import GatewayError
from adapters.protocols.responses import errors
from adapters.protocols.responses.envelope import Envelope, why_incomplete
from adapters.protocols.responses.schema import PROTOCOL
from adapters.protocols.responses.stream_items import Call, Frames, Message, Part, Reasoning
from adapters.protocols.responses.write_output import Names, carrier, logprobs_of
from adapters.protocols.responses.write_server import KINDS, PREFIXES, write_picture, write_server
from adapters.sse import PING
from adapters.usage import Usage

_NONE: list[bytes] = []


class StreamWriter:
    """Feed it events, forward what it returns.

    A client is told of one answer only: candidates after the first are not written (requests for several are refused).
    """

    __slots__ = (
        "_blocks",
        "_client",
        "_ended",
        "_envelope",
        "_finish",
        "_finished",
        "_frames",
        "_message",
        "_refused",
        "_server",
        "_usage",
    )

    def __init__(self, client: Client) -> None:
        self._client = client
        self._frames = Frames(Names(client))
        self._envelope: Envelope | None = None
        self._blocks: dict[int, Part | Reasoning | Call] = {}
        self._message: Message | None = None
        self._server: ServerCall | None = None
        self._usage = Usage()
        self._finish: Finish | None = None
        self._finished = False
        self._refused = False
        self._ended = False

    def feed(self, events: list[Event]) -> bytes:
        """The bytes for these events; none after the end."""
        if self._ended:
            return b""
        for event in events:
            kind = type(event)
            if kind is TextDelta:
                self._text(event)  # type: ignore[arg-type]  # `kind` says so
            elif kind is ArgumentsDelta:
                block = self._blocks.get(event.block)  # type: ignore[union-attr]  # `kind` says so
                if type(block) is Call:
                    block.delta(event.text)  # type: ignore[union-attr]  # `kind` says so
            else:
                self._rarer(event)
        return self._frames.take()

    def finish(self, finish: str | None = None) -> bytes:
        """End a stream that has no End: with this finish, or the one that was seen; nothing without either."""
        if self._ended or (finish is None and not self._finished):
            return b""
        if finish is not None:
            self._finish = "length" if finish == "length" else "stop"
        self._end()
        return self._frames.take()

    def fail(self, error: GatewayError, request_id: str = "") -> bytes:
        """End a stream with an error: the event of it, and the response that failed."""
        if self._ended:
            return b""
        self._ended = True
        envelope = self._begin(Start())
        frames = self._frames
        frames.out.append(errors.event(error, request_id, frames.number))
        frames.number += 1
        response = envelope.failed(frames.output(), errors.code_of(error), error.message)
        frames.event(b"response.failed", b'"response":' + response)
        return frames.take()

    def ping(self) -> bytes:
        """A comment."""
        return PING

    def _text(self, event: TextDelta) -> None:
        block = self._blocks.get(event.block)
        if type(block) is Part:
            block.delta(event.text, logprobs_of(event.logprobs) if event.logprobs is not None else _NONE)
        elif type(block) is Reasoning:
            block.delta(event.text, event.part)

    def _rarer(self, event: Event) -> None:
        match event:
            case Start():
                self._begin(event)
            case BlockStart():
                if event.candidate == 0:
                    self._open(event.block, event.first)
            case BlockStop():
                self._close(event.block)
            case SignatureDelta():
                self._sign(event)
            case CitationDelta():
                block = self._blocks.get(event.block)
                if isinstance(block, Part):
                    block.cite(event.citation)
            case UsageSeen():
                self._usage = event.usage
            case Finished():
                if event.candidate == 0:
                    self._finish, self._finished = event.finish, True
            case End():
                self._end()
            case _:
                pass  # Failed: what is said of it comes from outside

    def _begin(self, start: Start) -> Envelope:
        """The first two events, once."""
        if self._envelope is None:
            envelope = self._envelope = Envelope(
                self._client, upstream_id=start.id, created=start.created, service_tier=start.service_tier
            )
            response = b'"response":' + envelope.begun(b"in_progress")
            self._frames.event(b"response.created", response)
            self._frames.event(b"response.in_progress", response)
        return self._envelope

    def _open(self, number: int, first: Block) -> None:
        if self._envelope is None:
            self._begin(Start())
        if isinstance(first, ServerResult):
            self._flush_server(first)
            return
        self._flush_server(None)
        if isinstance(first, Text | Refusal):
            self._open_part(number, first)
            return
        if self._message is not None and not self._message.open:
            self._close_message(b"completed")
        if isinstance(first, Thinking):
            self._open_thought(number, first)
        elif isinstance(first, ToolCall):
            self._open_call(number, first)
        elif isinstance(first, ServerCall):
            self._server = first
        elif isinstance(first, Media):
            self._picture(first)
        elif isinstance(first, Opaque) and first.origin.protocol == PROTOCOL:
            self._frames.whole(bytes(first.raw))

    def _open_part(self, number: int, first: Text | Refusal) -> None:
        if isinstance(first, Text) and first.signature and first.origin is not None and self._message is None:
            self._carry(first.signature, first.origin)
        if self._message is None:
            self._message = Message(self._frames)
        refusal = isinstance(first, Refusal)
        self._refused = self._refused or refusal
        part = self._blocks[number] = Part(self._message, refusal=refusal)
        if first.text:
            part.delta(first.text, _NONE)

    def _open_thought(self, number: int, first: Thinking) -> None:
        thought = self._blocks[number] = Reasoning(self._frames, first)
        for place, text in enumerate(first.parts or ((first.text,) if first.text else ())):
            thought.delta(text, place)

    def _open_call(self, number: int, first: ToolCall) -> None:
        if not first.id:
            first = replace(first, id=self._frames.names.make("call"))
        if first.signature and first.origin is not None:
            self._carry(first.signature, first.origin, first.id)
        call = self._blocks[number] = Call(self._frames, first)
        call.signature = first.signature

    def _sign(self, event: SignatureDelta) -> None:
        block = self._blocks.get(event.block)
        if isinstance(block, Reasoning):
            signature, encrypted = block.encrypted
            block.encrypted = (event.signature or signature, event.encrypted or encrypted)
        elif isinstance(block, Call):
            block.signature = event.signature

    def _carry(self, signature: str, origin: Origin, call: str = "") -> None:
        """An item of its own for a signature that the item it belongs to has no place for."""
        if origin.protocol != PROTOCOL:
            item_id = self._frames.names.make("rs")
            self._frames.whole(carrier(item_id, signature, origin, call=call), item_id)

    def _close(self, number: int) -> None:
        block = self._blocks.pop(number, None)
        if block is None:
            return
        block.close()
        if isinstance(block, Call) and block.signature and not block.made.signature:
            made = block.made
            self._carry(block.signature, made.origin or Origin(""), made.id)

    def _close_message(self, status: bytes) -> None:
        if self._message is not None:
            self._message.close(status)
            self._message = None

    def _flush_server(self, result: ServerResult | None) -> None:
        """A call of the provider's own tool waits for its answer: the two are one item."""
        call, self._server = self._server, None
        if call is None:
            return
        item_id = self._frames.names.make(PREFIXES.get(call.tool, "st"))
        item = write_server(item_id, call, result)
        if item is None:
            return
        if call.origin.protocol == PROTOCOL:
            self._frames.whole(item)
            return
        kind = KINDS[call.tool]
        self._frames.whole(item, item_id, b"response.%b.in_progress" % kind, b"response.%b.completed" % kind)

    def _picture(self, picture: Media) -> None:
        if picture.protocol == PROTOCOL:
            return  # the item that made it is there already
        item_id = self._frames.names.make("ig")
        item = write_picture(item_id, picture)
        if item is not None:
            steps = (b"response.image_generation_call.in_progress", b"response.image_generation_call.completed")
            self._frames.whole(item, item_id, *steps)

    def _end(self) -> None:
        envelope = self._begin(Start())
        self._flush_server(None)
        for number in list(self._blocks):
            self._close(number)
        why = why_incomplete(self._finish, refused=self._refused)
        status = b"completed" if why is None else b"incomplete"
        self._close_message(status)
        self._ended = True
        response = envelope.ended(self._frames.output(), self._usage, why)
        self._frames.event(b"response." + status, b'"response":' + response)
