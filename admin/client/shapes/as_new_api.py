"""As new api: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class AnswerChannelPage(TypedDict):
    """AnswerChannelPage of the document."""

    success: NotRequired[bool]
    message: NotRequired[str]
    data: ChannelPage


class AnswerDictStrAny(TypedDict):
    """AnswerDictStrAny of the document."""

    success: NotRequired[bool]
    message: NotRequired[str]
    data: dict[str, Any]


class AnswerDictStrListStr(TypedDict):
    """AnswerDictStrListStr of the document."""

    success: NotRequired[bool]
    message: NotRequired[str]
    data: dict[str, list[str]]


class AnswerListStr(TypedDict):
    """AnswerListStr of the document."""

    success: NotRequired[bool]
    message: NotRequired[str]
    data: list[str]


class AnswerNumberedLogItem(TypedDict):
    """AnswerNumberedLogItem of the document."""

    success: NotRequired[bool]
    message: NotRequired[str]
    data: NumberedLogItem


class AnswerNumberedTokenItem(TypedDict):
    """AnswerNumberedTokenItem of the document."""

    success: NotRequired[bool]
    message: NotRequired[str]
    data: NumberedTokenItem


class AnswerUserSelf(TypedDict):
    """AnswerUserSelf of the document."""

    success: NotRequired[bool]
    message: NotRequired[str]
    data: UserSelf


class ChannelItem(TypedDict):
    """A channel without its secret. `type` is New API's number, 0 for a provider that ..."""

    id: int
    type: int
    key: NotRequired[str]
    name: str
    status: int
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


class ChannelPage(TypedDict):
    """A page of channels. `type_counts` counts those of the page."""

    page: int
    page_size: int
    total: int
    items: list[ChannelItem]
    type_counts: dict[str, int]


class LogItem(TypedDict):
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


class NumberedLogItem(TypedDict):
    """NumberedLogItem of the document."""

    page: int
    page_size: int
    total: int
    items: list[LogItem]


class NumberedTokenItem(TypedDict):
    """NumberedTokenItem of the document."""

    page: int
    page_size: int
    total: int
    items: list[TokenItem]


class PricedModel(TypedDict):
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


class Pricing(TypedDict):
    """The models, with the multipliers of the groups that everybody may use beside them."""

    success: NotRequired[bool]
    message: NotRequired[str]
    data: list[PricedModel]
    group_ratio: dict[str, float]
    usable_group: dict[str, str]
    auto_groups: NotRequired[list[str]]


class TokenItem(TypedDict):
    """A key; `key` shows its ends only. `remain_quota` is what is left of its total ..."""

    id: int
    user_id: int
    key: str
    status: int
    name: str
    created_time: int
    accessed_time: int
    expired_time: int
    remain_quota: int
    unlimited_quota: bool
    used_quota: int
    model_limits_enabled: bool
    model_limits: str
    allow_ips: str
    group: str
    cross_group_retry: bool


class UserSelf(TypedDict):
    """A user. `quota` is what is left."""

    id: int
    username: str
    display_name: str
    role: int
    status: int
    email: str
    group: str
    quota: int
    used_quota: int
    request_count: int
    inviter_id: int
    remark: NotRequired[str]
    created_at: int
    last_login_at: int
