"""Users: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import Money


class ListedUserOut(TypedDict):
    """ListedUserOut of the document."""

    items: list[UserOut]
    next: NotRequired[str | None]


class UserBulk(TypedDict):
    """The same change of many users: of `ids`, or of all that `filter` finds."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["enable", "disable", "remove", "restore", "set_group"]
    filter: NotRequired[UserFilter | None]
    group: NotRequired[str | None]


class UserCreate(TypedDict):
    """A new user."""

    name: str
    display_name: NotRequired[str]
    email: NotRequired[str | None]
    organisation: NotRequired[str | None]
    group: NotRequired[str | None]
    role: NotRequired[str]
    organisation_role: NotRequired[str]
    enabled: NotRequired[bool]
    remark: NotRequired[str]


class UserFilter(TypedDict):
    """Which users are meant: those to whom all that is named here applies."""

    q: NotRequired[str]
    organisation: NotRequired[str | None]
    group: NotRequired[str | None]
    role: NotRequired[str | None]
    organisation_role: NotRequired[str | None]
    enabled: NotRequired[bool | None]
    removed: NotRequired[bool]


class UserOut(TypedDict):
    """A user with what the account has."""

    id: int
    name: str
    display_name: str
    email: str | None
    email_verified: bool
    organisation: str | None
    organisation_id: int | None
    group: str
    role: str
    organisation_role: str
    by_teams: list[Literal["organisation_role", "group"]]
    enabled: bool
    locked: bool
    removed: bool
    remark: str
    last_login_at: str | None
    money: Money
    created_at: str
    updated_at: str


class UserPatch(TypedDict):
    """A partial change: absent fields stay, `organisation: null` leaves it, `email ..."""

    name: NotRequired[str]
    display_name: NotRequired[str]
    email: NotRequired[str | None]
    organisation: NotRequired[str | None]
    group: NotRequired[str]
    role: NotRequired[str]
    organisation_role: NotRequired[str]
    enabled: NotRequired[bool]
    remark: NotRequired[str]
