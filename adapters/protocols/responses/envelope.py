"""The response object around an output. It repeats the request's settings, with OpenAI's defaults for what was unsaid.

https://platform.openai.com/docs/api-reference/responses/object (2026-11).
"""

from collections.abc import Mapping

import msgspec

from adapters.canonical.context import Client
from adapters.canonical.response import Finish
from adapters.protocols.responses.schema import encode
from adapters.protocols.responses.usage import write_usage
from adapters.usage import Usage

# Field of the request -> what an answer says where the request did not. Order as OpenAI writes it.
_ECHO = {
    "background": b"false",
    "instructions": b"null",
    "max_output_tokens": b"null",
    "max_tool_calls": b"null",
    "parallel_tool_calls": b"true",
    "previous_response_id": b"null",
    "prompt_cache_key": b"null",
    "reasoning": b'{"effort":null,"summary":null}',
    "safety_identifier": b"null",
    "store": b"false",
    "temperature": b"1.0",
    "text": b'{"format":{"type":"text"},"verbosity":"medium"}',
    "tool_choice": b'"auto"',
    "tools": b"[]",
    "top_logprobs": b"0",
    "top_p": b"1.0",
    "truncation": b'"disabled"',
    "user": b"null",
    "metadata": b"{}",
}
_TIERS = frozenset({"auto", "default", "flex", "scale", "priority", "fast", "ultrafast"})

# Finish -> why an answer is incomplete. What is not here is complete.
_INCOMPLETE = {
    "length": b'{"reason":"max_output_tokens"}',
    "context": b'{"reason":"max_output_tokens"}',
    "content_filter": b'{"reason":"content_filter"}',
    "refusal": b'{"reason":"content_filter"}',
}


class Envelope:
    """The response object of one answer. `upstream_id` is kept where it is an id of this protocol."""

    __slots__ = ("_fixed", "_head", "id")

    def __init__(self, client: Client, *, upstream_id: str = "", created: int = 0, service_tier: str = "") -> None:
        self.id = upstream_id if upstream_id.startswith("resp_") else f"resp_{client.request_id}"
        self._head = b'{"id":%b,"object":"response","created_at":%d,"status":"' % (
            encode(self.id),
            created or client.created,
        )
        tier = service_tier if service_tier in _TIERS else "default"
        self._fixed = b',"model":%b,"service_tier":%b,%b' % (encode(client.model), encode(tier), _echo(client.fields))

    def begun(self, status: bytes) -> bytes:
        """Before anything is known of the output."""
        return b'%b%b","error":null,"incomplete_details":null%b,"output":[],"usage":null}' % (
            self._head,
            status,
            self._fixed,
        )

    def ended(self, output: list[bytes], usage: Usage, why: bytes | None) -> bytes:
        """The whole answer. `why` as of why_incomplete."""
        status = b"completed" if why is None else b"incomplete"
        return b'%b%b","error":null,"incomplete_details":%b%b,"output":[%b],"usage":%b}' % (
            self._head,
            status,
            why or b"null",
            self._fixed,
            b",".join(output),
            write_usage(usage),
        )

    def failed(self, output: list[bytes], code: str, message: str) -> bytes:
        """An answer that broke off with an error."""
        return b'%bfailed","error":{"code":%b,"message":%b},"incomplete_details":null%b,"output":[%b],"usage":null}' % (
            self._head,
            encode(code),
            encode(message),
            self._fixed,
            b",".join(output),
        )


def why_incomplete(finish: Finish | None, *, refused: bool) -> bytes | None:
    """The incomplete_details of an answer that ended so, None for one that is complete.

    `refused`: a refusal in words is in it, and that is an answer.
    """
    return None if finish == "refusal" and refused else _INCOMPLETE.get(finish or "")


def _echo(fields: Mapping[str, msgspec.Raw]) -> bytes:
    pieces = []
    for name, default in _ECHO.items():
        raw = fields.get(name)
        value = default if raw is None else bytes(raw)
        pieces.append(b'"%b":%b' % (name.encode(), default if value == b"null" else value))
    return b",".join(pieces)
