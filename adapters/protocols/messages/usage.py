"""The `usage` object of Messages, in our terms and back: https://docs.claude.com/en/api/messages (2026-11).

Its `input_tokens` are what was neither read from the cache nor written to it; ours are all of them.
"""

import msgspec

from adapters.usage import MAX_TOKENS, NO_EXTRA, Count, Extra, Usage

_APART = ("compaction", "advisor_message")
"""Iterations that the totals leave out: summarizing the context, and another model that was asked for advice."""


class _Written(msgspec.Struct, gc=False):
    ephemeral_5m_input_tokens: Count = None
    ephemeral_1h_input_tokens: Count = None


class _ServerTools(msgspec.Struct, gc=False):
    web_search_requests: Count = None
    web_fetch_requests: Count = None


class _OutputDetails(msgspec.Struct, gc=False):
    thinking_tokens: Count = None


class _Iteration(msgspec.Struct, gc=False):
    type: str = ""
    input_tokens: Count = None
    output_tokens: Count = None
    cache_read_input_tokens: Count = None
    cache_creation_input_tokens: Count = None


class WireUsage(msgspec.Struct, gc=False):
    """The `usage` object of answers, of `message_start` and of `message_delta`; any of it may be absent or null."""

    input_tokens: Count = None
    output_tokens: Count = None
    cache_read_input_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cache_creation: _Written | None = None
    output_tokens_details: _OutputDetails | None = None
    server_tool_use: _ServerTools | None = None
    iterations: list[_Iteration] | None = None
    service_tier: str | None = None

    def over(self, before: "WireUsage | None") -> "WireUsage":
        """What a stream has said so far: these counts, and the earlier ones where this says nothing.

        Nothing is also a zero: some servers count the input at the start alone and end with zeros.
        """
        if before is None:
            return self
        return WireUsage(*(getattr(self, name) or getattr(before, name) for name in self.__struct_fields__))

    def counted(self) -> Usage:
        """The same counts in our terms; what a broken upstream counts below zero is zero."""
        cached, written = _number(self.cache_read_input_tokens), _number(self.cache_creation_input_tokens)
        hour = 0
        if self.cache_creation is not None:
            hour = _number(self.cache_creation.ephemeral_1h_input_tokens)
            written = max(written, hour + _number(self.cache_creation.ephemeral_5m_input_tokens))
        total = _number(self.input_tokens) + cached + written
        output = _number(self.output_tokens)
        reasoning = 0
        if self.output_tokens_details is not None:
            reasoning = min(_number(self.output_tokens_details.thinking_tokens), output)
        for step in self.iterations or ():
            if step.type in _APART:
                read, wrote = _number(step.cache_read_input_tokens), _number(step.cache_creation_input_tokens)
                total += _number(step.input_tokens) + read + wrote
                cached, written, output = cached + read, written + wrote, output + _number(step.output_tokens)
        return Usage(total, output, cached, written, reasoning, "upstream", self._extra(hour))

    def _extra(self, hour: int) -> Extra | None:
        tools: dict[str, int] = {}
        if self.server_tool_use is not None:
            if searches := _number(self.server_tool_use.web_search_requests):
                tools["web_search"] = searches
            if fetches := _number(self.server_tool_use.web_fetch_requests):
                tools["web_fetch"] = fetches
        found = Extra(cache_write_1h=hour, tools=tools or None)
        return None if found == NO_EXTRA else found


def written(usage: Usage) -> dict[str, object]:
    """The `usage` object of an answer, or of the `message_delta` that ends a stream."""
    counts: dict[str, object] = {
        "input_tokens": max(usage.input - usage.cached - usage.cache_write, 0),
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": usage.output,
    }
    if usage.reasoning:
        counts["output_tokens_details"] = {"thinking_tokens": usage.reasoning}
    tools = usage.extra.tools if usage.extra is not None else None
    if tools:
        searches, fetches = tools.get("web_search", 0), tools.get("web_fetch", 0)
        if searches or fetches:
            counts["server_tool_use"] = {"web_search_requests": searches, "web_fetch_requests": fetches}
    return counts


def split(usage: Usage) -> dict[str, int]:
    """The `cache_creation` object: what was written for five minutes and for an hour."""
    hour = min(usage.extra.cache_write_1h, usage.cache_write) if usage.extra is not None else 0
    return {"ephemeral_5m_input_tokens": usage.cache_write - hour, "ephemeral_1h_input_tokens": hour}


def _number(count: Count) -> int:
    return int(min(max(count or 0, 0), MAX_TOKENS))
