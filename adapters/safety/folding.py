"""Texts in the form in which words are compared: case, width and invisible characters make no difference.

Positions in the folded text lead back to the original one.
"""

import unicodedata
from collections.abc import Sequence

INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
)
"""Characters that show nothing and are put between letters to get past word lists."""


class Folded:
    """A folded text. `start` and `end` give the original positions of a span in it."""

    __slots__ = ("_places", "text")

    def __init__(self, text: str, places: Sequence[int] | None) -> None:
        self.text = text
        self._places = places

    def start(self, position: int) -> int:
        """Where the character at `position` comes from."""
        return position if self._places is None else self._places[position]

    def end(self, position: int) -> int:
        """Where the character before `position` ends."""
        return position if self._places is None else self._places[position - 1] + 1


def fold(text: str) -> Folded:
    """The text in the form for comparison."""
    if text.isascii():
        return Folded(text.lower(), None)
    lower = text.casefold()
    if len(lower) == len(text) and unicodedata.is_normalized("NFKD", lower) and INVISIBLE.isdisjoint(lower):
        return Folded(lower, None)
    parts: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        if sign in INVISIBLE:
            continue
        # Decomposed, so that a letter with its accent apart is the same as in one.
        same = unicodedata.normalize("NFKD", sign).casefold() if sign > "\x7f" else sign.lower()
        parts.append(same)
        places.extend([place] * len(same))
    return Folded("".join(parts), places)
