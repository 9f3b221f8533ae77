"""How people sign in: passwords, sessions, registration, second factors, the check that somebody is human."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from admin.options.base import OptionGroup, PublicMark, Secret
from admin.options.checks import domains


class Identity(OptionGroup):
    """Signing in."""

    area = "identity"
    title = "Signing in"
    guarded = True

    password_login: Annotated[bool, PublicMark()] = Field(
        True, description="Whether people may sign in by password. Off: passkeys and identity providers only."
    )
    password_length: Annotated[int, PublicMark()] = Field(
        12, ge=8, le=64, description="Characters that a new password has at least."
    )
    password_score: int = Field(
        3, ge=0, le=4, description="How hard a new password is to guess at least: zxcvbn's score, 0 to 4."
    )
    argon2_memory_kib: int = Field(
        65536,
        ge=1024,
        le=1048576,
        description="Memory of one password check. Existing hashes follow at the next login.",
    )
    argon2_passes: int = Field(3, ge=1, le=20, description="Passes of one password check.")
    session_days: int = Field(
        30, ge=1, le=365, description="A session ends after so many days, whatever is done in it."
    )
    session_idle_hours: int = Field(
        168, ge=0, le=8760, description="A session ends when nothing was done in it for so long. 0: it does not."
    )
    sessions_per_user: int = Field(50, ge=1, le=200, description="Sessions of one user; more end the oldest.")
    registration: Annotated[Literal["off", "open", "invite", "domains"], PublicMark()] = Field(
        "off", description="Who may make an account: nobody, everybody, the invited, or addresses of some domains."
    )
    registration_domains: list[str] = Field(
        default_factory=list, max_length=1000, description="Domains of e-mail addresses that may register.",
        examples=[["example.com"]],
    )  # fmt: skip
    verify_email: Annotated[bool, PublicMark()] = Field(
        True, description="Whether an account that registers proves its e-mail address first; needs outgoing mail."
    )
    plus_addresses: bool = Field(
        True, description="Whether an address with a + or several dots may register (aliases of one mailbox)."
    )
    registration_group: str = Field("default", min_length=1, max_length=64, description="Group of users that register.")
    registrations_per_day: int = Field(
        20, ge=1, le=100000, description="Accounts that one address (IP) may make a day."
    )
    login_mail: bool = Field(
        True, description="Whether people are told of a login from a device or place that they did not use lately."
    )
    login_failures: int = Field(
        5, ge=1, le=100, description="Wrong passwords of one account from one address (IP) in 15 minutes; then a pause."
    )
    login_pause_s: int = Field(300, ge=10, le=86400, description="That pause, in seconds.")
    login_failures_account: int = Field(
        100, ge=5, le=100000, description="Wrong passwords of one account from everywhere in an hour; then a pause."
    )
    login_failures_ip: int = Field(
        100, ge=5, le=100000, description="Wrong passwords from one address (IP) in 15 minutes; then a pause."
    )
    passkeys: Annotated[bool, PublicMark()] = Field(True, description="Whether people may use passkeys.")
    turnstile_site_key: Annotated[str, PublicMark()] = Field(
        "", max_length=200, description="Cloudflare Turnstile's site key; with both keys people prove to be human."
    )
    turnstile_secret: Secret = Field("", max_length=200, description="Cloudflare Turnstile's secret key.")
    turnstile_on: Annotated[list[Literal["login", "register", "reset"]], PublicMark()] = Field(
        ["register", "reset"], max_length=3, description="Where it is asked."
    )

    _domains = field_validator("registration_domains")(domains)
