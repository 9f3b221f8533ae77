"""Invitations and recommendations on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from admin.schemas.base import MAX_ID, Text, Wire
from admin.schemas.login import Email

State = Literal["open", "used", "expired"]


class InvitationCreate(Wire):
    """Whom to invite. Without an address the link is good for whoever has it, once."""

    email: Email | None = None
    organisation_id: Annotated[int, Field(strict=True, ge=1, le=MAX_ID)] | None = None
    organisation_role: Annotated[Text, Field(min_length=1, max_length=64)] = "member"
    group: Annotated[Text, Field(max_length=64)] = ""
    days: Annotated[int, Field(strict=True, ge=1, le=90)] = 7


class InvitationOut(Wire):
    """An invitation; times are unix seconds."""

    id: int
    email: str
    organisation_id: int | None
    organisation_role: str
    group: str
    inviter: str
    state: State
    created_at: int
    expires_at: int
    used_at: int | None
    used_by: int | None


class InvitationMade(InvitationOut):
    """An invitation with its token, which is shown once. `link` is null without a public address of this gateway."""

    token: str
    link: str | None
    mailed: bool


class AffiliateOut(Wire):
    """One's code for recommending this gateway, and what it brought."""

    code: str
    brought: int
    inviter_nano: int = Field(description="What a new user brings, in nano-USD.")
    invitee_nano: int = Field(description="What the new user gets, in nano-USD.")
    share_millionths: int = Field(description="Part of their top-ups that one gets.")
