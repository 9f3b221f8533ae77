"""A channel and its provider's row -> the protocols that may be used on it. Pure; used by the compiler.

Settings of a channel that are read here: `region`, `parameters`, `base_urls`, `protocols` (a list, or glob of upstream
models -> list) and `capabilities` (name -> whether it is there, over what the row says).
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from adapters.addresses import Place, addresses
from adapters.paths import PATHS
from adapters.providers.row import Speaks
from adapters.registry import COMPATIBLE, PROVIDERS
from deployments.endpoint import SpokenRow


class Offer(msgspec.Struct, frozen=True):
    """What the compiler puts into a channel's row."""

    family: str
    base_url: str
    protocols: dict[str, SpokenRow]
    prefers: list[tuple[str, list[str]]]
    stream_usage: bool


def offered(provider: str, base_url: str, settings: Mapping[str, Any] | None) -> Offer:
    """What a channel of this provider can be sent; an unknown provider is taken for a compatible one."""
    row = PROVIDERS.get(provider) or PROVIDERS[COMPATIBLE]
    settings = settings or {}
    where = addresses(row, place_of(base_url, settings))
    prefers = preferences(settings.get("protocols"))
    named = dict.fromkeys(name for _, names in prefers for name in names)
    usual = dict.fromkeys(name for name, speaks in row.speaks.items() if speaks.default)
    changed = settings.get("capabilities") or {}
    protocols = {
        name: _spoken(name, row.speaks[name], where[name], changed) for name in (usual | named) if name in where
    }
    if named and all(glob != "*" for glob, _ in prefers):
        prefers.append(("*", list(usual)))
    first = "chat" if "chat" in protocols else next(iter(protocols), "")
    return Offer(
        family=row.pool,
        base_url=protocols[first].base_url if first else base_url,
        protocols=protocols,
        prefers=prefers,
        stream_usage="chat" in protocols and "stream_usage" in protocols["chat"].capabilities,
    )


def place_of(base_url: str, settings: Mapping[str, Any]) -> Place:
    """Where a channel says that it is."""
    return Place(
        base_url=base_url,
        region=str(settings.get("region") or ""),
        parameters=settings.get("parameters") or {},
        base_urls=settings.get("base_urls") or {},
    )


def preferences(protocols: object) -> list[tuple[str, list[str]]]:
    """The setting `protocols` as (glob, names), longer globs first; a list holds for every model."""
    if isinstance(protocols, list):
        return [("*", protocols)] if protocols else []
    if not isinstance(protocols, dict):
        return []
    return sorted(protocols.items(), key=lambda item: (-len(item[0]), item[0]))


def _spoken(protocol: str, speaks: Speaks, base_url: str, changed: Mapping[str, bool]) -> SpokenRow:
    paths = {**PATHS[protocol], **speaks.paths}
    wanted = {name for each in speaks.operations for name in (each, f"{each}_stream")}
    wanted |= {"embed_one"} if protocol == "gemini" and "embeddings" in speaks.operations else set()
    capabilities = {*speaks.capabilities, *(name for name, there in changed.items() if there)}
    capabilities -= {name for name, there in changed.items() if not there}
    return SpokenRow(
        base_url=base_url,
        auth=speaks.auth,
        paths={name: path for name, path in paths.items() if name in wanted},
        headers=speaks.headers,
        models=list(speaks.models),
        capabilities=sorted(capabilities),
    )
