"""Requests of Messages and of its counting of tokens: what routing needs, and the listed edits of a passthrough.

Nothing below the top level is parsed, but to take out what a conversation brought along from another provider.
"""

import msgspec

from adapters.head import NO_TARGET, Fields, Head, Target, check_start, read_fields, read_model, read_value
from adapters.protocols.messages.own_turns import SEALED, own_turns
from adapters.unreadable import UNREADABLE

_flag = msgspec.json.Decoder(bool | None)
_count = msgspec.json.Decoder(int)
_encode = msgspec.json.encode

LEAST_THINKING = 1024
"""The smallest `budget_tokens`: https://docs.claude.com/en/docs/build-with-claude/extended-thinking (2026-11)."""


class _Thinking(msgspec.Struct):
    type: str = ""
    budget_tokens: int | None = None


_fields = msgspec.json.Decoder(Fields)
_thinking = msgspec.json.Decoder(_Thinking)


def parse(operation: str, body: bytes, target: Target = NO_TARGET) -> Head:
    """Read a request body. Raises ClientError (400) with a message that names the field."""
    fields = read_fields(body)
    model = read_model(fields)
    check_start(fields, "messages", b"[", "an array of messages")
    stream = False
    raw = fields.get("stream")
    if raw is not None and operation == "chat":
        stream = bool(read_value(_flag, raw, "stream", "a boolean"))
    return Head(
        "messages",
        operation,
        model,
        stream,
        True,  # every stream of this protocol tells its usage
        fields,
        len(body),
        _most(fields),
        beta=target.beta,
    )


def encode(head: Head, upstream_model: str, *, force_usage: bool, most: int | None = None) -> bytes:  # noqa: ARG001
    """The body for the upstream.

    As it came but for the model's name, `most` (what the output is cut to: it replaces the client's maximum, and
    thinking has to fit into it), and what another provider made and this one would refuse (own_turns.py).
    """
    edits: Fields = {}
    if upstream_model != head.model:
        edits["model"] = msgspec.Raw(_encode(upstream_model))
    dropped: tuple[str, ...] = ()
    if most is not None and head.operation == "chat":
        edits["max_tokens"] = msgspec.Raw(b"%d" % most)
        if (budget := _budget(head.fields)) is not None and budget >= most:
            if most > LEAST_THINKING:
                smaller = {**_fields.decode(head.fields["thinking"]), "budget_tokens": msgspec.Raw(b"%d" % (most - 1))}
                edits["thinking"] = msgspec.Raw(_encode(smaller))
            else:
                dropped = ("thinking",)
    fields = {**head.fields, **edits} if edits else head.fields
    if dropped:
        fields = {name: raw for name, raw in fields.items() if name not in dropped}
    body = _encode(fields)
    if SEALED in body:
        turns, thinks = own_turns(head.fields["messages"])
        fields = {**fields, "messages": turns}
        if not thinks and _budget(fields) is not None:
            del fields["thinking"]
        body = _encode(fields)
    return body


def _budget(fields: Fields) -> int | None:
    raw = fields.get("thinking")
    if raw is None:
        return None
    try:
        thinking = _thinking.decode(raw)
    except UNREADABLE:
        return None
    return thinking.budget_tokens if thinking.type == "enabled" else None


def _most(fields: Fields) -> int | None:
    """The output tokens that the client allows. What is no number is the provider's to refuse."""
    raw = fields.get("max_tokens")
    if raw is None:
        return None
    try:
        return _count.decode(raw)
    except UNREADABLE:
        return None
