"""Accounts and entries of the ledger on the wire. Amounts are decimal text in USD, exact to the nano-USD."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import Flag, StoredTime, Text, Token, Wire
from storage.ledger.verify import Difference
from storage.models import Account, Entry

MAX_USD = 1_000_000_000
_NANO = 10**9
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
"""What Decimal takes beyond it (spaces, underscores, exponents, digits of other scripts) is no amount of money."""

Kind = Literal["user", "organisation", "budget", "channel", "subscription"]
ByHand = Literal["topup", "redemption", "grant", "refund", "correction"]


def signed_to_nano(value: object) -> int:
    """USD as decimal text or int -> nano-USD, negative ones too. Raises ValueError."""
    wrong = f'must be an amount in USD between -{MAX_USD} and {MAX_USD}, such as "12.50"'
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > 40:
        raise ValueError(wrong)
    if not _NUMBER.fullmatch(str(value)):
        raise ValueError(wrong)
    amount = Decimal(value)
    if abs(amount) > MAX_USD:
        raise ValueError(wrong)
    if amount * _NANO != int(amount * _NANO):
        raise ValueError("must have at most 9 decimal places")
    return int(amount * _NANO)


def _positive(value: object) -> str:
    nano = signed_to_nano(value)
    if nano <= 0:
        raise ValueError("must be more than 0")
    return nano_to_usd(nano)


SignedUsd = Annotated[
    str,
    BeforeValidator(lambda value: nano_to_usd(signed_to_nano(value)), json_schema_input_type=str | int),
    Field(description="USD.", examples=["12.50"]),
]
PositiveUsd = Annotated[
    str,
    BeforeValidator(_positive, json_schema_input_type=str | int),
    Field(description="USD, more than 0.", examples=["100"]),
]


def time_of(unix_s: int) -> datetime:
    """Unix seconds -> a time in UTC."""
    return datetime.fromtimestamp(unix_s, tz=UTC)


class Money(Wire):
    """What an account has. `held` is the part that replicas hold as leases, `available` what is left beside it."""

    account_id: int
    limited: bool = Field(description="Spending must be covered by the balance.")
    balance: str = Field(description="USD.")
    held: str = Field(description="USD.")
    available: str = Field(description="USD.")


def money_of(account: Account) -> Money:
    """The account's amounts as text."""
    return Money(
        account_id=account.id,
        limited=account.limited,
        balance=nano_to_usd(account.balance),
        held=nano_to_usd(account.held),
        available=nano_to_usd(account.balance - account.held),
    )


class AccountOut(Wire):
    """An account. `name` is the present name of its user, organisation or channel, "" when there is none."""

    id: int
    kind: Kind
    subject_id: int
    name: str
    period_start: StoredTime | None
    money: Money


class EntryCreate(Wire):
    """An entry to book. The same reason and reference on the same account are booked once."""

    amount: SignedUsd
    reason: ByHand
    reference: Annotated[Token, Field(max_length=128)] | None = Field(
        default=None, description="What it is for, such as a payment's id; made up when absent."
    )
    note: Annotated[Text, Field(max_length=500)] = ""
    overdraw: Flag = Field(default=False, description="Also when a limited account does not have as much.")


class EntryOut(Wire):
    """One entry: the change of the balance and of what is held."""

    id: int
    account_id: int
    amount: str = Field(description="USD.")
    held: str = Field(description="USD.")
    reason: str
    actor: str
    reference: str
    at: StoredTime
    note: str


def entry_out(row: Entry) -> EntryOut:
    """A stored entry as the API shows it."""
    return EntryOut(
        id=row.id,
        account_id=row.account_id,
        amount=nano_to_usd(row.amount),
        held=nano_to_usd(row.held),
        reason=row.reason,
        actor=row.actor,
        reference=row.reference,
        at=time_of(row.at),
        note=row.note,
    )


class QuotaSet(Wire):
    """Whether the balance limits spending. With `balance` it is set to that, by an entry of reason correction."""

    limited: Flag
    balance: SignedUsd | None = Field(default=None, description="USD; null: stays as it is.")


class DifferenceOut(Wire):
    """Something that is not the sum of what it is made of, nano-USD or rows."""

    where: str
    what: str
    stored: int
    computed: int


class VerifyPage(Wire):
    """One page of the verification; `next` continues it as `after`, null at the end."""

    checked: int
    skipped: int = Field(description="Batches with rows that retention has removed.")
    next: str | None
    differences: list[DifferenceOut]


def difference_out(found: Difference) -> DifferenceOut:
    """A difference as the API shows it."""
    return DifferenceOut(where=found.where, what=found.what, stored=found.stored, computed=found.computed)
