"""An answer of /v1/responses in one piece, into the neutral form."""

import msgspec

from adapters.canonical.blocks import Block, Media, Refusal, ServerCall, Text, Thinking, ToolCall
from adapters.canonical.response import Candidate, Finish, Response
from adapters.errors import ClientError
from adapters.protocols.responses.read_items import read_turns
from adapters.protocols.responses.schema import PROTOCOL, starts
from adapters.protocols.responses.usage import ToolUsage, WireUsage
from adapters.unreadable import UNREADABLE
from adapters.usage import Usage


class _Reason(msgspec.Struct):
    reason: str | None = None


class _Error(msgspec.Struct):
    code: str | int | None = None
    message: str | None = None
    type: str | None = None


class Answer(msgspec.Struct):
    """The response object, as far as it is not a repetition of the request."""

    id: str | None = None
    model: str | None = None
    created_at: int | float | None = None
    status: str | None = None
    output: list[msgspec.Raw] | None = None
    usage: WireUsage | None = None
    input_tokens: int | None = None
    tool_usage: ToolUsage | None = None
    incomplete_details: _Reason | None = None
    error: _Error | None = None
    service_tier: str | None = None

    def counted(self) -> Usage:
        """Its usage; nothing counted where it has none."""
        searches = self.tool_usage.searches if self.tool_usage is not None else 0
        return self.usage.counted(searches) if self.usage is not None else Usage()

    def raw_finish(self) -> str:
        """Why it ended, in this protocol's words."""
        details = self.incomplete_details
        return (details.reason if details is not None else None) or self.status or ""


class _Picture(msgspec.Struct):
    result: str | None = None
    output_format: str | None = None


_answer = msgspec.json.Decoder(Answer)
_made = msgspec.json.Decoder(_Picture)

_FINISHES: dict[str, Finish] = {
    "max_output_tokens": "length",
    "content_filter": "content_filter",
    "completed": "stop",
}


def read_response(body: bytes) -> Response:
    """The answer. Raises msgspec.DecodeError or ValueError when the body is none, or one that failed."""
    answer = _answer.decode(body)
    if answer.output is None and answer.input_tokens is not None:
        return Response(usage=Usage(int(answer.input_tokens), source="upstream"), protocol=PROTOCOL)
    if answer.output is None:
        raise ValueError("a response without output")
    if answer.status in {"failed", "cancelled"}:
        code = answer.error.code if answer.error is not None else None
        raise ValueError(f"the response is {answer.status}: {code}")
    blocks = read_output(answer.output)
    return Response(
        id=answer.id or "",
        model=answer.model or "",
        created=int(answer.created_at or 0),
        candidates=(
            Candidate(
                blocks=blocks,
                finish=finish_of(answer, called=_has(blocks, ToolCall), refused=_has(blocks, Refusal)),
                raw_finish=answer.raw_finish(),
                logprobs=_logprobs(blocks),
                logprobs_protocol=PROTOCOL,
                protocol=PROTOCOL,
            ),
        ),
        usage=answer.counted(),
        service_tier=answer.service_tier or "",
        protocol=PROTOCOL,
    )


def read_output(items: list[msgspec.Raw]) -> tuple[Block, ...]:
    """The blocks of an output. Raises ValueError for items that are none."""
    try:
        turns = read_turns(items, "output")
    except ClientError as error:
        raise ValueError(error.message) from None
    blocks: list[Block] = []
    for turn in turns:
        for block in turn.blocks:
            if not _is_empty(block):
                blocks.append(block)
            if isinstance(block, ServerCall) and block.tool == "image_generation":
                blocks.extend(_picture(block))
    return tuple(blocks)


def finish_of(answer: Answer, *, called: bool, refused: bool) -> Finish | None:
    """Why it ended: this protocol says neither that tools are called nor that the model refuses."""
    raw = answer.raw_finish()
    if not raw:
        return None
    finish = _FINISHES.get(raw, "other")
    if finish == "stop" and called:
        return "tool_calls"
    return "refusal" if finish == "stop" and refused else finish


def _has(blocks: tuple[Block, ...], kind: type) -> bool:
    return any(isinstance(block, kind) for block in blocks)


def _picture(call: ServerCall) -> list[Block]:
    """The picture that a call made, for others than this protocol."""
    try:
        made = _made.decode(call.raw)
    except UNREADABLE:
        return []
    if not made.result:
        return []
    return [Media("image", media_type=f"image/{made.output_format or 'png'}", data=made.result, protocol=PROTOCOL)]


def _is_empty(block: Block) -> bool:
    """A thought of which neither words nor proof are given: it would be nothing to anybody."""
    return isinstance(block, Thinking) and not (block.text or block.encrypted or block.signature)


def _logprobs(blocks: tuple[Block, ...]) -> msgspec.Raw | None:
    """Those of the first text that has any."""
    for block in blocks:
        raw = (block.exact or {}).get("logprobs") if isinstance(block, Text) else None
        if raw is not None and starts(raw) == b"[" and len(bytes(raw)) > 2:
            return raw
    return None
