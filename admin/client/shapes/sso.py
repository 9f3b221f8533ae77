"""Sso: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import WayIn


class BegunOut(TypedDict):
    """Where the browser goes next."""

    url: str
    state: str


class CodeIn(TypedDict):
    """The code that an official account answers with."""

    code: str
    state: str


class DoneOut(TypedDict):
    """Where the page goes next."""

    next: str


class IdentityProviderCreate(TypedDict):
    """A new provider."""

    slug: str
    kind: Literal["oidc", "oauth2", "github", "discord", "linuxdo", "telegram", "wechat"]
    title: str
    enabled: NotRequired[bool]
    position: NotRequired[int]
    settings: dict[str, Any]
    secret: NotRequired[str | None]


class IdentityProviderList(TypedDict):
    """All of them."""

    items: list[IdentityProviderOut]


class IdentityProviderOut(TypedDict):
    """A provider as operators see it."""

    id: int
    slug: str
    kind: Literal["oidc", "oauth2", "github", "discord", "linuxdo", "telegram", "wechat"]
    title: str
    enabled: bool
    position: int
    settings: dict[str, Any]
    has_secret: bool
    callback_url: str
    created_at: str
    updated_at: str


class IdentityProviderPatch(TypedDict):
    """A partial change: absent fields stay; `settings` are replaced whole."""

    title: NotRequired[str]
    enabled: NotRequired[bool]
    position: NotRequired[int]
    settings: NotRequired[dict[str, Any]]
    secret: NotRequired[str | None]


class LinkList(TypedDict):
    """The linked accounts of somebody."""

    items: list[LinkOut]


class LinkOut(TypedDict):
    """A linked account."""

    id: int
    provider: str
    title: str
    name: str
    email: str
    created_at: int
    last_login_at: int


class WaysIn(TypedDict):
    """All of them, in their order."""

    items: list[WayIn]
