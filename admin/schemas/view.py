"""Saved views of the console on the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from admin.schemas.base import Patch, StoredTime, Text, Wire

Shared = Annotated[
    Literal["no", "organisation", "everybody"],
    Field(description="Who sees it besides its owner. everybody: needs the permission announcements.write."),
]
PageName = Annotated[
    str, Field(strict=True, min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9/_-]*$", examples=["usage"])
]
Query = Annotated[
    Text, Field(max_length=4000, description='The address behind the "?".', examples=["status=429&sort=-started_at"])
]
ViewName = Annotated[Text, Field(min_length=1, max_length=64, examples=["Rate limited"])]
Position = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class ViewCreate(Wire):
    """A new view."""

    page: PageName
    name: ViewName
    query: Query
    shared: Shared = "no"
    position: Position = 0


class ViewPatch(Patch):
    """A partial change: absent fields stay."""

    name: ViewName = ""
    query: Query = ""
    shared: Shared = "no"
    position: Position = 0


class ViewOut(Wire):
    """A view. `own`: the caller's; others' are shared with them and cannot be changed by them."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    page: str
    name: str
    query: str
    shared: Shared
    position: int
    own: bool
    created_at: StoredTime
    updated_at: StoredTime


class ViewList(Wire):
    """Views by page, position and name."""

    items: list[ViewOut]
