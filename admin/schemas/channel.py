"""The channel on the wire: an upstream account with the models it serves. The secret goes in and never comes out."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from admin.schemas.amounts import Ratio
from admin.schemas.base import Fields, Flag, Name, Patch, StoredTime, Text, Token, Wire
from admin.schemas.headers import Headers
from admin.schemas.models import ModelMap, Pattern
from admin.schemas.urls import BaseUrl, ProxyUrl

Seconds = Annotated[float, Field(strict=True, gt=0, le=86_400, allow_inf_nan=False)]
Provider = Annotated[Text, Field(min_length=1, max_length=64, examples=["openai"])]
Priority = Annotated[
    int, Field(strict=True, ge=-1_000_000, le=1_000_000, description="Higher is tried first.", examples=[0])
]
Weight = Annotated[
    int,
    Field(strict=True, ge=0, le=1_000_000, description="Share within one priority; 0: only when all others fail."),
]


def _login(value: str) -> str:
    if value.find(":") < 1:
        raise ValueError("must be user:password")
    return value


ProxySecret = Annotated[Token, Field(max_length=511), AfterValidator(_login)]


class ChannelSettings(Wire):
    """Optional limits of one channel; what is absent follows the gateway's defaults. Times in seconds."""

    connect_timeout_s: Seconds | None = None
    first_byte_timeout_s: Seconds | None = None
    idle_timeout_s: Seconds | None = None
    proxy: ProxyUrl | None = None
    price_ratio: Ratio | None = Field(default=None, description="Multiplies what its requests cost.")

    def stored(self) -> dict[str, float | str]:
        """Only what was set, as it is stored."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


class ChannelCreate(Wire):
    """A new channel. Without `base_url` the provider's own address is used; without `models` every model is served."""

    name: Name
    provider: Provider
    base_url: BaseUrl | None = None
    secret: Token | None = Field(
        default=None, description="The upstream's API key. Stored encrypted, never shown again."
    )
    proxy_secret: ProxySecret | None = Field(
        default=None, description="user:password for `settings.proxy`. Stored encrypted, never shown again."
    )
    models: ModelMap = Field(default_factory=lambda: {"*": ""})
    priority: Priority = 0
    weight: Weight = 1
    enabled: Flag = True
    headers: Headers = Field(default_factory=dict)
    settings: ChannelSettings = Field(default_factory=ChannelSettings)

    def columns(self, base_url: str) -> Fields:
        """The stored columns but for name, secrets and origin; `base_url` is the one in effect."""
        plain = self.model_dump(include={"provider", "models", "priority", "weight", "enabled", "headers"})
        return {**plain, "base_url": base_url, "settings": self.settings.stored()}


class ChannelPatch(Patch):
    """A partial change: absent fields stay.

    `secret: null` and `proxy_secret: null` remove them; a proxy that is removed takes its login along. `models` and
    `headers` replace the stored map; of `settings` only what is named changes, and null removes one.
    """

    name: Name = ""
    provider: Provider = ""
    base_url: BaseUrl = ""
    secret: Token | None = None
    proxy_secret: ProxySecret | None = None
    models: ModelMap = Field(default_factory=dict)
    priority: Priority = 0
    weight: Weight = 1
    enabled: Flag = True
    headers: Headers = Field(default_factory=dict)
    settings: ChannelSettings = Field(default_factory=ChannelSettings)


class ChannelOut(Wire):
    """A stored channel; `secret_hint` shows the end of the secret, "" when there is none."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    provider: str
    base_url: str
    secret_hint: str = Field(examples=["...a1b2"])
    has_proxy_secret: bool
    models: dict[str, str]
    priority: int
    weight: int
    enabled: bool
    headers: dict[str, str]
    settings: dict[str, float | str]
    origin: Literal["api", "apply"]
    created_at: StoredTime
    updated_at: StoredTime


class ChannelList(Wire):
    """All channels in the order in which they are tried: highest priority first."""

    items: list[ChannelOut]


class ChannelTest(Wire):
    """What to test a channel with; without `model` the first model is taken that is not a glob."""

    model: Pattern | None = Field(default=None, examples=["gpt-5-mini"])
    stream: Flag = False


class ChannelTestResult(Wire):
    """How the test request ended. Times in milliseconds; `status` is 0 when nothing answered."""

    ok: bool
    status: int
    milliseconds: float
    first_byte_ms: float
    model: str
    error: str
    detail: str
