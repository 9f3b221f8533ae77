"""Thinking of another vendor, carried through clients that do not send thoughts back.

Gemini CLI (0.61) and others leave the thoughts of earlier turns out, but give back the signature of each call as it
was. So the first call after thinking has, as its signature, that thinking with its proof: Anthropic and OpenAI go on
from what their models thought. Of a client that sends thoughts as well they are taken once.
"""

from collections.abc import Sequence

import msgspec

from adapters.canonical.blocks import Block, Origin, Text, Thinking, ToolCall
from adapters.canonical.sealed import Sealed, Thought
from adapters.protocols.gemini import signatures


class Carrier:
    """The thinking of an answer on its way to the next call."""

    __slots__ = ("_said", "_thoughts")

    def __init__(self) -> None:
        self._thoughts: list[Thought] = []
        self._said = 0

    def say(self, length: int) -> None:
        """So many characters of text were said."""
        self._said += length

    def think(self, origin: Origin | None, signature: str, encrypted: str, item_id: str, words: str) -> None:
        """A complete thought; one without proof, or of Google's own, needs nothing."""
        if (signature or encrypted) and origin is not None and origin != signatures.OWN:
            proof = Sealed(origin.protocol, origin.provider, signature, encrypted, item_id)
            self._thoughts.append(Thought(proof, words, self._said))

    def signature(self) -> str:
        """The thoughtSignature of a call that has none of its own; "" for nothing to carry."""
        thoughts, self._thoughts, self._said = self._thoughts, [], 0
        return signatures.carry(thoughts) if thoughts else ""


def put_back(said: list[Block], carried: Sequence[Thought]) -> None:
    """Put thoughts that came with a call where they were: among the texts since the call before it."""
    known = {(block.signature, block.encrypted) for block in said if isinstance(block, Thinking)}
    begin = next((place + 1 for place in reversed(range(len(said))) if isinstance(said[place], ToolCall)), 0)
    tail, said[begin:] = said[begin:], []
    count = 0
    for one in carried:
        while tail and count < one.at:
            block = tail.pop(0)
            if isinstance(block, Text) and count + len(block.text) > one.at:
                split = one.at - count
                tail.insert(0, msgspec.structs.replace(block, text=block.text[split:]))
                block = Text(block.text[:split])
            count += len(block.text) if isinstance(block, Text) else 0
            said.append(block)
        proof = one.proof
        if (proof.signature, proof.encrypted) not in known:
            said.append(Thinking(one.words, proof.signature, proof.encrypted, proof.origin, id=proof.id))
    said += tail
