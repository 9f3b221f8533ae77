"""Subscriptions: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.payments import CheckoutOut, OrderOut


class ListedPlanOut(TypedDict):
    """ListedPlanOut of the document."""

    items: list[PlanOut]
    next: NotRequired[str | None]


class ListedSubscriptionOut(TypedDict):
    """ListedSubscriptionOut of the document."""

    items: list[SubscriptionOut]
    next: NotRequired[str | None]


class PeriodOut(TypedDict):
    """The present period of the quota. `held` is what replicas may still spend of it."""

    account_id: int
    ends_at: str
    quota: str
    spent: str
    held: str
    available: str


class PlanBulk(TypedDict):
    """Switch on or off, or remove (those that were never sold)."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["enable", "disable", "delete"]


class PlanChange(TypedDict):
    """Another plan."""

    plan: str


class PlanCreate(TypedDict):
    """A new plan."""

    name: str
    title: NotRequired[str]
    description: NotRequired[str]
    enabled: NotRequired[bool]
    public: NotRequired[bool]
    position: NotRequired[int]
    price: str
    term_unit: NotRequired[Literal["hour", "day", "week", "month", "year"]]
    term_count: NotRequired[int]
    quota: str | int
    reset: NotRequired[Literal["term", "day", "week", "month", "custom"]]
    reset_s: NotRequired[int]
    use: NotRequired[Literal["first", "after_wallet"]]
    overflow: NotRequired[bool]
    group: NotRequired[str]
    group_after: NotRequired[str]
    rank: NotRequired[int]
    per_user: NotRequired[int]
    pay_by: NotRequired[list[str]]


class PlanOut(TypedDict):
    """A plan. `running` counts its subscriptions that run, for those who manage plans."""

    id: int
    name: str
    title: str
    description: str
    enabled: bool
    public: bool
    position: int
    price: str
    term_unit: Literal["hour", "day", "week", "month", "year"]
    term_count: int
    quota: str
    reset: Literal["term", "day", "week", "month", "custom"]
    reset_s: int
    use: Literal["first", "after_wallet"]
    overflow: bool
    group: str
    group_after: str
    rank: int
    per_user: int
    pay_by: list[str]
    running: int | None
    created_at: str
    updated_at: str


class PlanPatch(TypedDict):
    """A partial change; it counts for terms that begin from now on."""

    name: NotRequired[str]
    title: NotRequired[str]
    description: NotRequired[str]
    enabled: NotRequired[bool]
    public: NotRequired[bool]
    position: NotRequired[int]
    price: NotRequired[str]
    term_unit: NotRequired[Literal["hour", "day", "week", "month", "year"]]
    term_count: NotRequired[int]
    quota: NotRequired[str | int]
    reset: NotRequired[Literal["term", "day", "week", "month", "custom"]]
    reset_s: NotRequired[int]
    use: NotRequired[Literal["first", "after_wallet"]]
    overflow: NotRequired[bool]
    group: NotRequired[str]
    group_after: NotRequired[str]
    rank: NotRequired[int]
    per_user: NotRequired[int]
    pay_by: NotRequired[list[str]]


class Refilled(TypedDict):
    """What a reset gave back to the present period, USD."""

    added: str


class SubscriptionBulk(TypedDict):
    """End now, or give the present periods their full quota back."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["end", "reset"]
    reason: NotRequired[str]


class SubscriptionBuy(TypedDict):
    """A plan to be bought: from the balance at once, or at a payment provider."""

    plan: str
    pay_by: NotRequired[str]
    method: NotRequired[str]
    organisation: NotRequired[bool]
    renews: NotRequired[bool]


class SubscriptionDetail(TypedDict):
    """A subscription with its terms, the latest first."""

    id: int
    scope: Literal["user", "organisation"]
    owner: str
    owner_id: int
    plan: str
    plan_id: int
    next_plan: str | None
    state: Literal["active", "ended"]
    ended_because: str
    term: int
    term_start: str
    term_end: str
    paid_until: str
    renews: bool
    pay_by: str
    price: str
    quota: str
    reset: str
    reset_s: int
    use: Literal["first", "after_wallet"]
    overflow: bool
    group: str
    period: PeriodOut | None
    created_at: str
    updated_at: str
    ended_at: str | None
    terms: list[TermOut]


class SubscriptionGive(TypedDict):
    """A plan to be given to somebody, for nothing."""

    plan: str
    scope: NotRequired[Literal["user", "organisation"]]
    owner: str
    terms: NotRequired[int]


class SubscriptionMade(TypedDict):
    """What a purchase came to: paid from the balance there is a subscription, else a ..."""

    order: OrderOut
    subscription: SubscriptionOut | None
    checkout: CheckoutOut | None


class SubscriptionOut(TypedDict):
    """A subscription. `period` is null when nothing can be spent from it now."""

    id: int
    scope: Literal["user", "organisation"]
    owner: str
    owner_id: int
    plan: str
    plan_id: int
    next_plan: str | None
    state: Literal["active", "ended"]
    ended_because: str
    term: int
    term_start: str
    term_end: str
    paid_until: str
    renews: bool
    pay_by: str
    price: str
    quota: str
    reset: str
    reset_s: int
    use: Literal["first", "after_wallet"]
    overflow: bool
    group: str
    period: PeriodOut | None
    created_at: str
    updated_at: str
    ended_at: str | None


class SubscriptionPatch(TypedDict):
    """What its owner decides."""

    renews: NotRequired[bool]
    use: NotRequired[Literal["first", "after_wallet"]]
    overflow: NotRequired[bool]


class TermOut(TypedDict):
    """One paid term."""

    term: int
    plan: str
    starts_at: str
    ends_at: str
    price: str
    paid_by: str
    reference: str


class Withdrawal(TypedDict):
    """Why a subscription ends now."""

    reason: NotRequired[str]
