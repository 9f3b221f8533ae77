"""Which efforts OpenAI's models, and others that take its reasoning_effort, accept.

A model without a row gets the effort as it was asked for, and its provider decides.
"""

import re

import msgspec


class Efforts(msgspec.Struct, frozen=True):
    """`efforts` of the models whose name `pattern` matches from the start; () = the field is refused there."""

    pattern: str
    efforts: tuple[str, ...]


_LOW_TO_HIGH = ("low", "medium", "high")
_NONE_TO_HIGH = ("none", *_LOW_TO_HIGH)

# OpenAI: openai 3.54, types/shared_params/reasoning.py; developers.openai.com/api/docs/guides/reasoning;
# learn.microsoft.com/javascript/api/@azure/ai-projects/reasoningeffort (all 2026-11).
# xAI: docs.x.ai/developers/model-capabilities/text/reasoning (2026-11): grok-4.3 takes none to high.
# DeepSeek: api-docs.deepseek.com/guides/thinking_mode (2026-11).
MODELS = (
    Efforts(r"o1-(mini|preview)", ()),
    Efforts(r"o[1-9]", _LOW_TO_HIGH),
    Efforts(r"gpt-oss", _LOW_TO_HIGH),
    Efforts(r"gpt-5-pro", ("high",)),
    Efforts(r"gpt-5\.\d-pro", ("medium", "high", "xhigh")),
    Efforts(r"gpt-5-codex", _LOW_TO_HIGH),
    Efforts(r"gpt-5\.1-codex-max", (*_LOW_TO_HIGH, "xhigh")),
    Efforts(r"gpt-5\.1-codex", _LOW_TO_HIGH),
    Efforts(r"gpt-5(?![.\d])", ("minimal", *_LOW_TO_HIGH)),
    Efforts(r"gpt-5\.1", _NONE_TO_HIGH),
    Efforts(r"gpt-5\.[2-5]", (*_NONE_TO_HIGH, "xhigh")),
    Efforts(r"gpt-5\.", (*_NONE_TO_HIGH, "xhigh", "max")),
    Efforts(r"gpt-(3|4)|chatgpt-", ()),
    Efforts(r"grok-3-mini", ("low", "high")),
    Efforts(r"grok-4\.3", _NONE_TO_HIGH),
    Efforts(r"grok-(2|3|4(-|$)|code)", ()),
    Efforts(r"deepseek", ("none", "low", "high", "max")),
)
_COMPILED = [(re.compile(row.pattern), row) for row in MODELS]


def efforts_of(model: str) -> tuple[str, ...] | None:
    """The efforts that a model takes, () = none at all, None = not known. A vendor before a slash is left out."""
    name = model.lower().rpartition("/")[2]
    return next((row.efforts for pattern, row in _COMPILED if pattern.match(name)), None)
