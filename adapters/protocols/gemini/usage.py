"""usageMetadata: https://ai.google.dev/api/generate-content#UsageMetadata (2026-11).

Google counts thoughts beside the answer and the results of its own tools beside the prompt; here they are parts of
output and input.
"""

from typing import Any

import msgspec

from adapters.protocols.gemini.models import is_modern
from adapters.unreadable import UNREADABLE
from adapters.usage import MAX_TOKENS, Count, Extra, Usage

TIERS = {"standard": "default", "unspecified": "auto"}
"""Google's serviceTier -> OpenAI's words, where they differ (google-genai 3.4, types.ServiceTier)."""


class Modality(msgspec.Struct, gc=False, rename="camel"):
    """How many tokens were of one kind."""

    modality: str = ""
    token_count: Count = None


class WireUsage(msgspec.Struct, gc=False, rename="camel"):
    """usageMetadata as it is sent; anything may be absent."""

    prompt_token_count: Count = None
    cached_content_token_count: Count = None
    candidates_token_count: Count = None
    tool_use_prompt_token_count: Count = None
    thoughts_token_count: Count = None
    total_token_count: Count = None
    prompt_tokens_details: list[Modality] | None = None
    candidates_tokens_details: list[Modality] | None = None
    service_tier: str | None = None

    def counted(self, searches: int = 0) -> Usage:
        """In our terms; `searches` are those that Google ran for the answer."""
        prompt = _number(self.prompt_token_count) + _number(self.tool_use_prompt_token_count)
        thoughts = _number(self.thoughts_token_count)
        output = min(_number(self.candidates_token_count) + thoughts, MAX_TOKENS)
        prompt = min(prompt, MAX_TOKENS)
        cached = min(_number(self.cached_content_token_count), prompt)
        extra = self._extra(searches)
        return Usage(prompt, output, cached, 0, thoughts, "upstream", extra)

    def _extra(self, searches: int) -> Extra | None:
        taken = _by_kind(self.prompt_tokens_details)
        given = _by_kind(self.candidates_tokens_details)
        if not taken and not given and not searches:
            return None
        return Extra(
            image_input=taken.get("IMAGE", 0),
            audio_input=taken.get("AUDIO", 0),
            image_output=given.get("IMAGE", 0),
            audio_output=given.get("AUDIO", 0),
            tools={"web_search": searches} if searches else None,
        )


_decoder = msgspec.json.Decoder(WireUsage)


def read_usage(raw: msgspec.Raw, searches: int = 0) -> tuple[Usage, str]:
    """The counts, and the service tier in OpenAI's words; nothing counted where it is not what it should be."""
    try:
        found = _decoder.decode(raw)
    except UNREADABLE:
        return Usage(), ""
    tier = (found.service_tier or "").lower()
    return found.counted(searches), TIERS.get(tier, tier)


def _by_kind(details: list[Modality] | None) -> dict[str, int]:
    if not details:
        return {}
    return {one.modality: _number(one.token_count) for one in details if one.modality in {"IMAGE", "AUDIO"}}


def _number(count: Count) -> int:
    return int(min(max(count or 0, 0), MAX_TOKENS))


def searches(queries: int, model: str) -> int:
    """What is billed of the searches for one answer: each query, or the answer as one (see models.is_modern)."""
    return queries if is_modern(model) else min(queries, 1)


def write_usage(usage: Usage) -> dict[str, Any]:
    """The usageMetadata for a client; cache writes are unknown there and stay within the prompt."""
    answer = usage.output - usage.reasoning
    written: dict[str, Any] = {"promptTokenCount": usage.input, "candidatesTokenCount": answer}
    if usage.reasoning:
        written["thoughtsTokenCount"] = usage.reasoning
    written["totalTokenCount"] = usage.input + usage.output
    if usage.cached:
        written["cachedContentTokenCount"] = usage.cached
    extra = usage.extra
    written["promptTokensDetails"] = _details(
        usage.input, extra.image_input if extra else 0, extra.audio_input if extra else 0
    )
    if extra is not None and (extra.image_output or extra.audio_output):
        written["candidatesTokensDetails"] = _details(answer, extra.image_output, extra.audio_output)
    return written


def _details(total: int, images: int, audio: int) -> list[dict[str, Any]]:
    counts = {"TEXT": max(total - images - audio, 0), "IMAGE": images, "AUDIO": audio}
    return [{"modality": kind, "tokenCount": count} for kind, count in counts.items() if count or kind == "TEXT"]
