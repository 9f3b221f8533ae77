"""What the suffix of a model's name asks for, written into a request that is ready for its upstream.

The same in passthrough and after a conversion: it works on the top level of the body in the upstream's protocol, and
what the client said of thinking itself gives way. The fields that it is given are never changed.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import Reasoning
from adapters.head import Fields
from adapters.overrides.document import read
from adapters.reasoning import sampling, wire
from adapters.reasoning.claude import claude, is_claude
from adapters.reasoning.suffixes import Suffixed

_encode = msgspec.json.encode

CHAT_FIELDS = (
    "reasoning_effort", "reasoning", "thinking", "enable_thinking", "thinking_budget",
)  # fmt: skip
"""What clients say of thinking in Chat Completions."""

_SAMPLING = ("temperature", "top_p", "top_k")
_SAY_NOTHING = (b"1", b"1.0", b"null", b"false")


def apply(fields: Fields, protocol: str, suffixed: Suffixed, upstream: Upstream, losses: Losses) -> Fields:
    """The fields with the thinking and the search that a suffix asks for. Unknown protocols are left alone."""
    if suffixed.reasoning is not None and protocol in _REASONING:
        fields = _REASONING[protocol](fields, suffixed.reasoning, upstream, losses)
    if suffixed.search:
        fields = _searching(fields, protocol, upstream, losses)
    return fields


def _chat(fields: Fields, reasoning: Reasoning, upstream: Upstream, losses: Losses) -> Fields:
    found = wire.chat(reasoning, upstream, losses)
    if not found:
        return fields
    kept = {name: raw for name, raw in fields.items() if name not in CHAT_FIELDS}
    return _unsampled(kept | _raw(found), upstream, found.get("reasoning_effort"), losses)


def _responses(fields: Fields, reasoning: Reasoning, upstream: Upstream, losses: Losses) -> Fields:
    found = wire.responses(reasoning, upstream, losses)
    if not found:
        return fields
    return _unsampled(_merged(fields, "reasoning", found), upstream, found.get("effort"), losses)


def _unsampled(fields: Fields, upstream: Upstream, effort: str | None, losses: Losses) -> Fields:
    """Without the sampling settings that a model refuses while it thinks."""
    refused = [name for name in sampling.SETTINGS if name in fields]
    if not refused or sampling.samples(upstream.model, effort):
        return fields
    for name in refused:
        if bytes(fields[name]).strip() not in _SAY_NOTHING:
            losses.knob(name, "not accepted by a model that thinks")
    return {name: raw for name, raw in fields.items() if name not in refused}


def _messages(fields: Fields, reasoning: Reasoning, upstream: Upstream, losses: Losses) -> Fields:
    found = wire.messages(reasoning, upstream, _count(fields, "max_tokens", upstream.max_output), losses)
    kept = dict(fields)
    kept.pop("thinking", None)
    kind = (found.thinking or {}).get("type")
    if kind in ("enabled", "adaptive") and _object(fields, "tool_choice").get("type") in ("any", "tool"):
        # "Thinking may not be enabled when tool_choice forces tool use."
        losses.knob(wire.FIELD, "a model that must call a tool does not think first")
        found = wire.MessagesThinking(effort=found.effort)
    elif kind == "enabled" and _answers_calls_without_thinking(fields):
        # "Expected `thinking` or `redacted_thinking`, but found `tool_use`": docs.claude.com/en/docs/build-with-claude/
        # extended-thinking, preserving thinking blocks (2026-11)
        losses.knob(wire.FIELD, "the calls that are being answered came without thinking")
        found = wire.MessagesThinking(effort=found.effort)
    if found.thinking is not None:
        kept["thinking"] = msgspec.Raw(_encode(found.thinking))
    if found.effort is not None:
        kept = _merged(kept, "output_config", {"effort": found.effort})
    refused = _SAMPLING if found.temperature_one or not _samples(upstream) else ()
    for name in refused:
        if kept.pop(name, None) is not None:
            losses.knob(name, "not accepted with this thinking")
    return kept


def _answers_calls_without_thinking(fields: Fields) -> bool:
    """Whether the last turn is one of tool results, and the calls before it stand behind no thinking."""
    turns = read("messages", fields["messages"]) if "messages" in fields else None
    if not isinstance(turns, list) or len(turns) < 2:
        return False
    kinds = [_kinds(turn) for turn in turns[-2:]]
    thought = any("thinking" in kind for kind in kinds[0])
    return "tool_use" in kinds[0] and "tool_result" in kinds[1] and not thought


def _kinds(turn: object) -> list[str]:
    content = turn.get("content") if isinstance(turn, dict) else None
    blocks = content if isinstance(content, list) else []
    return [str(block.get("type")) for block in blocks if isinstance(block, dict)]


def _samples(upstream: Upstream) -> bool:
    return not is_claude(upstream.model) or claude(upstream.model).sampling


def _gemini(fields: Fields, reasoning: Reasoning, upstream: Upstream, losses: Losses) -> Fields:
    name = "generation_config" if "generation_config" in fields else "generationConfig"
    config = _object(fields, name)
    most = config.get("maxOutputTokens", config.get("max_output_tokens"))
    found = wire.gemini(reasoning, upstream, most if isinstance(most, int) else None, losses)
    if not found:
        return fields
    kept = {key: value for key, value in config.items() if key not in ("thinkingConfig", "thinking_config")}
    return {**fields, name: msgspec.Raw(_encode({**kept, "thinkingConfig": found}))}


_REASONING: dict[str, Callable[[Fields, Reasoning, Upstream, Losses], Fields]] = {
    "chat": _chat,
    "responses": _responses,
    "messages": _messages,
    "gemini": _gemini,
}

# Provider -> fields of its Chat Completions that switch its web search on. xAI has none any more: search_parameters is
# answered with 410, search is a tool of Responses there (vercel/ai#15718, 2026).
SEARCH: dict[str, tuple[dict[str, Any], str]] = {
    "dashscope": ({"enable_search": True}, "alibabacloud.com/help/zh/model-studio/web-search (2026-02)"),
    "baidu": (
        {"web_search": {"enable": True, "enable_citation": True}},
        "Qianfan V2, as users of New API know it",
    ),
    "openai": ({"web_search_options": {}}, "openai 3.54, types/chat/completion_create_params.py"),
}


def _searching(fields: Fields, protocol: str, upstream: Upstream, losses: Losses) -> Fields:
    tools: dict[str, dict[str, Any]] = {
        "responses": {"type": "web_search"},
        "messages": {"type": "web_search_20250305", "name": "web_search", "max_uses": 5},
        "gemini": {"googleSearch": {}},
    }
    if protocol in tools:
        old = read("tools", fields["tools"]) if "tools" in fields else None
        listed = old if isinstance(old, list) else []
        return {**fields, "tools": msgspec.Raw(_encode([*listed, tools[protocol]]))}
    found = SEARCH.get(upstream.provider)
    if found is None:
        losses.knob("web_search", "the provider has no web search in this protocol")
        return fields
    return fields | _raw({name: value for name, value in found[0].items() if name not in fields})


def _raw(values: Mapping[str, Any]) -> Fields:
    return {name: msgspec.Raw(_encode(value)) for name, value in values.items()}


def _object(fields: Fields, name: str) -> dict[str, Any]:
    found = read(name, fields[name]) if name in fields else None
    return found if isinstance(found, dict) else {}


def _merged(fields: Fields, name: str, values: Mapping[str, Any]) -> Fields:
    return {**fields, name: msgspec.Raw(_encode({**_object(fields, name), **values}))}


def _count(fields: Fields, name: str, default: int) -> int:
    found = read(name, fields[name]) if name in fields else None
    return found if isinstance(found, int) and not isinstance(found, bool) else default
