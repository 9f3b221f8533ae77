"""Subscriptions on the wire. Money is decimal text in USD."""

from typing import Annotated, Literal

from pydantic import Field

from admin.schemas.account import time_of
from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import Flag, Name, Patch, StoredTime, Text, Wire
from admin.schemas.order import CheckoutOut, MethodName, OrderOut, ProviderName
from admin.schemas.plan import Use
from storage.models.subscription import SubscriptionTerm

OwnerScope = Literal["user", "organisation"]


class SubscriptionBuy(Wire):
    """A plan to be bought: from the balance at once, or at a payment provider."""

    plan: Annotated[Text, Field(min_length=1, max_length=200, description="Name or id.", examples=["pro"])]
    pay_by: ProviderName = Field(default="balance", description="balance, or a payment provider.")
    method: MethodName = ""
    organisation: Flag = Field(default=False, description="For the organisation instead of oneself.")
    renews: Flag = Field(default=False, description="Renew from the balance when the term ends.")


class SubscriptionGive(Wire):
    """A plan to be given to somebody, for nothing."""

    plan: Annotated[Text, Field(min_length=1, max_length=200, description="Name or id.", examples=["pro"])]
    scope: OwnerScope = "user"
    owner: Annotated[Name, Field(description="The name of that user or organisation.")]
    terms: Annotated[int, Field(strict=True, ge=1, le=120)] = 1


class SubscriptionPatch(Patch):
    """What its owner decides."""

    renews: Flag = Field(default=False, description="Renew from the balance when the term ends.")
    use: Use = Field(default="first", description="Before the balance, or when the balance cannot pay.")
    overflow: Flag = Field(default=True, description="The balance pays when the quota is used up.")


class PlanChange(Wire):
    """Another plan. A higher rank begins now, any other with the next term; the present plan takes a change back."""

    plan: Annotated[Text, Field(min_length=1, max_length=200, description="Name or id.", examples=["pro"])]


class Withdrawal(Wire):
    """Why a subscription ends now."""

    reason: Annotated[Text, Field(max_length=200)] = ""


class PeriodOut(Wire):
    """The present period of the quota. `held` is what replicas may still spend of it."""

    account_id: int
    ends_at: StoredTime
    quota: str
    spent: str
    held: str
    available: str


class TermOut(Wire):
    """One paid term."""

    term: int
    plan: str
    starts_at: StoredTime
    ends_at: StoredTime
    price: str
    paid_by: str = Field(description='balance, a payment provider, "": given.')
    reference: str


class SubscriptionOut(Wire):
    """A subscription. `period` is null when nothing can be spent from it now."""

    id: int
    scope: OwnerScope
    owner: str = Field(description='Its present name, "" when it was removed.')
    owner_id: int
    plan: str
    plan_id: int
    next_plan: str | None = Field(description="The plan of the next term, where it is another.")
    state: Literal["active", "ended"]
    ended_because: str = Field(description="expired, unpaid, withdrawn, refunded or replaced.")
    term: int
    term_start: StoredTime
    term_end: StoredTime
    paid_until: StoredTime
    renews: bool
    pay_by: str
    price: str
    quota: str
    reset: str
    reset_s: int
    use: Use
    overflow: bool
    group: str
    period: PeriodOut | None
    created_at: StoredTime
    updated_at: StoredTime
    ended_at: StoredTime | None


class SubscriptionDetail(SubscriptionOut):
    """A subscription with its terms, the latest first."""

    terms: list[TermOut]


class SubscriptionMade(Wire):
    """What a purchase came to: paid from the balance there is a subscription, else a page where the order is paid."""

    order: OrderOut
    subscription: SubscriptionOut | None
    checkout: CheckoutOut | None


class Refilled(Wire):
    """What a reset gave back to the present period, USD."""

    added: str


def term_out(row: SubscriptionTerm, plan: str) -> TermOut:
    """A stored term as the API shows it."""
    return TermOut(
        term=row.term, plan=plan, starts_at=time_of(row.starts_at), ends_at=time_of(row.ends_at),
        price=nano_to_usd(row.price), paid_by=row.paid_by, reference=row.reference,
    )  # fmt: skip
