"""Token counts of one answer, and how the OpenAI wire format spells them."""

from typing import TypeAlias

import msgspec

MAX_TOKENS = 1 << 40
"""More than this in one request is an upstream's mistake; what comes after has to add and store the numbers."""

Count: TypeAlias = int | float | None
"""A token count on the wire; some servers write 12.0."""


class Usage(msgspec.Struct, gc=False):
    """Tokens of one request. `cached` and `cache_write` are parts of `input`, `reasoning` is a part of `output`.

    `source` is "upstream" (counted by the provider), "estimate" (counted here from what passed through) or "none".
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0
    source: str = "none"


class _InputDetails(msgspec.Struct, gc=False):
    cached_tokens: Count = None
    cache_write_tokens: Count = None


class _OutputDetails(msgspec.Struct, gc=False):
    reasoning_tokens: Count = None


class WireUsage(msgspec.Struct, gc=False):
    """The `usage` object of chat completions, completions and embeddings (numbers may be null or absent)."""

    prompt_tokens: Count = None
    completion_tokens: Count = None
    total_tokens: Count = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None
    prompt_cache_hit_tokens: Count = None  # DeepSeek's spelling of cached tokens

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
        return Usage(prompt, output, cached, min(written, prompt - cached), reasoning, "upstream")


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
