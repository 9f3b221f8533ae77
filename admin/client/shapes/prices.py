"""Prices: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import RatioSet, TierSet, WindowSet


class PriceApproval(TypedDict):
    """What to take over from now on: names of differences, or everything."""

    names: list[str] | None


class PriceDifference(TypedDict):
    """One model. `fields` has [stored, library's] of each component that differs ..."""

    name: str
    kind: Literal["new", "changed", "gone"]
    provider: str
    model: str
    fields: dict[str, list[Any]]


class PriceList(TypedDict):
    """Prices by model; `total` counts all that match, `items` is one page of them ..."""

    items: list[PriceOut]
    total: int
    next: NotRequired[str | None]


class PriceOut(TypedDict):
    """A stored version of a price."""

    id: int
    provider: str
    model: str
    input: str
    output: str
    cache_read: str | None
    cache_write: str | None
    cache_write_1h: str | None
    reasoning: str | None
    image_input: str | None
    image_output: str | None
    audio_input: str | None
    audio_output: str | None
    call: str | None
    second: str | None
    images: dict[str, str]
    tools: dict[str, str]
    tiers: list[dict[str, Any]]
    windows: list[dict[str, Any]]
    ratios: dict[str, str] | None
    source: Literal["seed", "operator", "apply"]
    effective_from: str | None
    effective_to: str | None
    in_force: bool
    created_at: str


class PriceSet(TypedDict):
    """A new version of the price of (provider, model)."""

    model: str
    provider: NotRequired[str]
    input: NotRequired[str | float | None]
    output: NotRequired[str | float | None]
    cache_read: NotRequired[str | float | None]
    cache_write: NotRequired[str | float | None]
    cache_write_1h: NotRequired[str | float | None]
    reasoning: NotRequired[str | float | None]
    image_input: NotRequired[str | float | None]
    image_output: NotRequired[str | float | None]
    audio_input: NotRequired[str | float | None]
    audio_output: NotRequired[str | float | None]
    call: NotRequired[str | float | None]
    second: NotRequired[str | float | None]
    images: NotRequired[dict[str, str | float]]
    tools: NotRequired[dict[str, str | float]]
    tiers: NotRequired[list[TierSet]]
    windows: NotRequired[list[WindowSet]]
    ratios: NotRequired[RatioSet | None]
    effective_from: NotRequired[str | None]


class PriceSync(TypedDict):
    """All differences by provider and model, and the library's version."""

    library: str
    items: list[PriceDifference]
