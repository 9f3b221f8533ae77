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

DIMENSIONS = (
    "user_id", "organisation_id", "key_id", "group", "model", "channel_id", "provider", "operation", "status", "end",
)  # fmt: skip
SUMS = (
    "requests", "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens", "cost",
    "provider_cost", "total_us", "first_tokens", "first_token_us",
)  # fmt: skip

Dimensions = tuple[int, int, int, str, str, int, str, str, int, str]
Group = tuple[int, Dimensions]
"""The bucket's first microsecond, and the values of DIMENSIONS."""
Sums = list[int]
"""The values of SUMS."""

_pack = msgspec.msgpack.Encoder().encode


def digest(dimensions: Sequence[int | str]) -> bytes:
    """What stands for the dimensions in the primary key, 16 bytes: texts would make the index many times as large."""
    return hashlib.blake2b(_pack(dimensions), digest_size=16).digest()


def by_hour(records: Iterable[UsageRecord]) -> dict[Group, Sums]:
    """The sums of the records for each hour and combination of dimensions."""
    groups: dict[Group, Sums] = {}
    for record in records:
        started_at = record.started_at
        group: Group = (
            started_at - started_at % HOUR_US,
            (
                record.user_id,
                record.organisation_id,
                record.key_id,
                record.group,
                record.model,
                record.channel_id,
                record.provider,
                record.operation,
                record.status,
                record.end,
            ),
        )
        sums = groups.get(group)
        if sums is None:
            groups[group] = sums = [0] * len(SUMS)
        sums[0] += 1
        sums[1] += record.input_tokens
        sums[2] += record.output_tokens
        sums[3] += record.cached_tokens
        sums[4] += record.cache_write_tokens
        sums[5] += record.reasoning_tokens
        sums[6] += record.cost
        sums[7] += record.provider_cost
        sums[8] += record.total_us
        if record.first_token_us:
            sums[9] += 1
            sums[10] += record.first_token_us
    return groups


def by_day(hours: dict[Group, Sums]) -> dict[Group, Sums]:
    """The sums of the days out of those of their hours."""
    days: dict[Group, Sums] = {}
    for (hour, dimensions), sums in hours.items():
        group = (hour - hour % DAY_US, dimensions)
        before = days.get(group)
        days[group] = sums if before is None else [a + b for a, b in zip(before, sums, strict=True)]
    return days
