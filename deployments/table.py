"""The route table.

Everything a replica needs to route and price, compiled by the Router, immutable, versioned by the database's revision.

It crosses process borders as one msgpack blob; channel secrets stay sealed in it and are opened by the replica that
uses them.
"""

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import msgspec

from adapters.overrides.channel import compile_overrides
from adapters.safety.rule import SafetyRule
from deployments.capture import CaptureRow
from deployments.channel_keys import Member, Ring
from deployments.endpoint import Endpoint, SpokenRow, matcher, plain_chat
from deployments.groups import GroupRow, Groups
from deployments.key_rules import parsed
from deployments.rates_rules import LimitRow
from storage.pricing import ONE, PriceEntry, Ratios


class ChannelRow(msgspec.Struct, frozen=True, array_like=True):
    """A channel as it travels: `secret` and `proxy_secret` are sealed.

    `models` maps public names or globs to upstream names ("" = the same). `price_ratio` (millionths) multiplies what
    its requests cost; `local` says that it is on this machine, where a model without a price costs nothing.

    `protocols` are those that may be used, in order of preference; none: Chat Completions at `base_url`. `prefers` are
    (glob of upstream models, their protocols in order). `settings` are the channel's own, as stored. `groups` are those
    whose requests it serves, None: all. `keys` are (id, sealed) of several keys in place of `secret`, None: it has one;
    `key_mode` says how they take turns.
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
    protocols: dict[str, SpokenRow] = {}
    prefers: list[tuple[str, list[str]]] = []
    settings: dict[str, Any] = {}
    groups: list[str] | None = None
    keys: list[tuple[int, bytes]] | None = None
    key_mode: str = ""


ChannelT = TypeVar("ChannelT")
PricesT = TypeVar("PricesT")


class TableOf(msgspec.Struct, Generic[ChannelT, PricesT], frozen=True, array_like=True):
    """The table as the Router sends it.

    `trusted` are networks of proxies that are believed about clients' addresses, `hidden` models that are not listed.
    """

    version: int
    channels: list[ChannelT]
    prices: PricesT
    ratios: Ratios = Ratios()
    limits: list[LimitRow] = []
    groups: list[GroupRow] = []
    captures: list[CaptureRow] = []
    trusted: list[str] = []
    hidden: list[str] = []
    safety: list[SafetyRule] = []


class TableData(TableOf[ChannelRow, list[PriceEntry]], frozen=True, array_like=True):
    """The table, whole."""


class TableParts(TableOf[msgspec.Raw, msgspec.Raw], frozen=True, array_like=True):
    """The table with channels and prices as they came: most of them are those of the table before."""


READ_MARGIN_S = 5.0
"""What the client library's own limit on silence is above the pipeline's deadlines, which come first."""


class Channel:
    """A channel ready for use in a replica. `proxy` holds its login.

    `protocols`: name -> Endpoint, in order of preference; `base_url` and `headers` (with the provider's authorization)
    are those of Chat Completions, or of the first protocol where it is not spoken. `ring` are its keys, where it has
    several (`keys`: id and value of each), None: it has one, which is also the first of several. `overrides` are the
    rules of its settings, None: it has none. Raises OverrideError for rules that cannot be followed.
    """

    __slots__ = (
        "_prefers",
        "_spoken",
        "base_url",
        "connect_s",
        "family",
        "first_byte_s",
        "groups",
        "headers",
        "id",
        "idle_s",
        "local",
        "name",
        "overrides",
        "price_ratio",
        "priority",
        "protocols",
        "provider",
        "proxy",
        "read_s",
        "ring",
        "secret",
        "settings",
        "stream_usage",
        "weight",
    )

    def __init__(
        self, row: ChannelRow, secret: str, proxy_secret: str = "", keys: Sequence[tuple[int, str]] = ()
    ) -> None:
        self.id = row.id
        self.name = row.name
        self.provider = row.provider
        self.family = row.family
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
        self.settings = row.settings
        self.groups = None if row.groups is None else frozenset(row.groups)
        self.secret = secret = keys[0][1] if keys else secret
        self.overrides = compile_overrides(row.settings)
        spoken = row.protocols or {"chat": plain_chat(row.base_url)}
        self.protocols = {name: Endpoint(name, each, secret, row.headers) for name, each in spoken.items()}
        members = [Member(key_id, value, spoken, row.headers) for key_id, value in keys]
        self.ring = Ring(members, row.key_mode) if members else None
        usual = self.protocols.get("chat") or next(iter(self.protocols.values()))
        self.base_url = usual.base_url
        self.headers = usual.headers
        self._prefers = [(matcher([glob]), tuple(names)) for glob, names in row.prefers]
        self._spoken: dict[str, tuple[str, ...]] = {}

    def spoken(self, model: str) -> tuple[str, ...]:
        """The protocols that may be used for an upstream model, the preferred one first."""
        known = self._spoken.get(model)
        if known is None:
            wanted: Iterable[str] = self.protocols
            for pattern, names in self._prefers:
                if pattern is not None and pattern.match(model) is not None:
                    wanted = names
                    break
            known = tuple(name for name in wanted if name in self.protocols and self.protocols[name].serves(model))
            if len(self._spoken) < 1000:  # names come from clients where the channel maps a glob
                self._spoken[model] = known
        return known


class Target:
    """One way to serve a model: a channel and the name the model has there. `routes` is kept by routes.py.

    `group` is the one that the request then uses, "": that of its key.
    """

    __slots__ = ("channel", "group", "routes", "upstream_model")

    def __init__(self, channel: Channel, upstream_model: str, group: str = "") -> None:
        self.channel = channel
        self.upstream_model = upstream_model
        self.group = group
        self.routes: dict[object, Any] = {}


class Tier:
    """Targets of one priority. Weight 0 means: only when no weighted target of the tier is left."""

    __slots__ = ("targets",)

    def __init__(self, targets: list[Target]) -> None:
        self.targets = targets


class RouteTable:
    """The table in a replica: exact names first, then globs (longest first).

    Lookups of glob names are remembered, in bounded number.
    """

    def __init__(self, data: TableOf[Any, Any], channels: Iterable[tuple[ChannelRow, Channel]]) -> None:
        self.version = data.version
        self.ratios = data.ratios
        self.trusted = parsed(data.trusted)
        self._hidden = frozenset(data.hidden)
        self.channels: dict[int, Channel] = {}
        self._exact: dict[str, list[Target]] = {}
        globs: dict[str, list[Target]] = {}
        for row, channel in channels:
            self.channels[row.id] = channel
            for public, upstream in row.models.items():
                group = globs if any(sign in public for sign in "*?[") else self._exact
                group.setdefault(public, []).append(Target(channel, upstream))
        self._globs = [
            (re.compile(fnmatch.translate(pattern)), targets)
            for pattern, targets in sorted(globs.items(), key=lambda item: (-len(item[0]), item[0]))
        ]
        self._tiers: dict[str, tuple[Tier, ...]] = {}
        self.groups = Groups(data.groups)
        self.grouped = self.groups.restricted or any(one.groups is not None for one in self.channels.values())
        """Whether the group of a request says anything about its channels."""
        self._of_groups: dict[tuple[tuple[str, ...], bool, str], tuple[Tier, ...]] = {}

    def tiers_of(self, wanted: tuple[str, ...], user_group: str, model: str, *, retry: bool) -> tuple[Tier, ...]:
        """Candidates for requests of these groups, in their order; `retry`: of all of them, else of the first it has.

        Empty when no channel serves the model for them.
        """
        order = self.groups.order(wanted, user_group)
        known = self._of_groups.get((order, retry, model))
        if known is not None:
            return known
        found: list[Tier] = []
        for group in order:
            if found and not retry:
                break
            found += self._of_group(group, model)
        if found and len(self._of_groups) < 10_000:
            self._of_groups[order, retry, model] = tuple(found)
        return tuple(found)

    def _of_group(self, group: str, model: str) -> list[Tier]:
        if not self.groups.allows(group, model):
            return []
        tiers = []
        for tier in self.tiers(model):
            targets = [
                Target(target.channel, target.upstream_model, group)
                for target in tier.targets
                if target.channel.groups is None or group in target.channel.groups
            ]
            tiers += [Tier(targets)] if targets else []
        return tiers

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
        """Public model names that are listed, sorted; globs are left out because they are not names."""
        return sorted(self._exact.keys() - self._hidden)

    def knows(self, model: str) -> bool:
        """Whether this is a listed name: bounds what may become a metric label."""
        return model in self._exact


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(TableParts)
_channel_decoder = msgspec.msgpack.Decoder(ChannelRow)
_prices_decoder = msgspec.msgpack.Decoder(list[PriceEntry])


def encode(data: TableData) -> bytes:
    """The blob that travels."""
    return _encoder.encode(data)


def decode(blob: bytes) -> TableParts:
    """What travelled, with its channels and prices as they came. Raises msgspec.DecodeError."""
    return _decoder.decode(blob)


def decode_channel(part: msgspec.Raw) -> ChannelRow:
    """A channel of a table. Raises msgspec.DecodeError."""
    return _channel_decoder.decode(part)


def decode_prices(part: bytes) -> list[PriceEntry]:
    """The prices of a table. Raises msgspec.DecodeError."""
    return _prices_decoder.decode(part)


def ready(rows: Iterable[ChannelRow], secrets: Mapping[int, str] | None = None) -> list[tuple[ChannelRow, Channel]]:
    """Channels for a table, with these secrets by id. Raises OverrideError."""
    known = secrets or {}
    return [(row, Channel(row, known.get(row.id, ""))) for row in rows]


def with_login(proxy: str, login: str) -> str:
    """The address of a proxy with `user:password` in it, which is how HTTP and SOCKS clients alike are told."""
    scheme, slashes, host = proxy.partition("://")
    user, _, password = login.partition(":")
    return f"{scheme}{slashes}{quote(user, safe='')}:{quote(password, safe='')}@{host}" if login and host else proxy


def setting(settings: Mapping[str, Any] | None, name: str, default: float) -> float:
    """A channel's own timeout, or the default."""
    value = (settings or {}).get(name)
    return float(value) if value is not None else default
