"""Token counts of one answer, and how the OpenAI wire format spells them."""

import msgspec


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
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class _OutputDetails(msgspec.Struct, gc=False):
    reasoning_tokens: int | None = None


class WireUsage(msgspec.Struct, gc=False):
    """The `usage` object of chat completions, completions and embeddings (numbers may be null or absent)."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None
    prompt_cache_hit_tokens: int | None = None  # DeepSeek's spelling of cached tokens

    def counted(self) -> Usage:
        """The same counts in our terms; negative numbers from a broken upstream count as zero."""
        prompt = max(self.prompt_tokens or 0, 0)
        output = max(self.completion_tokens or 0, 0)
        cached = self.prompt_cache_hit_tokens or 0
        written = 0
        if self.prompt_tokens_details is not None:
            cached = self.prompt_tokens_details.cached_tokens or cached
            written = self.prompt_tokens_details.cache_write_tokens or 0
        cached = min(max(cached, 0), prompt)
        reasoning = 0
        if self.completion_tokens_details is not None:
            reasoning = min(max(self.completion_tokens_details.reasoning_tokens or 0, 0), output)
        return Usage(prompt, output, cached, min(max(written, 0), prompt - cached), reasoning, "upstream")


BYTES_PER_TOKEN = 4
"""Rule of thumb for estimates: English text in common tokenizers. Estimates are marked as such in the record."""


def estimate(input_bytes: int, output_events: int, output_bytes: int) -> Usage:
    """Count what was seen when the provider did not: `output_bytes` of text in `output_events` stream events.

    A provider sends one or more tokens in an event, so the number of events is a lower bound.
    """
    output = max(output_events, -(-output_bytes // BYTES_PER_TOKEN))
    return Usage(-(-input_bytes // BYTES_PER_TOKEN), output, source="estimate")
