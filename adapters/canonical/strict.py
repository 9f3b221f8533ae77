"""Answers without anything that only one provider knows: what is left is in the client's official SDK (force_format).

A filter of streams (`feed` and `finish`) and a function for whole answers. It knows no wire format: writers build the
rest from their protocol's own fields.
"""

import msgspec

from adapters.canonical.blocks import Block, Opaque
from adapters.canonical.events import BlockStart, BlockStop, Event, Finished
from adapters.canonical.response import Candidate, Response


class Strict:
    """Takes the extra fields off blocks, drops blocks of an unknown kind and finish reasons in a provider's words."""

    __slots__ = ("_dropped",)

    def __init__(self) -> None:
        self._dropped: set[int] = set()

    def feed(self, events: list[Event]) -> list[Event]:
        """The same events, plain."""
        out: list[Event] = []
        for event in events:
            if isinstance(event, BlockStart):
                if isinstance(event.first, Opaque):
                    self._dropped.add(event.block)
                    continue
                event.first = plain(event.first)
            elif isinstance(event, Finished):
                event.raw_finish = ""
            elif self._dropped and getattr(event, "block", -1) in self._dropped:
                if isinstance(event, BlockStop):
                    self._dropped.discard(event.block)
                continue
            out.append(event)
        return out

    def finish(self) -> list[Event]:
        """Nothing is ever held back."""
        return []


def plain(block: Block) -> Block:
    """The block without the fields that only its protocol knows."""
    if getattr(block, "extra", None) is None:
        return block
    return msgspec.structs.replace(block, extra=None)


def strict_response(response: Response) -> Response:
    """The same for a whole answer."""
    return msgspec.structs.replace(response, candidates=tuple(map(_candidate, response.candidates)), extensions={})


def _candidate(candidate: Candidate) -> Candidate:
    blocks = tuple(plain(block) for block in candidate.blocks if not isinstance(block, Opaque))
    return msgspec.structs.replace(candidate, blocks=blocks, raw_finish="", extra=None)
