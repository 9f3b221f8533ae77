"""Login: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import SignedInAs


class LoginIn(TypedDict):
    """Name and password."""

    login: str
    password: str
    turnstile: NotRequired[str]


class LoginOut(TypedDict):
    """Either signed in, or what is still to be done."""

    signed_in: NotRequired[SignedInAs | None]
    second_step: NotRequired[SecondStep | None]


class PasskeyAnswer(TypedDict):
    """What navigator.credentials gave, as toJSON() writes it."""

    ticket: str
    credential: dict[str, Any]


class PasskeyChallengeIn(TypedDict):
    """`ticket` of the first step, where a passkey is the second one; without it a ..."""

    ticket: NotRequired[str | None]


class SecondFactorIn(TypedDict):
    """A code of the authenticator app, or a recovery code."""

    ticket: str
    code: str


class SecondStep(TypedDict):
    """The password was right; now one of `methods`, with the `ticket`, within five ..."""

    ticket: str
    methods: list[Literal["totp", "recovery", "passkey"]]
