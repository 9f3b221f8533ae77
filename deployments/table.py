"""The route table.

Everything a replica needs to route and price, compiled by the Router, immutable, versioned by the database's revision.

It crosses process borders as one msgpack blob; channel secrets stay sealed in it and are opened by the replica that
uses them.
"""

import fnmatch
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from deployments.rates_rules import LimitRow
from storage.pricing import ONE, PriceEntry, Ratios


class ChannelRow(msgspec.Struct, frozen=True, array_like=True):
    """A channel as it travels: `secret` and `proxy_secret` are sealed.

    `models` maps public names or globs to upstream names ("" = the same). `price_ratio` (millionths) multiplies what
    its requests cost; `local` says that it is on this machine, where a model without a price costs nothing.
    """

    id: int
    name: str
    provider: str
    family: str
    base_url: str
    secret: bytes
    models: dict[str, str]
    priority: int
    weight: int
    headers: dict[str, str]
    stream_usage: bool
    connect_s: float
    first_byte_s: float
    idle_s: float
    proxy: str
    price_ratio: int = ONE
    local: bool = False
    proxy_secret: bytes = b""


class TableData(msgspec.Struct, frozen=True, array_like=True):
    """The table as the Router sends it."""

    version: int
    channels: list[ChannelRow]
    prices: list[PriceEntry]
    ratios: Ratios = Ratios()
    limits: list[LimitRow] = []


READ_MARGIN_S = 5.0
"""What the client library's own limit on silence is above the pipeline's deadlines, which come first."""


class Channel:
    """A channel ready for use in a replica. `headers` hold the provider's authorization, `proxy` its login."""

    __slots__ = (
        "base_url",
        "connect_s",
        "family",
        "first_byte_s",
        "headers",
        "id",
        "idle_s",
        "local",
        "name",
        "price_ratio",
        "priority",
        "provider",
        "proxy",
        "read_s",
        "stream_usage",
        "weight",
    )

    def __init__(self, row: ChannelRow, secret: str, proxy_secret: str = "") -> None:
        self.id = row.id
        self.name = row.name
        self.provider = row.provider
        self.family = row.family
        self.base_url = row.base_url.rstrip("/")
        self.priority = row.priority
        self.weight = row.weight
        self.stream_usage = row.stream_usage
        self.connect_s = row.connect_s
        self.first_byte_s = row.first_byte_s
        self.idle_s = row.idle_s
        self.read_s = max(row.first_byte_s, row.idle_s) + READ_MARGIN_S
        self.proxy = with_login(row.proxy, proxy_secret)
        self.price_ratio = row.price_ratio
        self.local = row.local
        headers = {"content-type": "application/json", "accept-encoding": "identity", "user-agent": "ray-llm-gateway"}
        if secret:
            headers["authorization"] = f"Bearer {secret}"
        headers.update((name.lower(), value) for name, value in row.headers.items())
        self.headers: tuple[tuple[str, str], ...] = tuple(headers.items())


class Target:
    """One way to serve a model: a channel and the name the model has there."""

    __slots__ = ("channel", "upstream_model")

    def __init__(self, channel: Channel, upstream_model: str) -> None:
        self.channel = channel
        self.upstream_model = upstream_model


class Tier:
    """Targets of one priority. Weight 0 means: only when no weighted target of the tier is left."""

    __slots__ = ("targets",)

    def __init__(self, targets: list[Target]) -> None:
        self.targets = targets


class RouteTable:
    """The table in a replica: exact names first, then globs (longest first).

    Lookups of glob names are remembered, in bounded number.
    """

    def __init__(
        self, data: TableData, secrets: Mapping[int, str], proxy_secrets: Mapping[int, str] | None = None
    ) -> None:
        self.version = data.version
        self.ratios = data.ratios
        logins = proxy_secrets or {}
        self.channels = {row.id: Channel(row, secrets.get(row.id, ""), logins.get(row.id, "")) for row in data.channels}
        self._exact: dict[str, list[Target]] = {}
        globs: dict[str, list[Target]] = {}
        for row in data.channels:
            for public, upstream in row.models.items():
                group = globs if any(sign in public for sign in "*?[") else self._exact
                group.setdefault(public, []).append(Target(self.channels[row.id], upstream))
        self._globs = [
            (re.compile(fnmatch.translate(pattern)), targets)
            for pattern, targets in sorted(globs.items(), key=lambda item: (-len(item[0]), item[0]))
        ]
        self._tiers: dict[str, tuple[Tier, ...]] = {}

    def tiers(self, model: str) -> tuple[Tier, ...]:
        """Candidates for a public model name, best tier first; empty when no channel serves it."""
        known = self._tiers.get(model)
        if known is not None:
            return known
        targets = [Target(target.channel, target.upstream_model or model) for target in self._exact.get(model, ())]
        taken = {target.channel.id for target in targets}
        for pattern, group in self._globs:
            if pattern.match(model) is None:
                continue
            for target in group:
                if target.channel.id not in taken:
                    taken.add(target.channel.id)
                    upstream = target.upstream_model
                    targets.append(Target(target.channel, model if not upstream or "*" in upstream else upstream))
        by_priority: dict[int, list[Target]] = {}
        for target in targets:
            by_priority.setdefault(target.channel.priority, []).append(target)
        tiers = tuple(Tier(by_priority[priority]) for priority in sorted(by_priority, reverse=True))
        # Names that nobody serves are not remembered: clients could fill the memory with them.
        if tiers and len(self._tiers) < 10_000:
            self._tiers[model] = tiers
        return tiers

    def names(self) -> list[str]:
        """Public model names, sorted; globs are left out because they are not names."""
        return sorted(self._exact)

    def knows(self, model: str) -> bool:
        """Whether this is a listed name: bounds what may become a metric label."""
        return model in self._exact


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(TableData)


def encode(data: TableData) -> bytes:
    """The blob that travels."""
    return _encoder.encode(data)


def decode(blob: bytes) -> TableData:
    """The opposite of `encode`. Raises msgspec.DecodeError."""
    return _decoder.decode(blob)


def with_login(proxy: str, login: str) -> str:
    """The address of a proxy with `user:password` in it, which is how HTTP and SOCKS clients alike are told."""
    scheme, slashes, host = proxy.partition("://")
    user, _, password = login.partition(":")
    return f"{scheme}{slashes}{quote(user, safe='')}:{quote(password, safe='')}@{host}" if login and host else proxy


def setting(settings: Mapping[str, Any] | None, name: str, default: float) -> float:
    """A channel's own timeout, or the default."""
    value = (settings or {}).get(name)
    return float(value) if value is not None else default
