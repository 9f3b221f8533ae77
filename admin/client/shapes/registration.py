"""Registration: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class EmailCodeIn(TypedDict):
    """Where to send a code to."""

    email: str
    turnstile: NotRequired[str]
    invitation: NotRequired[str | None]


class RegisterIn(TypedDict):
    """A new account. `code` is what the address was sent, `invitation` what somebody ..."""

    name: str
    password: str
    email: NotRequired[str | None]
    code: NotRequired[str | None]
    invitation: NotRequired[str | None]
    affiliate: NotRequired[str | None]
    language: NotRequired[str]
    turnstile: NotRequired[str]


class ResetIn(TypedDict):
    """A new password, with the token of the mail."""

    token: str
    password: str
