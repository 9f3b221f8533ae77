"""Tasks: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import SaidOut


class ListedTaskOut(TypedDict):
    """ListedTaskOut of the document."""

    items: list[TaskOut]
    next: NotRequired[str | None]


class TaskOut(TypedDict):
    """Work that a provider does after its answer."""

    id: int
    kind: Literal["response"]
    upstream_id: str
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
    state: Literal["queued", "in_progress", "completed", "incomplete", "failed", "cancelled", "lost"]
    settlement: Literal["open", "exact", "estimate"]
    made_at: str
    updated_at: str
    finished_at: str | None
    expires_at: str
    next_at: str | None
    polls: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    estimate: int
    cost: int
    note: str
    note_said: SaidOut | None
