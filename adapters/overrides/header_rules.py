"""The operations of param_override that work on headers, and the one that keeps a header and a field the same."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from adapters.overrides import paths
from adapters.overrides.context import MISSING, Context
from adapters.overrides.document import Document
from adapters.overrides.headers import Headers, check_name, check_value, fill, is_credential
from adapters.overrides.problem import OverrideError

Rule: TypeAlias = Mapping[str, Any]
Prepared: TypeAlias = Callable[[Headers, Document, Context], None]

_encode = msgspec.json.encode
_decode = msgspec.json.decode


class HeaderOperation(msgspec.Struct, frozen=True):
    """See operations.Operation; `writes` are rule fields that hold a path of the body."""

    words: str
    takes: tuple[str, ...]
    prepare: Callable[[Rule, str], Prepared]
    may: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


def fresh(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """A copy that later rules may change."""
    return _decode(_encode(value)) if isinstance(value, dict | list) else value


def size_of(value: Any) -> int:  # noqa: ANN401  # any JSON
    """Bytes of JSON."""
    return len(_encode(value))


def _set_header(rule: Rule, place: str) -> Prepared:
    name = check_name(rule["path"], f"{place}.path")
    if isinstance(rule["value"], Mapping):
        return _tokens(name, rule["value"], f"{place}.value")
    template = check_value(name, rule["value"], f"{place}.value")
    keep = rule.get("keep_origin", False) is True

    def act(headers: Headers, _document: Document, context: Context) -> None:
        value = fill(template, context)
        if value is not None and not (keep and headers.has(name)):
            headers.set(name, value)

    return act


def _tokens(name: str, changes: Mapping[str, Any], place: str) -> Prepared:
    """Words of a list such as anthropic-beta: each is kept, exchanged for others or dropped (null)."""
    table: dict[str, list[str]] = {}
    more = _words(name, changes.get("$append"), f"{place}.$append")
    if changes.get("$keep_only_declared") is True:
        table["*"] = []
    for word, new in changes.items():
        if word.startswith("$"):
            if word not in ("$append", "$keep_only_declared"):
                raise OverrideError(f"{place}.{word}", "is not known; there are $append and $keep_only_declared")
            continue
        table[word] = _words(name, new, f"{place}.{word}")

    def act(headers: Headers, _document: Document, _context: Context) -> None:
        words = [word.strip() for word in (headers.get(name) or "").split(",")]
        kept = [new for word in words if word for new in table.get(word, table.get("*", [word]))]
        if kept or more:
            headers.set(name, ",".join(dict.fromkeys([*kept, *more])))
        else:
            headers.drop(name)

    return act


def _words(name: str, given: Any, place: str) -> list[str]:  # noqa: ANN401  # any JSON
    words = [] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(words, list) or not all(isinstance(one, str) for one in words):
        raise OverrideError(place, "must be a word, a list of words, or null")
    return [check_value(name, one, place) for one in words]


def _delete_header(rule: Rule, place: str) -> Prepared:
    name = check_name(rule["path"], f"{place}.path")
    return lambda headers, _document, _context: headers.drop(name)


def _copied(*, move: bool) -> Callable[[Rule, str], Prepared]:
    def prepare(rule: Rule, place: str) -> Prepared:
        source, target = check_name(rule["from"], f"{place}.from"), check_name(rule["to"], f"{place}.to")
        if is_credential(source) or is_credential(target):
            raise OverrideError(place, "cannot copy a header that carries a credential; use set_header with {api_key}")
        keep = rule.get("keep_origin", False) is True

        def act(headers: Headers, _document: Document, _context: Context) -> None:
            value = headers.get(source)
            if value is not None and not (keep and headers.has(target)):
                headers.set(target, value)
            if move:
                headers.drop(source)

        return act

    return prepare


def _pass_headers(rule: Rule, place: str) -> Prepared:
    value = rule["value"]
    if isinstance(value, Mapping):
        value = value.get("names", value.get("headers"))
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _read_list(value, f"{place}.value")
    wanted = value.split(",") if isinstance(value, str) else value
    if not isinstance(wanted, list) or not wanted:
        raise OverrideError(f"{place}.value", "must be a list of names of headers")
    names = [check_name(one.strip() if isinstance(one, str) else one, f"{place}.value") for one in wanted]
    if found := [name for name in names if is_credential(name)]:
        raise OverrideError(f"{place}.value", f"{found[0]} carries a credential of the client and is never passed on")

    keep = rule.get("keep_origin", False) is True

    def act(headers: Headers, _document: Document, _context: Context) -> None:
        for name in names:
            if not (keep and headers.has(name)):
                headers.pass_on(name)

    return act


def _read_list(text: str, place: str) -> object:
    try:
        return _decode(text)
    except msgspec.DecodeError:
        raise OverrideError(place, "must be a list of names of headers") from None


def _side(text: object, place: str) -> tuple[str, paths.Path]:
    kind, colon, name = text.partition(":") if isinstance(text, str) else ("", "", "")
    if not colon and kind:
        return "", paths.parse(kind, place)
    if kind == "header":
        lower = check_name(name.strip(), place)
        if is_credential(lower):
            raise OverrideError(place, f"{lower} carries a credential")
        return lower, ()
    if kind == "json":
        return "", paths.parse(name.strip(), place)
    raise OverrideError(place, 'must be "header:NAME" or "json:PATH"')


def _sync_fields(rule: Rule, place: str) -> Prepared:
    sides = (_side(rule["from"], f"{place}.from"), _side(rule["to"], f"{place}.to"))

    def act(headers: Headers, document: Document, _context: Context) -> None:
        found = [_read(side, headers, document) for side in sides]
        for here, there, side in ((found[0], found[1], sides[1]), (found[1], found[0], sides[0])):
            if here is not None and there is None:
                _write(side, here, headers, document)

    return act


def _read(side: tuple[str, paths.Path], headers: Headers, document: Document) -> object:
    name, path = side
    value = headers.get(name) if name else document.value(path)
    return None if value is MISSING or value in (None, "") else value


def _write(side: tuple[str, paths.Path], value: object, headers: Headers, document: Document) -> None:
    name, path = side
    if not name:
        document.put(path, fresh(value))
    elif isinstance(value, str | int | float):
        headers.set(name, value if isinstance(value, str) else _encode(value).decode())


HEADER_OPERATIONS: dict[str, HeaderOperation] = {
    "set_header": HeaderOperation(
        "sets the upstream header named by `path`; placeholders as in header_override. An object changes the words of "
        'a list: {"old": "new", "gone": null, "*": null, "$append": ["more"], "$keep_only_declared": true}',
        ("path", "value"), _set_header, ("keep_origin",),
    ),
    "delete_header": HeaderOperation("takes the upstream header away", ("path",), _delete_header),
    "copy_header": HeaderOperation(
        "copies a header, upstream's or else the client's, to another", ("from", "to"), _copied(move=False),
        ("keep_origin",),
    ),
    "move_header": HeaderOperation(
        "as copy_header, and takes `from` away", ("from", "to"), _copied(move=True), ("keep_origin",)
    ),
    "pass_headers": HeaderOperation(
        "hands on these headers of the client: a list of names", ("value",), _pass_headers, ("path", "keep_origin")
    ),
    "sync_fields": HeaderOperation(
        'of two places ("header:NAME", "json:PATH") the empty one gets what the other has', ("from", "to"),
        _sync_fields, (), ("from", "to"),
    ),
}  # fmt: skip
"""Mode -> operation."""
