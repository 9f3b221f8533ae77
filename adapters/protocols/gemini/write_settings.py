"""generationConfig and the settings beside it, written: https://ai.google.dev/api/generate-content (2026-11)."""

from typing import Any

import msgspec

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import OutputFormat, Reasoning, Request
from adapters.protocols.gemini import json_schema
from adapters.protocols.gemini.models import most_output
from adapters.protocols.gemini.read_settings import CONFIG, FLOATS, INTS, MODALITIES, SCHEMA, THINKING
from adapters.reasoning import wire
from adapters.unreadable import UNREADABLE

MAX_STOPS = 5
MAX_TOP_LOGPROBS = 20

_string = msgspec.json.Decoder(str)
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])

# Settings that Google has nothing for -> their name in OpenAI's words.
_UNKNOWN = {
    "min_p": "min_p",
    "repetition_penalty": "repetition_penalty",
    "logit_bias": "logit_bias",
    "verbosity": "verbosity",
    "prediction": "prediction",
    "user": "user",
    "metadata": "metadata",
    "cache": "cache_control",
    "cache_key": "prompt_cache_key",
    "cache_retention": "prompt_cache_retention",
    "safety_id": "safety_identifier",
}


def write_settings(request: Request, upstream: Upstream, losses: Losses) -> dict[str, Any]:
    """generationConfig, {} = leave it out."""
    config: dict[str, Any] = {}
    for ours, name in (FLOATS | INTS).items():
        value = getattr(request, ours)
        if value is not None:
            config[name] = value
    if request.stop is not None:
        config["stopSequences"] = list(request.stop)
    if request.logprobs is not None:
        config["responseLogprobs"] = request.logprobs
    if request.modalities is not None:
        config.update(_modalities(request, losses))
    thinking = _thinking(request, upstream, losses)
    if thinking:
        config["thinkingConfig"] = thinking
    if request.output is not None:
        config.update(_output(request.output, request, upstream, losses))
    if request.protocol == "gemini":
        _own(request, config)
    else:
        _bounded(config, upstream, losses)
        _lost(request, losses)
    return config


def _lost(request: Request, losses: Losses) -> None:
    for ours, name in _UNKNOWN.items():
        if getattr(request, ours) is not None:
            losses.knob(name)
    if request.truncation not in {None, "disabled"}:
        losses.knob("truncation")
    if request.store:
        losses.knob("store")


def _own(request: Request, config: dict[str, Any]) -> None:
    """What only Google knows, and what says the same as the settings do."""
    if MODALITIES in request.exact:
        config.setdefault("responseModalities", request.exact[MODALITIES])
    if THINKING in request.exact:
        config.setdefault("thinkingConfig", request.exact[THINKING])
    for name, raw in request.extensions.get("gemini", {}).items():
        if name.startswith(THINKING + "."):
            config.setdefault("thinkingConfig", {})[name.removeprefix(THINKING + ".")] = raw
        elif name.startswith(CONFIG):
            config[name.removeprefix(CONFIG)] = raw


def _bounded(config: dict[str, Any], upstream: Upstream, losses: Losses) -> None:
    """Values that Google refuses become the nearest it takes."""
    most = most_output(upstream.model)
    if most is not None and config.get("maxOutputTokens", 0) > most:
        config["maxOutputTokens"] = most
        losses.knob("max_tokens", f"at most {most}")
    temperature = config.get("temperature")
    if temperature is not None and temperature > 2:
        config["temperature"] = 2.0
        losses.knob("temperature", "at most 2")
    seed = config.get("seed")
    if seed is not None and not -(1 << 31) <= seed < 1 << 31:  # an int32 there
        config["seed"] = seed & 0x7FFFFFFF
        losses.knob("seed", "its last 31 bits")
    stops = config.get("stopSequences")
    if stops is not None and len(stops) > MAX_STOPS:
        config["stopSequences"] = stops[:MAX_STOPS]
        losses.knob("stop", f"at most {MAX_STOPS}")
    top = config.get("logprobs")
    if top is not None:
        if top > MAX_TOP_LOGPROBS:
            losses.knob("top_logprobs", f"at most {MAX_TOP_LOGPROBS}")
        config["logprobs"] = min(top, MAX_TOP_LOGPROBS)
        config.setdefault("responseLogprobs", True)
        if top == 0:
            del config["logprobs"]
    if not config.get("responseLogprobs", True):
        del config["responseLogprobs"]


def _modalities(request: Request, losses: Losses) -> dict[str, Any]:
    wanted = request.modalities or ()
    if request.protocol == "gemini":
        return {"responseModalities": [one.upper() for one in wanted]}
    if "audio" in wanted:
        # Speech models take this one alone: https://ai.google.dev/gemini-api/docs/speech-generation (2026-11).
        voice = _voice(request.audio)
        if voice[:1].islower():  # Google's are Kore, Puck ..., OpenAI's alloy, ash ...; others are refused
            losses.knob("audio.voice", "a voice of another provider")
            voice = ""
        speech = {"speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}}} if voice else {}
        return {"responseModalities": ["AUDIO"], **speech}
    return {"responseModalities": ["TEXT", "IMAGE"]} if "image" in wanted else {}


def _voice(audio: msgspec.Raw | None) -> str:
    try:
        return _string.decode(_members.decode(audio)["voice"]) if audio is not None else ""
    except (*UNREADABLE, KeyError):
        return ""


def _thinking(request: Request, upstream: Upstream, losses: Losses) -> dict[str, Any]:
    reasoning = request.reasoning
    if reasoning is None:
        return {}
    if request.protocol == "gemini":
        given = {
            "includeThoughts": reasoning.include,
            "thinkingBudget": reasoning.budget,
            "thinkingLevel": reasoning.effort.upper() if reasoning.effort is not None else None,
        }
        return {name: value for name, value in given.items() if value is not None}
    return wire.gemini(_shown(reasoning), upstream, request.max_output, losses)


def _shown(reasoning: Reasoning) -> Reasoning:
    """Whoever asks for a summary, or for thinking in a form that shows it, sees the thoughts."""
    asked = reasoning.summary is not None or reasoning.adaptive or (reasoning.budget or 0) > 0
    if reasoning.include is None and asked and reasoning.enabled is not False:
        return msgspec.structs.replace(reasoning, include=True)
    return reasoning


def _output(output: OutputFormat, request: Request, upstream: Upstream, losses: Losses) -> dict[str, Any]:
    own = request.protocol == "gemini"
    media_type = output.media_type or ("" if own or output.kind == "text" else "application/json")
    written: dict[str, Any] = {"responseMimeType": media_type} if media_type else {}
    if output.schema is None:
        return written
    if own and SCHEMA in request.exact:
        return {**written, "responseSchema": request.exact[SCHEMA]}
    if own or "json_schema" in upstream.capabilities:
        return {**written, "responseJsonSchema": output.schema}
    try:
        schema, lost = json_schema.to_schema(output.schema)
    except UNREADABLE as error:
        losses.refuse("response_format", str(error))
        return written
    for keyword in lost:
        losses.refuse(f"response_format.{keyword}", "the provider cannot bind the answer to it")
    return {**written, "responseSchema": schema}
