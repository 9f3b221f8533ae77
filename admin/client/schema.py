"""JSON schemas as Python types: every schema of the document a TypedDict, in the module of the tag that uses it."""

import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

COMMON = "common"
_REF = "#/components/schemas/"
_SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def words(tag: str) -> str:
    """A tag as a name of a module."""
    return re.sub(r"\W+", "_", tag).lower()


def text(value: str) -> str:
    """The first sentence of a description, as it may stand in a docstring of one line."""
    line = " ".join(value.split("\n\n", maxsplit=1)[0].split()).replace("\\", "").replace('"', "'")
    first = re.split(r"(?<=[.!?]) (?=[A-Z])", line)[0]
    return first.removesuffix(".") + "." if len(first) <= 84 else first[:80].rsplit(" ", 1)[0].rstrip(",:;") + " ..."


def _class(name: str, all_names: frozenset[str]) -> str:
    """`admin__schemas__order__EventOut` -> OrderEventOut, `KeyBudget-Input` -> KeyBudgetInput."""
    parts = re.split(r"\W|_+", name.removeprefix("admin__schemas__"))
    made = "".join(part[:1].upper() + part[1:] for part in parts)
    if made != name and made in all_names:
        raise ValueError(f"two schemas would be called {made}")
    return made


class Shapes:
    """The schemas of a document: their names in Python, and who uses them."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas
        self._names = {name: _class(name, frozenset(schemas)) for name in schemas}
        self._users: dict[str, set[str]] = {name: set() for name in schemas}
        self._named: dict[str, set[str]] = {name: set() for name in schemas}

    def use(self, tag: str, schemas: list[Any]) -> None:
        """Note that a tag's operations name these schemas, and all that these name in turn."""
        waiting = [name for schema in schemas for name in _refs(schema)]
        for name in waiting:
            self._named[name].add(tag)
        while waiting:
            name = waiting.pop()
            if tag not in self._users[name]:
                self._users[name].add(tag)
                waiting += _refs(self._schemas[name])

    def kind(self, schema: Mapping[str, Any]) -> str:
        """The Python type of a schema."""
        if "$ref" in schema:
            return self._names[schema["$ref"].removeprefix(_REF)]
        if "const" in schema or "enum" in schema:
            values = schema.get("enum") or [schema["const"]]
            return f"Literal[{', '.join(repr(value) for value in values)}]"
        if some := schema.get("anyOf") or schema.get("oneOf"):
            return self._union([self.kind(one) for one in some])
        named = schema.get("type")
        if isinstance(named, list):
            return self._union([self.kind({**schema, "type": one}) for one in named])
        if named == "array":
            return f"list[{self.kind(schema['items']) if schema.get('items') else 'Any'}]"
        if named == "object":
            below = schema.get("additionalProperties")
            return f"dict[str, {self.kind(below) if isinstance(below, dict) and below else 'Any'}]"
        return _SIMPLE.get(named or "", "Any")

    @staticmethod
    def _union(kinds: list[str]) -> str:
        # Any text holds every literal text.
        found = [kind for kind in dict.fromkeys(kinds) if "str" not in kinds or not kind.startswith("Literal['")]
        return "Any" if "Any" in found else " | ".join(sorted(found, key=lambda kind: kind == "None"))

    @staticmethod
    def optional(kind: str) -> str:
        """The type with None."""
        return kind if kind == "Any" or kind.endswith("None") else f"{kind} | None"

    def item(self, schema: Mapping[str, Any] | None) -> str | None:
        """The type of the items, when the schema is a page of a list: {"items": [...], "next": cursor}."""
        page = self._schemas.get((schema or {}).get("$ref", "").removeprefix(_REF), {}).get("properties", {})
        return self.kind(page["items"]["items"]) if page.keys() >= {"items", "next"} else None

    def imports(self, code: str, *, indent: str, home: str = "") -> list[str]:
        """The import lines of the shapes that a text names, but for those of the module `home`."""
        named = set(re.findall(r"\b[A-Z]\w+", re.sub(r'""".*?"""', "", code)))
        found: dict[str, list[str]] = {}
        for name, made in self._names.items():
            if made in named and self._home(name) != home:
                found.setdefault(self._home(name), []).append(made)
        return [
            f"{indent}from admin.client.shapes.{module} import {', '.join(sorted(names))}"
            for module, names in sorted(found.items())
        ]

    def modules(self, marker: str) -> Iterator[tuple[str, str]]:
        """(module, text) of every module that holds shapes."""
        homes: dict[str, list[str]] = {}
        for name in sorted(self._schemas, key=lambda name: self._names[name]):
            homes.setdefault(self._home(name), []).append(name)
        for module, names in homes.items():
            shapes = "\n\n".join(self._shape(name) for name in names)
            typing = [word for word in ("Any", "Literal", "NotRequired") if re.search(rf"\b{word}\b", shapes)]
            lines = ["from __future__ import annotations"]
            others = self.imports(shapes, indent="    ", home=module)
            typing += ["TYPE_CHECKING"] if others else []
            lines.append(f"from typing import {', '.join(sorted([*typing, 'TypedDict']))}")
            lines += ["if TYPE_CHECKING:", *others] if others else []
            title = module.replace("_", " ")
            yield module, f'"""{title.capitalize()}: the shapes. {marker}"""\n\n' + "\n".join(lines) + f"\n\n{shapes}"

    def _home(self, name: str) -> str:
        for users in (self._users[name], self._named[name]):
            if len(users) == 1:
                return next(iter(users))
        return COMMON

    def _shape(self, name: str) -> str:
        schema, made = self._schemas[name], self._names[name]
        fields = schema.get("properties", {})
        told = text(schema.get("description") or f"{made} of the document.")
        needed = set(schema.get("required", []))
        kinds = {key: self.kind(value) for key, value in fields.items()}
        lines = {key: kind if key in needed else f"NotRequired[{kind}]" for key, kind in kinds.items()}
        if any(not key.isidentifier() or keyword.iskeyword(key) for key in fields):
            inner = ", ".join(f'"{key}": "{kind}"' for key, kind in lines.items())
            return f'{made} = TypedDict("{made}", {{{inner}}})\n'
        inner = "".join(f"    {key}: {kind}\n" for key, kind in lines.items())
        return f'class {made}(TypedDict):\n    """{told}"""\n\n{inner}'


def _refs(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(found := schema.get("$ref"), str):
            yield found.removeprefix(_REF)
        for below in schema.values():
            yield from _refs(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from _refs(below)
