"""States of an order, and what a provider's notification does to them. Pure: no rows, no clock.

    pending ----------> paid ----------> refunded
      |  ^                ^
      |  |                |  by hand, or when the right amount arrives after all
      |  |             review   paid with another amount or currency, or what was bought cannot be given
      |  +-- never back to pending
      +--> failed, expired, cancelled: nobody waits for it; money that arrives late is credited all the same

Notifications arrive twice, late and out of order. What they say is therefore cumulative where it can be (how much was
refunded in all), and each state says what is still right to do.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

PENDING = "pending"
PAID = "paid"
REVIEW = "review"
FAILED = "failed"
EXPIRED = "expired"
CANCELLED = "cancelled"
REFUNDED = "refunded"

STATES = (PENDING, PAID, REVIEW, FAILED, EXPIRED, CANCELLED, REFUNDED)
UNPAID = (PENDING, FAILED, EXPIRED, CANCELLED, REVIEW)
"""Not credited yet: a payment that arrives is."""


class Kind(StrEnum):
    """What a provider says happened."""

    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    RENEWED = "renewed"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"


class Notice(NamedTuple):
    """A notification whose signature was right.

    `event` is the provider's id of it: the same one is handled once. The order is named by `number`, or found by
    `checkout_ref` or `payment_ref`. `amount` is in the smallest unit of `currency`: of a payment what was due and is
    paid (`total` with what the provider added, taxes), of a refund what was refunded in all so far, of a dispute what
    the bank took. `ref` is the provider's id of the dispute, our number of the refund that failed, of
    what is charged again the provider's id of this charge. `recurring` is its id of what is charged again and again.
    """

    kind: Kind
    event: str
    number: str = ""
    checkout_ref: str = ""
    payment_ref: str = ""
    currency: str = ""
    amount: int = 0
    total: int = 0
    ref: str = ""
    recurring: str = ""


class Outcome(StrEnum):
    """What a notification did."""

    CREDITED = "credited"
    REVIEW = "review"
    REFUNDED = "refunded"
    RESTORED = "restored"
    CLOSED = "closed"
    NOTED = "noted"  # remembered for what is still to come
    NOTHING = "nothing"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"  # no order of ours


def problem_of_payment(currency: str, amount: int, notice: Notice) -> str:
    """Why a payment is not what was ordered, "" when it is."""
    if notice.currency.upper() != currency:
        return f"paid in {notice.currency.upper()[:8] or 'no currency'} instead of {currency}"
    if notice.amount != amount:
        return f"{notice.amount} paid instead of {amount}, in the smallest unit of {currency}"
    return ""


def closes(state: str, kind: Kind) -> str | None:
    """The state after the provider gave up on the payment; None when that changes nothing."""
    if state != PENDING:
        return None
    return {Kind.FAILED: FAILED, Kind.EXPIRED: EXPIRED}.get(kind)


def taken_back(credit: int, paid: int, refunded: int) -> int:
    """How much of `credit` is gone once `refunded` of `paid` went back: exact at the end, rounded down before.

    The credit of one refund is the difference of two such sums, so that any number of them add up.
    """
    if paid <= 0 or refunded >= paid:
        return credit
    return credit * refunded // paid
