"""One block of a stream, while it is being written: where its deltas go, and what has to be known of it at its end.

Which blocks are open, and the chunks, are write_stream.py's business.
"""

from adapters.canonical.blocks import Block, Citation
from adapters.canonical.events import TextDelta


class OpenBlock:
    """`index` numbers calls and thoughts; of a text it is how many characters came before it."""

    __slots__ = ("after", "arguments", "before", "candidate", "cited", "first", "index", "part", "said", "silent")

    def __init__(self, candidate: int, first: Block) -> None:
        self.candidate = candidate
        self.first = first
        self.before = b""
        self.after = b""
        self.index = 0
        self.cited: list[Citation] = []
        self.arguments: list[str] = []
        self.part = 0
        self.said = False
        self.silent = False

    def think(self, event: TextDelta, thought: set[int]) -> str:
        """Words of a thought, parted from those before it by an empty line, as they are in a whole answer.

        `thought` are the candidates that have thought before.
        """
        text = event.text
        if event.part != self.part:
            self.part = event.part
            text = f"\n\n{text}" if self.said else text
        self.arguments.append(text)
        if self.said or not text:
            return text
        self.said = True
        if self.candidate in thought and not _own(self.first):
            return f"\n\n{text}"
        thought.add(self.candidate)
        return text


def _own(first: Block) -> bool:
    """Whether a server of this protocol thought it: one reasoning, whatever else it said between its pieces."""
    origin = getattr(first, "origin", None)
    return getattr(first, "protocol", "") == "chat" or (origin is not None and origin.protocol == "chat")
