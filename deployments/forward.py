"""One event of a stream from the provider to the client: tap, write, note the time.

Called by the transport for every piece that arrives, so nothing here may wait or fail; what happens at the beginning
and at the end of a stream is the pipeline's.
"""

import time
from collections.abc import Callable

from adapters.contract import Tap
from deployments.connection import Connection
from deployments.estimates import Answering
from deployments.exchange import Exchange

_OTHER_EVENTS = {"chat": 4}
"""Events of a stream that are no token: in Chat the role, the finish reason, the usage, [DONE]."""

_MORE_EVENTS = 64  # elsewhere: the beginning and end of each block, and pings

_FRAME_ENDS = (b"\n\n", b"\r\n\r\n")


class Forward:
    """`begin` is called once, with the first bytes for the client. `idle_s`: silence that the provider may keep.

    `ping` is written after `ping_s` of silence, between two frames. When a provider that has accepted the request is
    silent before its first event, the answer begins with `first_ping`. `whole`: every piece that the tap returns ends a
    frame. `reader` is given what the client gets, too.
    """

    __slots__ = (
        "_begin", "_connection", "_exchange", "_first_ping", "_flows", "_idle_s", "_last", "_most", "_now", "_ping",
        "_ping_s", "_pinged_at", "_reader", "_tap", "_whole", "_write", "answering", "began", "spent",
    )  # fmt: skip

    def __init__(
        self,
        connection: Connection,
        exchange: Exchange,
        tap: Tap,
        begin: Callable[[bytes], None],
        idle_s: float,
        *,
        ping: bytes,
        first_ping: bytes,
        ping_s: float,
        whole: bool,
        reader: Callable[[bytes], None] | None = None,
    ) -> None:
        self._connection = connection
        self._write = connection.write_chunk if reader is None else self._both
        self._exchange = exchange
        self._tap = tap
        self._begin = begin
        self._idle_s = idle_s
        self._ping = ping
        self._first_ping = first_ping
        self._ping_s = ping_s
        self._whole = whole
        self._reader = reader
        self._last = b""
        self._flows = False  # begun, and the first token was seen: nothing is left to be noted
        self._now = connection.server.loop.time
        self._pinged_at = self._now()
        others = _OTHER_EVENTS.get(exchange.upstream_protocol, _MORE_EVENTS)
        self._most = exchange.cut + others if exchange.cut else 0
        self.answering = Answering()
        self.began = False
        self.spent = False
        """Whether the provider has sent all the tokens that were paid for, and went on."""

    def take(self, piece: bytes) -> bool:
        """Pass a piece on; False when no more is wanted for now: the answer is over, or the client is behind."""
        tap = self._tap
        if self.answering.room > 0:
            self.answering.add(piece)
        if self._flows:
            self._last = out = tap.feed(piece)
            self._write(out)
        else:
            self._pass(tap.feed(piece))
        self._exchange.deadline = self._now() + self._idle_s
        if self._most and tap.events > self._most:
            self.spent = True
            return False
        return not (tap.done or tap.failed or self._connection.blocked)

    def finish(self) -> None:
        """The provider has ended its answer."""
        self._pass(self._tap.finish())

    def heard(self) -> None:
        """The provider's time begins anew."""
        self._exchange.deadline = self._now() + self._idle_s

    def look(self, now: float) -> None:
        """Called a few times a second: write a ping when nothing was heard for long."""
        since = self._pinged_at
        if self._tap.events:
            since = max(self._exchange.deadline - self._idle_s, since)
        if now - since < self._ping_s or self._connection.blocked:
            return
        self._pinged_at = now
        if not self.began:
            self.began = True
            self._begin(self._first_ping)
        elif not self._tap.events:
            self._write(self._first_ping)
        elif self._whole or self._last.endswith(_FRAME_ENDS):
            self._write(self._ping)

    def _both(self, out: bytes) -> None:
        self._connection.write_chunk(out)
        if out and self._reader is not None:
            self._reader(out)

    def _pass(self, out: bytes) -> None:
        if self.began:
            self._write(out)
        elif out:
            self.began = True
            self._begin(out)
            if self._reader is not None:
                self._reader(out)
        self._last = out
        if not self._exchange.first_token_at and self._tap.started:
            self._exchange.first_token_at = time.monotonic()
            self._flows = self.began
