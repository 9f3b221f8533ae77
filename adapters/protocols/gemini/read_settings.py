"""generationConfig, read: https://ai.google.dev/api/generate-content#GenerationConfig (2026-11).

Raises msgspec.DecodeError or ValueError, with the name of the field, for what is none.
"""

from typing import Any

import msgspec

from adapters.canonical.blocks import Json
from adapters.canonical.request import OutputFormat, Reasoning
from adapters.protocols.gemini import json_schema
from adapters.protocols.gemini.names import Fields, fields
from adapters.unreadable import UNREADABLE

_string = msgspec.json.Decoder(str)
_strings = msgspec.json.Decoder(list[str])
_flag = msgspec.json.Decoder(bool)
_number = msgspec.json.Decoder(int | float | str)

CONFIG = "generationConfig."
SCHEMA = CONFIG + "responseSchema"
MODALITIES = CONFIG + "responseModalities"
THINKING = CONFIG + "thinkingConfig"

_FLOATS = {
    "temperature": "temperature",
    "topP": "top_p",
    "presencePenalty": "presence_penalty",
    "frequencyPenalty": "frequency_penalty",
}
_INTS = {
    "topK": "top_k",
    "candidateCount": "n",
    "maxOutputTokens": "max_output",
    "seed": "seed",
    "logprobs": "top_logprobs",
}
FLOATS = {ours: name for name, ours in _FLOATS.items()}
INTS = {ours: name for name, ours in _INTS.items()}


def read_settings(raw: msgspec.Raw, extensions: Json, exact: Json) -> dict[str, Any]:
    """Settings of canonical Request by name; `extensions` gets what only Google knows, by dotted names."""
    config = fields(raw)
    found: dict[str, Any] = {}
    for name in list(config):
        try:
            if name in _FLOATS:
                found[_FLOATS[name]] = float(_number.decode(config.pop(name)))
            elif name in _INTS:
                found[_INTS[name]] = _whole(config.pop(name))
            elif name == "stopSequences":
                found["stop"] = tuple(_strings.decode(config.pop(name)))
            elif name == "responseLogprobs":
                found["logprobs"] = _flag.decode(config.pop(name))
            elif name == "responseModalities":
                _modalities(config.pop(name), found, exact)
            elif name == "thinkingConfig":
                _reasoning(config.pop(name), found, extensions, exact)
        except (msgspec.DecodeError, ValueError, OverflowError) as error:
            raise ValueError(f"{name}: {error}") from None
    output = _output(config, exact)
    if output is not None:
        found["output"] = output
    extensions.update({CONFIG + name: value for name, value in config.items()})
    return found


def _whole(raw: msgspec.Raw) -> int:
    value = _number.decode(raw)
    if isinstance(value, float) and value != int(value):
        raise ValueError("a whole number is wanted")
    return int(value)


def _modalities(raw: msgspec.Raw, found: dict[str, Any], exact: Json) -> None:
    wanted = tuple(one.lower() for one in _strings.decode(raw))
    if wanted in {("text",), ()}:
        exact[MODALITIES] = raw
    else:
        found["modalities"] = wanted


def _reasoning(raw: msgspec.Raw, found: dict[str, Any], extensions: Json, exact: Json) -> None:
    """Budget 0 turns thinking off, -1 leaves it to the model: ai.google.dev/gemini-api/docs/thinking (2026-11)."""
    config = fields(raw)
    include = _flag.decode(config.pop("includeThoughts")) if "includeThoughts" in config else None
    budget = _whole(config.pop("thinkingBudget")) if "thinkingBudget" in config else None
    level = _string.decode(config.pop("thinkingLevel")).lower() if "thinkingLevel" in config else None
    if level == "thinking_level_unspecified":
        level = None
    if budget is not None and budget < -1:
        raise ValueError("thinkingBudget must be -1 or more")
    extensions.update({f"{THINKING}.{name}": value for name, value in config.items()})
    if include is None and budget is None and level is None:
        if not config:
            exact[THINKING] = raw
        return
    found["reasoning"] = Reasoning(
        enabled=None if budget is None else budget != 0, effort=level, budget=budget, include=include
    )


def _output(config: Fields, exact: Json) -> OutputFormat | None:
    """The form of the answer: its type, and a schema in either spelling."""
    media_type = _string.decode(config.pop("responseMimeType")) if "responseMimeType" in config else ""
    schema = config.pop("responseJsonSchema", None)
    if "responseSchema" in config:
        google = config.pop("responseSchema")
        exact[SCHEMA] = google
        try:
            schema = schema or json_schema.from_schema(google)
        except UNREADABLE as error:
            raise ValueError(f"responseSchema: {error}") from None
    if schema is not None:
        return OutputFormat("schema", schema, media_type=media_type)
    if not media_type:
        return None
    return OutputFormat("json" if media_type == "application/json" else "text", media_type=media_type)
