"""What a client is told of its limits: the refusal, and the headers in each vendor's names.

Pure. OpenAI: https://platform.openai.com/docs/guides/rate-limits (2026-11). Anthropic:
https://docs.claude.com/en/api/rate-limits (2026-11). Gemini names no headers but retry-after.
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal

from adapters.errors import ClientError, GatewayFault
from deployments.rates_bucket import Bucket
from deployments.rates_rules import Rule

Vendor = Literal["openai", "anthropic", "gemini"]


class RateLimited(ClientError):  # noqa: N818  # a refusal, named as the clients' libraries name it
    """429: a limit is reached. `rule` says which, `seconds` when it may be tried again (0: never as it is)."""

    kind = "rate_limit_error"

    def __init__(self, rule: Rule, wanted: int, seconds: float) -> None:
        self.rule = rule
        self.seconds = seconds
        text = f"Rate limit reached: {rule.said} (limit '{rule.name}')."
        if rule.tokens:
            text += f" This request needs about {wanted}."
        if seconds:
            text += f" Try again in {shown(seconds)}."
        elif rule.tokens:
            text += " It can never fit: make it shorter, or ask for fewer tokens."
        after = str(max(1, math.ceil(seconds))) if seconds else None
        super().__init__(429, text, code="rate_limit_exceeded", retry_after=after)

    def headers(self, vendor: Vendor = "openai") -> bytes:
        """The limit that is reached; the wait also in milliseconds, which the OpenAI libraries read.

        `retry-after` itself comes from the error.
        """
        lines = "" if self.rule.concurrent else _lines(vendor, self.rule, 0, datetime.now(UTC))
        if self.seconds and vendor == "openai":
            lines += f"retry-after-ms: {max(1, math.ceil(self.seconds * 1000))}\r\n"
        return lines.encode()


def unavailable() -> GatewayFault:
    """503: the authority is away, and this kind of limit is closed meanwhile."""
    return GatewayFault(
        503,
        "Rate limits cannot be checked at the moment; retry.",
        code="rate_limits_unavailable",
        retry_after="1",
    )


def shown(seconds: float) -> str:
    """As OpenAI writes durations: 250ms, 12s, 6m0s, 1h0m0s."""
    if seconds < 1:
        return f"{max(1, math.ceil(seconds * 1000))}ms"
    whole = math.ceil(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours}h{minutes}m{left}s"
    return f"{minutes}m{left}s" if minutes else f"{left}s"


def headers(vendor: Vendor, buckets: Iterable[Bucket], now: datetime | None = None) -> bytes:
    """Limit, what remains and when all of it is back, for requests and for tokens; of several limits the fullest one.

    After a use all of a sliding window is back one window later. Slots (concurrent) have no header.
    """
    if vendor == "gemini":
        return b""
    tightest: dict[str, tuple[float, int, Rule]] = {}
    for bucket in buckets:
        rule = bucket.rule
        if rule.concurrent:
            continue
        remaining = bucket.remaining
        known = tightest.get(rule.metric)
        if known is None or remaining / rule.limit < known[0]:
            tightest[rule.metric] = (remaining / rule.limit, remaining, rule)
    at = now or datetime.now(UTC)
    return "".join(_lines(vendor, rule, remaining, at) for _, remaining, rule in tightest.values()).encode()


def _lines(vendor: Vendor, rule: Rule, remaining: int, now: datetime) -> str:
    metric = rule.metric
    if vendor == "openai":
        return (
            f"x-ratelimit-limit-{metric}: {rule.limit}\r\n"
            f"x-ratelimit-remaining-{metric}: {remaining}\r\n"
            f"x-ratelimit-reset-{metric}: {rule.reset}\r\n"
        )
    if vendor == "anthropic":
        back = now + timedelta(seconds=rule.window_s)
        return (
            f"anthropic-ratelimit-{metric}-limit: {rule.limit}\r\n"
            f"anthropic-ratelimit-{metric}-remaining: {remaining}\r\n"
            f"anthropic-ratelimit-{metric}-reset: {back:%Y-%m-%dT%H:%M:%SZ}\r\n"
        )
    return ""
