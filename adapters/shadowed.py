"""A passthrough that may have to be cut: beside the tap runs a conversion into the same protocol, for its end alone.

The client gets the provider's own bytes. Only where the stream is cut, what ends it is written from what was said.
"""

from adapters.contract import Tap
from adapters.translate import Translated
from adapters.usage import Usage


class Shadowed:
    """See contract.Tap. `cut` is the end of what has gone through so far."""

    __slots__ = ("_shadow", "_tap")

    def __init__(self, tap: Tap, shadow: Translated) -> None:
        self._tap = tap
        self._shadow = shadow

    def feed(self, chunk: bytes) -> bytes:
        """See Tap."""
        self._shadow.feed(chunk)
        return self._tap.feed(chunk)

    def finish(self) -> bytes:
        """See Tap."""
        return self._tap.finish()

    def cut(self) -> bytes:
        """The terminal sequence of a stream that reached the tokens paid for."""
        return self._shadow.cut()

    def counted(self, input_bytes: int) -> Usage:
        """See Tap."""
        return self._tap.counted(input_bytes)

    @property
    def usage(self) -> Usage:
        """See Tap."""
        return self._tap.usage

    @property
    def model(self) -> str:
        """See Tap."""
        return self._tap.model

    @property
    def finish_reason(self) -> str:
        """See Tap."""
        return self._tap.finish_reason

    @property
    def started(self) -> bool:
        """See Tap."""
        return self._tap.started

    @property
    def done(self) -> bool:
        """See Tap."""
        return self._tap.done

    @property
    def failed(self) -> bool:
        """See Tap."""
        return self._tap.failed

    @property
    def failure(self) -> bytes:
        """See Tap."""
        return self._tap.failure

    @property
    def events(self) -> int:
        """See Tap."""
        return self._tap.events

    @property
    def over(self) -> bool:
        """See Tap."""
        return self._tap.over

    @property
    def complete(self) -> bool:
        """See Tap."""
        return self._tap.complete
