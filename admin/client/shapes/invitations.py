"""Invitations: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class AffiliateOut(TypedDict):
    """One's code for recommending this gateway, and what it brought."""

    code: str
    brought: int
    inviter_nano: int
    invitee_nano: int
    share_millionths: int


class InvitationCreate(TypedDict):
    """Whom to invite."""

    email: NotRequired[str | None]
    organisation_id: NotRequired[int | None]
    organisation_role: NotRequired[str]
    group: NotRequired[str]
    days: NotRequired[int]


class InvitationMade(TypedDict):
    """An invitation with its token, which is shown once. `link` is null without a ..."""

    id: int
    email: str
    organisation_id: int | None
    organisation_role: str
    group: str
    inviter: str
    state: Literal["open", "used", "expired"]
    created_at: int
    expires_at: int
    used_at: int | None
    used_by: int | None
    token: str
    link: str | None
    mailed: bool


class InvitationOut(TypedDict):
    """An invitation; times are unix seconds."""

    id: int
    email: str
    organisation_id: int | None
    organisation_role: str
    group: str
    inviter: str
    state: Literal["open", "used", "expired"]
    created_at: int
    expires_at: int
    used_at: int | None
    used_by: int | None


class ListedInvitationOut(TypedDict):
    """ListedInvitationOut of the document."""

    items: list[InvitationOut]
    next: NotRequired[str | None]
