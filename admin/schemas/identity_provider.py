"""Identity providers and linked accounts on the wire."""

from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import AfterValidator, Field, model_validator

from admin.federation.settings import parsed
from admin.schemas.base import Flag, Patch, StoredTime, Text, Token, Wire

Kind = Literal["oidc", "oauth2", "github", "discord", "linuxdo", "telegram", "wechat"]
Slug = Annotated[str, Field(min_length=2, max_length=32, pattern=r"^[a-z][a-z0-9-]*$", examples=["company"])]
Title = Annotated[Text, Field(min_length=1, max_length=64, examples=["Company login"])]
Position = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


def _bounded(value: dict[str, Any]) -> dict[str, Any]:
    if len(msgspec.json.encode(value)) > 65_536:
        raise ValueError("must have at most 65,536 bytes as JSON")
    return value


Settings = Annotated[
    dict[Annotated[str, Field(max_length=64)], Any],
    AfterValidator(_bounded),
    Field(
        description="By kind: docs/sso.md.", examples=[{"issuer": "https://login.example.com", "client_id": "gateway"}]
    ),
]


class IdentityProviderCreate(Wire):
    """A new provider."""

    slug: Slug
    kind: Kind
    title: Title
    enabled: Flag = True
    position: Position = 100
    settings: Settings
    secret: Annotated[Token | None, Field(description="The application's secret, or the bot's token; write-only.")] = (
        None
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        parsed(self.kind, self.settings)
        return self


class IdentityProviderPatch(Patch):
    """A partial change: absent fields stay; `settings` are replaced whole. Slug and kind do not change."""

    title: Title = "x"
    enabled: Flag = True
    position: Position = 100
    settings: Settings = Field(default_factory=dict)
    secret: Token | None = None


class IdentityProviderOut(Wire):
    """A provider as operators see it."""

    id: int
    slug: str
    kind: Kind
    title: str
    enabled: bool
    position: int
    settings: dict[str, Any]
    has_secret: bool
    callback_url: str = Field(description="What is to be registered at the provider.")
    created_at: StoredTime
    updated_at: StoredTime


class IdentityProviderList(Wire):
    """All of them."""

    items: list[IdentityProviderOut]


class WayIn(Wire):
    """A way to sign in, as everybody may know it."""

    slug: str
    kind: Kind
    title: str
    start: str = Field(description="Where a browser goes; not of WeChat, which takes a code.")
    bot_name: str = ""
    qr_code_url: str = ""


class WaysIn(Wire):
    """All of them, in their order."""

    items: list[WayIn]


class CodeIn(Wire):
    """The code that an official account answers with."""

    code: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
    state: Annotated[str, Field(min_length=20, max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]


class BegunOut(Wire):
    """Where the browser goes next. A cookie ties it to this browser."""

    url: str
    state: str


class LinkOut(Wire):
    """A linked account."""

    id: int
    provider: str
    title: str
    name: str
    email: str
    created_at: int
    last_login_at: int


class LinkList(Wire):
    """The linked accounts of somebody."""

    items: list[LinkOut]


class DoneOut(Wire):
    """Where the page goes next."""

    next: str
