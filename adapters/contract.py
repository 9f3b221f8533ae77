"""What a wire protocol has to offer, and what watches or converts a stream. Types only.

The table of protocols is adapters/protocols/table.py. A protocol's folder holds one module for each field of Wire.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from adapters.canonical.context import Client, Upstream
from adapters.canonical.events import Event
from adapters.canonical.loss import Losses
from adapters.canonical.request import Request
from adapters.canonical.response import Response
from adapters.errors import GatewayError
from adapters.head import Head, Target
from adapters.usage import Usage


class Seen(Protocol):
    """What a whole answer says. `valid` is false when it is not an answer of its protocol."""

    usage: Usage
    model: str
    finish_reason: str
    valid: bool


class Tap(Protocol):
    """Between a provider's stream and a client: takes bytes, returns bytes, learns what the record needs.

    Feed it every chunk in order and forward what it returns.
    """

    @property
    def usage(self) -> Usage:
        """What the provider has counted so far."""

    @property
    def model(self) -> str:
        """The model that it names."""

    @property
    def finish_reason(self) -> str:
        """Why the answer ended, in the provider's words; "" until then."""

    @property
    def started(self) -> bool:
        """Whether a token was seen."""

    @property
    def done(self) -> bool:
        """Whether the stream's own end was seen."""

    @property
    def failed(self) -> bool:
        """Whether the upstream sent an error event; what follows is not for the client."""

    @property
    def failure(self) -> bytes:
        """That event, or the JSON in it (midstream.py); b"" where there is none."""

    @property
    def events(self) -> int:
        """Events of the upstream, which a cut goes by."""

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes from the upstream; returns the bytes for the client (may be empty)."""

    def finish(self) -> bytes:
        """The upstream has ended: whatever was still incomplete."""

    def counted(self, input_bytes: int) -> Usage:
        """The usage to book: the upstream's, or an estimate from what was seen (nothing seen costs nothing)."""

    @property
    def over(self) -> bool:
        """Whether nothing that follows is for the client."""

    @property
    def complete(self) -> bool:
        """Whether the answer came to its own end, as against being cut off."""


class Reader(Protocol):
    """A provider's stream into events; never raises."""

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that are complete with these bytes."""

    def finish(self) -> list[Event]:
        """The upstream has ended: what is complete; no End where there was none."""


class Writer(Protocol):
    """Events into a client's stream."""

    def feed(self, events: list[Event]) -> bytes:
        """Frames for these events; may be empty."""

    def finish(self, finish: str | None = None) -> bytes:
        """End a stream that has no End: the terminal sequence with this finish ("length")."""

    def ping(self) -> bytes:
        """What a client ignores, to keep the connection open."""


class Parse(Protocol):
    """head.parse."""

    def __call__(self, operation: str, body: bytes, target: Target) -> Head:
        """Read a request body. Raises ClientError (400)."""


class Encode(Protocol):
    """head.encode."""

    def __call__(self, head: Head, upstream_model: str, *, force_usage: bool, most: int | None = None) -> bytes:
        """The body for an upstream of the same protocol, with the listed edits; `most`: what the output is cut to."""


class MakeTap(Protocol):
    """tap.StreamTap."""

    def __call__(self, *, withhold: bool) -> Tap:
        """One for each stream. `withhold`: usage was asked for by the gateway alone and is taken out again."""


class Conversion(msgspec.Struct, frozen=True, kw_only=True):
    """The six converters between a protocol and the neutral form.

    `request_headers` are headers that a written request needs besides the channel's.
    """

    read_request: Callable[[Head], Request]
    write_request: Callable[[Request, Upstream, Losses], bytes]
    read_response: Callable[[bytes], Response]
    write_response: Callable[[Response, Client], bytes]
    reader: Callable[[], Reader]
    writer: Callable[[Client], Writer]
    request_headers: Callable[[Request], Sequence[tuple[str, str]]] | None = None


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """One wire protocol: reading a head, passing through, converting, errors.

    `render` (error, request id) is a whole error answer, `render_event` the end of a stream that failed,
    `render_length` (operation, model, request id) the end of one that reached the tokens paid for; the `array` ones are
    those of a stream that is a JSON array. `read_error` (status, body) says kind and message of an upstream's error.
    `ping` is what a client of a stream ignores.
    """

    name: str
    parse: Parse
    encode: Encode
    unary: Callable[[bytes], Seen]
    tap: MakeTap
    render: Callable[[GatewayError, str], bytes]
    render_event: Callable[[GatewayError, str], bytes]
    render_length: Callable[[str, str, str], bytes]
    render_array_event: Callable[[GatewayError, str], bytes] | None = None
    render_array_length: Callable[[str, str, str], bytes] | None = None
    read_error: Callable[[int, bytes], tuple[str, str]] | None = None
    ping: bytes = b": ping\n\n"
    conversion: Conversion | None = None
