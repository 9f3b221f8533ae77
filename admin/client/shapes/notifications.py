"""Notifications: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class EventOut(TypedDict):
    """Something that happened."""

    id: int
    kind: str
    data: dict[str, Any]
    title: str
    text: str
    created_at: str


class KindList(TypedDict):
    """Kinds of events by name."""

    items: list[KindOut]


class KindOut(TypedDict):
    """A kind of event."""

    name: str
    description: str
    operators: bool
    mailed: bool


class ListedEventOut(TypedDict):
    """ListedEventOut of the document."""

    items: list[EventOut]
    next: NotRequired[str | None]


class LowBalanceInput(TypedDict):
    """From which balance on the owner is told. null: as the gateway's option says, 0 ..."""

    below: NotRequired[str | int | None]
    owner: NotRequired[Literal["me", "organisation"]]


class LowBalanceOutput(TypedDict):
    """From which balance on the owner is told. null: as the gateway's option says, 0 ..."""

    below: NotRequired[str | None]
    owner: NotRequired[Literal["me", "organisation"]]


class TargetCreate(TypedDict):
    """A new target."""

    kind: Literal["webhook", "email", "bark", "gotify"]
    name: str
    owner: NotRequired[Literal["me", "organisation", "gateway"]]
    url: NotRequired[str | None]
    key: NotRequired[str | None]
    address: NotRequired[str | None]
    events: NotRequired[list[str]]
