"""Operations on texts: what a path names is changed where it is a text, and left alone where it is not."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from adapters.overrides.patterns import Pattern, Work
from adapters.overrides.problem import OverrideError

Change: TypeAlias = Callable[[str, Work], str]


def _value(given: Mapping[str, Any], place: str) -> str:
    value = given.get("value")
    if not isinstance(value, str) or not value:
        raise OverrideError(f"{place}.value", "must be a text that is not empty")
    return value


def _trim_prefix(given: Mapping[str, Any], place: str) -> Change:
    value = _value(given, place)
    return lambda text, _work: text.removeprefix(value)


def _trim_suffix(given: Mapping[str, Any], place: str) -> Change:
    value = _value(given, place)
    return lambda text, _work: text.removesuffix(value)


def _ensure_prefix(given: Mapping[str, Any], place: str) -> Change:
    value = _value(given, place)
    return lambda text, _work: text if text.startswith(value) else value + text


def _ensure_suffix(given: Mapping[str, Any], place: str) -> Change:
    value = _value(given, place)
    return lambda text, _work: text if text.endswith(value) else text + value


def _plain(change: Callable[[str], str]) -> Callable[[Mapping[str, Any], str], Change]:
    return lambda _given, _place: lambda text, _work: change(text)


def _replace(given: Mapping[str, Any], place: str) -> Change:
    old, new = given.get("from"), given.get("to", "")
    if not isinstance(old, str) or not old:
        raise OverrideError(f"{place}.from", "must be a text that is not empty")
    if not isinstance(new, str):
        raise OverrideError(f"{place}.to", "must be a text")

    def change(text: str, work: Work) -> str:
        count = text.count(old)
        work.spend(scanned=len(text), output=count * len(new))
        return text.replace(old, new) if count else text

    return change


def _regex_replace(given: Mapping[str, Any], place: str) -> Change:
    pattern = Pattern(given.get("from"), f"{place}.from")
    template = pattern.template(given.get("to", ""), f"{place}.to")
    return lambda text, work: pattern.replace(text, template, work)


TEXTS: dict[str, Callable[[Mapping[str, Any], str], Change]] = {
    "trim_prefix": _trim_prefix,
    "trim_suffix": _trim_suffix,
    "ensure_prefix": _ensure_prefix,
    "ensure_suffix": _ensure_suffix,
    "trim_space": _plain(str.strip),
    "to_lower": _plain(str.lower),
    "to_upper": _plain(str.upper),
    "replace": _replace,
    "regex_replace": _regex_replace,
}
"""Mode -> (rule, its place) -> what is done with a text. Raises OverrideError."""
