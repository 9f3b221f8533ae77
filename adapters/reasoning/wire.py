"""What a client wants of thinking, written for an upstream: one function for each protocol.

The functions give values to put into a request and say through Losses what changed. They must not write JSON.
"""

from typing import Any

import msgspec

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import Reasoning
from adapters.reasoning import claude as claudes
from adapters.reasoning import efforts
from adapters.reasoning import gemini as geminis
from adapters.reasoning.openai import efforts_of

FIELD = "reasoning"
"""Name of the loss in all of them."""

LEFT_FOR_ANSWER = 256
"""Tokens of the maximum output that a thinking budget never takes."""


class MessagesThinking(msgspec.Struct, frozen=True):
    """`thinking` and `output_config.effort` of a Messages request; None = leave the field out.

    `temperature_one`: with this thinking no other temperature than 1 is accepted, and neither top_k nor a top_p below
    0.95 (platform.claude.com/docs/en/build-with-claude/extended-thinking, 2026-11).
    """

    thinking: dict[str, Any] | None = None
    effort: str | None = None
    temperature_one: bool = False


def chat(reasoning: Reasoning | None, upstream: Upstream, losses: Losses) -> dict[str, Any]:
    """Top-level fields of a Chat Completions request, in the dialect that the upstream's capabilities name.

    {} where the client wants nothing in particular, or the upstream has no field for it (then with a loss).
    """
    if reasoning is None:
        return {}
    can = upstream.capabilities
    wanted = efforts.effort(reasoning)
    if "reasoning_object" in can:
        return _reasoning_object(reasoning, wanted)
    fields: dict[str, Any] = {}
    if "thinking_object" in can and (wanted is not None or reasoning.enabled is not None):
        fields["thinking"] = {"type": "disabled" if wanted == "none" else "enabled"}
    if "enable_thinking" in can and (wanted is not None or reasoning.enabled is not None):
        fields["enable_thinking"] = wanted != "none"
        if "thinking_budget" in can and wanted not in (None, "none"):
            fields["thinking_budget"] = _budget(reasoning, wanted or "medium", None)
    if "reasoning_effort" in can and wanted is not None and not (fields and wanted == "none"):
        effort = _accepted(wanted, efforts_of(upstream.model), losses)
        if effort is not None:
            fields["reasoning_effort"] = effort
    if wanted is not None and not fields and not can & {"reasoning_effort"}:
        losses.knob(FIELD, "the provider has no setting for it")
    elif reasoning.budget is not None and reasoning.budget > 0 and "thinking_budget" not in fields:
        losses.knob("thinking.budget_tokens", f"becomes the effort {wanted}")
    return fields


def _reasoning_object(reasoning: Reasoning, wanted: str | None) -> dict[str, Any]:
    """OpenRouter's form: effort or max_tokens, not both.

    openrouter.ai/docs/guides/best-practices/reasoning-tokens (2026-11).
    """
    if reasoning.effort is None and reasoning.budget is not None and reasoning.budget > 0:
        return {"reasoning": {"max_tokens": reasoning.budget}}
    if wanted is not None:
        return {"reasoning": {"effort": wanted}}
    return {"reasoning": {"enabled": True}} if reasoning.enabled else {}


def responses(reasoning: Reasoning | None, upstream: Upstream, losses: Losses) -> dict[str, Any]:
    """The object `reasoning` of a Responses request, {} = leave it out."""
    if reasoning is None:
        return {}
    wanted = efforts.effort(reasoning)
    fields: dict[str, Any] = {}
    if wanted is not None:
        effort = _accepted(wanted, efforts_of(upstream.model), losses)
        if effort is not None:
            fields["effort"] = effort
            if reasoning.effort is None and reasoning.budget is not None and reasoning.budget > 0:
                losses.knob("thinking.budget_tokens", f"becomes the effort {effort}")
    if reasoning.summary is not None:
        fields["summary"] = reasoning.summary
    elif reasoning.include and fields.get("effort") != "none":
        fields["summary"] = "auto"
    return fields


def messages(reasoning: Reasoning | None, upstream: Upstream, max_output: int, losses: Losses) -> MessagesThinking:
    """`thinking` and effort of a Messages request whose `max_tokens` is `max_output`.

    Providers other than Anthropic that speak Messages take the oldest form, {"type":"enabled"} with a budget, unless
    they have the capability adaptive_thinking or the model is a Claude.
    """
    if reasoning is None:
        return MessagesThinking()
    wanted = efforts.effort(reasoning)
    if wanted is None and not reasoning.enabled and not reasoning.adaptive:
        return MessagesThinking()
    row = claudes.claude(upstream.model)
    if not claudes.is_claude(upstream.model):
        row = claudes.GENERATIONS["4.6" if "adaptive_thinking" in upstream.capabilities else "to 4.5"]
    if wanted == "none":
        return _messages_off(row, losses)
    if row.adaptive:
        return _messages_adaptive(row, reasoning, wanted, losses)
    return _messages_budget(row, reasoning, wanted, max_output, losses)


