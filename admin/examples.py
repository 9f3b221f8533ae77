"""Gives every shape of the OpenAPI document an example, put together from the examples of its fields.

Where a field says nothing by itself, `examples.json` has a value for its name; a shape's own row there comes first. The
same name has the same value everywhere, so that examples tell one story. A field for which nothing is found is left
out, and a test names it. Knows no noun: it reads the document.
"""

import json
import re
from functools import cache
from pathlib import Path

from admin.schemas.base import Fields

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "object": (dict,),
    "array": (list,), "null": (type(None),),
}  # fmt: skip
_NOTHING = object()


@cache
def _written() -> tuple[Fields, Fields]:
    """Of fields by name, each with the values among which the first one that fits counts; of shapes by name."""
    found = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
    return found["fields"], found["shapes"]


def add_to(document: Fields) -> None:
    """Add `examples` to every component schema of the document that has none."""
    shapes = document["components"]["schemas"]
    made = _Examples(shapes, _sent(document))
    for name, shape in shapes.items():
        if "examples" not in shape:
            shape["examples"] = [made.of_shape(name)]


def _sent(document: Fields) -> set[str]:
    """The shapes that requests are made of."""
    found: set[str] = set()

    def reach(value: object) -> None:
        if isinstance(value, list):
            for each in value:
                reach(each)
        elif isinstance(value, dict):
            name = str(value.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                reach(document["components"]["schemas"][name])
            for each in value.values():
                reach(each)

    for item in document["paths"].values():
        for operation in item.values():
            reach(operation.get("requestBody"))
    return found


class _Examples:
    def __init__(self, shapes: Fields, sent: set[str]) -> None:
        self._shapes, self._sent = shapes, sent
        self._open: list[str] = []

    def of_shape(self, name: str) -> object:
        """An answer has all its fields; a request those that it needs, and those that are worth showing."""
        shape, row = self._shapes[name], _written()[1].get(name)
        if "properties" not in shape or name in self._open:
            return row if row is not None else {}
        self._open.append(name)
        needed = shape.get("required", ())
        found = {}
        for field, form in shape["properties"].items():
            if row is not None and field in row:
                value = row[field]
            elif name not in self._sent or field in needed or (row is None and form.get("examples")):
                value = self._of_field(field, form)
            else:
                continue
            if value is not _NOTHING:
                found[field] = value
        self._open.pop()
        return found

    def _of_field(self, name: str, form: Fields) -> object:
        own = form.get("examples")
        if own:
            return own[0]
        for value in _written()[0].get(name, ()):
            if self._fits(value, form):
                return value
        return self._of_form(form)

    def _of_form(self, form: Fields) -> object:
        """By the form alone: what it can only be, the example of another shape, one item, its default."""
        if "examples" in form:
            return form["examples"][0]
        if "$ref" in form:
            return self.of_shape(form["$ref"].rpartition("/")[2])
        if "const" in form:
            return form["const"]
        default = form.get("default", _NOTHING)
        if default is _NOTHING and form.get("type") == "boolean":
            return False
        if default is _NOTHING and "enum" in form:
            return form["enum"][0]
        for choice in (*form.get("anyOf", ()), *form.get("oneOf", ())):
            if choice.get("type") != "null" and (value := self._of_form(choice)) is not _NOTHING:
                return value
        if form.get("type") == "array" and (item := self._of_form(form.get("items", {}))) is not _NOTHING:
            return [item]
        if isinstance(form.get("additionalProperties"), dict):
            value = self._of_form(form["additionalProperties"])
            if value is not _NOTHING and "propertyNames" not in form:
                return {"name": value}
        return default

    def _fits(self, value: object, form: Fields) -> bool:
        """Whether a value may be one of this form, as far as that is seen without its meaning."""
        if "$ref" in form:
            return self._fits(value, self._shapes[form["$ref"].rpartition("/")[2]])
        for choices in ("anyOf", "oneOf"):
            if choices in form:
                return any(self._fits(value, choice) for choice in form[choices])
        if "const" in form or "enum" in form:
            return value in form.get("enum", [form.get("const")])
        if not _is(value, form.get("type")):
            return False
        if isinstance(value, list):
            return all(self._fits(each, form.get("items", {})) for each in value)
        if isinstance(value, dict):
            inner = form.get("properties", {})
            known = form.get("additionalProperties") is not False or value.keys() <= inner.keys()
            whole = known and set(form.get("required", ())) <= value.keys()
            return whole and all(self._fits(each, inner[name]) for name, each in value.items() if name in inner)
        return _within(value, form)


def _is(value: object, kind: str | None) -> bool:
    """JSON's types: true is no integer."""
    return kind is None or (isinstance(value, _TYPES[kind]) and isinstance(value, bool) == (kind == "boolean"))


def _within(value: object, form: Fields) -> bool:
    if isinstance(value, str):
        length = form.get("minLength", 0) <= len(value) <= form.get("maxLength", len(value))
        return length and re.search(form.get("pattern", ""), value) is not None
    if isinstance(value, int | float):
        return bool(form.get("minimum", value) <= value <= form.get("maximum", value))
    return True
