"""How a client of this wire says how much a model is to think, in every provider's spelling.

Reading only: writing is adapters/reasoning/wire.py. Pages as of 2026-11:
OpenAI reasoning_effort; OpenRouter reasoning {effort, max_tokens, enabled, exclude}
(https://openrouter.ai/docs/use-cases/reasoning-tokens); DeepSeek, Zhipu, Moonshot and VolcEngine thinking {type};
DashScope and SiliconFlow enable_thinking, thinking_budget; vLLM chat_template_kwargs {enable_thinking}; Google
extra_body.google.thinking_config (https://ai.google.dev/gemini-api/docs/openai).
"""

from typing import TypeVar

import msgspec

from adapters.canonical.request import Reasoning
from adapters.protocols.chat.values import NULL, Raws, Values

SPELLINGS = (
    "reasoning_effort",
    "reasoning",
    "thinking",
    "enable_thinking",
    "thinking_budget",
    "chat_template_kwargs",
    "extra_body",
)
"""Top-level fields that may hold it; the earlier goes before the later."""

T = TypeVar("T")


def read_reasoning(values: Values, exact: Raws) -> Reasoning | None:
    """What is wanted; None when nothing is said. The fields as they came are added to `exact`."""
    before = {name: values.left[name] for name in SPELLINGS if name in values.left}
    if not before:
        return None
    rest: Raws = {}
    effort = values.text("reasoning_effort")
    enabled: bool | None = None
    budget: int | None = None
    include: bool | None = None
    if (asked := values.inside("reasoning")) is not None:
        effort = effort or asked.text("effort")
        budget = asked.whole("max_tokens")
        enabled = asked.flag("enabled")
        include = None if (hidden := asked.flag("exclude")) is None else not hidden
        _keep(rest, "reasoning", asked)
    if (kind := values.inside("thinking")) is not None:
        enabled = {"enabled": True, "disabled": False}.get(kind.text("type") or "", enabled)
        budget = kind.whole("budget_tokens") if budget is None else budget
        _keep(rest, "thinking", kind)
    enabled = _either(enabled, values.flag("enable_thinking"))
    budget = _either(budget, values.whole("thinking_budget"))
    if (template := values.inside("chat_template_kwargs")) is not None:
        enabled = _either(enabled, template.flag("enable_thinking"))
        enabled = _either(enabled, template.flag("thinking"))
        _keep(rest, "chat_template_kwargs", template)
    if (body := values.inside("extra_body")) is not None:
        google = body.inside("google")
        config = None if google is None else google.inside("thinking_config")
        if google is not None and config is not None:
            budget = _either(budget, config.whole("thinking_budget"))
            include = _either(include, config.flag("include_thoughts"))
            effort = effort or (config.text("thinking_level") or "").lower() or None
        if google is not None and google.extra:
            body.left["google"] = msgspec.Raw(msgspec.json.encode(google.extra))
        _keep(rest, "extra_body", body)
    for name, raw in before.items():
        if raw != NULL:
            exact[name] = raw
    values.left.update(rest)
    if effort == "default":  # Groq's word for a model's own measure, https://console.groq.com/docs/reasoning (2026-11)
        effort = None
    found = Reasoning(enabled, effort, budget, include=include)
    return None if found == Reasoning() else found


def _either(first: T | None, second: T | None) -> T | None:
    return second if first is None else first


def _keep(rest: Raws, name: str, values: Values) -> None:
    """What of an object is not about how much to think stays a field of this protocol."""
    if values.extra:
        rest[name] = msgspec.Raw(msgspec.json.encode(values.extra))
