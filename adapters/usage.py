"""Token counts of one answer, and how the OpenAI wire format spells them."""

from typing import TypeAlias

import msgspec

MAX_TOKENS = 1 << 40
"""More than this in one request is an upstream's mistake; what comes after has to add and store the numbers."""

Count: TypeAlias = int | float | None
"""A token count on the wire; some servers write 12.0."""


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """Counts that few requests have.

    `cache_write_1h` (written for an hour in place of five minutes) is a part of the cache writes, `image_*` and
    `audio_*` are parts of input and output. `media_ms` are milliseconds of audio or video, `images` are images made,
    by "size/quality", `tools` are calls of tools that the provider ran, by name.
    """

    cache_write_1h: int = 0
    image_input: int = 0
    image_output: int = 0
    audio_input: int = 0
    audio_output: int = 0
    media_ms: int = 0
    images: dict[str, int] | None = None
    tools: dict[str, int] | None = None


NO_EXTRA = Extra()


class Usage(msgspec.Struct, gc=False):
    """Tokens of one request. `cached` and `cache_write` are parts of `input`, `reasoning` is a part of `output`.

    `aside` is output that the provider has in its total only: the thinking of some, which they bill as output.
    `extra` is None where nothing of it was counted. `source` is "upstream" (counted by the provider), "estimate"
    (counted here from what passed through) or "none".
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0
    source: str = "none"
    extra: Extra | None = None
    aside: int = 0

    def billed(self) -> "Usage":
        """The same with everything that costs in its place."""
        if not self.aside:
            return self
        return msgspec.structs.replace(
            self, output=self.output + self.aside, reasoning=max(self.reasoning, self.aside), aside=0
        )


class _InputDetails(msgspec.Struct, gc=False):
    cached_tokens: Count = None
    cache_write_tokens: Count = None
    audio_tokens: Count = None
    image_tokens: Count = None


class _OutputDetails(msgspec.Struct, gc=False):
    reasoning_tokens: Count = None
    audio_tokens: Count = None
    image_tokens: Count = None


class _ServerTools(msgspec.Struct, gc=False):
    # OpenRouter and Anthropic's models, https://openrouter.ai/docs/use-cases/usage-accounting (2026-11)
    web_search_requests: Count = None


class WireUsage(msgspec.Struct, gc=False):
    """The `usage` object of chat completions, completions and embeddings (numbers may be null or absent)."""

    prompt_tokens: Count = None
    completion_tokens: Count = None
    total_tokens: Count = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None
    prompt_cache_hit_tokens: Count = None  # DeepSeek's spelling of cached tokens
    server_tool_use: _ServerTools | None = None

    def counted(self) -> Usage:
        """The same counts in our terms; what a broken upstream counts below zero is zero."""
        prompt = _number(self.prompt_tokens)
        output = _number(self.completion_tokens)
        cached = _number(self.prompt_cache_hit_tokens)
        written = 0
        if self.prompt_tokens_details is not None:
            cached = _number(self.prompt_tokens_details.cached_tokens) or cached
            written = _number(self.prompt_tokens_details.cache_write_tokens)
        cached = min(cached, prompt)
        reasoning = 0
        if self.completion_tokens_details is not None:
            reasoning = min(_number(self.completion_tokens_details.reasoning_tokens), output)
        # xAI and Google's compatible address count thinking in the total and not in the completion (2026-11).
        aside = max(_number(self.total_tokens) - prompt - output, 0) if self.completion_tokens is not None else 0
        return Usage(prompt, output, cached, min(written, prompt - cached), reasoning, "upstream", self._extra(), aside)

    def _extra(self) -> Extra | None:
        """Audio, images and tools; None for the many answers that have none of them."""
        taken, given, tools = self.prompt_tokens_details, self.completion_tokens_details, self.server_tool_use
        if taken is None and given is None and tools is None:
            return None
        searches = _number(tools.web_search_requests) if tools is not None else 0
        found = Extra(
            image_input=_number(taken.image_tokens) if taken is not None else 0,
            audio_input=_number(taken.audio_tokens) if taken is not None else 0,
            image_output=_number(given.image_tokens) if given is not None else 0,
            audio_output=_number(given.audio_tokens) if given is not None else 0,
            tools={"web_search": searches} if searches else None,
        )
        return None if found == NO_EXTRA else found


def _number(count: Count) -> int:
    return int(min(max(count or 0, 0), MAX_TOKENS))


BYTES_PER_TOKEN = 4
"""Rule of thumb for estimates: English text in common tokenizers. Estimates are marked as such in the record."""


def estimate(input_bytes: int, output_events: int, output_bytes: int) -> Usage:
    """Count what was seen when the provider did not: `output_bytes` of text in `output_events` stream events.

    A provider sends one or more tokens in an event, so the number of events is a lower bound.
    """
    output = max(output_events, -(-output_bytes // BYTES_PER_TOKEN))
    return Usage(-(-input_bytes // BYTES_PER_TOKEN), output, source="estimate")
