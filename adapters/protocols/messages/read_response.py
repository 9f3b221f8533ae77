"""Whole answers, read: https://docs.claude.com/en/api/messages and /api/messages-count-tokens (2026-11)."""

import msgspec

from adapters.canonical.blocks import Block, Refusal
from adapters.canonical.response import Candidate, Response
from adapters.protocols.chat.values import NULL
from adapters.protocols.messages.citations import NAME
from adapters.protocols.messages.finish import read_finish
from adapters.protocols.messages.read_answer import decode, read_block
from adapters.protocols.messages.usage import WireUsage
from adapters.usage import Usage

_KNOWN = (
    "id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage", "stop_details", "input_tokens",
)  # fmt: skip


class StopDetails(msgspec.Struct, gc=False):
    """Why an answer was refused."""

    explanation: str | None = None


class _Message(msgspec.Struct, gc=False):
    type: str = "message"
    id: str | None = None
    model: str | None = None
    content: list[msgspec.Raw] | None = None
    stop_reason: str | None = None
    stop_sequence: str | None = None
    stop_details: StopDetails | None = None
    usage: WireUsage | None = None
    input_tokens: int | None = None


_message = msgspec.json.Decoder(_Message)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_response(body: bytes) -> Response:
    """The neutral form. Raises msgspec.DecodeError or ValueError when it is no answer of this protocol."""
    answer = _message.decode(body)
    if answer.content is None:
        if answer.input_tokens is None or answer.type == "error":
            raise ValueError("the answer has no content")
        return Response(usage=Usage(max(answer.input_tokens, 0), source="upstream"), protocol=NAME)
    blocks: list[Block] = [read_block(decode(raw), raw) for raw in answer.content]
    finish = read_finish(answer.stop_reason)
    if finish == "refusal" and not blocks and answer.stop_details is not None and answer.stop_details.explanation:
        blocks.append(Refusal(answer.stop_details.explanation))
    candidate = Candidate(
        blocks=tuple(blocks),
        finish=finish,
        raw_finish=answer.stop_reason or "",
        stop_sequence=answer.stop_sequence,
        protocol=NAME,
    )
    usage = answer.usage or WireUsage()
    more = {name: raw for name, raw in _fields.decode(body).items() if name not in _KNOWN and raw != NULL}
    return Response(
        id=answer.id or "",
        model=answer.model or "",
        candidates=(candidate,),
        usage=Usage() if answer.usage is None else usage.counted(),
        service_tier=usage.service_tier or "",
        protocol=NAME,
        extensions={NAME: more} if more else {},
    )
