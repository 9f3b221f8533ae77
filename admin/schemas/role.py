"""Roles and permission sets on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from admin.schemas.base import Name, Patch, Reaching, StoredTime, Text, Wire

Permission = Annotated[Text, Field(min_length=1, max_length=64, examples=["keys.read"])]
Permissions = Annotated[list[Permission], Field(max_length=500)]
Remark = Annotated[Text, Field(max_length=255)]


class RoleCreate(Wire):
    """A new permission set, used where a role's name can stand."""

    name: Name
    permissions: Permissions
    organisation: Name | None = Field(
        default=None, description="Whose it is; null: the gateway's, or the caller's own."
    )
    remark: Remark = ""


class RolePatch(Patch):
    """A partial change; `permissions` replaces the list. A new name is the role's name of its users too."""

    name: Name = ""
    permissions: Permissions = Field(default_factory=list)
    remark: Remark = ""


class RoleOut(Wire):
    """A role. Built-in ones have no id; those of the gateway and of organisations are different ones."""

    id: int | None
    name: str
    place: Literal["gateway", "organisation", "both"] = Field(
        description="Where users can have it; a set of the gateway can be a role in every organisation too."
    )
    organisation_id: int | None
    remark: str
    permissions: list[str]
    created_at: StoredTime | None
    updated_at: StoredTime | None


class PermissionOut(Wire):
    """A permission, and how far it reaches for the caller."""

    name: str
    description: str
    gateway_only: bool = Field(description="Means nothing inside one organisation.")
    reach: Reaching | None


class PermissionList(Wire):
    """All permissions by name."""

    items: list[PermissionOut]
