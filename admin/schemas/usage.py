"""Usage on the wire: single records, newest first, and sums."""

from typing import Literal

from pydantic import ConfigDict, Field

from admin.schemas.base import Wire

Group = Literal[
    "key",
    "user",
    "organisation",
    "group",
    "channel",
    "provider",
    "model",
    "operation",
    "status",
    "end",
    "day",
    "hour",
]
Order = Literal["group", "requests", "cost"]


class UsageOut(Wire):
    """One finished request. `*_us` are microseconds from its arrival, 0 = did not happen; money is nano-USD.

    `key`, `user`, `organisation` and `channel` are the present names, "" when removed since; an id of 0 means there was
    none. `provider_cost` is the amount before the multipliers of group and channel, `reserved` the worst case that was
    held beforehand. How `cost` came about: GET /usage/{request_id}/explain.
    """

    model_config = ConfigDict(from_attributes=True)

    request_id: str
    started_at: int = Field(description="Unix time in microseconds.")
    key_id: int
    key: str = ""
    user_id: int
    user: str = ""
    organisation_id: int
    organisation: str = ""
    group: str
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
    provider_cost: int
    reserved: int
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
    """Sums of one group; `group` is the value grouped by (a name where there is one), money is nano-USD.

    A group by day is its date, one by hour its beginning, both in UTC.
    """

    group: str
    id: int | None = Field(default=None, description="When grouped by key, user, organisation or channel.")
    requests: int
    errors: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost: int
    provider_cost: int
    mean_total_us: int = Field(description="Of all requests.")
    mean_first_token_us: int = Field(description="Of the requests that have a first token.")


class UsageTotals(Wire):
    """Sums; exactly one item, even of zeros, without `group_by`."""

    items: list[UsageTotal]
