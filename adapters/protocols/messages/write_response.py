"""Whole answers, written: https://docs.claude.com/en/api/messages and /api/messages-count-tokens (2026-11)."""

from typing import Any

import msgspec

from adapters.canonical.blocks import Block, ServerCall, ServerResult, ToolCall
from adapters.canonical.context import Client
from adapters.canonical.response import Candidate, Response
from adapters.protocols.messages.citations import NAME
from adapters.protocols.messages.finish import write_finish
from adapters.protocols.messages.server_blocks import unanswered
from adapters.protocols.messages.usage import split, written
from adapters.protocols.messages.write_answer import write_block
from adapters.usage import Usage

_TIERS = ("standard", "priority", "batch")


def write_response(response: Response, client: Client) -> bytes:
    """The body of the answer; for the operation "count_tokens" the count alone."""
    if client.operation == "count_tokens":
        return b'{"input_tokens":%d}' % response.usage.input
    candidate = response.candidates[0] if response.candidates else Candidate()
    calls = any(isinstance(block, ToolCall) for block in candidate.blocks)
    message: dict[str, Any] = {
        "id": message_id(response.id, client),
        "type": "message",
        "role": "assistant",
        "model": client.model,
        "content": [written for block in _answered(candidate.blocks) for written in write_block(block)],
        "stop_reason": write_finish("refusal" if response.blocked else candidate.finish, calls=calls),
        "stop_sequence": candidate.stop_sequence,
        "usage": usage_of(response.usage, response.service_tier),
    }
    if response.blocked:
        message["stop_details"] = {"type": "refusal", "category": None, "explanation": response.blocked}
    message.update(response.extensions.get(NAME, {}))
    return msgspec.json.encode(message)


def _answered(blocks: tuple[Block, ...]) -> list[Block]:
    """The blocks, and empty answers after calls of the provider's own tools that have none."""
    results = {block.id for block in blocks if isinstance(block, ServerResult)}
    found: list[Block] = []
    for block in blocks:
        found.append(block)
        if isinstance(block, ServerCall) and block.id not in results and (empty := unanswered(block)) is not None:
            found.append(empty)
    return found


def message_id(given: str, client: Client) -> str:
    """The provider's own id where it is one of Anthropic's."""
    return given if given.startswith("msg_") else f"msg_{client.request_id}"


def usage_of(usage: Usage, tier: str = "") -> dict[str, object]:
    """The `usage` of a whole answer, and of `message_start`."""
    counts = written(usage)
    if usage.cache_write:
        counts["cache_creation"] = split(usage)
    if tier in _TIERS:
        counts["service_tier"] = tier
    return counts
