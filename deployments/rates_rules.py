"""Which limits count for a request: the rules as they travel in the route table, and their buckets' names.

Pure. A rule counts for the requests its match names, in one bucket for each distinct value of its `per`.
"""

import fnmatch
import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from storage.models import Limit

WINDOWS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
"""Name of a window -> seconds."""

LONGEST_NAME = 200


class LimitRow(msgspec.Struct, frozen=True, array_like=True):
    """A limit as it travels. What is 0 or "" in the match counts for all.

    `metric`: requests, tokens, concurrent. `window`: a name of WINDOWS, "" for concurrent.
    `per`: of key, user, team, group, model, channel.
    """

    id: int
    name: str
    metric: str
    window: str
    amount: int
    per: tuple[str, ...] = ()
    key_id: int = 0
    user_id: int = 0
    group: str = ""
    model: str = ""
    channel_id: int = 0
    team_id: int = 0


def limit_row(limit: Limit) -> LimitRow:
    """A stored limit as it travels."""
    return LimitRow(
        limit.id,
        limit.name,
        limit.metric,
        limit.window,
        limit.amount,
        tuple(limit.per),
        limit.key_id,
        limit.user_id,
        limit.group,
        limit.model,
        limit.channel_id,
        limit.team_id,
    )


class Subject(NamedTuple):
    """Whom a request is counted for. With a channel: only the limits that speak of channels; without: the others."""

    key_id: int
    user_id: int
    group: str
    model: str
    channel_id: int = 0
    team_id: int = 0


class Rule:
    """One limit, ready for use."""

    __slots__ = (
        "_glob",
        "_row",
        "channels",
        "concurrent",
        "limit",
        "metric",
        "name",
        "reset",
        "said",
        "tokens",
        "window_s",
    )

    def __init__(self, row: LimitRow) -> None:
        self._row = row
        self._glob = re.compile(fnmatch.translate(row.model)) if "*" in row.model else None
        self.name = row.name
        self.metric = row.metric
        self.limit = row.amount
        self.window_s = WINDOWS[row.window] if row.window else 0
        self.tokens = row.metric == "tokens"
        self.concurrent = row.metric == "concurrent"
        self.channels = bool(row.channel_id) or "channel" in row.per
        unit = "requests at one time" if self.concurrent else f"{row.metric} per {row.window}"
        self.reset = {"second": "1s", "minute": "1m0s", "hour": "1h0m0s", "day": "24h0m0s"}.get(row.window, "")
        self.said = f"{row.amount} {unit}"

    def counts(self, subject: Subject) -> bool:
        """Whether a request is counted here."""
        row = self._row
        if self.channels != bool(subject.channel_id):
            return False
        if (
            (row.key_id and row.key_id != subject.key_id)
            or (row.user_id and row.user_id != subject.user_id)
            or (row.group and row.group != subject.group)
            or (row.channel_id and row.channel_id != subject.channel_id)
            or (row.team_id and row.team_id != subject.team_id)
        ):
            return False
        if ("user" in row.per and not subject.user_id) or ("team" in row.per and not subject.team_id):
            return False  # a key of nobody: there is no user to count for; the same of teams
        if self._glob is not None:
            return self._glob.match(subject.model) is not None
        return not row.model or row.model == subject.model

    def bucket(self, subject: Subject) -> str:
        """The name of the bucket this request counts in, the same in every replica."""
        row = self._row
        values = {
            "key": subject.key_id,
            "user": subject.user_id,
            "team": subject.team_id,
            "group": subject.group,
            "model": subject.model,
            "channel": subject.channel_id,
        }
        # The window is part of the name: counts of another window would mean nothing after a change.
        name = ":".join([str(row.id), row.window or "now", *(f"{part}={values[part]}" for part in sorted(row.per))])
        if len(name) > LONGEST_NAME:
            name = f"{row.id}:{row.window}:{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()}"
        return name


def compile_rules(rows: Iterable[LimitRow]) -> list[Rule]:
    """The rules of a table; the tightest windows first, so that a refusal names the one that ends soonest."""
    return sorted((Rule(row) for row in rows), key=lambda rule: (rule.window_s, rule.limit, rule.name))
