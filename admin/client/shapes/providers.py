"""Providers: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TypedDict


class ProviderList(TypedDict):
    """All providers by id."""

    items: list[ProviderOut]


class ProviderOut(TypedDict):
    """A provider that a channel can name."""

    id: str
    name: str
    kind: str
    family: str
    base_url: str
    secret: bool
    regions: dict[str, list[str]]
    needs: dict[str, str]
    speaks: list[SpeaksOut]
    new_api: list[int]
    docs: str
    read: str
    note: str


class SpeaksOut(TypedDict):
    """A protocol of a provider. `path` follows the root of a region; `models` and ..."""

    protocol: str
    path: str
    key: str
    operations: list[str]
    models: list[str]
    regions: list[str]
    default: bool
    capabilities: list[str]
