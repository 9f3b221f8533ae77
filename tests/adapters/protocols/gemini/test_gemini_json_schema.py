"""JSON Schema and Google's Schema, both ways."""

from typing import Any

import msgspec
import pytest
from google.genai import types

from adapters.protocols.gemini import json_schema


def from_schema(schema: Any) -> Any:
    return msgspec.json.decode(json_schema.from_schema(msgspec.Raw(msgspec.json.encode(schema))))


def to_schema(schema: Any) -> tuple[Any, list[str]]:
    written, lost = json_schema.to_schema(msgspec.Raw(msgspec.json.encode(schema)))
    found = msgspec.json.decode(written)
    types.Schema.model_validate(found)
    return found, lost


@pytest.mark.parametrize(
    ("google", "plain"),
    [
        ({"type": "STRING"}, {"type": "string"}),
        ({"type": "TYPE_UNSPECIFIED"}, {}),
        ({"type": "STRING", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "STRING", "nullable": False}, {"type": "string"}),
        (
            {"type": "STRING", "format": "enum", "enum": ["a"], "nullable": True},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ({"anyOf": [{"type": "STRING"}], "nullable": True}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"type": "ARRAY", "items": {"type": "INTEGER"}, "min_items": "1", "maxItems": 3}, {
            "type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3,
        }),
        (
            {"type": "OBJECT", "properties": {"a_b": {"type": "NUMBER"}, "type": {"type": "BOOLEAN"}},
             "propertyOrdering": ["type", "a_b"], "required": ["a_b"]},
            {"type": "object", "properties": {"type": {"type": "boolean"}, "a_b": {"type": "number"}},
             "required": ["a_b"]},
        ),
        ({"type": "STRING", "example": "x", "description": "d"}, {
            "type": "string", "examples": ["x"], "description": "d",
        }),
        ({"ref": "#/defs/a", "defs": {"a": {"type": "OBJECT"}}}, {
            "$ref": "#/defs/a", "$defs": {"a": {"type": "object"}},
        }),
        ({"type": "object", "additionalProperties": {"type": "STRING"}}, {
            "type": "object", "additionalProperties": {"type": "string"},
        }),
    ],
)  # fmt: skip
def test_from_google(google: Any, plain: Any) -> None:
    found = from_schema(google)
    assert found == plain
    if "properties" in plain:
        assert list(found["properties"]) == list(plain["properties"])


@pytest.mark.parametrize(
    ("plain", "google", "lost"),
    [
        ({"type": "string", "minLength": 1, "pattern": "a"}, {"minLength": 1, "pattern": "a", "type": "STRING"}, []),
        ({"type": ["string", "null"]}, {"nullable": True, "type": "STRING"}, []),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]}, []),
        ({"const": "a"}, {"type": "STRING", "enum": ["a"]}, []),
        ({"enum": ["a", None]}, {"type": "STRING", "enum": ["a"], "nullable": True}, []),
        ({"type": "integer", "enum": [1, 2]}, {"type": "INTEGER"}, ["enum"]),
        ({"oneOf": [{"type": "string"}, {"type": "number"}]}, {"anyOf": [{"type": "STRING"}, {"type": "NUMBER"}]}, []),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"nullable": True, "type": "STRING"}, []),
        ({"type": "integer", "exclusiveMinimum": 1}, {"type": "INTEGER", "minimum": 2}, []),
        ({"type": "number", "exclusiveMaximum": 1}, {"type": "NUMBER", "maximum": 1}, ["exclusiveMaximum"]),
        ({"type": "string", "format": "date-time"}, {"type": "STRING", "format": "date-time"}, []),
        ({"type": "string", "format": "uuid"}, {"type": "STRING"}, ["format"]),
        ({"type": "array", "items": {"type": "string"}, "uniqueItems": True}, {
            "type": "ARRAY", "items": {"type": "STRING"},
        }, ["uniqueItems"]),
        ({"properties": {"a": {"type": "string"}}, "required": ["a", "b"], "additionalProperties": False}, {
            "type": "OBJECT", "properties": {"a": {"type": "STRING"}}, "required": ["a"],
        }, []),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"type": "OBJECT"}, ["additionalProperties"]),
        ({"$ref": "#/$defs/a", "description": "here", "$defs": {"a": {"type": "string", "description": "there"}}}, {
            "type": "STRING", "description": "here",
        }, []),
        ({"allOf": [{"$ref": "#/$defs/a"}, {"properties": {"y": {"type": "string"}}, "required": ["y"]}],
          "$defs": {"a": {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]}}}, {
            "type": "OBJECT", "properties": {"x": {"type": "STRING"}, "y": {"type": "STRING"}}, "required": ["x", "y"],
        }, []),
        ({"$ref": "https://elsewhere"}, {"type": "OBJECT"}, ["$ref"]),
        ({"$ref": "#/nowhere"}, {"type": "OBJECT"}, ["$ref"]),
        ({"items": {"type": "string"}}, {"type": "ARRAY", "items": {"type": "STRING"}}, []),
        ({}, {}, []),
    ],
)  # fmt: skip
def test_to_google(plain: Any, google: Any, lost: list[str]) -> None:
    assert to_schema(plain) == (google, lost)


def test_a_schema_that_contains_itself_ends() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
    found, lost = to_schema({"$ref": "#/$defs/node", "$defs": {"node": node}})
    assert found == {"type": "OBJECT", "properties": {"next": {"type": "OBJECT"}}}
    assert lost == ["$ref"]


@pytest.mark.parametrize("schema", [[], "a", 1, True])
def test_no_schema(schema: Any) -> None:
    with pytest.raises(ValueError, match="object"):
        from_schema(schema)
    with pytest.raises(ValueError, match="object"):
        to_schema(schema)


def test_too_deep() -> None:
    deep: dict[str, Any] = {"type": "STRING"}
    for _ in range(300):
        deep = {"type": "ARRAY", "items": deep}
    with pytest.raises(ValueError, match="deep"):
        from_schema(deep)
    with pytest.raises(ValueError, match="deep"):
        to_schema(deep)


def test_strange_values_are_carried() -> None:
    assert from_schema({"properties": {"a": 1}, "items": [], "anyOf": [1], "propertyOrdering": "x"}) == {
        "properties": {"a": 1}, "items": [], "anyOf": [1],
    }  # fmt: skip
    assert to_schema({"properties": {"a": 1}, "items": 1, "enum": 1, "allOf": [1]})[0] == {
        "type": "OBJECT", "properties": {"a": {}},
    }  # fmt: skip