def _messages_off(row: claudes.Claude, losses: Losses) -> MessagesThinking:
    if row.off is None:
        losses.knob(FIELD, "this model cannot be kept from thinking; it gets the lowest effort")
        return MessagesThinking(effort=row.efforts[0])
    return MessagesThinking(thinking={"type": row.off} if row.off else None)


def _messages_adaptive(
    row: claudes.Claude, reasoning: Reasoning, wanted: str | None, losses: Losses
) -> MessagesThinking:
    effort = None if wanted is None else _accepted(wanted, row.efforts, losses)
    if reasoning.effort is None and reasoning.budget is not None and reasoning.budget > 0:
        losses.knob("thinking.budget_tokens", f"becomes the effort {effort}")
    thinking: dict[str, Any] = {"type": "adaptive"}
    if reasoning.include and not row.sampling:
        # From 4.7 on thoughts come back empty unless they are asked for (anthropic 2.12,
        # types/thinking_config_adaptive_param.py; QwenLM/qwen-code#8039, 2026).
        thinking["display"] = "summarized"
    return MessagesThinking(thinking=thinking, effort=effort)


def _messages_budget(
    row: claudes.Claude, reasoning: Reasoning, wanted: str | None, max_output: int, losses: Losses
) -> MessagesThinking:
    most = max_output - LEFT_FOR_ANSWER
    if most < claudes.MIN_BUDGET:
        losses.knob(
            FIELD, f"a maximum output of {max_output} leaves no room for {claudes.MIN_BUDGET} tokens of thinking"
        )
        return MessagesThinking()
    budget = _budget(reasoning, wanted or "medium", max_output)
    clamped = min(max(budget, claudes.MIN_BUDGET), most)
    if clamped != budget and reasoning.budget is not None and reasoning.budget > 0:
        losses.knob("thinking.budget_tokens", f"becomes {clamped}")
    effort = wanted if reasoning.effort is not None and wanted in row.efforts else None
    return MessagesThinking({"type": "enabled", "budget_tokens": clamped}, effort, temperature_one=True)


def gemini(reasoning: Reasoning | None, upstream: Upstream, max_output: int | None, losses: Losses) -> dict[str, Any]:
    """The object `thinkingConfig` of a Gemini request (thinkingBudget or thinkingLevel, includeThoughts), {} = none."""
    if reasoning is None:
        return {}
    wanted = efforts.effort(reasoning)
    row = geminis.gemini(upstream.model)
    fields: dict[str, Any] = {}
    if row.levels:
        if wanted is not None:
            level = _level(row, reasoning, wanted, losses)
            fields["thinkingLevel"] = level.upper()
    elif row.most:
        budget = _gemini_budget(row, reasoning, wanted, max_output, losses)
        if budget is not None:
            fields["thinkingBudget"] = budget
    elif wanted not in (None, "none"):
        losses.knob(FIELD, "this model does not think")
        return {}
    if reasoning.include is not None and wanted != "none":
        fields["includeThoughts"] = reasoning.include
    return fields


def _level(row: geminis.Gemini, reasoning: Reasoning, wanted: str, losses: Losses) -> str:
    level = efforts.nearest(wanted, row.levels)
    if reasoning.effort is None and reasoning.budget is not None and reasoning.budget > 0:
        losses.knob("thinking.budget_tokens", f"becomes the level {level}")
    elif level != wanted:
        losses.knob(FIELD, f"{wanted} becomes {level}")
    return level


def _gemini_budget(
    row: geminis.Gemini, reasoning: Reasoning, wanted: str | None, max_output: int | None, losses: Losses
) -> int | None:
    if wanted is None:
        return efforts.DYNAMIC if reasoning.enabled else None
    if reasoning.budget == efforts.DYNAMIC and reasoning.effort is None:
        return efforts.DYNAMIC
    if wanted == "none":
        if not row.off:
            losses.knob(FIELD, f"this model cannot be kept from thinking; it gets {row.least} tokens")
        return 0 if row.off else row.least
    budget = _budget(reasoning, wanted, max_output)
    clamped = min(max(budget, row.least), row.most)
    if clamped != budget and reasoning.budget is not None and reasoning.budget > 0:
        losses.knob("thinking.budget_tokens", f"becomes {clamped}")
    return clamped


def _budget(reasoning: Reasoning, wanted: str, max_output: int | None) -> int:
    """The client's own budget, or that of its effort."""
    if reasoning.budget is not None and reasoning.budget > 0:
        return reasoning.budget
    return efforts.budget_of_effort(wanted, max_output)


def _accepted(wanted: str, allowed: tuple[str, ...] | None, losses: Losses) -> str | None:
    """The effort as the model takes it; None with a loss where it takes none."""
    if allowed is None:
        return wanted
    if not allowed:
        if wanted != "none":
            losses.knob(FIELD, "this model has no setting for it")
        return None
    effort = efforts.nearest(wanted, allowed)
    if effort != wanted:
        losses.knob(FIELD, f"{wanted} becomes {effort}")
    return effort
