"""A stream in the neutral form.

    Start, then for each block BlockStart, deltas, BlockStop (blocks of one candidate never overlap but where the
    provider itself interleaves tool calls), Usage whenever the provider counts, Finish for each candidate, End.
    Error may come at any point and is the last.

`block` numbers blocks over the whole answer, in the order they began; a delta names its block. Not frozen and without
identity: one is made for each frame of a stream.
"""

from typing import TypeAlias

import msgspec

from adapters.canonical.blocks import Block, Citation, Json, Origin
from adapters.canonical.response import Finish
from adapters.usage import Usage


class Start(msgspec.Struct, gc=False):
    """The answer begins."""

    id: str = ""
    model: str = ""
    created: int = 0
    service_tier: str = ""
    fingerprint: str = ""


class BlockStart(msgspec.Struct):
    """A block begins; `first` has what is known of it (id and name of a tool call; text and arguments are empty).

    A block that comes whole (media, opaque, server tools, encrypted thinking) is in `first`, and BlockStop follows.
    """

    block: int
    first: Block
    candidate: int = 0


class TextDelta(msgspec.Struct, gc=False):
    """More text of a Text, Refusal or Thinking block; `part` numbers the parts of a reasoning summary.

    `logprobs` are raw, in the form of the protocol that sent them.
    """

    block: int
    text: str
    part: int = 0
    logprobs: msgspec.Raw | None = None


class ArgumentsDelta(msgspec.Struct, gc=False):
    """More of a tool call's arguments: a piece of JSON text (or of a custom tool's input)."""

    block: int
    text: str


class SignatureDelta(msgspec.Struct, gc=False):
    """The signature of the block (thinking, text or tool call), or encrypted reasoning; replaces what was there.

    `origin` is who made it, None: the origin that the block began with.
    """

    block: int
    signature: str = ""
    encrypted: str = ""
    origin: Origin | None = None


class CitationDelta(msgspec.Struct):
    """A citation of the text block."""

    block: int
    citation: Citation


class BlockStop(msgspec.Struct, gc=False):
    """The block is complete."""

    block: int


class UsageSeen(msgspec.Struct):
    """The counts so far: replaces what was said before."""

    usage: Usage


class Finished(msgspec.Struct, gc=False):
    """One candidate is complete. `extra` is what only `protocol` knows of it."""

    finish: Finish | None
    candidate: int = 0
    raw_finish: str = ""
    stop_sequence: str | None = None
    protocol: str = ""
    extra: Json | None = None


class End(msgspec.Struct, gc=False):
    """The answer is complete."""


class Failed(msgspec.Struct, gc=False):
    """The provider reports an error in the stream; `kind` is its type. What of it is for the client: midstream.py."""

    kind: str = ""
    message: str = ""

    @property
    def json(self) -> bytes:
        """The same as JSON, in the form that most protocols have."""
        error: dict[str, object] = {"type": self.kind, "message": self.message}
        if self.kind.isascii() and self.kind.isdecimal():
            error["code"] = int(self.kind[:9])
        return msgspec.json.encode({"error": error})


Event: TypeAlias = (
    Start | BlockStart | TextDelta | ArgumentsDelta | SignatureDelta | CitationDelta | BlockStop | UsageSeen | Finished
    | End | Failed
)  # fmt: skip
