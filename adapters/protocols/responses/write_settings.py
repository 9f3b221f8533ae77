"""The settings of a request out of the neutral form: sampling, limits, output format, reasoning.

What this protocol has no field for is counted as lost under its usual name.
"""

import re

import msgspec

from adapters.canonical import ids
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import ENUM, OutputFormat, Request
from adapters.protocols.responses.schema import PROTOCOL
from adapters.reasoning.openai import efforts_of
from adapters.reasoning.sampling import SETTINGS, samples
from adapters.reasoning.wire import responses as reasoning_fields

MIN_OUTPUT = 16
"""The smallest max_output_tokens ("integer_below_min_value", 2026-11)."""

# https://platform.openai.com/docs/api-reference/responses/create (2026-11): fields of the neutral form that have none.
_NO_FIELD = (
    "top_k",
    "min_p",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
    "seed",
    "stop",
    "logit_bias",
    "prediction",
)
_TIERS = frozenset({"auto", "default", "flex", "scale", "priority", "fast", "ultrafast"})
_UNSAFE = re.compile(r"[^a-zA-Z0-9_-]+")


def write_settings(request: Request, upstream: Upstream, losses: Losses) -> dict[str, object]:
    """Top-level fields but for model, turns, tools, reasoning and text."""
    own = request.protocol == PROTOCOL
    fields: dict[str, object] = {
        "parallel_tool_calls": request.parallel_tools,
        "max_output_tokens": request.max_output,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "top_logprobs": request.top_logprobs,
        "prompt_cache_key": request.cache_key,
        "prompt_cache_retention": request.cache_retention,
        "safety_identifier": request.safety_id,
        "service_tier": request.service_tier,
        "metadata": request.metadata,
        "user": request.user,
        "truncation": request.truncation,
        "store": request.store,
    }
    if request.stream:
        fields["stream"] = True
    if not own:
        _promises(request, losses)
        _fitted(request, fields, losses)
        _drop(fields, upstream.capabilities, losses)
    return fields


def _promises(request: Request, losses: Losses) -> None:
    """Refuse what would make another answer, count what only tunes it."""
    if request.n is not None and request.n > 1:
        losses.refuse("n", "there is one answer to a request")
    if request.audio is not None or (request.modalities is not None and set(request.modalities) - {"text", "TEXT"}):
        losses.refuse("modalities", "answers are text")
    for name in _NO_FIELD:
        if getattr(request, name) is not None:
            losses.knob(name)
    if request.cache is not None:
        losses.knob("cache_control", "the provider caches by itself")


def _fitted(request: Request, fields: dict[str, object], losses: Losses) -> None:
    """Values that this protocol bounds or means differently."""
    if request.max_output is not None and request.max_output < MIN_OUTPUT:
        fields["max_output_tokens"] = MIN_OUTPUT
        losses.knob("max_tokens", f"at least {MIN_OUTPUT}")
    if request.temperature is not None and request.temperature > 2:
        fields["temperature"] = 2.0
        losses.knob("temperature", "at most 2")
    for name, value in (("user", request.user), ("safety_identifier", request.safety_id)):
        if value is not None:
            fields[name] = ids.for_user(value)
    if request.store is None:
        # The default is to keep it, which no client of another protocol has asked for, or could make use of.
        fields["store"] = False
    if request.service_tier is not None and request.service_tier not in _TIERS:
        fields["service_tier"] = None
        losses.knob("service_tier")
    if request.logprobs and request.top_logprobs is None:
        fields["top_logprobs"] = 0


# Field -> the capability that it needs.
_NEEDS = {
    "parallel_tool_calls": "parallel_tool_calls",
    "top_logprobs": "logprobs",
    "prompt_cache_key": "prompt_cache_key",
    "prompt_cache_retention": "prompt_cache_key",
    "safety_identifier": "user",
    "service_tier": "service_tier",
    "metadata": "metadata",
    "user": "user",
}


def _drop(fields: dict[str, object], can: frozenset[str], losses: Losses) -> None:
    for name, capability in _NEEDS.items():
        if fields[name] is not None and capability not in can:
            fields[name] = None
            losses.knob(name)


def write_reasoning(request: Request, upstream: Upstream, losses: Losses) -> tuple[dict[str, object] | None, bool]:
    """The object `reasoning`, and whether its encrypted form is asked for, so that the next turn can give it back."""
    reasoning = request.reasoning
    if request.protocol == PROTOCOL:
        if reasoning is None:
            return None, False
        given = {"effort": reasoning.effort, "summary": reasoning.summary}
        return {name: value for name, value in given.items() if value is not None}, False
    fields: dict[str, object] = dict(reasoning_fields(reasoning, upstream, losses))
    efforts = efforts_of(upstream.model)
    if efforts == () or (fields and "reasoning_effort" not in upstream.capabilities):
        if fields:
            losses.knob("reasoning", "the model does not think")
        fields = {}
    encrypted = "encrypted_reasoning" in upstream.capabilities and bool(efforts or fields)
    return fields or None, encrypted and fields.get("effort") != "none"


def steady(body: dict[str, object], upstream: Upstream, losses: Losses) -> None:
    """Take sampling out of the body for a model that thinks and refuses it: clients of other vendors always send it."""
    reasoning = body.get("reasoning")
    effort = reasoning.get("effort") if isinstance(reasoning, dict) else None
    if samples(upstream.model, effort if isinstance(effort, str) else None):
        return
    for name in SETTINGS:
        value = body.pop(name, None)
        if value is not None and not (name in {"temperature", "top_p"} and value == 1):
            losses.knob(name, "not accepted by a model that thinks")


def write_text(request: Request, upstream: Upstream, losses: Losses) -> dict[str, object] | None:
    """The object `text`: format and verbosity."""
    text: dict[str, object] = {}
    if request.output is not None:
        if request.output.media_type == ENUM:
            losses.refuse("response_format", "one of several words is JSON there")
        text["format"] = _format(request.output, own=request.protocol == PROTOCOL)
        needed = {"json": "json_object", "schema": "json_schema"}.get(request.output.kind)
        if needed is not None and request.protocol != PROTOCOL and needed not in upstream.capabilities:
            losses.refuse("response_format", "the provider cannot be bound to it")
    if request.verbosity is not None:
        if request.protocol == PROTOCOL or "verbosity" in upstream.capabilities:
            text["verbosity"] = request.verbosity
        else:
            losses.knob("verbosity")
    return text or None


def _format(output: OutputFormat, *, own: bool) -> dict[str, object]:
    if output.kind == "text":
        return {"type": "text"}
    if output.kind == "json":
        return {"type": "json_object"}
    name = output.name if own else _UNSAFE.sub("_", output.name)[:64] or "response"
    form: dict[str, object] = {"type": "json_schema", "schema": output.schema or msgspec.Raw(b"{}")}
    if name:
        form["name"] = name
    if output.description is not None:
        form["description"] = output.description
    if output.strict is not None:
        form["strict"] = output.strict
    return form
