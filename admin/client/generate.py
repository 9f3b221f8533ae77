"""Turns the OpenAPI document into the typed client: a file of shapes and a file of methods for each tag.

It reads the document and writes text; it knows no noun of the API by name.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast

from admin.app import create_app
from admin.client.schema import Shapes, text, words
from admin.services import Services

HERE = Path(__file__).parent
MARKER = "Written by `python -m admin.client` from the OpenAPI document."
# Headers that a program may send; the others belong to browsers.
HEADERS = {"if-match": "if_match", "Idempotency-Key": "idempotency_key"}


def document() -> dict[str, Any]:
    """The OpenAPI document of this code. Nothing is opened: the application is only put together."""
    return create_app(cast("Services", SimpleNamespace(version="0"))).openapi()


def write(source: Mapping[str, Any]) -> None:
    """Write the files, and remove those of tags that are gone."""
    files = render(source)
    for folder in ("api", "shapes"):
        (HERE / folder).mkdir(exist_ok=True)
        for old in (HERE / folder).glob("*.py"):
            if f"{folder}/{old.name}" not in files:
                old.unlink()
    for name, content in files.items():
        (HERE / name).write_text(content, encoding="utf-8")


def render(source: Mapping[str, Any]) -> dict[str, str]:
    """Path below admin/client -> text, formatted."""
    tags: dict[str, list[Operation]] = {}
    for path, item in source["paths"].items():
        for method, fields in item.items():
            operation = Operation(path, method.upper(), fields)
            if operation.callable:
                tags.setdefault(operation.tag, []).append(operation)
    shapes = Shapes(source["components"]["schemas"])
    for tag, operations in tags.items():
        for operation in operations:
            shapes.use(tag, operation.schemas())
    files = {f"{folder}/__init__.py": f'"""{what}. {MARKER}"""\n' for folder, what in _FOLDERS.items()}
    files |= {f"shapes/{tag}.py": content for tag, content in shapes.modules(MARKER)}
    files |= {f"api/{tag}.py": _module(tag, operations, shapes) for tag, operations in sorted(tags.items())}
    files["tags.py"] = _tags(sorted(tags))
    return _formatted(files)


_FOLDERS = {"api": "The operations of the admin API, a module per tag", "shapes": "What the admin API takes and gives"}


def _plain(media_type: str) -> str:
    """JSON is JSON, whatever it is about: `application/scim+json` is read as `application/json`."""
    return "application/json" if media_type.endswith("+json") else media_type


class Operation:
    """One operation of the document."""

    def __init__(self, path: str, method: str, fields: Mapping[str, Any]) -> None:
        self.path, self.method, self.id = path, method, fields["operationId"]
        self.tag = words(fields["tags"][0])
        self.summary = text(fields.get("description") or fields.get("summary") or self.id)
        parameters = fields.get("parameters", [])
        self.inside = {p["name"]: p["schema"] for p in parameters if p["in"] == "path"}
        self.query = {p["name"]: (p["schema"], p.get("required", False)) for p in parameters if p["in"] == "query"}
        self.headers = {p["name"]: HEADERS[p["name"]] for p in parameters if p["name"] in HEADERS}
        body = fields.get("requestBody", {})
        self.body = body.get("content", {}).get("application/json", {}).get("schema")
        self.body_required = bool(body.get("required"))
        good = [answer.get("content") or {"": {}} for code, answer in fields["responses"].items() if code[0] == "2"]
        self.content = {_plain(kind): found.get("schema") for answer in good for kind, found in answer.items()}

    @property
    def callable(self) -> bool:
        """False for what only a browser follows: streams of events, redirects."""
        return bool(self.content.keys() & {"application/json", "text/csv", ""})

    def schemas(self) -> list[Any]:
        """Every schema that its method names."""
        given = [*self.inside.values(), *(schema for schema, _ in self.query.values())]
        return [*given, self.body or {}, self.content.get("application/json") or {}]

    def methods(self, shapes: Shapes) -> Iterator[str]:
        """The method, and where there are: one that reads all pages, one that writes a file."""
        if "text/csv" in self.content:
            alone = len(self.content.keys() & {"application/json", ""}) == 0
            yield self._file(shapes, self.id if alone else f"{self.id}_file")
            if alone:
                return
        result = self.content.get("application/json")
        kind = "None" if result is None else shapes.kind(result) if result else "object"
        names = [name for name in self.query if name != "format"]
        call = f'self._transport.call("{self.method}", {self._path()}{self._given(names)})'
        answer = {"None": call, "object": f"return cast(object, {call})"}.get(kind, f'return cast("{kind}", {call})')
        yield self._method(self.id, self._arguments(shapes, names), kind, self.summary, answer)
        item = shapes.item(result) if "cursor" in self.query else None
        if item and self.body is None:
            names = [name for name in names if name not in {"cursor", "limit"}]
            each = f"every_{self.id.removeprefix('list_')}"
            call = ", ".join([*self.inside, *(f"{name}={name}" for name in names), "limit=1000", "cursor=cursor"])
            lines = (
                "cursor: str | None = None\nwhile True:\n"
                f"    page = self.{self.id}({call})\n    yield from page['items']\n    cursor = page['next']\n"
                "    if cursor is None:\n        return"
            )
            told = f"{self.summary.rstrip(' .')}: page after page."
            yield self._method(each, self._arguments(shapes, names, cursor=True), f"Iterator[{item}]", told, lines)

    def _file(self, shapes: Shapes, name: str) -> str:
        arguments = self._arguments(shapes, list(self.query), file=True)
        lines = f"return self._transport.download({self._path()}, file{self._query(list(self.query))})"
        return self._method(name, arguments, "int", f"{self.summary.rstrip(' .')}: into a file.", lines)

    def _arguments(self, shapes: Shapes, names: list[str], *, file: bool = False, cursor: bool = False) -> list[str]:
        found = ["self", *(f"{name}: {shapes.kind(schema)}" for name, schema in self.inside.items())]
        found += ["file: Path"] if file else []
        if self.body is not None:
            kind = shapes.kind(self.body)
            found.append(f"body: {kind}" if self.body_required else f"body: {shapes.optional(kind)} = None")
        named = []
        for name in names:
            schema, required = self.query[name]
            # Without a format the same route answers JSON.
            if file and name == "format" and "anyOf" in schema:
                schema, required = schema["anyOf"][0], True
            kind = shapes.kind(schema)
            named.append(f"{name}: {kind}" if required else f"{name}: {shapes.optional(kind)} = None")
        if not file and not cursor:
            named += [f"{name}: str | None = None" for name in self.headers.values()]
        return [*found, *(["*"] if named else []), *named]

    def _path(self) -> str:
        noun = ""
        parts = []
        for part in self.path.split("/"):
            name = part[1:-1] if part.startswith("{") else ""
            parts.append(f"{{segment({name}, '{noun}')}}" if name else part)
            noun = f"{part[:-3]}y" if part.endswith("ies") else part.removesuffix("s")
        path = "/".join(parts)
        return f'f"{path}"' if self.inside else f'"{path}"'

    def _query(self, names: list[str]) -> str:
        pairs = ", ".join(f'"{name}": {name}' for name in names)
        return f", query={{{pairs}}}" if names else ""

    def _given(self, names: list[str]) -> str:
        headers = ", ".join(f'"{sent}": {name}' for sent, name in self.headers.items())
        body = ", body" if self.body is not None else ""
        return body + self._query(names) + (f", headers={{{headers}}}" if headers else "")

    @staticmethod
    def _method(name: str, arguments: list[str], kind: str, told: str, lines: str) -> str:
        inner = "\n".join(f"        {line}" for line in lines.splitlines())
        return f'    def {name}({", ".join(arguments)}) -> {kind}:\n        """{told}"""\n{inner}\n'


def _module(tag: str, operations: list[Operation], shapes: Shapes) -> str:
    methods = "\n".join(method for operation in operations for method in operation.methods(shapes))
    # A cast of a method is text: the shapes are imported for the type checker alone, which keeps the command quick.
    typing = [name for name in ("TYPE_CHECKING", "Any", "Literal", "cast") if re.search(rf"\b{name}\b", methods)]
    lines = [
        "from __future__ import annotations",
        f"from typing import {', '.join(sorted({*typing, 'TYPE_CHECKING'}))}",
    ]
    lines += ["from admin.client.transport import segment"] if "segment(" in methods else []
    lines += ["if TYPE_CHECKING:"]
    lines += ["    from collections.abc import Iterator"] if "Iterator[" in methods else []
    lines += ["    from pathlib import Path"] if ": Path" in methods else []
    lines += ["    from admin.client.transport import Transport", *shapes.imports(methods, indent="    ")]
    title = tag.replace("_", " ")
    return (
        f'"""{title.capitalize()}: the operations. {MARKER}"""\n\n' + "\n".join(lines) + f"\n\nclass {_class(tag)}:\n"
        f'    """The operations of {title}."""\n\n'
        f"    def __init__(self, transport: Transport) -> None:\n        self._transport = transport\n\n{methods}"
    )


def _class(tag: str) -> str:
    return "".join(part.capitalize() for part in tag.split("_")) + "Api"


def _tags(tags: list[str]) -> str:
    imports = "\n".join(f"    from admin.client.api.{tag} import {_class(tag)}" for tag in tags)
    properties = "\n".join(
        f"    @cached_property\n    def {tag}(self) -> {_class(tag)}:\n"
        f'        """The operations of {tag.replace("_", " ")}."""\n'
        f'        return cast("{_class(tag)}", self._api("{tag}", "{_class(tag)}"))\n'
        for tag in tags
    )
    return f'''"""The tags of the API, imported when first used. {MARKER}"""

from __future__ import annotations
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, cast
from admin.client.transport import Transport

if TYPE_CHECKING:
{imports}


class Tags(Transport):
    """A transport with the operations of each tag."""

    def _api(self, tag: str, name: str) -> object:
        found: object = getattr(import_module(f"admin.client.api.{{tag}}"), name)(self)
        return found

{properties}'''


def _formatted(files: dict[str, str]) -> dict[str, str]:
    """The same through ruff with the project's rules; two processes for all files."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).parent.mkdir(exist_ok=True)
            (Path(folder) / name).write_text(content, encoding="utf-8")
        own = '--config=lint.isort.known-first-party=["admin"]'
        for step in (["check", "--fix-only", "--select=I", own], ["format"]):
            subprocess.run(  # noqa: S603 # its own folder is the only argument that is not written here
                [ruff, *step, "--quiet", "--no-cache", "--config=pyproject.toml", folder],
                cwd=HERE.parents[1],
                check=True,
            )
        return {name: (Path(folder) / name).read_text(encoding="utf-8") for name in files}
