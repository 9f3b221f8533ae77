"""A subscription plan: what a term costs, how long it lasts, and what may be spent in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue, now


class Plan(Base):
    """Money in nano-USD. What is sold is copied into the subscription: a change counts from the next term on."""

    __tablename__ = "plans"
    __table_args__ = (Index(None, "position", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(128), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    enabled: Mapped[bool] = mapped_column(default=True)  # may be bought
    public: Mapped[bool] = mapped_column(default=True)  # is shown to everybody; else only given by hand
    position: Mapped[int] = mapped_column(default=0)
    price: Mapped[int] = mapped_column(BigInteger)
    term_unit: Mapped[str] = mapped_column(String(8))  # "hour", "day", "week", "month", "year"
    term_count: Mapped[int] = mapped_column(default=1)
    quota: Mapped[int] = mapped_column(BigInteger)  # for each period of `reset`
    reset: Mapped[str] = mapped_column(String(8), default="term")  # "term", "day", "week", "month", "custom"
    reset_s: Mapped[int] = mapped_column(BigInteger, default=0)  # length of a custom period
    use: Mapped[str] = mapped_column(String(16), default="first")  # "first", "after_wallet": order with the balance
    overflow: Mapped[bool] = mapped_column(default=True)  # the balance pays when the quota is used up
    group: Mapped[str] = mapped_column(String(64), default="")  # of the user while it runs, "": no other
    group_after: Mapped[str] = mapped_column(String(64), default="")  # of the user when it has ended, "": as before
    rank: Mapped[int] = mapped_column(default=0)  # a plan of a higher rank is an upgrade
    per_user: Mapped[int] = mapped_column(default=0)  # how often one may buy it, 0: any number of times
    pay_by: Mapped[list[str]] = mapped_column(JsonValue, default=list)  # "balance" and names of payment providers
    external: Mapped[dict[str, str]] = mapped_column(JsonValue, default=dict)  # provider -> its id of this price
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
