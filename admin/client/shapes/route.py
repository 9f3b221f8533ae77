"""Route: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import Candidate, Other, SaidOut


class RouteOut(TypedDict):
    """Candidates in the order in which they are tried."""

    model: str
    base_model: str
    suffix: str
    protocol: Literal["chat", "responses", "messages", "gemini"]
    operation: Literal["chat", "text_completion", "embeddings", "count_tokens", "compact"]
    stream: bool
    key: str | None
    strict: bool
    refused: str
    candidates: list[Candidate]
    others: list[Other]
    refused_said: SaidOut | None
