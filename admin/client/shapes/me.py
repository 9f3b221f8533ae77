"""Me: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class EmailChange(TypedDict):
    """The new address; a code is sent to it."""

    email: str


class EmailConfirm(TypedDict):
    """The code that was sent."""

    email: str
    code: str


class MeOut(TypedDict):
    """Oneself, and what one may do: permission -> own, organisation, all."""

    id: int | None
    name: str
    kind: Literal["operator", "token", "session"]
    display_name: str
    email: str | None
    email_verified: bool
    language: str
    preferences: dict[str, Any]
    organisation_id: int | None
    role: str
    organisation_role: str
    permissions: dict[str, str]
    has_password: bool
    must_change_password: bool
    totp: bool
    recovery_codes: int
    passkeys: int
    stepped_up_until: str | None
    csrf_token: str | None
    last_login_at: str | None


class MePatch(TypedDict):
    """A partial change. `preferences` replaces what is stored."""

    display_name: NotRequired[str]
    language: NotRequired[str]
    preferences: NotRequired[dict[str, Any] | None]


class PasswordChange(TypedDict):
    """`current` may be left out by who has none, after a second check."""

    current: NotRequired[str | None]
    password: str


class StepUpIn(TypedDict):
    """One proof: a code of the authenticator app, a passkey's answer, or, for who has ..."""

    password: NotRequired[str | None]
    code: NotRequired[str | None]
    ticket: NotRequired[str | None]
    credential: NotRequired[dict[str, Any] | None]


class StepUpMethods(TypedDict):
    """What counts as proof for this account."""

    methods: list[Literal["password", "totp", "passkey"]]


class SteppedUp(TypedDict):
    """Until when no further proof is asked."""

    until: str
