"""Scim: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Email(TypedDict):
    """An address."""

    value: NotRequired[str]
    primary: NotRequired[bool]
    type: NotRequired[str]


class FullName(TypedDict):
    """A person's name."""

    formatted: NotRequired[str]
    givenName: NotRequired[str]
    familyName: NotRequired[str]


class GroupIn(TypedDict):
    """A group as a directory sends one."""

    schemas: NotRequired[list[str]]
    displayName: str
    externalId: NotRequired[str]
    members: NotRequired[list[MemberRef]]


class GroupPage(TypedDict):
    """A page of groups."""

    schemas: NotRequired[list[str]]
    totalResults: int
    startIndex: int
    itemsPerPage: int
    Resources: list[ScimGroup]


class MemberRef(TypedDict):
    """Somebody in a group."""

    value: str
    display: NotRequired[str]


class Meta(TypedDict):
    """About a resource."""

    resourceType: NotRequired[Literal["User", "Group"]]
    created: str
    lastModified: str
    location: str
    version: str


class Operation(TypedDict):
    """One change (RFC 7644, 3.5.2)."""

    op: str
    path: NotRequired[str]
    value: NotRequired[Any]


class PatchOp(TypedDict):
    """Changes."""

    schemas: NotRequired[list[str]]
    Operations: list[Operation]


class Resource(TypedDict):
    """A user as a directory sends one."""

    schemas: NotRequired[list[str]]
    userName: str
    externalId: NotRequired[str]
    displayName: NotRequired[str]
    name: NotRequired[FullName | None]
    emails: NotRequired[list[Email]]
    active: NotRequired[bool]


class ScimGroup(TypedDict):
    """A group as a directory gets one; `members` is left out where that was asked for."""

    schemas: NotRequired[list[str]]
    id: str
    externalId: NotRequired[str | None]
    displayName: str
    members: NotRequired[list[MemberRef] | None]
    meta: Meta


class ScimUser(TypedDict):
    """A user as a directory gets one."""

    schemas: NotRequired[list[str]]
    id: str
    externalId: NotRequired[str | None]
    userName: str
    displayName: str
    name: FullName
    emails: list[Email]
    active: bool
    meta: Meta


class UserPage(TypedDict):
    """A page of users."""

    schemas: NotRequired[list[str]]
    totalResults: int
    startIndex: int
    itemsPerPage: int
    Resources: list[ScimUser]
