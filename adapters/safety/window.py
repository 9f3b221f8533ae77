"""A text that arrives in pieces: what of it may be handed on, and what has to wait for more.

Held back is only what may be the beginning of something to be found, and never more than the rules' window, but while
a find itself has not ended: it is then held up to MAX_OPEN characters.
"""

from collections.abc import Sequence
from operator import attrgetter

from adapters.safety.folding import INVISIBLE
from adapters.safety.guard import Found, Guard, Hit, masked, settle

MAX_OPEN = 8192


class Window:
    """One text block of a stream."""

    __slots__ = ("_before", "_guard", "_held", "changed")

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._before = ""  # what stands before what is held: whether a word begins here
        self._held = ""
        self.changed = False
        """Whether something was masked."""

    def feed(self, text: str, found: Found) -> str:
        """More text; returns what may go on. Raises Blocked."""
        return self._take(self._held + text, found, over=False)

    def finish(self, found: Found) -> str:
        """The text has ended: what was held. Raises Blocked."""
        return self._take(self._held, found, over=True) if self._held else ""

    def _take(self, text: str, found: Found, *, over: bool) -> str:
        whole = self._before + text
        offset = len(self._before)
        size = len(whole)
        hits = [hit for hit in self._guard.hits(whole) if hit.start >= offset]
        cut = size if over else _around(hits, max(offset, self._guard.tail(whole), size - self._guard.window), size)
        masks = settle([hit for hit in hits if hit.start < cut], found) if hits else []
        self.changed = self.changed or bool(masks)
        self._before = _last(whole, cut)
        self._held = whole[cut:]
        return masked(whole, masks, offset, cut)


def _last(text: str, end: int) -> str:
    """The character before `end`; when it shows nothing, with the last one before it that does."""
    at = end - 1
    while at >= 0 and text[at] in INVISIBLE:
        at -= 1
    return text[at : at + 1] + text[max(at + 1, end - 1) : end] if at >= 0 else text[max(0, end - 1) : end]


def _around(hits: Sequence[Hit], cut: int, size: int) -> int:
    """The cut, moved to before what it would go through, and before what ends with the text and may go on.

    Finds that overlap in a long chain, or one that does not end, are cut off at MAX_OPEN.
    """
    wanted = cut
    for hit in sorted(hits, key=_start, reverse=True):  # none of those before can begin before a cut moved to here
        if hit.start < cut and (cut < hit.end or hit.end == size):
            cut = hit.start
    if size - cut <= MAX_OPEN:
        return cut
    return max([wanted, *(hit.end for hit in hits if hit.start < wanted)])


_start = attrgetter("start")
