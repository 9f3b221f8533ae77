"""Subscription plans on the wire. Money is decimal text in USD."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from admin.schemas.account import PositiveUsd, signed_to_nano
from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import Fields, Flag, Name, Patch, StoredTime, Text, Wire
from storage.models.plan import Plan

TermUnit = Literal["hour", "day", "week", "month", "year"]
Reset = Literal["term", "day", "week", "month", "custom"]
Use = Literal["first", "after_wallet"]
GroupName = Annotated[Text, Field(max_length=64, examples=["vip"])]
PayBy = Annotated[
    list[Annotated[str, Field(strict=True, pattern=r"^[a-z0-9_-]{1,32}$")]],
    Field(max_length=20, description="balance, and names of payment providers.", examples=[["balance", "stripe"]]),
]
Price = Annotated[str, Field(description="USD for a term; 0 is free.", examples=["20"])]

_TITLE = Annotated[Text, Field(max_length=128)]
_LONG = Annotated[str, Field(strict=True, max_length=4000, pattern=r"^[^\x00]*$")]
_COUNT = Annotated[int, Field(strict=True, ge=1, le=1000)]
_SECONDS = Annotated[int, Field(strict=True, ge=0, le=366 * 86_400)]
_RANK = Annotated[int, Field(strict=True, ge=-1000, le=1000)]
_TIMES = Annotated[int, Field(strict=True, ge=0, le=100_000)]


def price_nano(text: str) -> int:
    """A price as nano-USD, 0 allowed. Raises ValueError."""
    nano = signed_to_nano(text)
    if nano < 0:
        raise ValueError("must not be negative")
    return nano


class PlanCreate(Wire):
    """A new plan."""

    name: Name
    title: _TITLE = ""
    description: _LONG = ""
    enabled: Flag = Field(default=True, description="May be bought.")
    public: Flag = Field(default=True, description="Shown to everybody; else it is only given by hand.")
    position: _RANK = 0
    price: Price
    term_unit: TermUnit = "month"
    term_count: _COUNT = 1
    quota: PositiveUsd = Field(description="USD that may be spent in each period of `reset`.")
    reset: Reset = Field(default="term", description="When the quota is full again; counted from the term's beginning.")
    reset_s: _SECONDS = Field(default=0, description="Length of a custom period, at least 3600.")
    use: Use = Field(default="first", description="Before the balance, or when the balance cannot pay.")
    overflow: Flag = Field(default=True, description="The balance pays when the quota is used up.")
    group: GroupName = Field(default="", description='The user\'s group while it runs; "": as before.')
    group_after: GroupName = Field(default="", description='The user\'s group when it has ended; "": as before.')
    rank: _RANK = Field(default=0, description="A plan of a higher rank is an upgrade.")
    per_user: _TIMES = Field(default=0, description="How often one may buy it; 0: any number of times.")
    pay_by: PayBy = Field(default_factory=lambda: ["balance"])

    @model_validator(mode="after")
    def _check(self) -> "PlanCreate":
        price_nano(self.price)
        check_reset(self.reset, self.reset_s)
        return self


def check_reset(reset: str, reset_s: int) -> None:
    """Raises ValueError for a custom period that is too short, or a length without one."""
    if reset == "custom" and reset_s < 3600:
        raise ValueError("a custom reset needs reset_s of at least 3600")
    if reset != "custom" and reset_s:
        raise ValueError("reset_s is for a custom reset")


class PlanPatch(Patch):
    """A partial change; it counts for terms that begin from now on."""

    name: Name = ""
    title: _TITLE = ""
    description: _LONG = ""
    enabled: Flag = True
    public: Flag = True
    position: _RANK = 0
    price: Price = "0"
    term_unit: TermUnit = "month"
    term_count: _COUNT = 1
    quota: PositiveUsd = "1"
    reset: Reset = "term"
    reset_s: _SECONDS = 0
    use: Use = "first"
    overflow: Flag = True
    group: GroupName = ""
    group_after: GroupName = ""
    rank: _RANK = 0
    per_user: _TIMES = 0
    pay_by: PayBy = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> "PlanPatch":
        price_nano(self.price)
        return self


class PlanOut(Wire):
    """A plan. `running` counts its subscriptions that run, for those who manage plans."""

    id: int
    name: str
    title: str
    description: str
    enabled: bool
    public: bool
    position: int
    price: str
    term_unit: TermUnit
    term_count: int
    quota: str
    reset: Reset
    reset_s: int
    use: Use
    overflow: bool
    group: str
    group_after: str
    rank: int
    per_user: int
    pay_by: list[str]
    running: int | None
    created_at: StoredTime
    updated_at: StoredTime


def plan_out(row: Plan, running: int | None) -> PlanOut:
    """A stored plan as the API shows it."""
    names = PlanOut.model_fields.keys() - {"price", "quota", "running"}
    fields = {name: getattr(row, name) for name in names}
    return PlanOut(**fields, price=nano_to_usd(row.price), quota=nano_to_usd(row.quota), running=running)


def columns(fields: Fields) -> Fields:
    """The stored columns of the fields: money as nano-USD."""
    found = dict(fields)
    for name in ("price", "quota"):
        if name in found:
            found[name] = signed_to_nano(found[name])
    return found
