"""The rate limit on the wire. What it names is an id behind it: a new name changes nothing."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from admin.schemas.base import Fields, Flag, Name, StoredTime, Text, Wire
from admin.schemas.models import Pattern

Metric = Literal["requests", "tokens", "concurrent"]
Window = Literal["second", "minute", "hour", "day"]
Part = Literal["key", "user", "team", "group", "model", "channel"]

MAX_AMOUNT = 10**15


class Match(Wire):
    """Which requests a limit counts: those to which all that is named here applies."""

    key: Name | None = None
    user: Name | None = None
    team: Annotated[Text, Field(min_length=1, max_length=140, description="ORGANISATION/TEAM.")] | None = None
    group: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    model: Annotated[Pattern, Field(description="A public name or a glob such as gpt-*.")] | None = None
    channel: Name | None = None

    def columns(self) -> Fields:
        """The stored columns but for those that hold ids."""
        return {"group": self.group or "", "model": self.model or ""}

    def named(self) -> dict[str, str]:
        """Kind -> name, of what is stored as an id."""
        given = {"key": self.key, "user": self.user, "team": self.team, "channel": self.channel}
        return {kind: name for kind, name in given.items() if name is not None}


class LimitSet(Wire):
    """A limit to store, in place of the earlier one of that name."""

    name: Name
    metric: Metric
    window: Window | None = Field(default=None, description="Sliding. For concurrent there is none.")
    amount: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT)]
    match: Match = Match()
    per: Annotated[list[Part], Field(max_length=6)] = Field(
        default=[], description="One bucket for each distinct value; none: one bucket for all that match."
    )
    enabled: Flag = True

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.metric == "concurrent" and self.window is not None:
            raise ValueError("window: concurrent requests are counted at one time, without a window")
        if self.metric != "concurrent" and self.window is None:
            raise ValueError("window: must be second, minute, hour or day")
        if len(set(self.per)) != len(self.per):
            raise ValueError("per: names something twice")
        return self

    def columns(self) -> Fields:
        """The stored columns but for name, origin and those that hold ids."""
        return {
            "metric": self.metric,
            "window": self.window or "",
            "amount": self.amount,
            "per": sorted(self.per),
            "enabled": self.enabled,
            **self.match.columns(),
        }


class LimitOut(Wire):
    """A stored limit. What it matched and is no longer there is shown as `#` and its id; it matches nothing then."""

    id: int
    name: str
    metric: Metric
    window: Window | None
    amount: int
    match: dict[str, str] = Field(examples=[{"group": "free", "model": "gpt-*"}])
    per: list[str]
    enabled: bool
    origin: Literal["api", "apply"]
    created_at: StoredTime
    updated_at: StoredTime
