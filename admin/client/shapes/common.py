"""Common: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class BulkDone(TypedDict):
    """How many were meant, changed and refused; the refused ones first, at most 1,000 ..."""

    matched: int
    changed: int
    refused: int
    dry_run: bool
    results: list[BulkResult]


class BulkResult(TypedDict):
    """What became of one object."""

    ok: bool
    status: NotRequired[int]
    problem: NotRequired[str]
    code: NotRequired[str]
    params: NotRequired[dict[str, str | int | float]]
    id: int


class Candidate(TypedDict):
    """A channel that lists the model. `share`: of the requests that come, while all ..."""

    channel_id: int
    channel: str
    provider: str
    priority: int
    weight: int
    share: float
    matched: str
    upstream_model: str
    usable: bool
    reason: str
    plan: str
    kind: Literal["", "passthrough", "convert", "estimate"]
    upstream_protocol: str
    upstream_operation: str
    url: str
    group: NotRequired[str]
    edits: list[str]
    after_priority: int | None
    total_weight: int
    speaks: list[str]
    rules: list[str]
    asks_usage: bool


class Change(TypedDict):
    """One object: what happens to it, and [old, new] of each field that changes."""

    action: Literal["create", "update", "delete", "unchanged"]
    kind: Literal["channel", "key", "price", "group", "limit"]
    name: str
    fields: dict[str, list[Any]]


class ChannelSettings(TypedDict):
    """Optional limits and rules of one channel; what is absent follows the gateway's ..."""

    connect_timeout_s: NotRequired[float | None]
    first_byte_timeout_s: NotRequired[float | None]
    idle_timeout_s: NotRequired[float | None]
    proxy: NotRequired[str | None]
    price_ratio: NotRequired[str | float | None]
    region: NotRequired[str | None]
    parameters: NotRequired[dict[str, Any] | None]
    base_urls: NotRequired[dict[str, str] | None]
    protocols: NotRequired[
        list[Literal["chat", "responses", "messages", "gemini"]]
        | dict[str, list[Literal["chat", "responses", "messages", "gemini"]]]
        | None
    ]
    capabilities: NotRequired[dict[str, bool] | None]
    param_override: NotRequired[dict[str, Any] | list[Any] | None]
    header_override: NotRequired[dict[str, Any] | None]
    system_prompt: NotRequired[str | dict[str, Any] | None]
    privacy: NotRequired[bool | list[str] | dict[str, Any] | None]
    status_map: NotRequired[dict[str, int | str] | None]
    think_tags: NotRequired[bool | str | None]
    thinking_to_content: NotRequired[bool | None]
    force_format: NotRequired[bool | None]
    drop_server_tools: NotRequired[bool | None]
    suffixes: NotRequired[bool | dict[str, Any] | None]


class DeliveryOut(TypedDict):
    """One event on its way to a target."""

    id: int
    event_id: int
    event: str
    message_id: str
    state: str
    attempts: int
    next_at: str | None
    status: int
    milliseconds: int
    problem: str
    problem_said: SaidOut | None
    answer: str
    created_at: str
    tried_at: str | None


class FieldError(TypedDict):
    """One wrong field: its dotted path (`body.models.0`) and what is allowed."""

    field: str
    message: str
    code: str
    params: dict[str, str | int | float]


class JobOut(TypedDict):
    """A job that somebody started. `result` is the kind's own; while it runs it holds ..."""

    id: int
    kind: str
    state: str
    done: int
    total: int
    result: dict[str, Any]
    error: str
    actor: str
    cancelling: bool
    created_at: str
    started_at: str | None
    ended_at: str | None


class ListedDeliveryOut(TypedDict):
    """ListedDeliveryOut of the document."""

    items: list[DeliveryOut]
    next: NotRequired[str | None]


class ListedTargetOut(TypedDict):
    """ListedTargetOut of the document."""

    items: list[TargetOut]
    next: NotRequired[str | None]


class Match(TypedDict):
    """Which requests a limit counts: those to which all that is named here applies."""

    key: NotRequired[str | None]
    user: NotRequired[str | None]
    team: NotRequired[str | None]
    group: NotRequired[str | None]
    model: NotRequired[str | None]
    channel: NotRequired[str | None]


class Money(TypedDict):
    """What an account has. `held` is the part that replicas hold as leases ..."""

    account_id: int
    limited: bool
    balance: str
    held: str
    available: str


class Other(TypedDict):
    """A channel that lists the model and is not asked."""

    channel_id: int
    channel: str
    reason: str
    code: Literal["off", "failures", "keyless", "settings"]
    detail: str
    detail_said: SaidOut | None


