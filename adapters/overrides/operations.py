"""The operations of param_override: one row each, with what it takes, what it does, and its words for the docs."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from adapters.errors import ClientError, UpstreamError
from adapters.overrides import paths
from adapters.overrides.conditions import Conditions
from adapters.overrides.context import MISSING, Context
from adapters.overrides.document import Document
from adapters.overrides.header_rules import HEADER_OPERATIONS, Prepared, fresh, size_of
from adapters.overrides.headers import Headers
from adapters.overrides.patterns import Work
from adapters.overrides.problem import OverrideError
from adapters.overrides.prune import prune
from adapters.overrides.texts import TEXTS

Rule: TypeAlias = Mapping[str, Any]


class Run(msgspec.Struct):
    """One application of a channel's rules."""

    document: Document
    headers: Headers
    context: Context
    work: Work


class Operation(msgspec.Struct, frozen=True):
    """`takes` are the fields a rule must have, `may` those it can have; `prepare` checks and compiles it."""

    words: str
    takes: tuple[str, ...]
    prepare: Callable[[Rule, str], Callable[[Run], None]]
    may: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


def _set(rule: Rule, place: str) -> Callable[[Run], None]:
    path, value, keep = paths.parse(rule["path"], f"{place}.path"), rule["value"], _keep(rule, place)
    size = size_of(value) if len(path) > 1 else 0

    def act(run: Run) -> None:
        if not keep or run.document.value(path) is MISSING:
            if size:
                run.work.spend(scanned=0, output=size * max(len(run.document.places(path)), 1))
            run.document.put(path, fresh(value))

    return act


def _default(rule: Rule, place: str) -> Callable[[Run], None]:
    return _set({**rule, "keep_origin": True}, place)


def _delete(rule: Rule, place: str) -> Callable[[Run], None]:
    path = paths.parse(rule["path"], f"{place}.path")
    return lambda run: run.document.delete(path)


def _copy(rule: Rule, place: str) -> Callable[[Run], None]:
    source, target = paths.parse(rule["from"], f"{place}.from"), paths.parse(rule["to"], f"{place}.to")
    keep = _keep(rule, place)

    def act(run: Run) -> None:
        value = run.document.value(source)
        if value is not MISSING and not (keep and run.document.value(target) is not MISSING):
            run.work.spend(
                scanned=0, output=size_of(value)
            )  # copied into itself, again and again, it grows without end
            run.document.put(target, fresh(value))

    return act


def _move(rule: Rule, place: str) -> Callable[[Run], None]:
    source, target = paths.parse(rule["from"], f"{place}.from"), paths.parse(rule["to"], f"{place}.to")
    if target[: len(source)] == source:
        raise OverrideError(f"{place}.to", "must not lie inside `from`")

    def act(run: Run) -> None:
        value = run.document.value(source)
        if value is not MISSING:
            run.document.delete(source)
            run.document.put(target, value)

    return act


def _join(old: Any, new: Any, *, front: bool, keep: bool) -> Any:  # noqa: ANN401  # any JSON
    """`new` before or behind `old`; MISSING when the two do not go together."""
    if isinstance(old, str) and isinstance(new, str):
        return new + old if front else old + new
    if isinstance(old, list):
        more = new if isinstance(new, list) else [new]
        return [*more, *old] if front else [*old, *more]
    if isinstance(old, dict) and isinstance(new, dict):
        return {**new, **old} if keep else {**old, **new}
    return MISSING


def _joined(*, front: bool) -> Callable[[Rule, str], Callable[[Run], None]]:
    def prepare(rule: Rule, place: str) -> Callable[[Run], None]:
        path, value, keep = paths.parse(rule["path"], f"{place}.path"), rule["value"], _keep(rule, place)
        size = size_of(value)

        def act(run: Run) -> None:
            found = run.document.places(path, change=True)
            run.work.spend(scanned=0, output=size * len(found))
            for container, key in found:
                joined = _join(container[key], fresh(value), front=front, keep=keep)
                if joined is not MISSING:
                    container[key] = joined
            if not found:
                run.document.put(path, fresh(value))

        return act

    return prepare


def _text(mode: str) -> Callable[[Rule, str], Callable[[Run], None]]:
    def prepare(rule: Rule, place: str) -> Callable[[Run], None]:
        path, change = paths.parse(rule["path"], f"{place}.path"), TEXTS[mode](rule, place)

        def act(run: Run) -> None:
            for container, key in run.document.places(path, change=True):
                old = container[key]
                if isinstance(old, str):
                    container[key] = new = change(old, run.work)
                    run.work.spend(scanned=0, output=max(len(new) - len(old), 0))

        return act

    return prepare


