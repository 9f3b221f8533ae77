"""What is configured of an identity provider, by kind; and the presets of those that everybody knows. No I/O.

Endpoints and fields of presets: docs.github.com (apps/oauth-apps), discord.com/developers/docs/topics/oauth2,
connect.linux.do, read 2026-11.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Kind = Literal["oidc", "oauth2", "github", "discord", "linuxdo", "telegram", "wechat"]
Url = Annotated[str, Field(max_length=2048, pattern=r"^https?://[^\s/?#@\\]+[^\s#@\\]*$")]
Path = Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9_.:/-]*$")]
Text = Annotated[str, Field(max_length=200)]
Operator = Literal[
    "eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "contains", "not_contains", "exists", "not_exists"
]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Shape):
    """Who may sign in: what stands at `path` in the provider's answer has to be so."""

    path: Path
    op: Operator
    value: Any = None


class Grant(_Shape):
    """What somebody gets for whom `path` is, or holds, `value`."""

    path: Path = "groups"
    value: Text
    group: Text | None = None
    role: Text | None = None
    organisation_id: int | None = None
    organisation_role: Text | None = None


class Common(_Shape):
    """Of every kind."""

    create: bool = Field(False, description="Whether somebody without an account gets one.")
    link_by_email: bool = Field(
        False, description="Whether a verified address that an account here has proved too leads to that account."
    )
    domains: list[Text] = Field(default_factory=list, max_length=200, description="Of addresses that may sign in.")
    rules: list[Rule] = Field(default_factory=list, max_length=50, description="All of them have to hold.")
    grants: list[Grant] = Field(default_factory=list, max_length=200, description="The first that holds counts.")
    sync: bool = Field(True, description="Whether grants are applied at each login, not at the first one only.")
    group: Text = Field("", description='Group of new users; "": that of registration.')


class OAuth2(Common):
    """Any provider of OAuth 2.0 that says who somebody is."""

    client_id: Text
    authorize_url: Url
    token_url: Url
    userinfo_url: Url
    scopes: Text = ""
    subject: Path = "id"
    name: Path = "name"
    email: Path = "email"
    email_verified: Path = Field("", description='Where it says so; "": addresses are not taken as proved.')
    token_auth: Literal["basic", "post"] = "post"  # noqa: S105  # a way of authentication
    pkce: bool = True


class Oidc(Common):
    """OpenID Connect, by discovery."""

    issuer: Url
    client_id: Text
    scopes: Text = "openid profile email"
    name: Path = "preferred_username"
    token_auth: Literal["basic", "post", "none"] = "basic"  # noqa: S105  # a way of authentication


class Preset(Common):
    """A provider that is known: only the application's id is needed."""

    client_id: Text
    base_url: Annotated[str, Field(max_length=2048, pattern=r"^$|^https?://[^\s/?#@\\]+$")] = Field(
        "", description="Of an own installation (GitHub Enterprise)."
    )
    min_trust_level: int = Field(0, ge=0, le=4, description="Linux.do only.")


class Telegram(Common):
    """The login widget of a bot; its token is the secret."""

    bot_name: Annotated[str, Field(min_length=5, max_length=64, pattern=r"^[A-Za-z0-9_]+$")]


class WeChat(Common):
    """A helper server that turns the code which an official account answers with into who that is."""

    server_url: Url
    qr_code_url: Annotated[str, Field(max_length=2048, pattern=r"^$|^https?://[^\s@\\]+$")] = ""


SHAPES: dict[str, type[Common]] = {
    "oidc": Oidc,
    "oauth2": OAuth2,
    "github": Preset,
    "discord": Preset,
    "linuxdo": Preset,
    "telegram": Telegram,
    "wechat": WeChat,
}
"""Kind -> what its settings are."""


def parsed(kind: str, settings: dict[str, Any]) -> Common:
    """The settings of a provider. Raises ValueError ("field: reason")."""
    try:
        return SHAPES[kind].model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}") from None


def preset(kind: str, given: Preset) -> OAuth2:
    """The endpoints of a known provider."""
    common = given.model_dump(exclude={"base_url", "min_trust_level"})
    if kind == "github":
        web = given.base_url or "https://github.com"
        api = f"{given.base_url}/api/v3" if given.base_url else "https://api.github.com"
        return OAuth2(
            **common,
            authorize_url=f"{web}/login/oauth/authorize",
            token_url=f"{web}/login/oauth/access_token",
            userinfo_url=f"{api}/user",
            scopes="read:user user:email",
            name="login",
        )
    if kind == "discord":
        return OAuth2(
            **common,
            authorize_url="https://discord.com/oauth2/authorize",
            token_url="https://discord.com/api/oauth2/token",  # noqa: S106  # an address
            userinfo_url="https://discord.com/api/users/@me".replace("@", "%40"),
            scopes="identify email",
            name="username",
            email_verified="verified",
        )
    rules = [*given.rules]
    if given.min_trust_level:
        rules.append(Rule(path="trust_level", op="gte", value=given.min_trust_level))
    base = given.base_url or "https://connect.linux.do"
    return OAuth2(
        **{**common, "rules": rules},
        authorize_url=f"{base}/oauth2/authorize",
        token_url=f"{base}/oauth2/token",
        userinfo_url=f"{base}/api/user",
        name="username",
        token_auth="basic",  # noqa: S106  # a way of authentication
    )