class PasskeyChallenge(TypedDict):
    """`options` are for navigator.credentials, as parseCreationOptionsFromJSON and ..."""

    ticket: str
    options: dict[str, Any]


class ProblemOut(TypedDict):
    """Why a request was refused and what to do. `code` and `params` say `detail` for ..."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    params: dict[str, str | int | float]
    request_id: str
    errors: NotRequired[list[FieldError] | None]


class QuotaSet(TypedDict):
    """Whether the balance limits spending."""

    limited: bool
    balance: NotRequired[str | int | None]


class RatioSet(TypedDict):
    """The same prices in New API's ratios: a model ratio of 1 is $2 per 1,000,000 ..."""

    model_ratio: NotRequired[str | float | None]
    completion_ratio: NotRequired[str | float | None]
    cache_ratio: NotRequired[str | float | None]
    create_cache_ratio: NotRequired[str | float | None]
    image_ratio: NotRequired[str | float | None]
    audio_ratio: NotRequired[str | float | None]
    audio_completion_ratio: NotRequired[str | float | None]
    model_price: NotRequired[str | float | None]


class RemovalBulk(TypedDict):
    """Remove each that can be removed."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["delete"]


class Rotation(TypedDict):
    """A new secret."""

    overlap_hours: NotRequired[int]


class SaidOut(TypedDict):
    """A sentence for people: `text` in English, `code` and `params` for other languages."""

    text: str
    code: str
    params: dict[str, str | int | float]
    status: NotRequired[int]


class ScimError(TypedDict):
    """A refusal (RFC 7644, 3.12). `scimType` is there where the RFC has a word for it."""

    schemas: list[str]
    status: str
    scimType: NotRequired[str | None]
    detail: str


class Shown(TypedDict):
    """A text as readers see it."""

    id: int
    kind: Literal["notice", "announcement", "faq", "api"]
    level: Literal["info", "success", "warning", "critical"]
    title: str
    body: str
    link: str
    at: str


class SignedInAs(TypedDict):
    """Who has signed in."""

    id: int
    name: str
    display_name: str
    role: str
    csrf_token: str
    must_change_password: bool


class TargetBulk(TypedDict):
    """Switch on or off, or remove."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["enable", "disable", "delete"]


class TargetCreated(TypedDict):
    """The answer to a creation or rotation: the only time a webhook's secret is ..."""

    id: int
    kind: Literal["webhook", "email", "bark", "gotify"]
    name: str
    owner: Literal["me", "organisation", "gateway"]
    user_id: int | None
    organisation_id: int | None
    url: str
    address: str
    events: list[str]
    enabled: bool
    disabled_because: str
    disabled_said: SaidOut | None
    failures: int
    created_at: str
    updated_at: str
    secret: str | None


class TargetOut(TypedDict):
    """A webhook or a notification target, without its secret."""

    id: int
    kind: Literal["webhook", "email", "bark", "gotify"]
    name: str
    owner: Literal["me", "organisation", "gateway"]
    user_id: int | None
    organisation_id: int | None
    url: str
    address: str
    events: list[str]
    enabled: bool
    disabled_because: str
    disabled_said: SaidOut | None
    failures: int
    created_at: str
    updated_at: str


class TargetPatch(TypedDict):
    """A partial change."""

    name: NotRequired[str]
    url: NotRequired[str]
    key: NotRequired[str]
    events: NotRequired[list[str]]
    enabled: NotRequired[bool]


class TierSet(TypedDict):
    """Other prices for all tokens of a request with more than `above` input tokens ..."""

    above: int
    input: NotRequired[str | float | None]
    output: NotRequired[str | float | None]
    cache_read: NotRequired[str | float | None]
    cache_write: NotRequired[str | float | None]
    cache_write_1h: NotRequired[str | float | None]
    reasoning: NotRequired[str | float | None]
    image_input: NotRequired[str | float | None]
    image_output: NotRequired[str | float | None]
    audio_input: NotRequired[str | float | None]
    audio_output: NotRequired[str | float | None]


class WayIn(TypedDict):
    """A way to sign in, as everybody may know it."""

    slug: str
    kind: Literal["oidc", "oauth2", "github", "discord", "linuxdo", "telegram", "wechat"]
    title: str
    start: str
    bot_name: NotRequired[str]
    qr_code_url: NotRequired[str]


class WindowSet(TypedDict):
    """A multiplier for requests that begin at these hours (UTC); `end` at or before ..."""

    start: str
    end: str
    ratio: str | float
    days: NotRequired[list[int]]
