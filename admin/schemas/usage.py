"""Usage on the wire: single records, newest first, and sums."""

from typing import Literal

from pydantic import ConfigDict, Field

from admin.schemas.base import Wire

Group = Literal["key", "channel", "provider", "model", "operation", "status", "end", "day"]


class UsageOut(Wire):
    """One finished request. `*_us` are microseconds from its arrival, 0 = did not happen; `cost` is nano-USD.

    `key` and `channel` are the present names, "" when removed since; an id of 0 means there was none.
    """

    model_config = ConfigDict(from_attributes=True)

    request_id: str
    started_at: int = Field(description="Unix time in microseconds.")
    key_id: int
    key: str = ""
    channel_id: int
    channel: str = ""
    provider: str
    operation: str
    model: str
    upstream_model: str
    response_model: str
    stream: bool
    status: int
    end: str
    error: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    usage_source: str
    cost: int
    price_id: int
    queue_us: int
    first_byte_us: int
    first_token_us: int
    total_us: int
    attempts: int
    attempt_log: str
    replica: str
    client_ip: str
    finish_reason: str
    upstream_request_id: str


class UsageList(Wire):
    """Records, newest first; pass `next` as `before` for the page after this one, null at the end."""

    items: list[UsageOut]
    next: str | None


class UsageTotal(Wire):
    """Sums of one group; `group` is the value grouped by (a name where there is one), `cost` is nano-USD."""

    group: str
    id: int | None = Field(default=None, description="Of the key or channel, when grouped by one.")
    requests: int
    errors: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost: int


class UsageTotals(Wire):
    """Sums; exactly one item, even of zeros, without `group_by`."""

    items: list[UsageTotal]
