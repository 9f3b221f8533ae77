"""The state of the gateway on the wire, and who the caller is."""

from typing import Any, Literal

from pydantic import Field

from admin.schemas.base import Reaching, Wire


class Count(Wire):
    """How many objects there are and how many of them take part."""

    total: int
    enabled: int


class StatusOut(Wire):
    """What is stored, and the Router's view of what runs; `router` is null when the Router did not answer."""

    version: str
    channels: Count
    keys: Count
    revisions: dict[str, int] = Field(description="Counts of changes; the Router's table version follows `routes`.")
    router: dict[str, Any] | None


class WhoAmI(Wire):
    """Who is asking."""

    name: str = Field(examples=["user:ann"])
    kind: Literal["operator", "token", "session"]
    user_id: int | None
    organisation_id: int | None
    permissions: dict[str, Reaching]
