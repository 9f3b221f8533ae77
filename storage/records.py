"""The usage record: one per finished request, as it travels from a replica through the journal to the database.

Owns the record's fields and their binary form. Must not know where records are kept.

The binary form is a MessagePack array in the order of the fields, so a field is only ever added at the end and needs a
default: old journals stay readable, and an older reader ignores what it does not know.
"""

from __future__ import annotations

import msgspec


class UsageRecord(msgspec.Struct, array_like=True, gc=False):
    """What one request used, cost and how it went.

    Times: `started_at` is unix time in microseconds; each `*_us` is microseconds from the accept, 0 = did not happen.
    Money: `cost`, `provider_cost` and `reserved` are nano-USD. Tokens: `cached_tokens` and `cache_write_tokens` are
    parts of `input_tokens`, `reasoning_tokens` is a part of `output_tokens`.
    """

    request_id: str
    started_at: int
    key_id: int = 0  # 0: the request had no valid key
    channel_id: int = 0  # 0: no upstream was called
    provider: str = ""
    operation: str = ""  # "chat", "text_completion", "embeddings"
    model: str = ""  # as the client asked
    upstream_model: str = ""  # as the channel was asked
    response_model: str = ""  # as the upstream answered
    stream: bool = False
    status: int = 0  # the HTTP status given to the client
    # "complete", "client_gone", "upstream_error", "upstream_cut", "upstream_timeout", "rejected", "drained"
    end: str = ""
    error: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    usage_source: str = "none"  # "upstream", "estimate", "none"
    cost: int = 0
    price_id: int = 0  # 0: no price was known
    queue_us: int = 0  # until the upstream call was sent
    first_byte_us: int = 0
    first_token_us: int = 0
    total_us: int = 0
    attempts: int = 0
    attempt_log: str = ""  # compact JSON list of [channel_id, outcome, milliseconds]; "" for one clean attempt
    replica: str = ""
    client_ip: str = ""
    finish_reason: str = ""
    upstream_request_id: str = ""
    user_id: int = 0  # 0: the key belongs to nobody
    organisation_id: int = 0  # 0: the user belongs to none
    group: str = ""  # the group whose ratio was applied
    accounts: str = ""  # ids of the limited accounts whose leases paid, "12,15"; "" for none
    provider_cost: int = 0  # what the provider charges: before the ratios of group and channel
    reserved: int = 0  # the worst case that the leases held before the request was sent
    price_detail: str = ""  # compact JSON, the whole arithmetic of `cost`; "" where nothing was priced
    client_protocol: str = ""  # what the client spoke: "chat", "responses", "messages", "gemini"
    upstream_protocol: str = ""  # what the channel was spoken to in; "" where none was called
    plan: str = ""  # how the request went to the channel, in words: adapters/translate.py
    losses: str = ""  # names of the settings that could not be converted, "seed,top_k"; "" for none
    error_text: str = ""  # what the client was told went wrong; "" where nothing did
    team_id: int = 0  # 0: the key belongs to no team
    task: str = ""  # what the request began and did not see the end of (storage/repositories/tasks.py); no column


_ALL: tuple[str, ...] = UsageRecord.__struct_fields__
FIELDS: tuple[str, ...] = tuple(name for name in _ALL if name != "task")
"""Those that are columns."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(UsageRecord)


def encode(record: UsageRecord) -> bytes:
    """The record as MessagePack. What MessagePack cannot express is replaced, so that no request goes unrecorded."""
    try:
        return _encoder.encode(record)
    except (UnicodeEncodeError, OverflowError):
        return _encoder.encode([_expressible(getattr(record, name)) for name in _ALL])


def _expressible(value: str | int) -> str | int:
    """A string without lone surrogates (JSON can spell them), or an integer of 64 bits."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return max(-(2**63), min(value, 2**63 - 1))


def decode(data: bytes | memoryview) -> UsageRecord:
    """The record in `data`. Raises msgspec.MsgspecError when it is not one."""
    return _decoder.decode(data)
