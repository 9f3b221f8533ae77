"""Channels: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import Change, ChannelSettings, SaidOut


class ApplyModels(TypedDict):
    """Names to add to the channel's models, under their own names, and public names ..."""

    add: NotRequired[list[str]]
    remove: NotRequired[list[str]]


class BalanceOut(TypedDict):
    """What is left on the account, as the provider says: decimal text in `currency`."""

    balance: str
    currency: str
    at: str


class ChannelBulk(TypedDict):
    """One change of many channels: of `ids`, or of all that `filter` finds. `values` ..."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["enable", "disable", "delete", "change", "retry", "add_models", "sync_models"]
    filter: NotRequired[ChannelFilter | None]
    values: NotRequired[ChannelPatch | None]


class ChannelCopy(TypedDict):
    """What the copy is called; it is switched off until somebody switches it on."""

    name: str
    secrets: NotRequired[bool]
    enabled: NotRequired[bool]


class ChannelCreate(TypedDict):
    """A new channel."""

    name: str
    provider: str | int
    base_url: NotRequired[str | None]
    secret: NotRequired[str | None]
    proxy_secret: NotRequired[str | None]
    models: NotRequired[dict[str, str | None] | list[str]]
    priority: NotRequired[int]
    weight: NotRequired[int]
    enabled: NotRequired[bool]
    headers: NotRequired[dict[str, str]]
    settings: NotRequired[ChannelSettings]
    groups: NotRequired[list[str] | None]
    key_mode: NotRequired[Literal["random", "round_robin"]]
    tag: NotRequired[str]
    remark: NotRequired[str]
    test_model: NotRequired[str]
    auto_disable: NotRequired[bool]
    watch_models: NotRequired[Literal["off", "notify", "add", "sync"]]
    ignored_models: NotRequired[list[str]]


class ChannelExport(TypedDict):
    """Which channels a file is made of: those of `ids`, or all that `filter` finds."""

    ids: NotRequired[list[int]]
    filter: NotRequired[ChannelFilter]
    secrets: NotRequired[bool]


class ChannelFile(TypedDict):
    """A file of channels."""

    text: str
    channels: int


class ChannelFilter(TypedDict):
    """Which channels are meant: those to which all that is named here applies."""

    tag: NotRequired[str | None]
    provider: NotRequired[str | None]
    group: NotRequired[str | None]
    model: NotRequired[str | None]
    enabled: NotRequired[bool | None]
    off_by: NotRequired[Literal["auto"] | None]
    q: NotRequired[str]


class ChannelImport(TypedDict):
    """A file of channels; of other sections nothing is read."""

    text: str
    dry_run: NotRequired[bool]


class ChannelImported(TypedDict):
    """What is changed, and the names of the sections that were not read."""

    dry_run: bool
    changes: list[Change]
    ignored: list[str]


class ChannelJob(TypedDict):
    """Work on many channels in the background: of `ids`, of what `filter` finds, or ..."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["test", "balance", "models"]
    filter: NotRequired[ChannelFilter | None]
    model: NotRequired[str | None]
    endpoint: NotRequired[Literal["chat", "responses", "messages", "gemini", "embeddings"]]
    stream: NotRequired[bool]


class ChannelKeyList(TypedDict):
    """The keys of a channel in the order in which they were added."""

    items: list[ChannelKeyOut]


class ChannelKeyOut(TypedDict):
    """One of several keys; `hint` shows its end."""

    id: int
    hint: str
    enabled: bool
    off_by: Literal["", "auto"]
    off_reason: str
    off_at: str | None
    created_at: str
    off_said: SaidOut | None
    etag: str


class ChannelKeyPatch(TypedDict):
    """A partial change of one key."""

    enabled: NotRequired[bool]
    reason: NotRequired[str]


class ChannelKeysAdd(TypedDict):
    """Keys to add; those that the channel has already are left out."""

    secrets: list[str]


class ChannelKeysChange(TypedDict):
    """One change of all keys of a channel. `delete_auto` removes those that failures ..."""

    action: Literal["enable_all", "disable_all", "delete_auto", "delete_all"]


