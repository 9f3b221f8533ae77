"""Reading gateway.yaml: YAML -> the document of the apply route, with secrets fetched from the environment and files.

The server never reads files of this machine, so everything it needs is fetched here. No secret is ever printed.
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from admin.cli import secrets
from admin.cli.errors import FailureError, misuse

_SECTIONS: dict[str, tuple[str, ...]] = {
    "channels": ("secret", "proxy_secret", "keys"),
    "keys": ("key",),
    "prices": (),
    "groups": (),
    "limits": (),
}
MAX_BYTES = 4 * 1024 * 1024


class _Loader(yaml.SafeLoader):
    """YAML's safe loader, which refuses a key that is there twice in place of forgetting the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """As the safe loader, after a look at the keys."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is there twice", key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(path: Path) -> dict[str, Any]:
    """The document in `path`; raises FailureError with the place of what is wrong."""
    data = read_yaml(path)
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise misuse(f"{path} must hold the sections {', '.join(_SECTIONS)}.")
    unknown = [str(name) for name in data if name not in _SECTIONS]
    if unknown:
        raise misuse(f"{path}: unknown section {unknown[0]!r}.", f"There are {', '.join(_SECTIONS)}.")
    return {
        name: [
            _resolved(item, _SECTIONS[name], f"{name}.{place}", path.parent) for place, item in enumerate(items or [])
        ]
        for name, items in data.items()
        if _is_list(items, name, path)
    }


def read_bytes(path: Path) -> bytes:
    """The content of a file, - for standard input; raises FailureError."""
    try:
        if str(path) == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise misuse(f"{path} cannot be read: {error.strerror}.") from None
    if len(content) > MAX_BYTES:
        raise misuse(f"{path} is larger than {MAX_BYTES // 1024 // 1024} MB.")
    return content


def read_yaml(path: Path) -> object:
    """What a file of YAML says; raises FailureError with the place of what is wrong."""
    content = read_bytes(path)
    try:
        data: object = yaml.load(content, Loader=_Loader)  # noqa: S506  # nosec B506  # a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise FailureError(f"{path}{where}: {error.problem or 'this is not YAML'}.", code=2) from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise misuse(f"{path} is not YAML in UTF-8.") from None
    return data


def _is_list(items: object, name: str, path: Path) -> bool:
    if items is not None and not isinstance(items, list):
        raise misuse(f"{path}: the section {name} must be a list.")
    return True


def _resolved(item: object, secrets_of: tuple[str, ...], place: str, folder: Path) -> object:
    """One object with its secrets fetched and its YAML types made JSON."""
    item = as_json(item, place)
    for secret in secrets_of:
        where = f"{place}.{secret}"
        if isinstance(item, dict) and isinstance(item.get(secret), dict):
            item[secret] = _fetch(item[secret], where, folder)
        elif isinstance(item, dict) and isinstance(item.get(secret), list):
            item[secret] = [_fetch(one, where, folder) if isinstance(one, dict) else one for one in item[secret]]
    return item


def _fetch(source: dict[str, Any], place: str, folder: Path) -> str:
    if set(source) == {"env"} and isinstance(source["env"], str):
        return secrets.from_env(source["env"])
    if set(source) == {"file"} and isinstance(source["file"], str):
        return secrets.from_file(folder / Path(source["file"]).expanduser())
    raise misuse(f"{place} must be text, {{env: NAME}} or {{file: PATH}}.")


def as_json(value: object, place: str, depth: int = 0) -> object:
    """What YAML read, in JSON's types; raises FailureError for what has none."""
    if depth > 20:
        raise misuse(f"{place} is nested too deeply.")
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise misuse(f"{place}: {key!r} must be text; put it in quotes.")
        return {key: as_json(below, f"{place}.{key}", depth + 1) for key, below in value.items()}
    if isinstance(value, list):
        return [as_json(below, f"{place}.{number}", depth + 1) for number, below in enumerate(value)]
    if isinstance(value, datetime):
        # YAML reads a time without a zone as UTC.
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00Z"
    if value is None or isinstance(value, str | int | float):
        return value
    raise misuse(f"{place} has a type that JSON does not have.")
