"""SCIM 2.0 (RFC 7643): users and groups on the wire. What a directory sends that has no place here is let go."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from admin.schemas.base import check_name

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MEDIA_TYPE = "application/scim+json"
MOST_MEMBERS = 1000
"""Members in one request."""


class _Scim(BaseModel):
    """RFC 7643, 2.1: names of attributes; unknown ones are ignored, as directories send their own."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


Short = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class Email(_Scim):
    """An address."""

    value: Annotated[str, Field(max_length=254, pattern=r"^[^\x00\s]*$")] = ""
    primary: bool = False
    type: Short = ""


class FullName(_Scim):
    """A person's name."""

    formatted: Short = ""
    given_name: Short = Field("", alias="givenName")
    family_name: Short = Field("", alias="familyName")


class Resource(_Scim):
    """A user as a directory sends one."""

    schemas: list[Short] = Field(default_factory=lambda: [USER], max_length=20)
    user_name: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(check_name)] = Field(alias="userName")
    external_id: Annotated[str, Field(max_length=255, pattern=r"^[^\x00]*$")] = Field("", alias="externalId")
    display_name: Short = Field("", alias="displayName")
    name: FullName | None = None
    emails: list[Email] = Field(default_factory=list, max_length=20)
    active: bool = True


class Operation(_Scim):
    """One change (RFC 7644, 3.5.2)."""

    op: Annotated[str, Field(max_length=10)]
    path: Short = ""
    value: Any = None


class PatchOp(_Scim):
    """Changes."""

    schemas: list[Short] = Field(default_factory=lambda: [PATCH], max_length=20)
    operations: list[Operation] = Field(alias="Operations", min_length=1, max_length=100)


class ScimError(BaseModel):
    """A refusal (RFC 7644, 3.12). `scimType` is there where the RFC has a word for it."""

    schemas: list[str] = Field(examples=[[ERROR]])
    status: str = Field(description="The HTTP status.", examples=["409"])
    scim_type: str | None = Field(None, alias="scimType", examples=["uniqueness"])
    detail: str = Field(examples=["There is a user of this name already."])


class Meta(_Scim):
    """About a resource."""

    resource_type: Literal["User", "Group"] = Field("User", alias="resourceType")
    created: str
    last_modified: str = Field(alias="lastModified")
    location: str
    version: str = Field(
        description="The ETag, for If-Match (RFC 7644, 3.14).", examples=['W/"9b2f4d1c0a7e5f36c81d20b794ae63f5"']
    )


class ScimUser(_Scim):
    """A user as a directory gets one."""

    schemas: list[str] = [USER]
    id: str
    external_id: str | None = Field(None, alias="externalId")
    user_name: str = Field(alias="userName")
    display_name: str = Field(alias="displayName")
    name: FullName
    emails: list[Email]
    active: bool
    meta: Meta


class UserPage(_Scim):
    """A page of users."""

    schemas: list[str] = [LIST]
    total_results: int = Field(alias="totalResults")
    start_index: int = Field(alias="startIndex")
    items_per_page: int = Field(alias="itemsPerPage")
    resources: list[ScimUser] = Field(alias="Resources")


class MemberRef(_Scim):
    """Somebody in a group."""

    value: Annotated[str, Field(min_length=1, max_length=32)]
    display: Short = ""


class GroupIn(_Scim):
    """A group as a directory sends one."""

    schemas: list[Short] = Field(default_factory=lambda: [GROUP], max_length=20)
    display_name: Annotated[str, Field(min_length=1, max_length=129, pattern=r"^[^\x00]*$")] = Field(
        alias="displayName"
    )
    external_id: Annotated[str, Field(max_length=255, pattern=r"^[^\x00]*$")] = Field("", alias="externalId")
    members: list[MemberRef] = Field(default_factory=list, max_length=MOST_MEMBERS)


class ScimGroup(_Scim):
    """A group as a directory gets one; `members` is left out where that was asked for."""

    schemas: list[str] = [GROUP]
    id: str
    external_id: str | None = Field(None, alias="externalId")
    display_name: str = Field(alias="displayName")
    members: list[MemberRef] | None = None
    meta: Meta


class GroupPage(_Scim):
    """A page of groups."""

    schemas: list[str] = [LIST]
    total_results: int = Field(alias="totalResults")
    start_index: int = Field(alias="startIndex")
    items_per_page: int = Field(alias="itemsPerPage")
    resources: list[ScimGroup] = Field(alias="Resources")