def _return_error(rule: Rule, place: str) -> Callable[[Run], None]:
    value = rule["value"]
    given: Any = {"message": value} if isinstance(value, str) else value
    if not isinstance(given, Mapping) or not given.keys() <= {"message", "status_code", "code", "type", "skip_retry"}:
        raise OverrideError(f"{place}.value", "must be a message, or message, status_code, code and skip_retry")
    message, status, code = given.get("message"), given.get("status_code", 400), given.get("code", "refused_by_rule")
    if not isinstance(message, str) or not 0 < len(message) <= 1000:
        raise OverrideError(f"{place}.value.message", "must be a text of 1 to 1000 characters")
    if not isinstance(status, int) or isinstance(status, bool) or not 400 <= status <= 599:
        raise OverrideError(f"{place}.value.status_code", "must be a number from 400 to 599")
    if not isinstance(code, str) or len(code) > 64:
        raise OverrideError(f"{place}.value.code", "must be a text of at most 64 characters")
    final = given.get("skip_retry", True) is not False

    def act(_run: Run) -> None:
        if final and status < 500:
            raise ClientError(status, message, code=code)
        raise UpstreamError(status, message, klass="upstream_rule", retryable=not final)

    return act


def _prune(rule: Rule, place: str) -> Callable[[Run], None]:
    path = paths.parse(rule["path"], f"{place}.path") if rule.get("path") else (paths.EVERY,)
    value = rule["value"]
    given: Any = {"where": {"type": value}} if isinstance(value, str) else value
    if not isinstance(given, Mapping):
        raise OverrideError(f"{place}.value", "must be a type, or an object of where, conditions, logic and recursive")
    wanted = given.get("where") or given.get("conditions") or ({"type": given["type"]} if given.get("type") else {})
    if not wanted:
        raise OverrideError(f"{place}.value", "must say in `where` or `conditions` which objects go")
    logic = str(given.get("logic", "AND")).upper()
    conditions = Conditions(wanted, logic, f"{place}.value")
    recursive = given.get("recursive", True) is not False

    def act(run: Run) -> None:
        def goes(item: dict[str, Any]) -> bool:
            return conditions.hold(Document.of(item), None, run.work)  # objects are asked for their own fields only

        for container, key in run.document.places(path, change=True):
            container[key] = prune(container[key], goes, recursive=recursive)

    return act


def _header(prepare: Callable[[Rule, str], Prepared]) -> Callable[[Rule, str], Callable[[Run], None]]:
    def prepared(rule: Rule, place: str) -> Callable[[Run], None]:
        act = prepare(rule, place)
        return lambda run: act(run.headers, run.document, run.context)

    return prepared


def _keep(rule: Rule, place: str) -> bool:
    keep = rule.get("keep_origin", False)
    if not isinstance(keep, bool):
        raise OverrideError(f"{place}.keep_origin", "must be true or false")
    return keep


OPERATIONS: dict[str, Operation] = {
    "set": Operation(
        "sets the value; with `keep_origin` only where there is none", ("path", "value"), _set, ("keep_origin",),
        ("path",),
    ),
    "default": Operation("sets the value where there is none", ("path", "value"), _default, (), ("path",)),
    "delete": Operation("takes away what is there", ("path",), _delete, (), ("path",)),
    "copy": Operation(
        "copies the value at `from` to `to`; nothing where there is none", ("from", "to"), _copy, ("keep_origin",),
        ("to",),
    ),
    "move": Operation("moves the value at `from` to `to`", ("from", "to"), _move, (), ("from", "to")),
    "append": Operation(
        "puts behind: text to text, elements to an array, fields into an object (over those there, unless "
        "`keep_origin`)",
        ("path", "value"), _joined(front=False), ("keep_origin",), ("path",),
    ),
    "prepend": Operation(
        "puts before, as append", ("path", "value"), _joined(front=True), ("keep_origin",), ("path",)
    ),
    "trim_prefix": Operation(
        "takes the text off the beginning", ("path", "value"), _text("trim_prefix"), (), ("path",)
    ),
    "trim_suffix": Operation("takes the text off the end", ("path", "value"), _text("trim_suffix"), (), ("path",)),
    "ensure_prefix": Operation(
        "puts the text before unless it is there", ("path", "value"), _text("ensure_prefix"), (), ("path",)
    ),
    "ensure_suffix": Operation(
        "puts the text behind unless it is there", ("path", "value"), _text("ensure_suffix"), (), ("path",)
    ),
    "trim_space": Operation("takes white space off both ends", ("path",), _text("trim_space"), (), ("path",)),
    "to_lower": Operation("makes letters small", ("path",), _text("to_lower"), (), ("path",)),
    "to_upper": Operation("makes letters capital", ("path",), _text("to_upper"), (), ("path",)),
    "replace": Operation(
        "replaces each `from` in the text by `to`", ("path", "from"), _text("replace"), ("to",), ("path",)
    ),
    "regex_replace": Operation(
        "replaces each match of the pattern `from` by `to`, where $1, ${1} and ${name} are groups and $$ is $",
        ("path", "from"), _text("regex_replace"), ("to",), ("path",),
    ),
    "return_error": Operation(
        "refuses the request: `value` is a message, or {message, status_code, code, skip_retry}; with "
        "`skip_retry: false` the next channel is tried",
        ("value",), _return_error, ("path",),
    ),
    "prune_objects": Operation(
        "takes objects out of arrays below the path, or everywhere: `value` is their `type`, or {where: {field: "
        "value}} or {conditions, logic}, and `recursive` (true)",
        ("value",), _prune, ("path",),
    ),
    **{
        mode: Operation(row.words, row.takes, _header(row.prepare), row.may, row.writes)
        for mode, row in HEADER_OPERATIONS.items()
    },
}  # fmt: skip
"""Mode -> operation. The names are those that New API's rules have; `default` is ours."""
