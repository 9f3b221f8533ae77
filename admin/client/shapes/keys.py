"""Keys: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class KeyBatch(TypedDict):
    """Several new keys that differ in name and value only: NAME-1, NAME-2 ..."""

    name: str
    key: NotRequired[None]
    models: NotRequired[list[str] | None]
    enabled: NotRequired[bool]
    admin: NotRequired[bool]
    expires_at: NotRequired[str | None]
    user: NotRequired[str | None]
    team: NotRequired[str | None]
    group: NotRequired[str | None]
    groups: NotRequired[list[str] | None]
    group_retry: NotRequired[bool]
    cost_cap: NotRequired[str | int | None]
    strict: NotRequired[bool]
    endpoints: NotRequired[list[str] | None]
    networks: NotRequired[list[str] | None]
    metadata: NotRequired[dict[str, Any]]
    remark: NotRequired[str]
    budgets: NotRequired[list[KeyBudgetInput]]
    limits: NotRequired[list[KeyLimit]]
    count: int


class KeyBudgetInput(TypedDict):
    """What the key may spend per period."""

    period: Literal["total", "day", "week", "month"]
    amount: str | int
    alerts: NotRequired[list[int]]


class KeyBudgetOutput(TypedDict):
    """What the key may spend per period."""

    period: Literal["total", "day", "week", "month"]
    amount: str
    alerts: NotRequired[list[int]]


class KeyBulk(TypedDict):
    """One change of many keys: of `ids`, or of all that `filter` finds. `values` ..."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["enable", "disable", "delete", "change"]
    filter: NotRequired[KeyFilter | None]
    values: NotRequired[KeyPatch | None]


class KeyCreated(TypedDict):
    """The answer to a creation: the only time the key is shown."""

    id: int
    name: str
    hint: str
    models: list[str] | None
    enabled: bool
    admin: bool
    expires_at: str | None
    user_id: int | None
    user: NotRequired[str | None]
    team_id: NotRequired[int | None]
    team: NotRequired[str | None]
    requests: NotRequired[int]
    used_nano: NotRequired[int]
    last_used_at: NotRequired[str | None]
    group: str | None
    cost_cap: str | None
    groups: NotRequired[list[str] | None]
    group_retry: NotRequired[bool]
    strict: bool
    endpoints: NotRequired[list[str] | None]
    networks: NotRequired[list[str] | None]
    metadata: NotRequired[dict[str, str]]
    remark: NotRequired[str]
    old_until: NotRequired[str | None]
    budgets: NotRequired[list[KeyBudgetOutput]]
    limits: NotRequired[list[KeyLimit]]
    origin: Literal["api", "apply", "playground"]
    created_at: str
    updated_at: str
    key: str


class KeyFilter(TypedDict):
    """Which keys are meant: those to which all that is named here applies."""

    user: NotRequired[str | None]
    organisation: NotRequired[str | None]
    team: NotRequired[str | None]
    group: NotRequired[str | None]
    enabled: NotRequired[bool | None]
    q: NotRequired[str]


class KeyLimit(TypedDict):
    """A rate limit of this key alone."""

    metric: Literal["requests", "tokens", "concurrent"]
    window: NotRequired[Literal["second", "minute", "hour", "day"] | None]
    amount: int


class KeyMake(TypedDict):
    """A new key with its budgets and rate limits."""

    name: str
    key: NotRequired[str | None]
    models: NotRequired[list[str] | None]
    enabled: NotRequired[bool]
    admin: NotRequired[bool]
    expires_at: NotRequired[str | None]
    user: NotRequired[str | None]
    team: NotRequired[str | None]
    group: NotRequired[str | None]
    groups: NotRequired[list[str] | None]
    group_retry: NotRequired[bool]
    cost_cap: NotRequired[str | int | None]
    strict: NotRequired[bool]
    endpoints: NotRequired[list[str] | None]
    networks: NotRequired[list[str] | None]
    metadata: NotRequired[dict[str, Any]]
    remark: NotRequired[str]
    budgets: NotRequired[list[KeyBudgetInput]]
    limits: NotRequired[list[KeyLimit]]


class KeyOut(TypedDict):
    """A stored key; `hint` shows its beginning and end."""

    id: int
    name: str
    hint: str
    models: list[str] | None
    enabled: bool
    admin: bool
    expires_at: str | None
    user_id: int | None
    user: NotRequired[str | None]
    team_id: NotRequired[int | None]
    team: NotRequired[str | None]
    requests: NotRequired[int]
    used_nano: NotRequired[int]
    last_used_at: NotRequired[str | None]
    group: str | None
    cost_cap: str | None
    groups: NotRequired[list[str] | None]
    group_retry: NotRequired[bool]
    strict: bool
    endpoints: NotRequired[list[str] | None]
    networks: NotRequired[list[str] | None]
    metadata: NotRequired[dict[str, str]]
    remark: NotRequired[str]
    old_until: NotRequired[str | None]
    budgets: NotRequired[list[KeyBudgetOutput]]
    limits: NotRequired[list[KeyLimit]]
    origin: Literal["api", "apply", "playground"]
    created_at: str
    updated_at: str


class KeyPatch(TypedDict):
    """A partial change: absent fields stay; null allows all, or removes expiry, user ..."""

    name: NotRequired[str]
    models: NotRequired[list[str] | None]
    enabled: NotRequired[bool]
    admin: NotRequired[bool]
    expires_at: NotRequired[str | None]
    user: NotRequired[str | None]
    team: NotRequired[str | None]
    group: NotRequired[str | None]
    groups: NotRequired[list[str] | None]
    group_retry: NotRequired[bool]
    cost_cap: NotRequired[str | int | None]
    strict: NotRequired[bool]
    endpoints: NotRequired[list[str] | None]
    networks: NotRequired[list[str] | None]
    metadata: NotRequired[dict[str, Any]]
    remark: NotRequired[str]
    budgets: NotRequired[list[KeyBudgetInput]]
    limits: NotRequired[list[KeyLimit]]


class KeyRotate(TypedDict):
    """How a value is replaced by a new one."""

    overlap_s: NotRequired[int]
    key: NotRequired[str | None]


class KeysCreated(TypedDict):
    """The answer to the creation of several: the only time the keys are shown."""

    items: list[KeyCreated]


class ListedKeyOut(TypedDict):
    """ListedKeyOut of the document."""

    items: list[KeyOut]
    next: NotRequired[str | None]
