"""Every request body and every answer of the OpenAPI document has an example, and every example is one."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from fastapi.routing import APIRoute

from admin.app import endpoint_modules
from tests.admin.services import openapi_document

DOCUMENT = openapi_document()
SHAPES = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}


def _reached(value: Any, found: set[str]) -> set[str]:
    if isinstance(value, list):
        for each in value:
            _reached(each, found)
    elif isinstance(value, dict):
        name = str(value.get("$ref", "")).rpartition("/")[2]
        if name and name not in found:
            found.add(name)
            _reached(SHAPES[name], found)
        for each in value.values():
            _reached(each, found)
    return found


def _examples(schema: dict[str, Any]) -> list[Any]:
    """Those of the schema, or of the shapes of which it is one; null is none."""
    if "examples" in schema:
        return list(schema["examples"])
    if "$ref" in schema:
        return _examples(SHAPES[schema["$ref"].rpartition("/")[2]])
    return [each for choice in schema.get("anyOf", ()) for each in _examples(choice)]


def _wrong(schema: dict[str, Any], example: Any) -> list[str]:
    # With the shapes that it is made of and no others: all of them at once take a tenth of a second each time.
    inner = {name: SHAPES[name] for name in _reached(schema, set())}
    whole = {"schema": schema, "components": {"schemas": inner}, "$ref": "#/schema"}
    return [f"{each.instance_path}: {each.message[:120]}" for each in jsonschema_rs.iter_errors(whole, example)]


def _everywhere(value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of a tree of schemas, examples and defaults left out."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _everywhere(each, f"{path}/{index}")
    elif isinstance(value, dict):
        yield path, value
        for name, each in value.items():
            if name in {"properties", "$defs"}:
                for inner, schema in each.items():
                    yield from _everywhere(schema, f"{path}/{inner}")
            elif name in {"items", "anyOf", "oneOf", "allOf", "additionalProperties"}:
                yield from _everywhere(each, f"{path}/{name}")


def _bodies() -> dict[str, APIRoute]:
    routes: dict[str, APIRoute] = {}
    for module in endpoint_modules():
        for name, prefix in (("router", "/api/v1"), ("public_router", "")):
            for route in getattr(getattr(module, name, None), "routes", ()):
                if isinstance(route, APIRoute) and route.body_field is not None:
                    routes |= {f"{method} {prefix}{route.path_format}": route for method in route.methods or ()}
    return {name: route for name, route in routes.items() if name in OPERATIONS}


BODIES = _bodies()


def test_every_body_is_looked_at() -> None:
    assert {name for name, operation in OPERATIONS.items() if "requestBody" in operation} == BODIES.keys()
    assert len(BODIES) > 120


@pytest.mark.parametrize("name", BODIES)
def test_a_body(name: str) -> None:
    for content in OPERATIONS[name]["requestBody"]["content"].values():
        found = _examples(content["schema"])
        assert found, "has no example"
        for example in found:
            assert example not in ({}, None), "says nothing"
            assert _wrong(content["schema"], example) == []
            # What the document cannot say, such as what goes together, holds too.
            field = BODIES[name].body_field
            assert field is not None
            _, errors = field.validate(example, {}, loc=("body",))
            assert not errors


def test_every_shape_of_an_answer() -> None:
    reached: set[str] = set()
    for name, operation in OPERATIONS.items():
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                if content.get("schema"):
                    assert _examples(content["schema"]), name
                    _reached(content["schema"], reached)
    assert len(reached) > 250
    assert [name for name in reached if not SHAPES[name].get("examples")] == []


def test_every_example_is_what_it_stands_for() -> None:
    places = [found for name, shape in SHAPES.items() for found in _everywhere(shape, name)]
    for name, operation in OPERATIONS.items():
        for parameter in operation.get("parameters", ()):
            places += _everywhere(parameter["schema"], f"{name} {parameter['name']}")
    wrong = {
        f"{path}: {example!r}"[:200]: errors
        for path, schema in places
        for example in schema.get("examples", ())
        if (errors := _wrong(schema, example))
    }
    assert wrong == {}


def test_an_answer_shows_all_its_fields() -> None:
    sent = _reached([operation.get("requestBody") for operation in OPERATIONS.values()], set())
    missing = {
        f"{name}.{field}"
        for name, shape in SHAPES.items()
        if name not in sent
        for field in shape.get("properties", {})
        if any(field not in example for example in shape["examples"])
    }
    # Written by hand in problem.py; those of messages in a language come and go with it.
    assert {name for name in missing if not name.startswith(("ProblemOut.", "FieldError."))} == set()
