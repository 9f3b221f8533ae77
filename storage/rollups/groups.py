"""Summing usage records up by hour, day and dimensions, in memory. Knows no database.

Every request passes here when it is settled, so this is written for speed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from storage.records import UsageRecord

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US

WHO = ("user_id", "organisation_id", "key_id", "team_id")
WHAT = ("group", "model", "channel_id", "provider", "operation", "status", "end")
SUMS = (
    "requests", "errors", "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens",
    "cost", "provider_cost", "total_us", "first_tokens", "first_token_us",
)  # fmt: skip

Values = tuple[int | str, ...]
Finest = dict[tuple[int, Values, Values], list[int]]
"""By the first microsecond of the hour, the values of WHO and those of WHAT: the values of SUMS."""
Groups = dict[tuple[int, Values], list[int]]
"""By the first microsecond of the hour or day and the values of some dimensions: the values of SUMS."""

_pack = msgspec.msgpack.Encoder().encode


def digest(values: Sequence[int | str]) -> bytes:
    """What stands for the dimensions in the primary key, 16 bytes: texts would make the index many times as large."""
    return hashlib.blake2b(_pack(values), digest_size=16).digest()


def finest(records: Iterable[UsageRecord]) -> Finest:
    """The sums of the records for each hour and combination of all dimensions."""
    groups: Finest = {}
    for record in records:
        started_at = record.started_at
        status, end = record.status, record.end
        group = (
            started_at - started_at % HOUR_US,
            (record.user_id, record.organisation_id, record.key_id, record.team_id),
            (record.group, record.model, record.channel_id, record.provider, record.operation, status, end),
        )
        sums = groups.get(group)
        if sums is None:
            groups[group] = sums = [0] * len(SUMS)
        sums[0] += 1
        if status >= 400 or end != "complete":
            sums[1] += 1
        sums[2] += record.input_tokens
        sums[3] += record.output_tokens
        sums[4] += record.cached_tokens
        sums[5] += record.cache_write_tokens
        sums[6] += record.reasoning_tokens
        sums[7] += record.cost
        sums[8] += record.provider_cost
        sums[9] += record.total_us
        if record.first_token_us:
            sums[10] += 1
            sums[11] += record.first_token_us
    return groups


def coarser(groups: Finest, unit: int, *, who: bool, what: bool) -> Groups:
    """The same sums by `unit` (microseconds of an hour or day) and one or both kinds of dimensions."""
    found: Groups = {}
    for (hour, asking, asked), sums in groups.items():
        group = (hour - hour % unit, (asking if who else ()) + (asked if what else ()))
        before = found.get(group)
        found[group] = sums if before is None else [a + b for a, b in zip(before, sums, strict=True)]
    return found
