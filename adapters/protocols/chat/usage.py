"""The `usage` object, read from where each provider puts it and written as OpenAI has it."""

import msgspec

from adapters.unreadable import UNREADABLE
from adapters.usage import Usage, WireUsage

_usage = msgspec.json.Decoder(WireUsage)


class _Groq(msgspec.Struct, gc=False):
    usage: WireUsage | None = None


_groq = msgspec.json.Decoder(_Groq)


def read_usage(raw: msgspec.Raw | None) -> Usage | None:
    """The counts of a `usage` value; None when it is not what it should be, or null."""
    if not raw:
        return None
    try:
        return _usage.decode(raw).counted()
    except UNREADABLE:
        return None


def read_groq(raw: msgspec.Raw | None) -> Usage | None:
    """The counts inside `x_groq`: Groq's streams have them there (https://console.groq.com/docs, 2026-11)."""
    if not raw:
        return None
    try:
        usage = _groq.decode(raw).usage
    except UNREADABLE:
        return None
    return None if usage is None else usage.counted()


def write_usage(usage: Usage) -> dict[str, object]:
    """The object; what was not counted is zero, as OpenAI writes it."""
    extra = usage.extra
    taken: dict[str, object] = {"cached_tokens": usage.cached, "audio_tokens": extra.audio_input if extra else 0}
    given: dict[str, object] = {
        "reasoning_tokens": usage.reasoning,
        "audio_tokens": extra.audio_output if extra else 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
    }
    if usage.cache_write:
        taken["cache_write_tokens"] = usage.cache_write
    if extra is not None and extra.image_input:
        taken["image_tokens"] = extra.image_input
    if extra is not None and extra.image_output:
        given["image_tokens"] = extra.image_output
    written: dict[str, object] = {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": taken,
        "completion_tokens_details": given,
    }
    if extra is not None and extra.tools and "web_search" in extra.tools:
        written["server_tool_use"] = {"web_search_requests": extra.tools["web_search"]}
    return written
