"""Apply: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import Change, ChannelSettings
    from admin.client.shapes.limits import LimitSet
    from admin.client.shapes.prices import PriceSet


class ApplyRequest(TypedDict):
    """`dry_run` changes nothing and answers the same; `prune` deletes what an apply ..."""

    document: Document
    dry_run: NotRequired[bool]
    prune: NotRequired[bool]


class ApplyResult(TypedDict):
    """All changes in document order, then deletions."""

    dry_run: bool
    changes: list[Change]


class ChannelApply(TypedDict):
    """A channel of a document, with its several keys where it has several."""

    name: str
    provider: str | int
    base_url: NotRequired[str | None]
    secret: NotRequired[str | None]
    proxy_secret: NotRequired[str | None]
    models: NotRequired[dict[str, str | None] | list[str]]
    priority: NotRequired[int]
    weight: NotRequired[int]
    enabled: NotRequired[bool]
    headers: NotRequired[dict[str, str]]
    settings: NotRequired[ChannelSettings]
    groups: NotRequired[list[str] | None]
    key_mode: NotRequired[Literal["random", "round_robin"]]
    tag: NotRequired[str]
    remark: NotRequired[str]
    test_model: NotRequired[str]
    auto_disable: NotRequired[bool]
    watch_models: NotRequired[Literal["off", "notify", "add", "sync"]]
    ignored_models: NotRequired[list[str]]
    keys: NotRequired[list[str] | None]


class Document(TypedDict):
    """The wanted state."""

    channels: NotRequired[list[ChannelApply] | None]
    keys: NotRequired[list[KeyCreate] | None]
    prices: NotRequired[list[PriceSet] | None]
    groups: NotRequired[list[GroupApply] | None]
    limits: NotRequired[list[LimitSet] | None]


class GroupApply(TypedDict):
    """A group in a document."""

    ratio: NotRequired[str | float]
    used: NotRequired[dict[str, str | float]]
    topup_ratio: NotRequired[str | float]
    models: NotRequired[list[str] | None]
    usable_by: NotRequired[list[str] | None]
    auto_rank: NotRequired[int | None]
    remark: NotRequired[str]
    name: str


class KeyCreate(TypedDict):
    """A new key."""

    name: str
    key: NotRequired[str | None]
    models: NotRequired[list[str] | None]
    enabled: NotRequired[bool]
    admin: NotRequired[bool]
    expires_at: NotRequired[str | None]
    user: NotRequired[str | None]
    team: NotRequired[str | None]
    group: NotRequired[str | None]
    groups: NotRequired[list[str] | None]
    group_retry: NotRequired[bool]
    cost_cap: NotRequired[str | int | None]
    strict: NotRequired[bool]
    endpoints: NotRequired[list[str] | None]
    networks: NotRequired[list[str] | None]
    metadata: NotRequired[dict[str, Any]]
    remark: NotRequired[str]
