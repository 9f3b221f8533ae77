"""Dashboard: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import Money, SaidOut


class DashboardOut(TypedDict):
    """The overview of a period. `before` is as long and ends where the period begins."""

    scope: Literal["own", "organisation", "all"]
    since: str
    until: str
    per: Literal["hour", "day"]
    now: Sums
    before: Sums
    series: list[Part]
    tops_since: str
    top_models: list[Ranked]
    top_users: list[Ranked]
    top_keys: list[Ranked]
    top_channels: list[Ranked]
    health: Health | None
    balance: Money | None


class Facet(TypedDict):
    """A value and how many have it; `id` where `value` is the name of a thing."""

    value: str
    id: NotRequired[int | None]
    count: int


class Facets(TypedDict):
    """Filter -> its values, the most frequent first, at most twenty. `total`: all ..."""

    total: int
    fields: dict[str, list[Facet]]


class FailingChannel(TypedDict):
    """A channel that failures switched off, or whose last test failed."""

    id: int
    name: str
    enabled: bool
    reason: str
    reason_said: SaidOut | None
    since: str | None


class Health(TypedDict):
    """The state of the channels; `failing` are at most ten of them."""

    channels: int
    enabled: int
    off_by_failures: int
    failing: list[FailingChannel]


class Part(TypedDict):
    """Sums of an hour or day."""

    requests: int
    errors: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost: int
    provider_cost: int
    mean_total_us: int
    mean_first_token_us: int
    error_share: float
    cache_share: float
    tokens_per_second: float
    at: str


class Ranked(TypedDict):
    """Sums of one model, user, key or channel; `id` is null where a name is all there is."""

    requests: int
    errors: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost: int
    provider_cost: int
    mean_total_us: int
    mean_first_token_us: int
    error_share: float
    cache_share: float
    tokens_per_second: float
    id: int | None
    name: str


class Sums(TypedDict):
    """Sums over requests."""

    requests: int
    errors: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost: int
    provider_cost: int
    mean_total_us: int
    mean_first_token_us: int
    error_share: float
    cache_share: float
    tokens_per_second: float
