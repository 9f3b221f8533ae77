"""Settings: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import Shown, WayIn


class AreaList(TypedDict):
    """All areas by name."""

    items: list[AreaOut]


class AreaOut(TypedDict):
    """An area of settings."""

    area: str
    title: str
    description: str
    etag: NotRequired[str]
    settings: list[SettingOut]


class ConsoleOut(TypedDict):
    """Everything that the console needs for its first page, in one answer."""

    name: str
    logo_url: str
    color_scheme: Literal["auto", "light", "dark"]
    preset: str
    default_locale: str
    locales: list[str]
    version: str
    setup_needed: bool
    login: LoginWays
    currency: CurrencyShown
    features: Features
    links: Links
    footer: str
    public_url: str
    announcements: list[Shown]


class CurrencyShown(TypedDict):
    """What money is shown in. `rate`: one USD in that currency or unit, decimal text."""

    code: str
    unit: str
    rate: str
    digits: int


class Features(TypedDict):
    """What there is here for people who are signed in, or for everybody."""

    topups: bool
    check_in: bool
    affiliates: bool
    model_list: bool
    status_page: bool


class Links(TypedDict):
    """Addresses, '' where there is none."""

    docs: str
    terms: str
    privacy: str
    contact: str


class LoginWays(TypedDict):
    """How people sign in."""

    password: bool
    password_length: int
    passkeys: bool
    elsewhere: list[WayIn]
    turnstile_site_key: str
    turnstile_on: list[Literal["login", "register", "reset"]]
    registration: Literal["off", "open", "invite", "domains"]
    verify_email: bool
    password_reset: bool


class MailTest(TypedDict):
    """Where to send it."""

    to: str


class PublicSettings(TypedDict):
    """What everybody may know: area -> name -> value."""

    settings: dict[str, dict[str, Any]]


class SettingOut(TypedDict):
    """One setting."""

    name: str
    key: str
    unit: str
    description: str
    form: dict[str, Any]
    default: Any
    value: Any
    source: Literal["default", "file", "environment", "console"]
    secret: bool
    public: bool
    guarded: bool
    restart: bool
    changed_by: str | None
    changed_at: str | None


class SettingsPatch(TypedDict):
    """Changes of several areas: all are made, or none."""

    settings: dict[str, dict[str, Any]]
    tags: NotRequired[dict[str, str]]
    dry_run: NotRequired[bool]
