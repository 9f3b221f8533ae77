"""JSON Schema and Google's Schema, a part of OpenAPI 3.0: https://ai.google.dev/api/caching#Schema (2026-11).

Google takes JSON Schema itself too (parametersJsonSchema, responseJsonSchema); its Schema is what older clients send
and what servers take that only imitate it. From Schema nothing is lost: the order of properties becomes the order they
are written in. To Schema see `to_schema`.
"""

from typing import Any, TypeAlias

import msgspec

from adapters.protocols.gemini.names import camel

Schema: TypeAlias = dict[str, Any]

_DEPTH = 100
"""A schema that is nested deeper is refused by Google as well."""

_NUMBERS = ("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties")
_FORMATS = ("date-time", "enum", "int32", "int64", "float", "double")
_PLAIN = ("title", "description", "default", "pattern", "minimum", "maximum", *_NUMBERS)
# What says nothing of a value.
_REMARKS = (
    "$schema",
    "$id",
    "$comment",
    "$anchor",
    "$defs",
    "definitions",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
)


def from_schema(raw: msgspec.Raw) -> msgspec.Raw:
    """Google's Schema as JSON Schema. Raises msgspec.DecodeError, or ValueError when it is no object or too deep."""
    found = msgspec.json.decode(raw)
    if not isinstance(found, dict):
        raise ValueError("a schema must be an object")  # noqa: TRY004  # one error for whatever a client wrote
    return msgspec.Raw(msgspec.json.encode(_read(found, 0)))


def _read(schema: Schema, depth: int) -> Schema:
    if depth > _DEPTH:
        raise ValueError("the schema is nested too deeply")
    out: Schema = {}
    named = {camel(name): value for name, value in schema.items()}
    for name, value in named.items():
        match name, value:
            case "type", str():
                if value != "TYPE_UNSPECIFIED":
                    out["type"] = value.lower()
            case "properties" | "defs" | "$defs", dict():
                inner = {key: _read(one, depth + 1) if isinstance(one, dict) else one for key, one in value.items()}
                out["properties" if name == "properties" else "$defs"] = _ordered(inner, named)
            case "items" | "additionalProperties", dict():
                out[name] = _read(value, depth + 1)
            case "anyOf" | "prefixItems", list():
                out[name] = [_read(one, depth + 1) if isinstance(one, dict) else one for one in value]
            case "example", _:
                out["examples"] = [value]
            case "ref", str():
                out["$ref"] = value
            case ("nullable" | "propertyOrdering", _) | ("format", "enum"):
                pass
            case _, str() if name in _NUMBERS and value.isdecimal():
                out[name] = int(value)
            case _:
                out[name] = value
    return _nullable(out) if named.get("nullable") is True else out


def _ordered(properties: Schema, schema: Schema) -> Schema:
    order = schema.get("propertyOrdering")
    if not isinstance(order, list):
        return properties
    first = [name for name in order if isinstance(name, str) and name in properties]
    return {name: properties[name] for name in dict.fromkeys([*first, *properties])}


def _nullable(schema: Schema) -> Schema:
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    if isinstance(schema.get("anyOf"), list):
        schema["anyOf"] = [*schema["anyOf"], {"type": "null"}]
    elif isinstance(schema.get("type"), str) and schema["type"] != "null":
        schema["type"] = [schema["type"], "null"]
    return schema


def to_schema(raw: msgspec.Raw) -> tuple[msgspec.Raw, list[str]]:
    """JSON Schema as Google's Schema, and the keywords that it could not say, sorted.

    References are written out, `const` and `oneOf` become `enum` and `anyOf`, `allOf` is merged. A schema that contains
    itself ends where it does, in an object of any shape. Raises msgspec.DecodeError or ValueError.
    """
    found = msgspec.json.decode(raw)
    if not isinstance(found, dict):
        raise ValueError("a schema must be an object")  # noqa: TRY004  # as above
    writer = _Writer(found)
    return msgspec.Raw(msgspec.json.encode(writer.write(found, ()))), sorted(writer.lost)


