"""The overview on the wire: sums of a period and of the one before, a series, the largest, and what needs a look."""

from typing import Literal

from pydantic import Field

from admin.said import SaidOut
from admin.schemas.account import Money
from admin.schemas.base import Reaching, StoredTime, Wire


class Sums(Wire):
    """Sums over requests. Money is nano-USD, `*_us` are microseconds; shares are 0 to 1."""

    requests: int
    errors: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost: int
    provider_cost: int = Field(description="What the providers take; 0 for those who do not see all.")
    mean_total_us: int = Field(description="Of all requests.")
    mean_first_token_us: int = Field(description="Of the requests that have a first token.")
    error_share: float = Field(examples=[0.0125])
    cache_share: float = Field(description="Of the input tokens: those that the provider had cached.")
    tokens_per_second: float = Field(description="Output tokens for each second of the requests.", examples=[84.2])


class Part(Sums):
    """Sums of an hour or day."""

    at: StoredTime = Field(description="When it begins.")


class Ranked(Sums):
    """Sums of one model, user, key or channel; `id` is null where a name is all there is."""

    id: int | None
    name: str = Field(examples=["gpt-5-mini"])


class FailingChannel(Wire):
    """A channel that failures switched off, or whose last test failed."""

    id: int
    name: str
    enabled: bool
    reason: str = Field(examples=["HTTP 401: The upstream refused the secret."])
    reason_said: SaidOut | None = Field(description="The same, for other languages.")
    since: StoredTime | None


class Health(Wire):
    """The state of the channels; `failing` are at most ten of them."""

    channels: int
    enabled: int
    off_by_failures: int
    failing: list[FailingChannel]


class DashboardOut(Wire):
    """The overview of a period. `before` is as long and ends where the period begins.

    Who sees only their own has `top_keys` and `balance`; operators have `top_channels` and `health` besides.
    """

    scope: Reaching
    since: StoredTime
    until: StoredTime
    per: Literal["hour", "day"] = Field(description="What `series` is by.")
    now: Sums
    before: Sums
    series: list[Part] = Field(description="Hours or days that have requests, in order.")
    tops_since: StoredTime = Field(
        description="Where the time of `top_models` begins: in a busy organisation they are of whole days (UTC)."
    )
    top_models: list[Ranked]
    top_users: list[Ranked]
    top_keys: list[Ranked]
    top_channels: list[Ranked]
    health: Health | None
    balance: Money | None
