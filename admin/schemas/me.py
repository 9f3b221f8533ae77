"""One's own account on the wire: profile, sessions, second factors, passkeys."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, computed_field

from admin.schemas.base import Patch, StoredTime, Tag, Text, Wire, tag_text
from admin.schemas.login import Credential, Email, Password, ShortCode, Ticket, json_size

MAX_PREFERENCES = 16384


def _small(value: dict[str, Any] | None) -> dict[str, Any] | None:
    if value is not None and json_size(value) > MAX_PREFERENCES:
        raise ValueError(f"must have at most {MAX_PREFERENCES} bytes as JSON")
    return value


Preferences = Annotated[dict[Annotated[str, Field(max_length=64)], Any], AfterValidator(_small)]
Language = Annotated[Text, Field(max_length=16, pattern=r"^$|^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", examples=["en"])]


class MeOut(Wire):
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
    totp: bool = Field(description="Whether an authenticator app is set up.")
    recovery_codes: int = Field(description="Recovery codes that are left.")
    passkeys: int
    stepped_up_until: StoredTime | None = Field(description="Until when no second check is asked.")
    csrf_token: str | None = Field(description="For the header X-CSRF-Token; null without a session.")
    last_login_at: StoredTime | None


class MePatch(Patch):
    """A partial change. `preferences` replaces what is stored."""

    display_name: Annotated[Text, Field(max_length=100)] = ""
    language: Language = ""
    preferences: Preferences | None = None


class PasswordChange(Wire):
    """`current` may be left out by who has none, after a second check."""

    current: Password | None = None
    password: Password


class EmailChange(Wire):
    """The new address; a code is sent to it."""

    email: Email


class EmailConfirm(Wire):
    """The code that was sent."""

    email: Email
    code: ShortCode


class SessionOut(Wire):
    """A session. `current`: the one that asks."""

    id: int
    current: bool
    method: str
    device: str
    agent: str
    ip: str
    created_at: StoredTime
    seen_at: StoredTime
    expires_at: StoredTime


class SessionList(Wire):
    """Sessions, newest first."""

    items: list[SessionOut]


class Ended(Wire):
    """How many sessions were ended."""

    ended: int


class StepUpIn(Wire):
    """One proof: a code of the authenticator app, a passkey's answer, or, for who has neither, the password."""

    password: Password | None = None
    code: ShortCode | None = None
    ticket: Ticket | None = None
    credential: Credential | None = None


class StepUpMethods(Wire):
    """What counts as proof for this account."""

    methods: list[Literal["password", "totp", "passkey"]]


class SteppedUp(Wire):
    """Until when no further proof is asked."""

    until: StoredTime


class TotpSetup(Wire):
    """The secret of a new authenticator app, shown once. It counts after a code of it was confirmed."""

    secret: str
    address: str = Field(examples=["otpauth://totp/..."])
    qr_svg: str


class TotpConfirm(Wire):
    """A code that the app shows."""

    code: ShortCode


class RecoveryCodes(Wire):
    """Shown once. Each is good once, in place of the authenticator app."""

    codes: list[str]


class PasskeyCreate(Wire):
    """What navigator.credentials.create gave, and a name for the list."""

    ticket: Ticket
    name: Annotated[Text, Field(min_length=1, max_length=64, examples=["Ann's laptop"])]
    credential: Credential


class PasskeyPatch(Patch):
    """Another name."""

    name: Annotated[Text, Field(min_length=1, max_length=64)] = ""


class PasskeyOut(Wire):
    """A passkey. `backed_up`: it is synchronised between devices."""

    id: int
    name: str
    rp_id: str
    backed_up: bool
    created_at: StoredTime
    used_at: StoredTime | None

    @computed_field  # type: ignore[prop-decorator]  # mypy takes no decorator above property (python/mypy#1362)
    @property
    def etag(self) -> Tag:
        """Of what its owner can change: its use is no change."""
        return f'"{tag_text(f"{self.id} {self.name}")}"'


class PasskeyList(Wire):
    """Passkeys, oldest first."""

    items: list[PasskeyOut]


class LockIn(Wire):
    """Why the account is locked; its user is not told."""

    reason: Annotated[Text, Field(max_length=200)] = ""


class PasswordSet(Wire):
    """A password that somebody else chooses. Its user is asked to change it at the next login."""

    password: Password
    must_change: bool = True


class CredentialsOut(Wire):
    """What a user signs in with, as an operator sees it."""

    has_password: bool
    must_change_password: bool
    password_at: StoredTime | None
    totp: bool
    recovery_codes: int
    passkeys: int
    locked: bool
    locked_reason: str
    last_login_at: StoredTime | None
    email: str | None
    email_verified: bool
