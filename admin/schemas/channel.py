"""The channel on the wire: an upstream account with the models it serves. The secret goes in and never comes out."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from adapters.overrides.channel import SETTINGS
from admin.said import SaidOut
from admin.schemas.amounts import Ratio
from admin.schemas.base import MAX_ID, Fields, Flag, Name, Patch, StoredTime, Text, Token, Wire
from admin.schemas.headers import Headers
from admin.schemas.models import ModelMap, Pattern
from admin.schemas.place import BaseUrls, Capabilities, Parameters, Protocols, Region
from admin.schemas.rules import (
    HeaderOverride,
    ParamOverride,
    Privacy,
    StatusMap,
    Suffixes,
    SystemPrompt,
    ThinkTags,
)
from admin.schemas.urls import BaseUrl, ProxyUrl

Seconds = Annotated[float, Field(strict=True, gt=0, le=86_400, allow_inf_nan=False)]


def _number(value: object) -> object:
    """New API's channel type number may be given as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Provider = Annotated[
    Text,
    BeforeValidator(_number, json_schema_input_type=str | int),
    Field(min_length=1, max_length=64, description="Its id, or New API's channel type number.", examples=["openai"]),
]
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
    """Optional limits and rules of one channel; what is absent follows the gateway's defaults. Times in seconds."""

    connect_timeout_s: Seconds | None = None
    first_byte_timeout_s: Seconds | None = None
    idle_timeout_s: Seconds | None = None
    proxy: ProxyUrl | None = None
    price_ratio: Ratio | None = Field(default=None, description="Multiplies what its requests cost.")
    region: Region | None = None
    parameters: Parameters | None = None
    base_urls: BaseUrls | None = None
    protocols: Protocols | None = None
    capabilities: Capabilities | None = None
    param_override: ParamOverride = None
    header_override: HeaderOverride = None
    system_prompt: SystemPrompt = None
    privacy: Privacy = None
    status_map: StatusMap = None
    think_tags: ThinkTags = None
    thinking_to_content: Flag | None = Field(default=None, description=SETTINGS["thinking_to_content"])
    force_format: Flag | None = Field(default=None, description=SETTINGS["force_format"])
    drop_server_tools: Flag | None = Field(default=None, description=SETTINGS["drop_server_tools"])
    suffixes: Suffixes = None

    def stored(self) -> dict[str, Any]:
        """Only what was set, as it is stored."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


Groups = Annotated[
    Annotated[list[Annotated[Text, Field(min_length=1, max_length=64)]], Field(min_length=1, max_length=200)] | None,
    Field(description="Groups whose requests it serves; null: all."),
]
KeyMode = Annotated[
    Literal["random", "round_robin"], Field(description="How several keys take turns, in each replica.")
]
Tag = Annotated[Text, Field(max_length=64, description="For changing many channels at once.")]
Remark = Annotated[Text, Field(max_length=255)]
TestModel = Annotated[
    Pattern | Literal[""], Field(description="What tests ask for; empty: the first model that is not a glob.")
]
AutoDisable = Annotated[Flag, Field(description="Whether failures may switch it off: option channels.auto_disable.")]
WatchModels = Annotated[
    Literal["off", "notify", "add", "sync"],
    Field(description="Of the upstream's models by the clock: tell of changes, add new ones, or remove gone ones too."),
]
IgnoredModels = Annotated[
    list[Pattern], Field(max_length=500, description="Names or globs that the comparison leaves out.")
]
_STORED = {
    "models", "priority", "weight", "enabled", "headers", "groups", "key_mode", "tag", "remark", "test_model",
    "auto_disable", "watch_models",
}  # fmt: skip


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
    groups: Groups = None
    key_mode: KeyMode = "random"
    tag: Tag = ""
    remark: Remark = ""
    test_model: TestModel = ""
    auto_disable: AutoDisable = True
    watch_models: WatchModels = "off"
    ignored_models: IgnoredModels = Field(default_factory=list)

    def columns(self, provider: str) -> Fields:
        """The stored columns but for name, secrets and origin; `provider` is the id of what was named.

        An address that the channel does not give is not stored: it follows the catalogue.
        """
        plain = {**self.model_dump(include=_STORED), "ignored_models": self.ignored_models or None}
        return {**plain, "provider": provider, "base_url": self.base_url or "", "settings": self.settings.stored()}


class ChannelPatch(Patch):
    """A partial change: absent fields stay.

    `secret: null` and `proxy_secret: null` remove them; a proxy that is removed takes its login along. `base_url: null`
    goes back to the provider's own. `models` and `headers` replace the stored map; of `settings` only what is named
    changes, and null removes one.
    """

    name: Name = ""
    provider: Provider = ""
    base_url: BaseUrl | None = None
    secret: Token | None = None
    proxy_secret: ProxySecret | None = None
    models: ModelMap = Field(default_factory=dict)
    priority: Priority = 0
    weight: Weight = 1
    enabled: Flag = True
    headers: Headers = Field(default_factory=dict)
    settings: ChannelSettings = Field(default_factory=ChannelSettings)
    groups: Groups = None
    key_mode: KeyMode = "random"
    tag: Tag = ""
    remark: Remark = ""
    test_model: TestModel = ""
    auto_disable: AutoDisable = True
    watch_models: WatchModels = "off"
    ignored_models: IgnoredModels = Field(default_factory=list)


class ChannelState(Wire):
    """What was last seen of it; null: nothing yet. `balance` is decimal text in `balance_currency`."""

    tested_at: StoredTime | None = None
    test_ok: bool | None = None
    test_ms: int = 0
    test_error: str = ""
    test_said: SaidOut | None = Field(default=None, description="`test_error` for other languages.")
    off_said: SaidOut | None = Field(default=None, description="The channel's `off_reason` for other languages.")
    balance: str | None = None
    balance_currency: str = ""
    balance_at: StoredTime | None = None
    balance_error: str = ""
    models_at: StoredTime | None = None
    models_new: list[str] | None = Field(default=None, description="At the upstream and not here.")
    models_gone: list[str] | None = Field(default=None, description="Here and no longer at the upstream.")
    models_error: str = ""


class ChannelOut(Wire):
    """A stored channel; `secret_hint` shows the end of the secret, "" when there is none.

    `protocols` are protocol -> address in effect, the preferred one first; `base_url` is the first of these addresses.
    """

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    provider: str
    base_url: str
    protocols: dict[str, str]
    secret_hint: str = Field(examples=["...a1b2"])
    has_proxy_secret: bool
    models: dict[str, str]
    priority: int
    weight: int
    enabled: bool
    headers: dict[str, str]
    settings: dict[str, Any]
    groups: list[str] | None = None
    keys: int = Field(default=0, description="How many keys it has in place of one secret.")
    keys_in_use: int = 0
    key_mode: str = "random"
    tag: str = ""
    remark: str = ""
    test_model: str = ""
    auto_disable: bool = True
    off_by: Literal["", "auto"] = Field(default="", description='Of one that is off: "auto", failures did it.')
    off_reason: str = ""
    off_at: StoredTime | None = None
    watch_models: str = "off"
    ignored_models: list[str] = Field(default_factory=list)
    state: ChannelState = ChannelState()
    origin: Literal["api", "apply"]
    created_at: StoredTime
    updated_at: StoredTime


TestEndpoint = Annotated[
    Literal["chat", "responses", "messages", "gemini", "embeddings"],
    Field(description="What a client would call; it is converted where the channel speaks something else."),
]


class ChannelTest(Wire):
    """What to test a channel with; without `model` the first model is taken that is not a glob."""

    model: Pattern | None = Field(default=None, examples=["gpt-5-mini"])
    stream: Flag = False
    endpoint: TestEndpoint = "chat"
    key_id: Annotated[int, Field(strict=True, ge=0, le=MAX_ID, description="One of several keys; 0: any.")] = 0


class ChannelTestResult(Wire):
    """How the test request ended. Times in milliseconds; `status` is 0 when nothing answered."""

    ok: bool
    status: int
    milliseconds: float
    first_byte_ms: float
    model: str
    error: str
    detail: str
    detail_said: SaidOut | None = Field(default=None, description="The same, for other languages.")
