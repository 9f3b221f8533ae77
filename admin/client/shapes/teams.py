"""Teams: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class ListedTeamOut(TypedDict):
    """ListedTeamOut of the document."""

    items: list[TeamOut]
    next: NotRequired[str | None]


class Member(TypedDict):
    """A user in a team."""

    id: int
    name: str
    display_name: str
    enabled: bool
    role: Literal["lead", "member"]
    etag: str


class Members(TypedDict):
    """Who is in a team, by name."""

    items: list[Member]


class TeamBulk(TypedDict):
    """Change (with `values`, but for the name) or remove."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["change", "delete"]
    values: NotRequired[TeamPatch | None]


class TeamCreate(TypedDict):
    """A new team."""

    name: str
    organisation: NotRequired[str | None]
    models: NotRequired[list[str] | None]
    remark: NotRequired[str]


class TeamGrants(TypedDict):
    """What its members have by being in it; '': nothing."""

    organisation_role: NotRequired[str]
    group: NotRequired[str]


class TeamOut(TypedDict):
    """A team."""

    id: int
    name: str
    organisation_id: int
    organisation: str
    models: list[str] | None
    remark: str
    external_id: str | None
    grants: TeamGrants
    members: int
    role: NotRequired[Literal["lead", "member"] | None]
    created_at: str
    updated_at: str


class TeamPatch(TypedDict):
    """A partial change."""

    name: NotRequired[str]
    models: NotRequired[list[str] | None]
    remark: NotRequired[str]


class TeamPlace(TypedDict):
    """What somebody is in a team: a lead manages its keys and sees its usage, a ..."""

    role: Literal["lead", "member"]
