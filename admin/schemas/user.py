"""The user on the wire. Not who may use the admin API: whom keys belong to."""

from typing import Annotated

from pydantic import Field

from admin.schemas.account import Money
from admin.schemas.base import Flag, Name, Patch, StoredTime, Text, Wire

GroupName = Annotated[Text, Field(min_length=1, max_length=64, examples=["default"])]


class UserCreate(Wire):
    """A new user."""

    name: Name
    organisation: Name | None = None
    group: GroupName = Field(default="default", description="Whose multipliers price the user's requests.")
    enabled: Flag = True


class UserPatch(Patch):
    """A partial change: absent fields stay, `organisation: null` leaves it."""

    name: Name = ""
    organisation: Name | None = None
    group: GroupName = "default"
    enabled: Flag = True


class UserOut(Wire):
    """A user with what the account has. Switched off, none of the user's keys is accepted."""

    id: int
    name: str
    organisation: str | None
    organisation_id: int | None
    group: str
    enabled: bool
    money: Money
    created_at: StoredTime
    updated_at: StoredTime


class UserList(Wire):
    """Users by name; `next` continues the list as `after`."""

    items: list[UserOut]
    next: str | None
