"""A dry run of a channel's rules on the wire."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from admin.schemas.base import Wire
from admin.schemas.channel import ChannelSettings
from admin.schemas.models import Pattern

Header = Annotated[str, Field(max_length=8192, pattern=r"^[\x20-\x7e]*$")]
HeaderName = Annotated[str, Field(max_length=128, pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class PreviewIn(Wire):
    """A request as it would go to the provider, in its protocol, and what else rules may ask.

    `model` is the name that the client used; `settings` take the place of the stored ones, to try rules before they are
    kept.
    """

    body: dict[str, Any] = Field(examples=[{"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Hi"}]}])
    model: Pattern
    protocol: Literal["chat", "responses", "messages", "gemini"] = "chat"
    operation: Literal["chat", "text_completion", "embeddings", "count_tokens", "compact"] = "chat"
    path: Word = "/v1/chat/completions"
    headers: Annotated[dict[HeaderName, Header], Field(max_length=100)] = Field(default_factory=dict)
    attempt: Annotated[int, Field(strict=True, ge=0, le=100)] = 0
    key: Word = ""
    user: Word = ""
    group: Word = ""
    settings: ChannelSettings | None = None


class Refused(Wire):
    """What a rule answers in place of the provider."""

    status: int
    message: str
    code: str


class PreviewOut(Wire):
    """What goes out; `headers` besides the channel's own. `applied` are the rules that did something, in order."""

    model_config = ConfigDict(from_attributes=True)

    upstream_model: str
    suffix: str = Field(description='The suffix of the model\'s name that was taken off, "" when none.')
    body: dict[str, Any]
    headers: dict[str, str]
    changed: list[str] = Field(description="Top-level fields that differ from the body given.")
    applied: list[str]
    losses: list[str]
    refused: Refused | None
    status_map: dict[str, int] = Field(description="What clients get for the provider's errors, where it differs.")
    edits_answers: bool = Field(description="Answers are changed too (think_tags, thinking_to_content, force_format).")
