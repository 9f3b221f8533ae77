"""Credentials: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class CredentialsOut(TypedDict):
    """What a user signs in with, as an operator sees it."""

    has_password: bool
    must_change_password: bool
    password_at: str | None
    totp: bool
    recovery_codes: int
    passkeys: int
    locked: bool
    locked_reason: str
    last_login_at: str | None
    email: str | None
    email_verified: bool


class LockIn(TypedDict):
    """Why the account is locked; its user is not told."""

    reason: NotRequired[str]


class PasswordSet(TypedDict):
    """A password that somebody else chooses."""

    password: str
    must_change: NotRequired[bool]
