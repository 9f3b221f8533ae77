"""A request in the neutral form, written for a provider of this wire, as far as its capabilities go."""

import msgspec

from adapters.canonical import ids
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses, lose_extensions
from adapters.canonical.request import ENUM, Request
from adapters.protocols.chat import embeddings
from adapters.protocols.chat.reasoning import SPELLINGS, read_reasoning
from adapters.protocols.chat.tools import write_choice, write_tools
from adapters.protocols.chat.values import Raws, Values, is_object
from adapters.protocols.chat.write_messages import Messages
from adapters.reasoning import wire as reasoning_wire
from adapters.reasoning.sampling import SETTINGS, samples

Fields = dict[str, object]

MAX_STOPS = 4
"""Stop sequences: https://platform.openai.com/docs/api-reference/chat/create (2026-11)."""

# Field of the request -> (wire name, capability that a provider must have to be sent it, "" = none).
_SETTINGS: dict[str, tuple[str, str]] = {
    "temperature": ("temperature", ""),
    "top_p": ("top_p", ""),
    "top_k": ("top_k", "top_k"),
    "min_p": ("min_p", "min_p"),
    "frequency_penalty": ("frequency_penalty", "penalties"),
    "presence_penalty": ("presence_penalty", "penalties"),
    "repetition_penalty": ("repetition_penalty", "repetition_penalty"),
    "seed": ("seed", "seed"),
    "logprobs": ("logprobs", "logprobs"),
    "top_logprobs": ("top_logprobs", "logprobs"),
    "logit_bias": ("logit_bias", "logit_bias"),
    "verbosity": ("verbosity", "verbosity"),
    "service_tier": ("service_tier", "service_tier"),
    "user": ("user", "user"),
    "cache_key": ("prompt_cache_key", "prompt_cache_key"),
    "cache_retention": ("prompt_cache_retention", "prompt_cache_key"),
    "safety_id": ("safety_identifier", "user"),
}
_MAXIMA = ("max_completion_tokens", "max_tokens")
_TIERS = frozenset({"auto", "default", "flex", "scale", "priority", "fast"})


def write_request(request: Request, upstream: Upstream, losses: Losses) -> bytes:
    """The body. What cannot be said is told to `losses`, in the client's names; raises nothing."""
    if upstream.operation == "embeddings":
        return embeddings.write_request(request, upstream, losses)
    own = request.protocol == "chat"
    exact = _unchanged(request) if own else {}
    fields: Fields = {"model": upstream.model, "messages": Messages(request, upstream, losses).written}
    _settings(request, upstream, losses, fields)
    _kept(request, upstream, losses, fields)
    _limits(request, upstream, losses, fields)
    _thinking(request, upstream, losses, fields, exact)
    if not own and upstream.provider in ("openai", "azure"):
        _steady(upstream, losses, fields)
    _output(request, upstream, losses, fields)
    _sound(request, upstream, losses, fields)
    fields.update(write_tools(request, upstream, losses))
    fields.update(write_choice(request, upstream, losses))
    if own:
        fields.update(request.extensions.get("chat", {}))
        fields.update(exact)
    _stream(request, upstream, fields)
    lose_extensions(request, "chat", losses)
    return msgspec.json.encode(fields)


def _unchanged(request: Request) -> Raws:
    """Fields in the client's own spelling, but for those that were changed since they were read."""
    asked = read_reasoning(Values(request.exact), {})
    changed = {"functions", *_MAXIMA}
    if asked != request.reasoning:
        changed |= set(SPELLINGS)
    return {name: raw for name, raw in request.exact.items() if name not in changed}


def _stream(request: Request, upstream: Upstream, fields: Fields) -> None:
    """A stream always asks for its usage: it is booked, and other protocols show it to their clients."""
    if not request.stream:
        return
    fields["stream"] = True
    own = fields.get("stream_options")
    if "stream_usage" in upstream.capabilities or (request.protocol == "chat" and request.include_usage):
        options: Fields = {"include_usage": True}
        if isinstance(own, msgspec.Raw) and is_object(own):
            options = {**msgspec.json.decode(own, type=Raws), **options}
        fields["stream_options"] = options


