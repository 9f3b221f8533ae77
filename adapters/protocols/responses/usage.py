"""The `usage` of an answer, read and written.

https://platform.openai.com/docs/api-reference/responses/object (2026-11): input includes what was cached, output
includes reasoning.
"""

import msgspec

from adapters.usage import MAX_TOKENS, NO_EXTRA, Count, Extra, Usage


class _InputDetails(msgspec.Struct, gc=False):
    cached_tokens: Count = None
    cache_write_tokens: Count = None
    audio_tokens: Count = None
    image_tokens: Count = None


class _OutputDetails(msgspec.Struct, gc=False):
    reasoning_tokens: Count = None
    audio_tokens: Count = None
    image_tokens: Count = None


class WireUsage(msgspec.Struct, gc=False):
    """The object `usage`; numbers may be null or absent."""

    input_tokens: Count = None
    output_tokens: Count = None
    input_tokens_details: _InputDetails | None = None
    output_tokens_details: _OutputDetails | None = None

    def counted(self, searches: int = 0) -> Usage:
        """The same counts in our terms; `searches` is how often the web was searched."""
        taken = self.input_tokens_details or _InputDetails()
        given = self.output_tokens_details or _OutputDetails()
        prompt, output = _number(self.input_tokens), _number(self.output_tokens)
        cached = min(_number(taken.cached_tokens), prompt)
        extra = Extra(
            audio_input=_number(taken.audio_tokens),
            image_input=_number(taken.image_tokens),
            audio_output=_number(given.audio_tokens),
            image_output=_number(given.image_tokens),
            tools={"web_search": searches} if searches else None,
        )
        return Usage(
            prompt,
            output,
            cached,
            min(_number(taken.cache_write_tokens), prompt - cached),
            min(_number(given.reasoning_tokens), output),
            "upstream",
            None if extra == NO_EXTRA else extra,
        )


class _Searches(msgspec.Struct, gc=False):
    num_requests: Count = None


class ToolUsage(msgspec.Struct, gc=False):
    """The object `tool_usage`: how often the provider's own tools ran, which it charges for apart."""

    web_search: _Searches | None = None

    @property
    def searches(self) -> int:
        """Searches of the web."""
        return _number(self.web_search.num_requests) if self.web_search is not None else 0


def _number(count: Count) -> int:
    return int(min(max(count or 0, 0), MAX_TOKENS))


def write_usage(usage: Usage) -> bytes:
    """The object `usage`."""
    return (
        b'{"input_tokens":%d,"input_tokens_details":{"cached_tokens":%d,"cache_write_tokens":%d},"output_tokens":%d'
        b',"output_tokens_details":{"reasoning_tokens":%d},"total_tokens":%d}'
    ) % (usage.input, usage.cached, usage.cache_write, usage.output, usage.reasoning, usage.input + usage.output)
