"""One API's rows as New API's, which is a fork of it: other numbers of types, other names of columns. Pure.

Facts of One API's public source, v0.6.10: a row of `channels` has no `auto_ban`, one of `tokens` has `subnet`; a user
of status 3 was removed; `config` is JSON with what `other` held before.
"""

from __future__ import annotations

from typing import Any

import msgspec

from storage.imports.values import Row, mapping, number, text

PROMPT_MODE = "system_prompt_mode"
"""In `setting`, by this file only: One API puts its system prompt in place of the client's."""

_CUSTOM = 8
_REMOVED = 3

# Its numbers up to 26 are those of New API but for these; of the later ones only 31 is.
_SAME_AS = {
    27: 35, 28: 42, 30: 4, 33: 33, 34: 49, 35: 34, 36: 43, 37: 39, 40: 45, 42: 41, 44: 40, 45: 48, 46: 56, 47: 46,
    49: 17,
}  # fmt: skip
# In OpenAI's form and without a number there: the address that One API uses when a channel gives none.
_COMPATIBLE = {
    2: "https://oa.api2d.net", 4: "https://api.closeai-proxy.xyz", 5: "https://api.openai-sb.com",
    26: "https://api.baichuan-ai.com", 29: "https://api.groq.com/openai", 32: "https://api.stepfun.com",
    39: "https://api.together.xyz", 41: "https://api.novita.ai/v3/openai", 48: "https://spark-api-open.xf-yun.com",
    50: "", 51: "https://generativelanguage.googleapis.com/v1beta/openai",
}  # fmt: skip
_NONE = {38: "DeepL", 43: "forwarding as it is (Proxy)"}


def channel(row: Row) -> Row:
    """A row of `channels`, as New API would have it; one that is New API's as it is."""
    if "auto_ban" in row:
        return row
    found: dict[str, Any] = dict(row)
    kind = number(row, "type")
    if kind in _NONE:
        found["type_name"] = _NONE[kind]
    elif kind in _COMPATIBLE:
        found["type"] = _CUSTOM
        found["base_url"] = text(row, "base_url") or _COMPATIBLE[kind]
    else:
        found["type"] = _SAME_AS.get(kind, kind)
    config = mapping(row.get("config"))
    told = [str(config[name]) for name in ("api_version", "region", "library_id", "plugin") if config.get(name)]
    if told:
        found["other"] = ", ".join(told)
    if text(row, "system_prompt"):
        setting = {"system_prompt": str(row["system_prompt"]), PROMPT_MODE: "replace"}
        found["setting"] = msgspec.json.encode(setting).decode()
    return found


def token(row: Row) -> Row:
    """A row of `tokens`, as New API would have it; one that is New API's as it is."""
    if "subnet" not in row:
        return row
    models = text(row, "models")
    return {**row, "model_limits": models, "model_limits_enabled": bool(models), "allow_ips": row["subnet"]}


def removed(row: Row) -> bool:
    """Whether a user was removed there: by a mark in New API, by a state in One API."""
    return row.get("deleted_at") is not None or number(row, "status", 1) == _REMOVED
