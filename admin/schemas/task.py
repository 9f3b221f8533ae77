"""Asynchronous tasks on the wire."""

from typing import Literal

from pydantic import ConfigDict, Field

from admin.said import SaidOut
from admin.schemas.base import StoredTime, Wire

TaskKind = Literal["response"]
TaskState = Literal["queued", "in_progress", "completed", "incomplete", "failed", "cancelled", "lost"]
Settlement = Literal["open", "exact", "estimate"]


class TaskOut(Wire):
    """Work that a provider does after its answer. Money is nano-USD.

    `request_id` is the request that began it, `settled_by` the record of what was used beyond the estimate. `state` is
    the provider's, "lost" where nobody could say. `settlement` "open": the cost is the estimate so far; "exact": it is
    what the provider counted; "estimate": it stays at that. `key`, `user`, `team`, `organisation` and `channel` are
    present names, "" when removed since; `channel`, `provider` and `note` are for operators only.
    """

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: TaskKind
    upstream_id: str = Field(description="The provider's name of it.", examples=["resp_0c1f"])
    request_id: str
    settled_by: str
    key_id: int
    key: str
    user_id: int
    user: str
    team_id: int
    team: str
    organisation_id: int
    organisation: str
    channel_id: int
    channel: str
    provider: str
    model: str
    state: TaskState
    settlement: Settlement
    made_at: StoredTime
    updated_at: StoredTime
    finished_at: StoredTime | None
    expires_at: StoredTime = Field(description="When it is given up, if nothing is heard of it.")
    next_at: StoredTime | None = Field(description="When the provider is asked again; null: no more.")
    polls: int = Field(description="How often the provider was asked.")
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    estimate: int = Field(description="Booked with the request.")
    cost: int = Field(description="Booked in all.")
    note: str = Field(examples=["The provider answered with HTTP 503."])
    note_said: SaidOut | None = Field(description="The same, for other languages.")
