"""Usage: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import SaidOut
    from admin.client.shapes.prices import PriceOut
    from admin.client.shapes.route import RouteOut


class AttemptOut(TypedDict):
    """A channel that was tried: how it ended there and how long it took."""

    channel_id: int
    channel: str
    outcome: str
    milliseconds: int


class CorrectionOut(TypedDict):
    """A later difference, nano-USD, and the price version that it comes from."""

    at: int
    price_id: int
    cost: int
    provider_cost: int
    reference: str


class ExplainLine(TypedDict):
    """quantity x unit price = amount; the unit price is for `per` (tokens), one call ..."""

    component: str
    quantity: str
    unit_price: str
    per: str
    amount: str


class ExplainOut(TypedDict):
    """The arithmetic of one request's cost. `matches` says that all of it was ..."""

    request_id: str
    model: str
    provider: str
    upstream_model: str
    started_at: int
    usage_source: str
    price: PriceOut | None
    lines: list[ExplainLine]
    sum: str
    tier_above: int
    window: str
    group: str
    channel: str
    cost: int
    provider_cost: int
    computed_cost: int
    computed_provider_cost: int
    recomputed: bool
    matches: bool
    problems: list[str]
    problems_said: list[SaidOut]
    corrections: list[CorrectionOut]
    corrected_cost: int
    quota: int


class ListedUsageOut(TypedDict):
    """ListedUsageOut of the document."""

    items: list[UsageOut]
    next: NotRequired[str | None]


class Moment(TypedDict):
    """A point in the life of a request, in microseconds after it arrived."""

    at_us: int
    name: Literal["arrived", "sent", "first_byte", "first_token", "ended", "settled"]
    detail: str


class Percentiles(TypedDict):
    """How long half, 95 and 99 of a hundred requests took at most, microseconds; read ..."""

    p50: int
    p95: int
    p99: int


class Quantities(TypedDict):
    """What a request used beside plain text: tokens of images and sound (parts of ..."""

    image_input: int
    image_output: int
    audio_input: int
    audio_output: int
    cache_write_1h: int
    media_ms: int
    images: dict[str, int] | None
    tools: dict[str, int] | None


class RequestOut(TypedDict):
    """A finished request. `attempts`, `cost` and `route` are for operators; empty for ..."""

    request: UsageOut
    timeline: list[Moment]
    attempts: list[AttemptOut]
    cost: ExplainOut | None
    route: NotRequired[RouteOut | None]


class RerateRequest(TypedDict):
    """Which requests, at which prices."""

    since: str
    until: NotRequired[str | None]
    model: NotRequired[str | None]
    provider: NotRequired[str | None]
    price: NotRequired[int | None]
    unpriced: NotRequired[bool]
    dry_run: NotRequired[bool]
    after: NotRequired[str | None]


class RerateResult(TypedDict):
    """One page."""

    dry_run: bool
    checked: int
    changed: int
    no_price: int
    unreadable: int
    cost: int
    provider_cost: int
    next: str | None


class UsageOut(TypedDict):
    """One finished request. `*_us` are microseconds from its arrival, 0 = did not ..."""

    request_id: str
    started_at: int
    key_id: int
    key: NotRequired[str]
    user_id: int
    user: NotRequired[str]
    organisation_id: int
    organisation: NotRequired[str]
    team_id: int
    team: NotRequired[str]
    group: str
    channel_id: int
    channel: NotRequired[str]
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
    client_protocol: str
    upstream_protocol: str
    plan: str
    losses: str
    error_text: NotRequired[str]
    error_said: NotRequired[SaidOut | None]
    captured: NotRequired[bool]
    quantities: NotRequired[Quantities | None]


class UsageTotal(TypedDict):
    """Sums of one group; `group` is the value grouped by (a name where there is one) ..."""

    at: NotRequired[str | None]
    group: str
    id: NotRequired[int | None]
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
    total_us: NotRequired[Percentiles | None]
    first_token_us: NotRequired[Percentiles | None]
    error_share: float
    cache_share: float


class UsageTotals(TypedDict):
    """Sums; exactly one item, even of zeros, without `group_by`."""

    items: list[UsageTotal]
