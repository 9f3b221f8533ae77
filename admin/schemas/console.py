"""What the console is told before anybody has signed in."""

from typing import Literal

from pydantic import Field

from admin.schemas.announcement import Shown
from admin.schemas.base import Wire
from admin.schemas.identity_provider import WayIn


class LoginWays(Wire):
    """How people sign in."""

    password: bool
    password_length: int = Field(description="Characters that a new password has at least.")
    passkeys: bool
    elsewhere: list[WayIn] = Field(description="Accounts elsewhere.")
    turnstile_site_key: str
    turnstile_on: list[Literal["login", "register", "reset"]]
    registration: Literal["off", "open", "invite", "domains"]
    verify_email: bool
    password_reset: bool = Field(description="Whether mails can be sent, so that a forgotten password can be replaced.")


class CurrencyShown(Wire):
    """What money is shown in. `rate`: one USD in that currency or unit, decimal text."""

    code: str = Field(description="A currency (ISO 4217), quota or custom.", examples=["EUR"])
    unit: str = Field(description="Name or symbol of a custom unit; else empty.", examples=[""])
    rate: str = Field(examples=["0.92"])
    digits: int = Field(description="Places behind the point.", examples=[2])


class Features(Wire):
    """What there is here for people who are signed in, or for everybody."""

    topups: bool
    check_in: bool
    affiliates: bool
    model_list: bool = Field(description="The list of models is public.")
    status_page: bool = Field(description="How well models work is public.")


class Links(Wire):
    """Addresses, "" where there is none."""

    docs: str
    terms: str
    privacy: str
    contact: str


class ConsoleOut(Wire):
    """Everything that the console needs for its first page, in one answer."""

    name: str
    logo_url: str
    color_scheme: Literal["auto", "light", "dark"]
    preset: str
    default_locale: str = Field(examples=["auto"])
    locales: list[str]
    version: str
    setup_needed: bool = Field(description="The first administrator is still to be made.")
    login: LoginWays
    currency: CurrencyShown
    features: Features
    links: Links
    footer: str
    public_url: str
    announcements: list[Shown]
