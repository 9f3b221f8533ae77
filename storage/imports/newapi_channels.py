"""New API's channels as bodies of this gateway's API. Pure.

Facts of its table `channels`: `type` is a number; `models` and `group` are lists with commas; `model_mapping` is JSON,
public name -> upstream name, followed through several steps; status 1 on, 2 off by hand, 3 off by failures; several
keys are lines or a JSON array, with their states by position in `channel_info`.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from storage.imports import oneapi
from storage.imports.values import Notes, Row, document, flag, listed, mapping, name, number, plain, text

# Types whose requests go out in OpenAI's form: its own provider here is the general one. Addresses are those that
# New API uses when a channel gives none.
COMPATIBLE = {
    6: "https://api.openaimax.com", 7: "https://api.ohmygpt.com", 8: "", 9: "https://api.caipacity.com",
    10: "https://api.aiproxy.io", 12: "https://api.api2gpt.com", 13: "https://api.aigc2d.com",
    19: "https://api.360.cn", 21: "https://api.aiproxy.io", 22: "https://fastgpt.run/api/openapi",
    31: "https://api.lingyiwanwu.com", 44: "https://api.moka.ai", 53: "https://llm.submodel.ai",
}  # fmt: skip
NAMES = {
    2: "Midjourney", 5: "Midjourney Plus", 11: "PaLM", 15: "Baidu (first version)", 16: "Zhipu (third version)",
    18: "Xunfei", 33: "AWS Bedrock", 36: "Suno", 37: "Dify", 38: "Jina", 41: "Vertex AI", 49: "Coze", 50: "Kling",
    51: "Jimeng", 52: "Vidu", 54: "Doubao video", 55: "Sora", 56: "Replicate", 57: "ChatGPT subscription",
    58: "its own routes",
}  # fmt: skip
AUTO_OFF = 3
_MOST = 1_000_000
_FULL_PATH = re.compile(r"/(v1/)?(chat/)?completions/?$")
_OTHER = ("disable_store", "claude_beta_query", "vertex_key_type", "aws_key_type", "openrouter_enterprise")


class MappedChannel(msgspec.Struct):
    """`body` is that of POST /channels; `secrets` (key -> status there) are several keys in place of one."""

    body: dict[str, Any]
    secrets: dict[str, int]
    off_by: str
    off_reason: str
    created_at: int
    notes: Notes


def channel(row: Row, *, provider_of: dict[int, str]) -> MappedChannel | str:
    """What becomes of a channel, or why nothing does. `provider_of`: its types -> ids of our catalogue."""
    row = oneapi.channel(row)
    if text(row, "type_name"):
        return f"no provider here for {text(row, 'type_name')}"
    kind = number(row, "type")
    provider = provider_of.get(kind) or ("openai-compatible" if kind in COMPATIBLE else "")
    if not provider:
        return f"no provider here for its type {kind}" + (f" ({NAMES[kind]})" if kind in NAMES else "")
    notes: Notes = []
    models = _models(row, notes)
    if not models:
        return "has no models"
    status = number(row, "status", 1)
    body: dict[str, Any] = {
        "name": name(text(row, "name"), "channel", number(row, "id")),
        "provider": provider,
        "models": models,
        "priority": max(-_MOST, min(_MOST, number(row, "priority"))),
        # There 0 is a share like the others when all have it; here it is "only when all others fail".
        "weight": max(1, min(_MOST, number(row, "weight"))),
        "enabled": status == 1,
        "groups": listed(row, "group") or None,
        "tag": plain(text(row, "tag"), 64),
        "remark": plain(text(row, "remark"), 255),
        "test_model": text(row, "test_model"),
        "auto_disable": flag(row, "auto_ban", default=True),
        "settings": _settings(row, notes),
    }
    address = text(row, "base_url").rstrip("/") or COMPATIBLE.get(kind, "")
    if "{model}" in address:
        return "its address holds {model}, which is not possible here"
    if address:
        body["base_url"] = _FULL_PATH.sub("", address) if kind == 8 else address
    _proxy(row, body)
    organisation = text(row, "open_ai_organization")
    if organisation:
        body["headers"] = {"OpenAI-Organization": organisation}
    if text(row, "other") and kind != 24:
        notes.append(f"`other` ({plain(text(row, 'other'), 40)}) is not taken: set region or parameters")
    secrets = _secrets(row, body)
    off_reason = plain(str(mapping(row.get("other_info")).get("status_reason") or ""), 255)
    return MappedChannel(
        body, secrets, "auto" if status == AUTO_OFF else "", off_reason, number(row, "created_time"), notes
    )


def _models(row: Row, notes: Notes) -> dict[str, str]:
    renamed = {str(key): str(value) for key, value in mapping(row.get("model_mapping")).items() if value}
    found: dict[str, str] = {}
    for public in listed(row, "models"):
        if re.search(r"[\s\[\]?{}\"'`\\]", public) or len(public) > 200:
            notes.append("a model name that is not possible here was left out")
            continue
        upstream, seen = public, {public}
        while (following := renamed.get(upstream)) is not None and following not in seen:
            upstream = following
            seen.add(upstream)
        found[public] = "" if upstream == public else upstream
    return found


def _settings(row: Row, notes: Notes) -> dict[str, Any]:
    """The settings that have an equivalent, by our names; the others are named in `notes`."""
    first, second = mapping(row.get("setting")), mapping(row.get("settings"))
    found: dict[str, Any] = {}
    for each in ("force_format", "thinking_to_content"):
        if first.get(each) is True:
            found[each] = True
    if first.get("system_prompt"):
        mode = first.get(oneapi.PROMPT_MODE) or ("prepend" if first.get("system_prompt_override") else "fill")
        found["system_prompt"] = {"text": str(first["system_prompt"]), "mode": mode}
    if first.get("pass_through_body_enabled"):
        notes.append("passing the body through is not taken: same-protocol requests go out as they came anyway")
    for ours, theirs in (
        ("param_override", "param_override"), ("header_override", "header_override"),
        ("status_map", "status_code_mapping"),
    ):  # fmt: skip
        value = document(row.get(theirs))
        if isinstance(value, dict | list) and value:
            found[ours] = value
        elif text(row, theirs) not in {"", "{}", "[]", "null"}:
            notes.append(f"{theirs} is no JSON and was left out")
    for each in _OTHER:
        if second.get(each):
            notes.append(f"settings.{each} is not taken")
    return found


def _proxy(row: Row, body: dict[str, Any]) -> None:
    given = str(mapping(row.get("setting")).get("proxy") or "").strip()
    if not given:
        return
    parts = urlsplit(given)
    host = parts.netloc.rpartition("@")[2]
    body["settings"]["proxy"] = f"{parts.scheme}://{host}"
    if parts.username:
        body["proxy_secret"] = f"{unquote(parts.username)}:{unquote(parts.password or '')}"


def _secrets(row: Row, body: dict[str, Any]) -> dict[str, int]:
    """Several keys with their states, in their order; one alone is put into the body."""
    value = text(row, "key")
    info = mapping(row.get("channel_info"))
    if not info.get("is_multi_key"):
        if value:
            body["secret"] = value
        return {}
    several = document(value) if value.startswith("[") else None
    keys = (
        [each if isinstance(each, str) else msgspec.json.encode(each).decode() for each in several]
        if isinstance(several, list)
        else [line.strip() for line in value.split("\n")]
    )
    states = mapping(info.get("multi_key_status_list"))
    found: dict[str, int] = {}
    for place, each in enumerate(keys):
        if each:
            found.setdefault(each, number(states, str(place), 1))
    body["key_mode"] = "round_robin" if info.get("multi_key_mode") == "polling" else "random"
    return found