def _settings(request: Request, upstream: Upstream, losses: Losses, fields: Fields) -> None:
    """Settings that are one value each."""
    own = request.protocol == "chat"
    for field, (name, capability) in _SETTINGS.items():
        value = getattr(request, field)
        if value is None:
            continue
        if name == "seed" and upstream.provider == "mistral":
            fields["random_seed"] = value  # https://docs.mistral.ai/api (2026-11)
        elif not own and capability and capability not in upstream.capabilities:
            losses.knob(name)
        elif not own and name == "service_tier" and value not in _TIERS:
            losses.knob(name, f"{value} is not known there")
        elif not own and capability == "user":
            fields[name] = ids.for_user(value)
        else:
            fields[name] = value
    if request.temperature is not None and request.temperature > 2 and not own:
        fields["temperature"] = 2
        losses.knob("temperature", "the most is 2 there")
    if request.cache is not None:
        losses.knob("cache_control", "the provider finds what to cache by itself")
    if request.truncation not in (None, "disabled"):
        losses.knob("truncation")


def _kept(request: Request, upstream: Upstream, losses: Losses, fields: Fields) -> None:
    """What OpenAI keeps or compares with: its notes on a request, which need `store`, and a predicted answer."""
    own = request.protocol == "chat"
    openai = upstream.provider in ("openai", "azure")
    if request.prediction is not None:
        if own or openai:
            fields["prediction"] = request.prediction
        else:
            losses.knob("prediction")
    if request.metadata is not None:
        if own or ("metadata" in upstream.capabilities and request.store):
            fields["metadata"] = request.metadata
        elif request.metadata:
            losses.knob("metadata")
    if request.store is not None:
        if own or openai:
            fields["store"] = request.store
        elif request.store:
            losses.knob("store")


def _limits(request: Request, upstream: Upstream, losses: Losses, fields: Fields) -> None:
    own = request.protocol == "chat"
    if request.max_output is not None:
        asked = [name for name in _MAXIMA if own and name in request.exact]
        known = _MAXIMA[0] if _MAXIMA[0] in upstream.capabilities else _MAXIMA[1]
        fields[asked[0] if asked else known] = request.max_output
    if request.n is not None:
        if own or request.n == 1 or "n" in upstream.capabilities:
            if own or request.n > 1:
                fields["n"] = request.n
        else:
            losses.refuse("n", "the provider gives one answer to a request")
    if request.stop is not None:
        stop = request.stop
        if len(stop) > MAX_STOPS and not own:
            losses.knob("stop", f"the first {MAX_STOPS} sequences are used")
            stop = stop[:MAX_STOPS]
        if stop or own:
            fields["stop"] = stop


def _thinking(request: Request, upstream: Upstream, losses: Losses, fields: Fields, exact: Raws) -> None:
    if exact.keys() & set(SPELLINGS):
        return
    fields.update(reasoning_wire.chat(request.reasoning, upstream, losses))


def _steady(upstream: Upstream, losses: Losses, fields: Fields) -> None:
    """A model that thinks refuses settings of sampling, which clients of other vendors always send."""
    effort = fields.get("reasoning_effort")
    if samples(upstream.model, effort if isinstance(effort, str) else None):
        return
    for name in SETTINGS:
        value = fields.pop(name, None)
        if value is not None and not (name in ("temperature", "top_p") and value == 1) and value is not False:
            losses.knob(name, "not accepted by a model that thinks")


def _output(request: Request, upstream: Upstream, losses: Losses, fields: Fields) -> None:
    """The field "response_format"."""
    form = request.output
    if form is None:
        return
    own = request.protocol == "chat"
    if form.media_type == ENUM:
        losses.refuse("response_format", "one of several words is JSON there")
    if form.kind == "text":
        if own:
            fields["response_format"] = {"type": "text"}
    elif form.kind == "json":
        if own or upstream.capabilities & {"json_object", "json_schema"}:
            fields["response_format"] = {"type": "json_object"}
        else:
            losses.refuse("response_format", "the provider cannot promise JSON")
    elif own or "json_schema" in upstream.capabilities:
        inner: Fields = {"name": form.name or "answer"}
        for name, value in (("description", form.description), ("schema", form.schema), ("strict", form.strict)):
            if value is not None:
                inner[name] = value
        fields["response_format"] = {"type": "json_schema", "json_schema": inner}
    else:
        losses.refuse("response_format", "the provider cannot be bound to a JSON schema")


def _sound(request: Request, upstream: Upstream, losses: Losses, fields: Fields) -> None:
    """Answers in sound, and other modalities."""
    own = request.protocol == "chat"
    wanted = request.modalities
    if own:
        if wanted is not None:
            fields["modalities"] = wanted
        if request.audio is not None:
            fields["audio"] = request.audio
        return
    more = [one for one in wanted or () if one.lower() != "text"]
    if not more:
        return
    if more == ["image"] and upstream.provider == "openrouter":
        fields["modalities"] = ["image", "text"]
    else:
        losses.refuse("modalities", f"an answer in {', '.join(more)}")
