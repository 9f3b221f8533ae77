"""Usage on the wire: single records, newest first, and sums."""

from typing import Literal

from pydantic import ConfigDict, Field

from admin.said import SaidOut
from admin.schemas.base import Wire

Group = Literal[
    "key",
    "user",
    "team",
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
Per = Literal["hour", "day"]


class Quantities(Wire):
    """What a request used beside plain text: tokens of images and sound (parts of input and output), and pieces."""

    image_input: int = Field(description="Tokens.")
    image_output: int
    audio_input: int
    audio_output: int
    cache_write_1h: int = Field(description="Tokens written to a cache for an hour: a part of the cache writes.")
    media_ms: int = Field(description="Milliseconds of sound or video.")
    images: dict[str, int] | None = Field(description="Images made, by size and quality.", examples=[{"1024x1024": 1}])
    tools: dict[str, int] | None = Field(
        description="Calls of tools that the provider ran, by name.", examples=[{"web_search": 2}]
    )


class UsageOut(Wire):
    """One finished request. `*_us` are microseconds from its arrival, 0 = did not happen; money is nano-USD.

    `key`, `user`, `team`, `organisation` and `channel` are the present names, "" when removed since; an id of 0 means
    there was none. `provider_cost` is the amount before the multipliers of group and channel, `reserved` the worst case
    that was held beforehand. How `cost` came about: GET /usage/{request_id}/explain. `plan` says in words how the
    request went to the channel, `losses` lists the settings that its protocol could not be given, `error_text` is what
    the client was told went wrong, `captured` says that bodies of the request are kept (GET /captures/{request_id}).

    How a request was served is for operators: for those who reach only their own requests, or their organisation's,
    these fields are empty: `channel`, `provider`, `upstream_model`, `response_model`, `provider_cost`, `reserved`,
    `attempts`, `attempt_log`, `replica`, `upstream_request_id`, `upstream_protocol`, `plan`.
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
    team_id: int
    team: str = ""
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
    client_protocol: str = Field(examples=["messages"])
    upstream_protocol: str = Field(examples=["chat"])
    plan: str
    losses: str = Field(examples=["top_k,metadata"])
    error_text: str = Field(default="", examples=["The provider is limiting requests for this model."])
    error_said: SaidOut | None = Field(
        default=None, description="`error_text` for other languages; without a code it is not the gateway's own words."
    )
    captured: bool = False
    quantities: Quantities | None = Field(default=None, description="null: nothing but text was counted.")


class Moment(Wire):
    """A point in the life of a request, in microseconds after it arrived."""

    at_us: int
    name: Literal["arrived", "sent", "first_byte", "first_token", "ended", "settled"]
    detail: str = Field(examples=["channel openai-main, attempt 2"])


class AttemptOut(Wire):
    """A channel that was tried: how it ended there and how long it took."""

    channel_id: int
    channel: str
    outcome: str = Field(examples=["upstream_rate_limit"])
    milliseconds: int


class Percentiles(Wire):
    """How long half, 95 and 99 of a hundred requests took at most, microseconds; read to within 9 %."""

    p50: int
    p95: int
    p99: int


class UsageTotal(Wire):
    """Sums of one group; `group` is the value grouped by (a name where there is one), money is nano-USD.

    A group by day is its date, one by hour its beginning, both in UTC.
    """

    at: str | None = Field(default=None, description="The beginning of the hour or day, where sums are asked for per.")
    group: str
    id: int | None = Field(default=None, description="When grouped by key, user, team, organisation or channel.")
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
    total_us: Percentiles | None = Field(default=None, description="When percentiles are asked for.")
    first_token_us: Percentiles | None = Field(default=None, description="As total_us, to the first token.")
    error_share: float = Field(description="Of the requests, 0 to 1.", examples=[0.0125])
    cache_share: float = Field(description="Of the input tokens, 0 to 1: those that the provider had cached.")


class UsageTotals(Wire):
    """Sums; exactly one item, even of zeros, without `group_by`."""

    items: list[UsageTotal]
