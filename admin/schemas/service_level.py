"""How well models work, on the wire: for everybody, so it says nothing of channels and of how much is asked."""

from typing import Literal

from pydantic import Field

from admin.schemas.base import StoredTime, Wire

State = Literal["ok", "degraded", "down", "unknown"]


class HourLevel(Wire):
    """An hour. `uptime` null: too few requests to say."""

    at: StoredTime
    uptime: float | None = Field(description="Part of the requests that the gateway and the provider answered.")


class ModelLevel(Wire):
    """Uptime and speed of a model. null: too few requests to say. `state` is of the last two hours."""

    state: State
    uptime_day: float | None = Field(examples=[0.9987])
    uptime_week: float | None
    first_token_ms: int | None = Field(description="Mean time to the first token, last 24 hours.")
    tokens_per_second: float | None = Field(description="Output tokens of a request per second, last 24 hours.")
    hours: list[HourLevel] = Field(description="The last 24 hours.")


class ModelStatus(ModelLevel):
    """A model with how well it works."""

    name: str
    title: str
    vendor: str | None
    icon: str


class StatusPage(Wire):
    """How well all public models work. `state` is that of the model which does worst."""

    state: State
    models: list[ModelStatus]
