"""The organisation and its teams on the wire."""

from typing import Annotated, Literal

from pydantic import Field, computed_field

from admin.schemas.account import Money
from admin.schemas.base import Flag, Name, Patch, StoredTime, Tag, Text, Wire, tag_text
from admin.schemas.models import ModelList

GroupName = Annotated[Text, Field(min_length=1, max_length=64, examples=["default"])]
Groups = Annotated[
    list[GroupName] | None,
    Field(max_length=1000, description="Groups that its people may choose, at most; null: what the groups say."),
]
Remark = Annotated[Text, Field(max_length=255)]


class OrganisationCreate(Wire):
    """A new organisation."""

    name: Name
    enabled: Flag = True
    default_group: GroupName = Field(default="default", description="Of users that are made in it.")
    groups: Groups = None
    remark: Remark = ""


class OrganisationPatch(Patch):
    """A partial change. An organisation's own admins change the name only."""

    name: Name = ""
    enabled: Flag = True
    default_group: GroupName = "default"
    groups: Groups = None
    remark: Remark = ""


class OrganisationOut(Wire):
    """An organisation with what its account has. Switched off, no key of its members is accepted."""

    id: int
    name: str
    enabled: bool
    default_group: str
    groups: list[str] | None
    remark: str
    members: int | None = Field(description="How many there are; null in lists.")
    money: Money
    created_at: StoredTime
    updated_at: StoredTime


TeamModels = Annotated[ModelList | None, Field(description="Names or globs that its keys may use at most; null: all.")]
TeamRole = Literal["lead", "member"]


class TeamCreate(Wire):
    """A new team."""

    name: Name
    organisation: Name | None = Field(default=None, description="Name; null: the caller's own.")
    models: TeamModels = None
    remark: Remark = ""


class TeamPatch(Patch):
    """A partial change."""

    name: Name = ""
    models: TeamModels = None
    remark: Remark = ""


class TeamGrants(Wire):
    """What its members have by being in it; "": nothing. What somebody was given by hand stays."""

    organisation_role: Annotated[Text, Field(max_length=64, examples=["viewer"])] = Field(
        default="", description="Inside the organisation: a built-in role or a permission set."
    )
    group: Annotated[Text, Field(max_length=64, examples=["default"])] = Field(
        default="", description="That they are priced by."
    )


class TeamOut(Wire):
    """A team."""

    id: int
    name: str
    organisation_id: int
    organisation: str
    models: list[str] | None
    remark: str
    external_id: str | None = Field(description="Of a directory (SCIM).")
    grants: TeamGrants
    members: int
    role: TeamRole | None = Field(default=None, description="The caller's own; null: not in it.")
    created_at: StoredTime
    updated_at: StoredTime


def place_tag(user_id: int, role: str) -> str:
    """The ETag of somebody's place in a team; `role` is "" for who is not in it."""
    return f'"{tag_text(f"{user_id} {role}")}"'


class Member(Wire):
    """A user in a team."""

    id: int
    name: str
    display_name: str
    enabled: bool
    role: TeamRole

    @computed_field  # type: ignore[prop-decorator]  # mypy takes no decorator above property (python/mypy#1362)
    @property
    def etag(self) -> Tag:
        """Of the place in the team."""
        return place_tag(self.id, self.role)


class TeamPlace(Wire):
    """What somebody is in a team: a lead manages its keys and sees its usage, a member sees its keys."""

    role: TeamRole


class Members(Wire):
    """Who is in a team, by name."""

    items: list[Member]
