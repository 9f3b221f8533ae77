"""A whole answer in the neutral form."""

from typing import Literal, TypeAlias

import msgspec

from adapters.canonical.blocks import Block, Json
from adapters.usage import Usage

Finish: TypeAlias = Literal[
    "stop", "stop_sequence", "length", "tool_calls", "content_filter", "refusal", "pause", "context", "other"
]
"""Why an answer ended: `pause` wants to be continued (Anthropic), `context`: the window is full."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One of the answers. `finish` None: the provider did not say. `raw_finish` is its own word for it."""

    index: int = 0
    blocks: tuple[Block, ...] = ()
    finish: Finish | None = None
    raw_finish: str = ""
    stop_sequence: str | None = None
    logprobs: msgspec.Raw | None = None
    logprobs_protocol: str = ""
    protocol: str = ""
    extra: Json | None = None


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """`created` is in Unix seconds, 0: unknown. `blocked`: why a prompt was refused before anything was made of it.

    `vectors` are embeddings, one for each turn of the request, as JSON arrays of numbers; there are no candidates then.
    """

    id: str = ""
    model: str = ""
    created: int = 0
    candidates: tuple[Candidate, ...] = ()
    usage: Usage = msgspec.field(default_factory=Usage)
    blocked: str = ""
    vectors: tuple[msgspec.Raw, ...] = ()
    service_tier: str = ""
    fingerprint: str = ""
    protocol: str = ""
    extensions: dict[str, Json] = {}
