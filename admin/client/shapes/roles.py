"""Roles: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class ListedRoleOut(TypedDict):
    """ListedRoleOut of the document."""

    items: list[RoleOut]
    next: NotRequired[str | None]


class PermissionList(TypedDict):
    """All permissions by name."""

    items: list[PermissionOut]


class PermissionOut(TypedDict):
    """A permission, and how far it reaches for the caller."""

    name: str
    description: str
    gateway_only: bool
    reach: Literal["own", "organisation", "all"] | None


class RoleCreate(TypedDict):
    """A new permission set, used where a role's name can stand."""

    name: str
    permissions: list[str]
    organisation: NotRequired[str | None]
    remark: NotRequired[str]


class RoleOut(TypedDict):
    """A role."""

    id: int | None
    name: str
    place: Literal["gateway", "organisation", "both"]
    organisation_id: int | None
    remark: str
    permissions: list[str]
    created_at: str | None
    updated_at: str | None


class RolePatch(TypedDict):
    """A partial change; `permissions` replaces the list."""

    name: NotRequired[str]
    permissions: NotRequired[list[str]]
    remark: NotRequired[str]
