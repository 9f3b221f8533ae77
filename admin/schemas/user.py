"""The user on the wire: whom keys belong to and who signs in. Passwords and second factors are not here."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from admin.bulk import BulkWanted
from admin.schemas.account import Money
from admin.schemas.base import Flag, Name, Patch, StoredTime, Text, Wire

GroupName = Annotated[Text, Field(min_length=1, max_length=64, examples=["default"])]
RoleName = Annotated[Name, Field(examples=["member"])]
Remark = Annotated[Text, Field(max_length=255, description="For operators; the user does not see it.")]
DisplayName = Annotated[Text, Field(max_length=100, examples=["Ann Example"])]


def _address(value: str) -> str:
    # The syntax that SMTP needs and no more; whether it is theirs, a mail proves.
    name, at, domain = value.rpartition("@")
    if not at or not name or "." not in domain or any(sign.isspace() for sign in value) or not value.isascii():
        raise ValueError("must be an e-mail address such as ann@example.com")
    return value.lower()


Email = Annotated[Text, Field(min_length=3, max_length=254, examples=["ann@example.com"]), AfterValidator(_address)]


class UserCreate(Wire):
    """A new user."""

    name: Name
    display_name: DisplayName = ""
    email: Email | None = None
    organisation: Name | None = None
    group: GroupName | None = Field(
        default=None, description="Whose multipliers price the user's requests; null: the organisation's default."
    )
    role: RoleName = Field(default="member", description="On the whole gateway: a built-in role or a permission set.")
    organisation_role: RoleName = Field(default="member", description="Inside the organisation.")
    enabled: Flag = True
    remark: Remark = ""


class UserPatch(Patch):
    """A partial change: absent fields stay, `organisation: null` leaves it, `email: null` removes the address."""

    name: Name = ""
    display_name: DisplayName = ""
    email: Email | None = None
    organisation: Name | None = None
    group: GroupName = "default"
    role: RoleName = "member"
    organisation_role: RoleName = "member"
    enabled: Flag = True
    remark: Remark = ""


class UserOut(Wire):
    """A user with what the account has. Switched off, none of the user's keys is accepted."""

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
    by_teams: list[Literal["organisation_role", "group"]] = Field(
        description="What of these came with a team, and goes with it."
    )
    enabled: bool
    locked: bool = Field(description="Cannot sign in; keys go on.")
    removed: bool = Field(description="Can be restored.")
    remark: str
    last_login_at: StoredTime | None
    money: Money
    created_at: StoredTime
    updated_at: StoredTime


class UserFilter(Wire):
    """Which users are meant: those to whom all that is named here applies."""

    q: Annotated[Text, Field(max_length=200)] = ""
    organisation: Annotated[Text, Field(min_length=1, max_length=200, description="Name or id.")] | None = None
    group: Annotated[Text, Field(max_length=64)] | None = None
    role: Annotated[Text, Field(max_length=64, description="On the gateway.")] | None = None
    organisation_role: Annotated[Text, Field(max_length=64, description="Inside their organisation.")] | None = None
    enabled: Flag | None = None
    removed: Flag = Field(default=False, description="Those that were removed, instead of those that are there.")


class UserBulk(BulkWanted):
    """The same change of many users: of `ids`, or of all that `filter` finds."""

    action: Literal["enable", "disable", "remove", "restore", "set_group"]
    filter: UserFilter | None = None
    group: GroupName | None = Field(default=None, description="For set_group.")
