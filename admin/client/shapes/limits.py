"""Limits: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import Match


class LimitBulk(TypedDict):
    """Switch on or off, or remove."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["enable", "disable", "delete"]


class LimitOut(TypedDict):
    """A stored limit."""

    id: int
    name: str
    metric: Literal["requests", "tokens", "concurrent"]
    window: Literal["second", "minute", "hour", "day"] | None
    amount: int
    match: dict[str, str]
    per: list[str]
    enabled: bool
    origin: Literal["api", "apply"]
    created_at: str
    updated_at: str


class LimitSet(TypedDict):
    """A limit to store, in place of the earlier one of that name."""

    name: str
    metric: Literal["requests", "tokens", "concurrent"]
    window: NotRequired[Literal["second", "minute", "hour", "day"] | None]
    amount: int
    match: NotRequired[Match]
    per: NotRequired[list[Literal["key", "user", "team", "group", "model", "channel"]]]
    enabled: NotRequired[bool]


class ListedLimitOut(TypedDict):
    """ListedLimitOut of the document."""

    items: list[LimitOut]
    next: NotRequired[str | None]
