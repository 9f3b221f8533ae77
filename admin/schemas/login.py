"""Signing in, registering and setting up, on the wire. Passwords and codes are in requests only."""

import re
from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, Field

from admin.schemas.base import Name, Text, Wire

MAX_CREDENTIAL = 32768

_ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
)


def check_email(value: str) -> str:
    """The address in small letters. ASCII only, without comments and quoted parts: what mail servers deliver to."""
    value = value.strip().lower()
    if len(value) > 254 or not _ADDRESS.fullmatch(value) or ".." in value or value.startswith("."):
        raise ValueError("must be an e-mail address")
    return value


def check_account_name(value: str) -> str:
    """A name that nobody can take for an e-mail address."""
    if "@" in value:
        raise ValueError("must not contain '@'")
    return value


def json_size(value: object) -> int:
    """Bytes of a value as JSON. Raises ValueError for what cannot be written, as numbers of more than 64 bits."""
    try:
        return len(msgspec.json.encode(value))
    except (OverflowError, RecursionError, TypeError, msgspec.MsgspecError):
        raise ValueError("holds what cannot be stored as JSON") from None


def _credential(value: dict[str, Any]) -> dict[str, Any]:
    if json_size(value) > MAX_CREDENTIAL:
        raise ValueError(f"must have at most {MAX_CREDENTIAL} bytes as JSON")
    return value


Credential = Annotated[dict[str, Any], AfterValidator(_credential)]
"""What navigator.credentials gives."""

Email = Annotated[
    str, Field(strict=True, min_length=3, max_length=254, examples=["ann@example.com"]), AfterValidator(check_email)
]
AccountName = Annotated[Name, AfterValidator(check_account_name), Field(examples=["ann"])]
Password = Annotated[str, Field(strict=True, min_length=1, max_length=1024, examples=["correct horse battery staple"])]
Login = Annotated[
    str,
    Field(
        strict=True,
        min_length=1,
        max_length=254,
        pattern=r"^[^\x00]*$",
        examples=["ann"],
        description="Name or e-mail address.",
    ),
]
Ticket = Annotated[str, Field(strict=True, min_length=20, max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]
ShortCode = Annotated[str, Field(strict=True, min_length=6, max_length=32, pattern=r"^[^\x00]*$", examples=["123456"])]
Turnstile = Annotated[
    str, Field(strict=True, max_length=2048, pattern=r"^[^\x00]*$", description="What Turnstile's widget gave.")
]


Invitation = Annotated[Text, Field(min_length=8, max_length=200, description="What somebody was invited with.")]


class SignedInAs(Wire):
    """Who has signed in. The session itself is in a cookie that scripts cannot read.

    `csrf_token` goes into the header X-CSRF-Token of every request that changes something.
    """

    id: int
    name: str
    display_name: str
    role: str
    csrf_token: str
    must_change_password: bool = Field(description="Somebody else chose the password: it should be changed now.")


class LoginIn(Wire):
    """Name and password."""

    login: Login
    password: Password
    turnstile: Turnstile = ""


class SecondStep(Wire):
    """The password was right; now one of `methods`, with the `ticket`, within five minutes."""

    ticket: str
    methods: list[Literal["totp", "recovery", "passkey"]]


class LoginOut(Wire):
    """Either signed in, or what is still to be done."""

    signed_in: SignedInAs | None = None
    second_step: SecondStep | None = None


class SecondFactorIn(Wire):
    """A code of the authenticator app, or a recovery code."""

    ticket: Ticket
    code: ShortCode


class PasskeyChallengeIn(Wire):
    """`ticket` of the first step, where a passkey is the second one; without it a passkey is all that is needed."""

    ticket: Ticket | None = None


class PasskeyChallenge(Wire):
    """`options` are for navigator.credentials, as parseCreationOptionsFromJSON and parseRequestOptionsFromJSON read."""

    ticket: str
    options: dict[str, Any]


class PasskeyAnswer(Wire):
    """What navigator.credentials gave, as toJSON() writes it."""

    ticket: Ticket
    credential: Credential


class SetupState(Wire):
    """Whether the gateway still waits for its first administrator."""

    needed: bool


class SetupIn(Wire):
    """The first administrator. `token` is in the link that the gateway prints when it starts."""

    token: Ticket
    name: AccountName
    password: Password
    email: Email | None = None


class EmailCodeIn(Wire):
    """Where to send a code to."""

    email: Email
    turnstile: Turnstile = ""
    invitation: Invitation | None = None


class RegisterIn(Wire):
    """A new account. `code` is what the address was sent, `invitation` what somebody was given."""

    name: AccountName
    password: Password
    email: Email | None = None
    code: ShortCode | None = None
    invitation: Invitation | None = None
    affiliate: Annotated[Text, Field(max_length=64)] | None = Field(
        default=None, description="Code of the user who recommended this gateway."
    )
    language: Annotated[Text, Field(max_length=16)] = ""
    turnstile: Turnstile = ""


class ResetIn(Wire):
    """A new password, with the token of the mail."""

    token: Ticket
    password: Password
