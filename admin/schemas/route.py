"""What would be done with a request, on the wire."""

from typing import Annotated, Literal

from pydantic import Field, computed_field

from admin.said import SaidOut, said
from admin.schemas.base import Wire

Protocol = Literal["chat", "responses", "messages", "gemini"]
Operation = Literal["chat", "text_completion", "embeddings", "count_tokens", "compact"]


class Candidate(Wire):
    """A channel that lists the model. `share`: of the requests that come, while all channels answer."""

    channel_id: int
    channel: str
    provider: str
    priority: int
    weight: int
    share: float
    matched: str = Field(description="The name or glob under which the channel lists the model.")
    upstream_model: str
    usable: bool
    reason: str = Field(examples=["priority 10, the first that can serve it; weight 1 of 3"])
    plan: str = Field(examples=["messages to chat"])
    kind: Literal["", "passthrough", "convert", "estimate"]
    upstream_protocol: str
    upstream_operation: str
    url: str
    group: str = Field(default="", description="The group that the request uses then; empty: that of the key.")
    edits: list[str] = Field(description="What is changed of the request, in words.")
    after_priority: int | None = Field(description="The tier that serves it before this one; null for the first.")
    total_weight: int = Field(description="Of those of its tier that can serve it.")
    speaks: list[str] = Field(description="The channel's protocols.")
    rules: list[str] = Field(description="The channel's rules that change the request.")
    asks_usage: bool = Field(description="stream_options.include_usage is asked for and taken out again.")


class Other(Wire):
    """A channel that lists the model and is not asked."""

    channel_id: int
    channel: str
    reason: str
    code: Literal["off", "failures", "keyless", "settings"]
    detail: str = Field(description="What the failures or the settings said.")

    @computed_field  # type: ignore[prop-decorator]  # mypy takes no decorator above property (python/mypy#1362)
    @property
    def detail_said(self) -> SaidOut | None:
        """`detail` for other languages."""
        return said(self.detail)


class RouteOut(Wire):
    """Candidates in the order in which they are tried. Channels that rest after failures are known to replicas only."""

    model: str
    base_model: str = Field(description="Without the suffix, where the name has one.")
    suffix: str
    protocol: Protocol
    operation: Operation
    stream: bool
    key: str | None
    strict: bool = Field(description="The key refuses a request that a conversion would change.")
    refused: Annotated[str, Field(description="Why such a request is refused before a channel is chosen.")]
    candidates: list[Candidate]
    others: list[Other]

    @computed_field  # type: ignore[prop-decorator]  # mypy takes no decorator above property (python/mypy#1362)
    @property
    def refused_said(self) -> SaidOut | None:
        """`refused` for other languages."""
        return said(self.refused)
