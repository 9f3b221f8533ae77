"""One event of a stream from the provider to the client: tap, write, note the time.

Called by the transport for every piece that arrives, so nothing here may wait or fail; what happens at the beginning
and at the end of a stream is the pipeline's.
"""

import time
from collections.abc import Callable

from adapters.protocols.chat.tap import StreamTap
from deployments.connection import Connection
from deployments.exchange import Exchange

_OTHER_EVENTS = 4
"""Events of a stream that are no token: the role, the finish reason, the usage, [DONE]."""


class Forward:
    """`begin` is called once, with the first bytes for the client. `idle_s`: silence that the provider may keep."""

    __slots__ = ("_begin", "_connection", "_exchange", "_idle_s", "_most", "_now", "_tap", "_write", "began", "spent")

    def __init__(
        self,
        connection: Connection,
        exchange: Exchange,
        tap: StreamTap,
        begin: Callable[[bytes], None],
        idle_s: float,
    ) -> None:
        self._connection = connection
        self._write = connection.write_chunk
        self._exchange = exchange
        self._tap = tap
        self._begin = begin
        self._idle_s = idle_s
        self._now = connection.server.loop.time
        self._most = exchange.cut + _OTHER_EVENTS if exchange.cut else 0
        self.began = False
        self.spent = False
        """Whether the provider has sent all the tokens that were paid for, and went on."""

    def take(self, piece: bytes) -> bool:
        """Pass a piece on; False when no more is wanted for now: the answer is over, or the client is behind."""
        tap = self._tap
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

    def _pass(self, out: bytes) -> None:
        if self.began:
            self._write(out)
        elif out:
            self.began = True
            self._begin(out)
        if not self._exchange.first_token_at and self._tap.started:
            self._exchange.first_token_at = time.monotonic()