class ChannelOut(TypedDict):
    """A stored channel; `secret_hint` shows the end of the secret, '' when there is none."""

    id: int
    name: str
    provider: str
    base_url: str
    protocols: dict[str, str]
    secret_hint: str
    has_proxy_secret: bool
    models: dict[str, str]
    priority: int
    weight: int
    enabled: bool
    headers: dict[str, str]
    settings: dict[str, Any]
    groups: NotRequired[list[str] | None]
    keys: NotRequired[int]
    keys_in_use: NotRequired[int]
    key_mode: NotRequired[str]
    tag: NotRequired[str]
    remark: NotRequired[str]
    test_model: NotRequired[str]
    auto_disable: NotRequired[bool]
    off_by: NotRequired[Literal["", "auto"]]
    off_reason: NotRequired[str]
    off_at: NotRequired[str | None]
    watch_models: NotRequired[str]
    ignored_models: NotRequired[list[str]]
    state: NotRequired[ChannelState]
    origin: Literal["api", "apply"]
    created_at: str
    updated_at: str


class ChannelPatch(TypedDict):
    """A partial change: absent fields stay."""

    name: NotRequired[str]
    provider: NotRequired[str | int]
    base_url: NotRequired[str | None]
    secret: NotRequired[str | None]
    proxy_secret: NotRequired[str | None]
    models: NotRequired[dict[str, str | None] | list[str]]
    priority: NotRequired[int]
    weight: NotRequired[int]
    enabled: NotRequired[bool]
    headers: NotRequired[dict[str, str]]
    settings: NotRequired[ChannelSettings]
    groups: NotRequired[list[str] | None]
    key_mode: NotRequired[Literal["random", "round_robin"]]
    tag: NotRequired[str]
    remark: NotRequired[str]
    test_model: NotRequired[str]
    auto_disable: NotRequired[bool]
    watch_models: NotRequired[Literal["off", "notify", "add", "sync"]]
    ignored_models: NotRequired[list[str]]


class ChannelRetried(TypedDict):
    """How many replicas use the channel again from now on."""

    replicas: int


class ChannelState(TypedDict):
    """What was last seen of it; null: nothing yet. `balance` is decimal text in ..."""

    tested_at: NotRequired[str | None]
    test_ok: NotRequired[bool | None]
    test_ms: NotRequired[int]
    test_error: NotRequired[str]
    test_said: NotRequired[SaidOut | None]
    off_said: NotRequired[SaidOut | None]
    balance: NotRequired[str | None]
    balance_currency: NotRequired[str]
    balance_at: NotRequired[str | None]
    balance_error: NotRequired[str]
    models_at: NotRequired[str | None]
    models_new: NotRequired[list[str] | None]
    models_gone: NotRequired[list[str] | None]
    models_error: NotRequired[str]


class ChannelTest(TypedDict):
    """What to test a channel with; without `model` the first model is taken that is ..."""

    model: NotRequired[str | None]
    stream: NotRequired[bool]
    endpoint: NotRequired[Literal["chat", "responses", "messages", "gemini", "embeddings"]]
    key_id: NotRequired[int]


class ChannelTestResult(TypedDict):
    """How the test request ended."""

    ok: bool
    status: int
    milliseconds: float
    first_byte_ms: float
    model: str
    error: str
    detail: str
    detail_said: NotRequired[SaidOut | None]


class ListedChannelOut(TypedDict):
    """ListedChannelOut of the document."""

    items: list[ChannelOut]
    next: NotRequired[str | None]


class PreviewIn(TypedDict):
    """A request as it would go to the provider, in its protocol, and what else rules ..."""

    body: dict[str, Any]
    model: str
    protocol: NotRequired[Literal["chat", "responses", "messages", "gemini"]]
    operation: NotRequired[Literal["chat", "text_completion", "embeddings", "count_tokens", "compact"]]
    path: NotRequired[str]
    headers: NotRequired[dict[str, Any]]
    attempt: NotRequired[int]
    key: NotRequired[str]
    user: NotRequired[str]
    group: NotRequired[str]
    settings: NotRequired[ChannelSettings | None]


class PreviewOut(TypedDict):
    """What goes out; `headers` besides the channel's own. `applied` are the rules ..."""

    upstream_model: str
    suffix: str
    body: dict[str, Any]
    headers: dict[str, str]
    changed: list[str]
    applied: list[str]
    losses: list[str]
    refused: Refused | None
    status_map: dict[str, int]
    edits_answers: bool


class Refused(TypedDict):
    """What a rule answers in place of the provider."""

    status: int
    message: str
    code: str


class TagList(TypedDict):
    """All tags by name."""

    items: list[TagOut]


class TagOut(TypedDict):
    """A tag and how many channels have it."""

    tag: str
    channels: int


class UpstreamModels(TypedDict):
    """The upstream's models compared with the channel's: `new` are not here, `gone` ..."""

    models: list[str]
    new: list[str]
    gone: list[str]
    ignored: list[str]
