"""Organisations: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import Money


class ListedOrganisationOut(TypedDict):
    """ListedOrganisationOut of the document."""

    items: list[OrganisationOut]
    next: NotRequired[str | None]


class OrganisationBulk(TypedDict):
    """Switch on or off, or remove (those without members)."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["enable", "disable", "delete"]


class OrganisationCreate(TypedDict):
    """A new organisation."""

    name: str
    enabled: NotRequired[bool]
    default_group: NotRequired[str]
    groups: NotRequired[list[str] | None]
    remark: NotRequired[str]


class OrganisationOut(TypedDict):
    """An organisation with what its account has."""

    id: int
    name: str
    enabled: bool
    default_group: str
    groups: list[str] | None
    remark: str
    members: int | None
    money: Money
    created_at: str
    updated_at: str


class OrganisationPatch(TypedDict):
    """A partial change."""

    name: NotRequired[str]
    enabled: NotRequired[bool]
    default_group: NotRequired[str]
    groups: NotRequired[list[str] | None]
    remark: NotRequired[str]
