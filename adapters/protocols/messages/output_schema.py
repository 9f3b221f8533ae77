"""JSON Schemas as Anthropic's structured outputs take them.

https://docs.claude.com/en/docs/build-with-claude/structured-outputs (2026-11): objects are closed, and of what bounds a
value little is known. What is not known is said to the model in the description, as Anthropic's own SDK does it
(anthropic 2.12, lib/_parse/_transform.py).
"""

from typing import Any, TypeAlias

import msgspec

from adapters.unreadable import UNREADABLE

Value: TypeAlias = Any
"""What JSON holds: a schema is of any form until it is looked at."""

_FORMATS = frozenset({
    "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid",
})  # fmt: skip
_KEPT = ("$ref", "title", "description", "const", "enum", "default")
_SUBSCHEMAS = {"anyOf": "anyOf", "oneOf": "anyOf", "allOf": "allOf"}


def closed(raw: msgspec.Raw) -> msgspec.Raw:
    """The schema in the form that is accepted; one that cannot be read as it is."""
    try:
        schema = msgspec.json.decode(raw)
        return msgspec.Raw(msgspec.json.encode(_closed(schema)))
    except UNREADABLE:
        return raw


def object_schema(raw: msgspec.Raw | None) -> msgspec.Raw:
    """The `input_schema` of a tool: its type has to be said."""
    if raw is None:
        return _NO_INPUT
    try:
        schema = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except UNREADABLE:
        return raw
    if "$ref" in schema or ("type" in schema and bytes(schema["type"]) != b"null"):
        return raw
    return msgspec.Raw(msgspec.json.encode({**schema, "type": "object", "properties": schema.get("properties", {})}))


_NO_INPUT = msgspec.Raw(b'{"type":"object","properties":{}}')


def _closed(schema: Value) -> Value:
    if not isinstance(schema, dict):
        return schema
    rest = dict(schema)
    out: dict[str, Any] = {}
    for name in ("$defs", "definitions"):
        if isinstance(defined := rest.pop(name, None), dict):
            out[name] = {key: _closed(value) for key, value in defined.items()}
    if "$ref" in rest:
        return {**out, "$ref": rest["$ref"]}
    kinds = rest.pop("type", None)
    if isinstance(kinds, list) and "anyOf" not in rest:
        return {
            **out,
            "anyOf": [_closed({**rest, "type": kind} if kind != "null" else {"type": kind}) for kind in kinds],
        }
    if kinds is not None:
        out["type"] = kinds
    for name, written in _SUBSCHEMAS.items():
        if isinstance(variants := rest.pop(name, None), list):
            out[written] = [_closed(variant) for variant in variants]
    for name in _KEPT:
        if name in rest:
            out[name] = rest.pop(name)
    _by_type(kinds, rest, out)
    if rest:
        left = "{" + ", ".join(f"{key}: {_words(value)}" for key, value in rest.items()) + "}"
        out["description"] = f"{out['description']}\n\n{left}" if out.get("description") else left
    return out


def _by_type(kind: object, rest: dict[str, Any], out: dict[str, Any]) -> None:
    """Move what this type may have from `rest` to `out`."""
    if kind == "object" or "properties" in rest:
        properties = rest.pop("properties", {})
        out["properties"] = (
            {key: _closed(value) for key, value in properties.items()} if isinstance(properties, dict) else {}
        )
        rest.pop("additionalProperties", None)
        out["additionalProperties"] = False
        if "required" in rest:
            out["required"] = rest.pop("required")
    elif kind == "array":
        if "items" in rest:
            out["items"] = _closed(rest.pop("items"))
        if rest.get("minItems") in (0, 1):
            out["minItems"] = rest.pop("minItems")
    elif kind == "string" and rest.get("format") in _FORMATS:
        out["format"] = rest.pop("format")


def _words(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
