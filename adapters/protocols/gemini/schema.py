"""What comes in a stream, typed for speed and lenient: https://ai.google.dev/api/generate-content (2026-11).

Whole answers and requests are read member by member (parts.py, read_request.py), for nothing of them may get lost.
"""

import msgspec

from adapters.protocols.gemini.errors import Error
from adapters.protocols.gemini.partial_args import PartialArg

ABSENT = msgspec.Raw()
"""Not None: msgspec reads `Raw | None` as null or nothing."""


class Blocked(msgspec.Struct, rename="camel", omit_defaults=True):
    """promptFeedback: why nothing was made of a prompt."""

    block_reason: str | None = None
    block_reason_message: str | None = None


class FunctionCall(msgspec.Struct, rename="camel", gc=False):
    """A call, whole or (Vertex AI) a piece of one."""

    name: str | None = None
    args: msgspec.Raw = ABSENT
    id: str | None = None
    partial_args: list[PartialArg] | None = None
    will_continue: bool | None = None


class Part(msgspec.Struct, rename="camel", gc=False):
    """What most parts are."""

    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: FunctionCall | None = None


class Content(msgspec.Struct, gc=False):
    """The parts of a candidate."""

    parts: list[msgspec.Raw] | None = None


class WireCandidate(msgspec.Struct, rename="camel", gc=False):
    """A candidate's piece."""

    content: Content | None = None
    finish_reason: str | None = None
    index: int | None = None
    grounding_metadata: msgspec.Raw = ABSENT
    logprobs_result: msgspec.Raw = ABSENT
    avg_logprobs: msgspec.Raw = ABSENT
    citation_metadata: msgspec.Raw = ABSENT
    finish_message: msgspec.Raw = ABSENT
    safety_ratings: msgspec.Raw = ABSENT
    token_count: msgspec.Raw = ABSENT
    url_context_metadata: msgspec.Raw = ABSENT


class Piece(msgspec.Struct, rename="camel", gc=False):
    """One answer of the stream."""

    candidates: list[WireCandidate] | None = None
    usage_metadata: msgspec.Raw = ABSENT
    model_version: str | None = None
    response_id: str | None = None
    create_time: msgspec.Raw = ABSENT
    prompt_feedback: Blocked | None = None
    error: Error | None = None
