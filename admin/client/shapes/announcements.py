"""Announcements: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import Shown


class AnnouncementCreate(TypedDict):
    """A new text."""

    kind: Literal["notice", "announcement", "faq", "api"]
    level: NotRequired[Literal["info", "success", "warning", "critical"]]
    title: str
    body: NotRequired[str]
    link: NotRequired[str]
    position: NotRequired[int]
    enabled: NotRequired[bool]
    signed_in_only: NotRequired[bool]
    visible_from: NotRequired[str | None]
    visible_until: NotRequired[str | None]


class AnnouncementOut(TypedDict):
    """A text as operators see it."""

    id: int
    kind: Literal["notice", "announcement", "faq", "api"]
    level: Literal["info", "success", "warning", "critical"]
    title: str
    body: str
    link: str
    position: int
    enabled: bool
    signed_in_only: bool
    visible_from: str | None
    visible_until: str | None
    created_at: str
    updated_at: str


class AnnouncementPatch(TypedDict):
    """A partial change: absent fields stay, null removes a time."""

    kind: NotRequired[Literal["notice", "announcement", "faq", "api"]]
    level: NotRequired[Literal["info", "success", "warning", "critical"]]
    title: NotRequired[str]
    body: NotRequired[str]
    link: NotRequired[str]
    position: NotRequired[int]
    enabled: NotRequired[bool]
    signed_in_only: NotRequired[bool]
    visible_from: NotRequired[str | None]
    visible_until: NotRequired[str | None]


class Announcements(TypedDict):
    """What is shown now, by kind and position."""

    items: list[Shown]


class ListedAnnouncementOut(TypedDict):
    """ListedAnnouncementOut of the document."""

    items: list[AnnouncementOut]
    next: NotRequired[str | None]
