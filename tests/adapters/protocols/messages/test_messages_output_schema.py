"""JSON Schemas as structured outputs take them: the same as Anthropic's own SDK makes of them, where it makes any."""

from typing import Any

import msgspec
import pytest
from anthropic import transform_schema
from msgspec import Raw

from adapters.protocols.messages.output_schema import closed, object_schema


def made(schema: Any) -> Any:
    return msgspec.json.decode(closed(Raw(msgspec.json.encode(schema))))


PERSON = {
    "$defs": {"Pet": {"type": "object", "properties": {"name": {"type": "string", "minLength": 1}}}},
    "type": "object",
    "title": "Person",
    "properties": {
        "name": {"type": "string", "description": "Full.", "pattern": "^[A-Z]"},
        "mail": {"type": "string", "format": "email"},
        "site": {"type": "string", "format": "idn-email"},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "kind": {"enum": ["a", "b"]},
        "only": {"const": 1},
        "pet": {"$ref": "#/$defs/Pet"},
        "either": {"oneOf": [{"type": "string"}, {"type": "null"}]},
        "any": {"anyOf": [{"type": "number"}, {"$ref": "#/$defs/Pet"}]},
        "list": {"type": "array", "items": {"type": "object", "properties": {}}, "minItems": 1, "maxItems": 3},
        "long": {"type": "array", "items": {"type": "boolean"}, "minItems": 2},
    },
    "required": ["name"],
    "additionalProperties": True,
}


def test_the_same_as_the_sdk() -> None:
    assert made(PERSON) == transform_schema(PERSON)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"type": ["string", "null"], "description": "d"},
            {"anyOf": [{"type": "string", "description": "d"}, {"type": "null"}]},
        ),
        ({"properties": {"a": True}}, {"properties": {"a": True}, "additionalProperties": False}),
        ({"type": "object", "properties": 7}, {"type": "object", "properties": {}, "additionalProperties": False}),
        ({"description": "d", "x": {"y": 1}}, {"description": 'd\n\n{x: {"y":1}}'}),
        ({}, {}),
    ],
)
def test_what_the_sdk_refuses(schema: Any, expected: Any) -> None:
    assert made(schema) == expected


def test_what_is_no_schema_stays() -> None:
    deep = Raw(b'{"a":' * 5000 + b"1" + b"}" * 5000)
    assert closed(deep) == deep
    assert closed(Raw(b"7")) == Raw(b"7")


def test_the_input_of_a_tool_is_an_object() -> None:
    for given, expected in (
        (None, b'{"type":"object","properties":{}}'),
        (b"{}", b'{"type":"object","properties":{}}'),
        (b'{"type":null}', b'{"type":"object","properties":{}}'),
        (b'{"$ref":"#/$defs/A"}', b'{"$ref":"#/$defs/A"}'),
        (b'{"type":"array"}', b'{"type":"array"}'),
        (b"7", b"7"),
    ):
        assert bytes(object_schema(None if given is None else Raw(given))) == expected
