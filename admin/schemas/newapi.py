"""Answers in New API's shapes, for its clients and scripts that only read. Amounts are quota: 500,000 to the USD.

Field names: https://github.com/QuantumNous/new-api, model/*.go and controller/*.go (v1.0, 2026-11).
"""

from typing import Any, Generic, TypeVar

from pydantic import Field

from admin.schemas.base import Wire

Data = TypeVar("Data")


class Answer(Wire, Generic[Data]):
    """What every answer is."""

    success: bool = True
    message: str = ""
    data: Data


class Numbered(Wire, Generic[Data]):
    """A page by its number; `total` is how many items there are."""

    page: int
    page_size: int
    total: int
    items: list[Data]


class UserSelf(Wire):
    """A user. `quota` is what is left."""

    id: int
    username: str
    display_name: str
    role: int = Field(description="1 user, 10 administrator, 100 root.")
    status: int = Field(description="1 on, 2 off.")
    email: str
    group: str
    quota: int
    used_quota: int
    request_count: int
    inviter_id: int
    remark: str = ""
    created_at: int
    last_login_at: int


class TokenItem(Wire):
    """A key; `key` shows its ends only. `remain_quota` is what is left of its total budget."""

    id: int
    user_id: int
    key: str
    status: int = Field(description="1 on, 2 off, 3 expired, 4 spent.")
    name: str
    created_time: int
    accessed_time: int
    expired_time: int = Field(description="Unix seconds; -1: never.")
    remain_quota: int
    unlimited_quota: bool
    used_quota: int
    model_limits_enabled: bool
    model_limits: str
    allow_ips: str
    group: str
    cross_group_retry: bool


class ChannelItem(Wire):
    """A channel without its secret. `type` is New API's number, 0 for a provider that it does not have."""

    id: int
    type: int
    key: str = ""
    name: str
    status: int = Field(description="1 on, 2 off by hand, 3 off by failures.")
    weight: int
    priority: int
    created_time: int
    test_time: int
    response_time: int
    test_model: str
    base_url: str
    balance: float
    balance_updated_time: int
    models: str
    group: str
    used_quota: int
    model_mapping: str
    auto_ban: int
    tag: str
    remark: str


class ChannelPage(Numbered[ChannelItem]):
    """A page of channels. `type_counts` counts those of the page."""

    type_counts: dict[str, int]


class LogItem(Wire):
    """A request. `type` 2: it went well; 5: it failed. `other` is JSON in text."""

    id: int
    user_id: int
    created_at: int
    type: int
    content: str
    username: str
    token_name: str
    model_name: str
    quota: int
    prompt_tokens: int
    completion_tokens: int
    use_time: int
    is_stream: bool
    channel: int
    channel_name: str
    token_id: int
    group: str
    ip: str
    request_id: str
    other: str


class PricedModel(Wire):
    """A model with its ratios; `quota_type` 1: a price per call."""

    model_name: str
    description: str
    icon: str
    tags: str
    vendor_name: str
    quota_type: int
    model_ratio: float
    model_price: float
    completion_ratio: float
    cache_ratio: float
    enable_groups: list[str]


class Pricing(Answer[list[PricedModel]]):
    """The models, with the multipliers of the groups that everybody may use beside them."""

    group_ratio: dict[str, float]
    usable_group: dict[str, str]
    auto_groups: list[str] = Field(default_factory=list)


Status = Answer[dict[str, Any]]
