"""Announcements on the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from admin.schemas.base import Flag, Patch, StoredTime, Text, UtcTime, Wire

Kind = Annotated[
    Literal["notice", "announcement", "faq", "api"],
    Field(description="notice: above every page; faq: a question and its answer; api: an address of the API."),
]
Level = Literal["info", "success", "warning", "critical"]


def _body(value: str) -> str:
    if any(ord(sign) < 32 and sign not in "\n\t\r" for sign in value):
        raise ValueError("must not contain control characters")
    return value


def _link(value: str) -> str:
    if value and not value.startswith(("https://", "http://", "/")):
        raise ValueError("must be an http or https address, or a path")
    if value.startswith("//") or not value.isascii() or any(sign.isspace() for sign in value):
        raise ValueError("must be an address without spaces")
    return value


Title = Annotated[Text, Field(min_length=1, max_length=200)]
Body = Annotated[str, Field(strict=True, max_length=20_000, description="Markdown."), AfterValidator(_body)]
Link = Annotated[Text, Field(max_length=500), AfterValidator(_link)]
Position = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class AnnouncementCreate(Wire):
    """A new text."""

    kind: Kind
    level: Level = "info"
    title: Title
    body: Body = ""
    link: Link = ""
    position: Position = 0
    enabled: Flag = True
    signed_in_only: Flag = False
    visible_from: UtcTime | None = None
    visible_until: UtcTime | None = None


class AnnouncementPatch(Patch):
    """A partial change: absent fields stay, null removes a time."""

    kind: Kind = "notice"
    level: Level = "info"
    title: Title = ""
    body: Body = ""
    link: Link = ""
    position: Position = 0
    enabled: Flag = True
    signed_in_only: Flag = False
    visible_from: UtcTime | None = None
    visible_until: UtcTime | None = None


class AnnouncementOut(Wire):
    """A text as operators see it."""

    id: int
    kind: Kind
    level: Level
    title: str
    body: str
    link: str
    position: int
    enabled: bool
    signed_in_only: bool
    visible_from: StoredTime | None
    visible_until: StoredTime | None
    created_at: StoredTime
    updated_at: StoredTime


class Shown(Wire):
    """A text as readers see it."""

    id: int
    kind: Kind
    level: Level
    title: str
    body: str
    link: str
    at: StoredTime


class Announcements(Wire):
    """What is shown now, by kind and position."""

    items: list[Shown]
