"""Which limits count for whom, and what clients are told: refusals and headers in each vendor's names."""

from datetime import UTC, datetime

import pytest

from adapters.protocols.chat import errors as wire_errors
from deployments.rates_answers import RateLimited, headers, shown
from deployments.rates_bucket import Bucket
from deployments.rates_rules import LONGEST_NAME, LimitRow, Rule, Subject, compile_rules, limit_row
from storage.models import Limit
from tests.deployments.rates import SUBJECT, limit


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        (limit(5), True),
        (limit(5, key_id=1, user_id=2, group="pro", model="gpt-5-mini"), True),
        (limit(5, key_id=2), False),
        (limit(5, user_id=1), False),
        (limit(5, group="free"), False),
        (limit(5, model="gpt-*"), True),
        (limit(5, model="gpt-5"), False),
        (limit(5, model="*-large"), False),
        (limit(5, channel_id=7), False),
        (limit(5, per=("channel",)), False),
    ],
)
def test_which_limits_count(row: LimitRow, counts: bool) -> None:
    assert Rule(row).counts(SUBJECT) == counts


def test_limits_of_channels_count_when_the_channel_is_chosen() -> None:
    chosen = SUBJECT._replace(channel_id=7)
    assert Rule(limit(5, channel_id=7)).counts(chosen)
    assert Rule(limit(5, per=("channel", "key"))).counts(chosen)
    assert not Rule(limit(5, channel_id=8)).counts(chosen)
    assert not Rule(limit(5)).counts(chosen)


def test_a_limit_per_user_passes_over_keys_of_nobody() -> None:
    assert Rule(limit(5, per=("user",))).counts(SUBJECT)
    assert not Rule(limit(5, per=("user",))).counts(SUBJECT._replace(user_id=0))


def test_buckets_are_named_by_what_counts_by_itself() -> None:
    rule = Rule(limit(5, per=("model", "key")))
    assert rule.bucket(SUBJECT) == "1:minute:key=1:model=gpt-5-mini"
    assert rule.bucket(SUBJECT) == Rule(limit(9, per=("key", "model"))).bucket(SUBJECT)
    assert rule.bucket(SUBJECT) != Rule(limit(5, "hour", per=("model", "key"))).bucket(SUBJECT)
    assert Rule(limit(5, per=())).bucket(SUBJECT) == Rule(limit(5, per=())).bucket(Subject(9, 9, "x", "y"))
    long = rule.bucket(SUBJECT._replace(model="m" * 5000))
    assert len(long) < LONGEST_NAME
    assert long != rule.bucket(SUBJECT._replace(model="m" * 5001))


def test_the_shortest_windows_come_first() -> None:
    rules = compile_rules([limit(5, "day", id=1), limit(1, metric="concurrent", id=2), limit(5, "second", id=3)])
    assert [rule.window_s for rule in rules] == [0, 1, 86_400]


def test_a_stored_limit_travels() -> None:
    stored = Limit(
        id=3, name="n", metric="tokens", window="day", amount=7, per=["key"], key_id=1, user_id=2, group="g", model="m"
    )
    stored.channel_id, stored.team_id = 4, 5
    assert limit_row(stored) == LimitRow(3, "n", "tokens", "day", 7, ("key",), 1, 2, "g", "m", 4, 5)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0001, "1ms"), (0.25, "250ms"), (1, "1s"), (11.2, "12s"), (60, "1m0s"), (3600, "1h0m0s"), (5025.5, "1h23m46s")],
)
def test_durations_are_written_as_openai_does(seconds: float, text: str) -> None:
    assert shown(seconds) == text


def test_a_refusal_says_what_is_reached_and_when_to_come_back() -> None:
    error = RateLimited(Rule(limit(1000, metric="tokens")), 300, 11.2)
    assert error.status == 429
    assert error.message == (
        "Rate limit reached: 1000 tokens per minute (limit 'limit-1'). This request needs about 300. Try again in 12s."
    )
    assert error.retry_after == "12"
    assert b"retry-after-ms: 11200\r\n" in error.headers("openai")
    assert b"x-ratelimit-remaining-tokens: 0\r\n" in error.headers("openai")
    assert b"anthropic-ratelimit-tokens-remaining: 0\r\n" in error.headers("anthropic")
    assert error.headers("gemini") == b""
    assert b'"type":"rate_limit_error"' in wire_errors.render(error)
    assert b'"code":"rate_limit_exceeded"' in wire_errors.render(error)
    slots = RateLimited(Rule(limit(3, metric="concurrent")), 1, 0.1)
    assert "3 requests at one time" in slots.message
    assert slots.headers("openai") == b"retry-after-ms: 100\r\n"


def test_headers_show_the_fullest_limit_of_each_metric() -> None:
    def bucket(row: LimitRow, left: int) -> Bucket:
        made = Bucket("b", Rule(row))
        made.seen_left, made.left = left - 1, 1
        return made

    buckets = [
        bucket(limit(100, id=1), 50),
        bucket(limit(1000, "hour", id=2), 20),
        bucket(limit(9, metric="concurrent", id=3), 1),
        bucket(limit(10_000, "day", metric="tokens", id=4), 900),
    ]
    assert headers("openai", buckets).decode().splitlines() == [
        "x-ratelimit-limit-requests: 1000",
        "x-ratelimit-remaining-requests: 20",
        "x-ratelimit-reset-requests: 1h0m0s",
        "x-ratelimit-limit-tokens: 10000",
        "x-ratelimit-remaining-tokens: 900",
        "x-ratelimit-reset-tokens: 24h0m0s",
    ]
    now = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    assert headers("anthropic", buckets[:1], now).decode().splitlines() == [
        "anthropic-ratelimit-requests-limit: 100",
        "anthropic-ratelimit-requests-remaining: 50",
        "anthropic-ratelimit-requests-reset: 2026-11-22T10:01:00Z",
    ]
    assert headers("gemini", buckets) == b""