class _Writer:
    def __init__(self, root: Schema) -> None:
        self.root = root
        self.lost: set[str] = set()

    def write(self, schema: Schema, above: tuple[str, ...]) -> Schema:
        """`above` are the references that led here."""
        if len(above) > _DEPTH:
            raise ValueError("the schema is nested too deeply")
        reference = schema.get("$ref")
        if isinstance(reference, str):
            target = None if reference in above else self._target(reference)
            if target is None:
                self.lost.add("$ref")
                return {"type": "OBJECT"}
            return self.write({**target, **{k: v for k, v in schema.items() if k != "$ref"}}, (*above, reference))
        schema = self._merged(schema, above)
        out: Schema = {name: schema[name] for name in _PLAIN if name in schema}
        self._type(schema, out, above)
        self._enum(schema, out)
        self._children(schema, out, (*above, ""))
        known = {
            "type", "enum", "const", "properties", "required", "items", "anyOf", "oneOf", "format", "nullable",
            "exclusiveMinimum", "exclusiveMaximum", "additionalProperties", *_PLAIN, *_REMARKS,
        }  # fmt: skip
        self.lost.update(schema.keys() - known)
        return out

    def _target(self, reference: str) -> Schema | None:
        found: object = self.root
        if not reference.startswith("#"):
            return None
        for step in reference[1:].split("/")[1:]:
            found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None

    def _merged(self, schema: Schema, above: tuple[str, ...]) -> Schema:
        parts = schema.get("allOf")
        if not isinstance(parts, list):
            return schema
        merged: Schema = {}
        for part in [*parts, {name: value for name, value in schema.items() if name != "allOf"}]:
            if not isinstance(part, dict):
                continue
            reference = part.get("$ref")
            if isinstance(reference, str):
                part = (self._target(reference) if reference not in above else None) or {}  # noqa: PLW2901
                above = (*above, reference)
            part = self._merged(part, (*above, "")) if "allOf" in part and len(above) < _DEPTH else part  # noqa: PLW2901
            both = {
                "properties": {**(merged.get("properties") or {}), **(part.get("properties") or {})},
                "required": list(dict.fromkeys([*(merged.get("required") or []), *(part.get("required") or [])])),
            }
            merged = {**merged, **part, **{name: value for name, value in both.items() if value}}
        return merged

    def _type(self, schema: Schema, out: Schema, above: tuple[str, ...]) -> None:
        kind = schema.get("type")
        listed = kind if isinstance(kind, list) else [kind]
        kinds = [one for one in listed if isinstance(one, str)]
        if "null" in kinds and len(kinds) > 1:
            out["nullable"] = True
            kinds.remove("null")
        if len(kinds) > 1:
            rest = {
                name: value for name, value in schema.items() if name not in {"type", "anyOf", "description", "title"}
            }
            out["anyOf"] = [self.write({**rest, "type": one}, (*above, "")) for one in kinds]
        elif kinds:
            out["type"] = kinds[0].upper()
        elif "properties" in schema:
            out["type"] = "OBJECT"
        elif "items" in schema:
            out["type"] = "ARRAY"
        elif "enum" in schema or "const" in schema:
            out["type"] = "STRING"
        if schema.get("nullable") is True:
            out["nullable"] = True
        form = schema.get("format")
        if form in _FORMATS:
            out["format"] = form
        elif form is not None:
            self.lost.add("format")

    def _enum(self, schema: Schema, out: Schema) -> None:
        values = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if not isinstance(values, list):
            return
        if None in values:
            out["nullable"] = True
        words = [value for value in values if value is not None]
        if all(isinstance(value, str) for value in words):
            out["enum"] = words
        else:  # only strings can be listed
            self.lost.add("enum")

    def _children(self, schema: Schema, out: Schema, above: tuple[str, ...]) -> None:
        properties = schema.get("properties")
        if isinstance(properties, dict) and properties and "anyOf" not in out:
            out["properties"] = {
                name: self.write(one, above) if isinstance(one, dict) else {} for name, one in properties.items()
            }
            required = schema.get("required")
            if isinstance(required, list) and required:
                out["required"] = [name for name in required if name in properties]
        if isinstance(schema.get("items"), dict) and "anyOf" not in out:
            out["items"] = self.write(schema["items"], above)
        either = schema.get("anyOf", schema.get("oneOf"))
        if isinstance(either, list):
            written = [self.write(one, above) for one in either if isinstance(one, dict) and one.get("type") != "null"]
            if len(written) < len(either):
                out["nullable"] = True
            if len(written) == 1 and "type" not in out:
                out.update({**written[0], **out})
            elif written:
                out["anyOf"] = written
        for name, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if isinstance(schema.get(name), int | float):
                step = 0 if schema.get("type") != "integer" else 1 if bound == "minimum" else -1
                out[bound] = schema[name] + step
                if not step:
                    self.lost.add(name)
        more = schema.get("additionalProperties")
        if isinstance(more, dict) and more:
            self.lost.add("additionalProperties")
