"""Models: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class HourLevel(TypedDict):
    """An hour. `uptime` null: too few requests to say."""

    at: str
    uptime: float | None


class ListedModelOut(TypedDict):
    """ListedModelOut of the document."""

    items: list[ModelOut]
    next: NotRequired[str | None]


class ListedVendorOut(TypedDict):
    """ListedVendorOut of the document."""

    items: list[VendorOut]
    next: NotRequired[str | None]


class Missing(TypedDict):
    """Public names that channels serve and nothing is known of, and globs, which name ..."""

    names: list[str]
    globs: list[str]


class ModelBulk(TypedDict):
    """One change of many models: of `ids`, or of all that `filter` finds."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["change", "delete"]
    filter: NotRequired[ModelFilter | None]
    values: NotRequired[ModelPatch | None]


class ModelCreate(TypedDict):
    """What is known of a model."""

    name: str
    title: NotRequired[str]
    vendor: NotRequired[str | None]
    description: NotRequired[str]
    icon: NotRequired[str]
    tags: NotRequired[list[str]]
    capabilities: NotRequired[list[str]]
    context_tokens: NotRequired[int | None]
    output_tokens: NotRequired[int | None]
    visibility: NotRequired[Literal["public", "users", "hidden"]]
    aliases: NotRequired[list[str]]


class ModelFilter(TypedDict):
    """Which models are meant: those to which all that is named here applies."""

    q: NotRequired[str]
    vendor: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "users", "hidden"] | None]


class ModelLevel(TypedDict):
    """Uptime and speed of a model. null: too few requests to say. `state` is of the ..."""

    state: Literal["ok", "degraded", "down", "unknown"]
    uptime_day: float | None
    uptime_week: float | None
    first_token_ms: int | None
    tokens_per_second: float | None
    hours: list[HourLevel]


class ModelOut(TypedDict):
    """A model; `icon` is the vendor's where it has none."""

    id: int
    name: str
    title: str
    vendor: str | None
    description: str
    icon: str
    tags: list[str]
    capabilities: list[str]
    context_tokens: int | None
    output_tokens: int | None
    visibility: Literal["public", "users", "hidden"]
    aliases: list[str]
    created_at: str
    updated_at: str


class ModelPatch(TypedDict):
    """A partial change: absent fields stay."""

    name: NotRequired[str]
    title: NotRequired[str]
    vendor: NotRequired[str | None]
    description: NotRequired[str]
    icon: NotRequired[str]
    tags: NotRequired[list[str]]
    capabilities: NotRequired[list[str]]
    context_tokens: NotRequired[int | None]
    output_tokens: NotRequired[int | None]
    visibility: NotRequired[Literal["public", "users", "hidden"]]
    aliases: NotRequired[list[str]]


class ModelStatus(TypedDict):
    """A model with how well it works."""

    state: Literal["ok", "degraded", "down", "unknown"]
    uptime_day: float | None
    uptime_week: float | None
    first_token_ms: int | None
    tokens_per_second: float | None
    hours: list[HourLevel]
    name: str
    title: str
    vendor: str | None
    icon: str


class OfferedModel(TypedDict):
    """A model that is served, with what it costs; `price` null: not at a fixed price."""

    name: str
    title: str
    alias_of: str | None
    vendor: str | None
    icon: str
    description: str
    tags: list[str]
    capabilities: list[str]
    context_tokens: int | None
    output_tokens: int | None
    price: OfferedPrice | None
    level: NotRequired[ModelLevel | None]


class OfferedModels(TypedDict):
    """Models by name, and the multipliers of the groups that everybody may use."""

    models: list[OfferedModel]
    groups: dict[str, str]


class OfferedPrice(TypedDict):
    """USD per 1,000,000 tokens, and per call, before the multiplier of a group. ..."""

    input: str
    output: str
    cache_read: str
    cache_write: str
    call: str
    more: NotRequired[bool]


class StatusPage(TypedDict):
    """How well all public models work. `state` is that of the model which does worst."""

    state: Literal["ok", "degraded", "down", "unknown"]
    models: list[ModelStatus]


class VendorCreate(TypedDict):
    """Who makes models."""

    name: str
    icon: NotRequired[str]
    link: NotRequired[str]
    remark: NotRequired[str]


class VendorOut(TypedDict):
    """A vendor."""

    id: int
    name: str
    icon: str
    link: str
    remark: str
    created_at: str
    updated_at: str


class VendorPatch(TypedDict):
    """A partial change: absent fields stay."""

    name: NotRequired[str]
    icon: NotRequired[str]
    link: NotRequired[str]
    remark: NotRequired[str]
