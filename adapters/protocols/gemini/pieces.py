"""The pieces of a streamed answer, put together again where a client sends them back one by one.

google-genai 3.4 keeps each piece as a content of its own (chats, automatic function calling): so contents of the model
that follow each other are one turn, and text that was cut in the middle is one text.
"""

import msgspec

from adapters.canonical.blocks import Block, Text, Thinking
from adapters.protocols.gemini.signatures import OWN


def add(blocks: list[Block], block: Block, *, seam: bool) -> None:
    """Append a block of the model; `seam`: it begins a content that goes on with the turn."""
    last = blocks[-1] if blocks else None
    if isinstance(block, Text):
        if not block.text and not block.signature and block.extra is None:
            return  # a streamed answer ends with an empty text
        if isinstance(last, Text) and _plain(last) and block.extra is None and (seam or not block.text):
            blocks[-1] = msgspec.structs.replace(block, text=last.text + block.text)
            return
    elif isinstance(block, Thinking):
        if not block.text and block.origin != OWN:
            block = _gathered(block, blocks)
        elif seam and isinstance(last, Thinking) and _unsigned(last) and block.extra is None:
            blocks[-1] = msgspec.structs.replace(block, text=last.text + block.text)
            return
    blocks.append(block)


def _plain(text: Text) -> bool:
    return not text.signature and text.extra is None


def _unsigned(thought: Thinking) -> bool:
    return not thought.signature and thought.origin == OWN and thought.extra is None


def _gathered(signed: Thinking, blocks: list[Block]) -> Thinking:
    """A thought of another vendor whose signature came after its text (write_stream.py), with that text."""
    text = ""
    while blocks and isinstance(last := blocks[-1], Thinking) and _unsigned(last):
        text = last.text + text
        blocks.pop()
    return msgspec.structs.replace(signed, text=text)
