"""Requests of Messages, written: https://docs.claude.com/en/api/messages (2026-11).

A request of this protocol goes out as it came in. For one of another, the settings are fitted to what Anthropic's
models take, and what changes on the way is said through Losses.
"""

from typing import Any

import msgspec

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses, lose_extensions
from adapters.canonical.request import ENUM, Reasoning, Request
from adapters.protocols.messages.breakpoints import bound_breakpoints
from adapters.protocols.messages.citations import NAME
from adapters.protocols.messages.output_schema import closed
from adapters.protocols.messages.settings import foreign_settings
from adapters.protocols.messages.write_tools import write_cache, write_tools
from adapters.protocols.messages.write_turns import write_turns

_JSON_MODE = "Answer with one JSON object and nothing else."
_DISPLAY = {True: "summarized", False: "omitted"}
_TIERS = {"default": "standard_only", "auto": "auto"}


def write_request(request: Request, upstream: Upstream, losses: Losses) -> bytes:
    """The body for an upstream. With `upstream.operation` "count_tokens" only what counts."""
    fields: dict[str, Any] = {"model": upstream.model}
    counting = upstream.operation == "count_tokens"
    own = request.protocol == NAME
    most = request.max_output if request.max_output is not None else upstream.max_output
    if not counting:
        fields["max_tokens"] = most
    fields.update(write_turns(request, upstream, losses))
    fields.update(write_tools(request, upstream, losses))
    config = _own_settings(request, fields) if own else foreign_settings(request, upstream, most, losses, fields)
    _output(request, upstream, losses, config, own=own)
    if not own and request.output is not None and request.output.kind == "json":
        # Who asks OpenAI for JSON mode has to ask for JSON in words too, so this only says it once more.
        fields["system"] = _said_too(fields.get("system"), _JSON_MODE)
        losses.knob("response_format", "no JSON mode there: it is asked for in words")
    if request.cache is not None and (own or "cache_control" in upstream.capabilities):
        fields["cache_control"] = write_cache(request.cache)
    if not own:
        bound_breakpoints(fields, losses)
    extensions = request.extensions.get(NAME, {})
    if own and "output_config" in extensions:
        config = {**msgspec.json.decode(extensions["output_config"], type=dict[str, msgspec.Raw]), **config}
    fields.update(extensions)
    if config:
        fields["output_config"] = config
    lose_extensions(request, NAME, losses)
    if counting:
        for name in _NOT_COUNTED:
            fields.pop(name, None)
    elif request.stream:
        fields["stream"] = True
    return msgspec.json.encode(fields)


_NOT_COUNTED = ("temperature", "top_p", "top_k", "stop_sequences", "metadata", "service_tier", "container")
"""What /v1/messages/count_tokens does not take: anthropic 2.12, types/message_count_tokens_params.py."""


def _own_settings(request: Request, fields: dict[str, Any]) -> dict[str, Any]:
    """Settings as they came; returns `output_config`."""
    sampling = {"temperature": request.temperature, "top_p": request.top_p, "top_k": request.top_k}
    fields.update({name: value for name, value in sampling.items() if value is not None})
    if request.stop is not None:
        fields["stop_sequences"] = request.stop
    if "metadata" in request.exact:
        fields["metadata"] = request.exact["metadata"]
    elif request.user is not None or request.metadata is not None:
        user = {} if request.user is None else {"user_id": request.user}
        fields["metadata"] = {**(request.metadata or {}), **user}
    if request.service_tier is not None:
        fields["service_tier"] = _TIERS.get(request.service_tier, request.service_tier)
    reasoning = request.reasoning or Reasoning()
    if (thinking := _own_thinking(reasoning)) is not None:
        fields["thinking"] = thinking
    return {} if reasoning.effort is None else {"effort": reasoning.effort}


def _own_thinking(reasoning: Reasoning) -> dict[str, Any] | None:
    if reasoning.enabled is None:
        return None
    if not reasoning.enabled:
        return {"type": "disabled"}
    thinking: dict[str, Any] = {"type": "adaptive"} if reasoning.adaptive else {"type": "enabled"}
    if reasoning.budget is not None:
        thinking["budget_tokens"] = reasoning.budget
    if reasoning.include is not None:
        thinking["display"] = _DISPLAY[reasoning.include]
    return thinking


def _output(request: Request, upstream: Upstream, losses: Losses, config: dict[str, Any], *, own: bool) -> None:
    output = request.output
    if output is None:
        return
    if output.media_type == ENUM:
        losses.refuse("response_format", "one of several words is JSON there")
    if output.kind == "schema" and output.schema is not None:
        if own:
            config["format"] = {"type": "json_schema", "schema": output.schema}
        elif "json_schema" in upstream.capabilities:
            config["format"] = {"type": "json_schema", "schema": closed(output.schema)}
        else:
            losses.refuse("response_format", "the provider cannot bind its output to a JSON schema")


def _said_too(system: Any, text: str) -> list[Any]:  # noqa: ANN401  # a text or its blocks
    blocks = [{"type": "text", "text": system}] if isinstance(system, str) else list(system or ())
    return [*blocks, {"type": "text", "text": text}]
