"""Automation tokens on the wire. The token itself is in the answer to its creation and nowhere else."""

from typing import Annotated

from pydantic import AfterValidator, Field

from admin.permissions import is_scope
from admin.schemas.base import Flag, Name, Patch, StoredTime, Text, UtcTime, Wire


def _scope(value: str) -> str:
    if not is_scope(value):
        raise ValueError("must be a permission, a noun with .*, or *")
    return value


Scope = Annotated[Text, Field(max_length=64, examples=["keys.*"]), AfterValidator(_scope)]
Scopes = Annotated[
    list[Scope],
    Field(
        min_length=1,
        max_length=200,
        description="Permissions, or a noun and '.*', or '*': of what its user may do, what the token may do.",
        examples=[["keys.*", "reports.read"]],
    ),
]


class TokenCreate(Wire):
    """A new token."""

    name: Name
    scopes: Scopes
    expires_at: UtcTime | None = None
    service: Flag = Field(
        default=False,
        description="Nobody's: it goes on when its maker leaves, and reaches everything that its scopes say.",
    )


class TokenPatch(Patch):
    """A partial change: absent fields stay, `expires_at: null` removes the expiry."""

    name: Name = ""
    scopes: Scopes = Field(default_factory=list)
    expires_at: UtcTime | None = None
    enabled: Flag = True


class TokenOut(Wire):
    """A stored token; `hint` shows its beginning and end."""

    id: int
    name: str
    hint: str = Field(examples=["gwt-Ab12Cd...x9Zk"])
    user_id: int | None = Field(description="Whose it is; null: nobody's.")
    user: str | None
    scopes: list[str]
    enabled: bool
    expires_at: StoredTime | None
    last_used_at: StoredTime | None = Field(description="To the hour.")
    created_at: StoredTime
    updated_at: StoredTime


class TokenCreated(TokenOut):
    """The answer to a creation: the only time the token is shown."""

    token: str = Field(description="Shown this once. The gateway stores only its hash.")
