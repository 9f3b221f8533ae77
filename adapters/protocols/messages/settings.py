"""Settings of other protocols as Anthropic's models take them, and what of them is lost."""

from typing import Any

from adapters.canonical.blocks import Thinking, ToolCall, ToolResult
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import Request
from adapters.reasoning import claude as claudes
from adapters.reasoning import wire

_TIERS = {"auto": "auto", "default": "standard_only", "standard_only": "standard_only", "priority": "auto"}


def foreign_settings(
    request: Request, upstream: Upstream, most: int, losses: Losses, fields: dict[str, Any]
) -> dict[str, Any]:
    """Fill `fields` with thinking, sampling and the rest; returns `output_config`."""
    thinking = _thinking(request, upstream, most, losses, fields)
    if thinking.thinking is not None:
        fields["thinking"] = thinking.thinking
    _sampling(request, upstream, losses, fields, thinks=thinking.temperature_one)
    _stop(request, losses, fields)
    _tier(request, upstream, losses, fields)
    _person(request, upstream, losses, fields)
    _unknown(request, losses)
    return {} if thinking.effort is None else {"effort": thinking.effort}


def _thinking(
    request: Request, upstream: Upstream, most: int, losses: Losses, fields: dict[str, Any]
) -> wire.MessagesThinking:
    thinking = wire.messages(request.reasoning, upstream, most, losses)
    row = claudes.claude(upstream.model) if claudes.is_claude(upstream.model) else None
    forced = fields.get("tool_choice", {}).get("type") in ("any", "tool")
    if forced and row is not None and not row.forced_tools:
        losses.refuse("tool_choice", "this model cannot be made to call a tool")
    kind = (thinking.thinking or {}).get("type")
    if kind in ("enabled", "adaptive") and forced:
        # "Thinking may not be enabled when tool_choice forces tool use."
        losses.knob(wire.FIELD, "a model that must call a tool does not think first")
    elif kind == "enabled" and _calls_without_thinking(request):
        # "Expected `thinking` or `redacted_thinking`, but found `tool_use`": docs.claude.com/en/docs/build-with-claude/
        # extended-thinking, preserving thinking blocks (2026-11)
        losses.knob(wire.FIELD, "the calls that are being answered came without signed thinking")
    else:
        return thinking
    return wire.MessagesThinking(effort=thinking.effort)


def _calls_without_thinking(request: Request) -> bool:
    """Whether the last turns are results of calls that no signed thinking stands before."""
    turns = request.turns
    end = len(turns)
    while end and turns[end - 1].role != "assistant":
        end -= 1
    if not end or not any(isinstance(block, ToolResult) for turn in turns[end:] for block in turn.blocks):
        return False
    begin = end
    while begin and turns[begin - 1].role == "assistant":
        begin -= 1
    blocks = [block for turn in turns[begin:end] for block in turn.blocks]
    signed = any(
        isinstance(block, Thinking)
        and block.origin is not None
        and block.origin.protocol == "messages"
        and bool(block.signature or block.encrypted)
        for block in blocks
    )
    return not signed and any(isinstance(block, ToolCall) for block in blocks)


def _sampling(request: Request, upstream: Upstream, losses: Losses, fields: dict[str, Any], *, thinks: bool) -> None:
    """temperature, top_p and top_k; Anthropic's newest models take none, and the others not all at once."""
    row = claudes.claude(upstream.model) if claudes.is_claude(upstream.model) else None
    temperature, top_p, top_k = request.temperature, request.top_p, request.top_k
    if row is not None and not row.sampling:
        for name, value, usual in (("temperature", temperature, 1), ("top_p", top_p, 1), ("top_k", top_k, None)):
            if value is not None and value != usual:
                losses.knob(name, "this model does not take it")
        return
    if thinks:
        temperature = _only(temperature, 1, "temperature", losses)
        top_k = _only(top_k, None, "top_k", losses)
        if top_p is not None and top_p < 0.95:
            losses.knob("top_p", "a model that thinks takes 0.95 to 1")
            top_p = None
    if temperature is not None:
        fields["temperature"] = _clamped(temperature, "temperature", losses)
    if top_p is not None and temperature is not None and row is not None:
        # "`temperature` and `top_p` cannot both be specified for this model", from Claude Opus 4.1 on
        if top_p != 1:
            losses.knob("top_p", "this model takes temperature or top_p")
        top_p = None
    if top_p is not None:
        fields["top_p"] = _clamped(top_p, "top_p", losses)
    if top_k is not None:
        if "top_k" in upstream.capabilities or row is not None:
            fields["top_k"] = top_k
        else:
            losses.knob("top_k")


def _only(value: float | None, usual: float | None, name: str, losses: Losses) -> Any:  # noqa: ANN401  # int or float, as given
    if value is not None and value != usual:
        losses.knob(name, "a model that thinks does not take it")
    return None


def _clamped(value: float, name: str, losses: Losses) -> float:
    if 0 <= value <= 1:
        return value
    losses.knob(name, "0 to 1 there")
    return 1 if value > 1 else 0


def _stop(request: Request, losses: Losses, fields: dict[str, Any]) -> None:
    """White space alone does not stop: "each stop sequence must contain non-whitespace"."""
    if request.stop:
        kept = [stop for stop in request.stop if stop.strip()]
        if len(kept) < len(request.stop):
            losses.knob("stop", "sequences of white space are not known there")
        if kept:
            fields["stop_sequences"] = kept


def _tier(request: Request, upstream: Upstream, losses: Losses, fields: dict[str, Any]) -> None:
    tier = request.service_tier
    if tier is None:
        return
    if "service_tier" in upstream.capabilities and tier in _TIERS:
        fields["service_tier"] = _TIERS[tier]
    elif tier not in ("auto", "default"):
        losses.knob("service_tier")


def _person(request: Request, upstream: Upstream, losses: Losses, fields: dict[str, Any]) -> None:
    user = request.user or request.safety_id
    if user:
        if "metadata" in upstream.capabilities:
            fields["metadata"] = {"user_id": user}
        else:
            losses.knob("user" if request.user else "safety_identifier")
    if request.metadata:
        losses.knob("metadata")


def _unknown(request: Request, losses: Losses) -> None:
    """Settings that have no place here. What is off, or as it always is, is no loss."""
    if request.n is not None and request.n > 1:
        losses.refuse("n", "this provider gives one answer to a request")
    if request.modalities is not None and any(one.lower() != "text" for one in request.modalities):
        losses.refuse("modalities", "this provider answers in text")
    for name, value, usual in (
        ("frequency_penalty", request.frequency_penalty, 0),
        ("presence_penalty", request.presence_penalty, 0),
        ("repetition_penalty", request.repetition_penalty, 1),
        ("min_p", request.min_p, 0),
        ("seed", request.seed, None),
        ("logprobs", request.logprobs, False),
        ("top_logprobs", request.top_logprobs, 0),
        ("logit_bias", request.logit_bias, None),
        ("verbosity", request.verbosity, "medium"),
        ("prediction", request.prediction, None),
        ("store", request.store, False),
        ("truncation", request.truncation, "disabled"),
        ("prompt_cache_key", request.cache_key, None),
        ("prompt_cache_retention", request.cache_retention, None),
    ):
        if value is not None and value != usual:
            losses.knob(name)
