"""The neutral form as an answer of generateContent: https://ai.google.dev/api/generate-content (2026-11)."""

from typing import Any

import msgspec

from adapters.canonical.blocks import Block, Text, Thinking, ToolCall
from adapters.canonical.context import Client
from adapters.canonical.response import Candidate, Response
from adapters.protocols.gemini import embeddings
from adapters.protocols.gemini.carried import Carrier
from adapters.protocols.gemini.citations import Grounded
from adapters.protocols.gemini.finish import BROKEN_CALL, write_finish
from adapters.protocols.gemini.logprobs import write_logprobs
from adapters.protocols.gemini.usage import write_usage
from adapters.protocols.gemini.write_blocks import part_of, queries

_BLOCKED = frozenset({"SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "MODEL_ARMOR", "JAILBREAK"})
"""BlockedReason of google-genai 3.4."""


def write_response(response: Response, client: Client) -> bytes:
    """The body for a client."""
    if client.operation == "count_tokens":
        return msgspec.json.encode({"totalTokens": response.usage.input, **response.extensions.get("gemini", {})})
    if client.operation == "embeddings" or response.vectors:
        return embeddings.write_response(response, client)
    own = response.extensions.get("gemini", {})
    body: dict[str, Any] = {}
    if response.blocked and not any(candidate.blocks for candidate in response.candidates):
        body["promptFeedback"] = blocked(response.blocked)
    else:
        body["candidates"] = [_candidate(candidate) for candidate in response.candidates]
    if response.usage.source != "none":
        body["usageMetadata"] = write_usage(response.usage)
    body["modelVersion"] = response.model or client.model
    body["responseId"] = response.id or client.request_id
    body.update(own)
    return msgspec.json.encode(body)


def blocked(reason: str) -> dict[str, str]:
    """What promptFeedback says."""
    return {"blockReason": reason if reason in _BLOCKED else "OTHER"}


def _carrying(part: dict[str, Any] | None, block: Block, carrier: Carrier) -> dict[str, Any] | None:
    """The part of a block; of the first call after thinking with what it carries."""
    if isinstance(block, Thinking):
        carrier.think(block.origin, block.signature, block.encrypted, block.id, block.text)
    elif isinstance(block, Text):
        carrier.say(len(block.text))
    elif isinstance(block, ToolCall) and part is not None and (signature := carrier.signature()):
        part.setdefault("thoughtSignature", signature)
    return part


def _candidate(candidate: Candidate) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    grounded = Grounded()
    offset = 0
    finish = write_finish(candidate.finish, candidate.raw_finish)
    written: dict[str, Any] = {}
    carrier = Carrier()
    for block in candidate.blocks:
        part = _carrying(part_of(block), block, carrier)
        if part is not None:
            parts.append(part)
        elif isinstance(block, ToolCall):
            if finish == "STOP":
                finish = BROKEN_CALL
            written["finishMessage"] = f"Malformed function call: {block.name}({block.arguments[:1000]})"
        grounded.queries += queries(block)
        if isinstance(block, Text):
            for citation in block.citations:
                grounded.add(citation, block.text, offset)
            offset += len(block.text.encode("utf-8", "replace"))
    written = {
        "content": {"parts": parts, "role": "model"} if parts else {"role": "model"},
        "finishReason": finish,
        "index": candidate.index,
        **written,
    }
    if candidate.protocol == "gemini" and candidate.extra:
        return {**written, **candidate.extra}
    if grounding := grounded.write():
        written["groundingMetadata"] = grounding
    if candidate.logprobs is not None and (logprobs := write_logprobs([candidate.logprobs])):
        written["logprobsResult"] = logprobs
    return written
