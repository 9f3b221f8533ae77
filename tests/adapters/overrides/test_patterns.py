"""Patterns are bounded whatever the text: no request can hold a replica up."""

import time

import pytest

from adapters.errors import ClientError
from adapters.overrides import patterns
from adapters.overrides.patterns import Pattern, Work
from tests.adapters.overrides.rules import apply


def replaced(pattern: str, to: str, text: str) -> str:
    compiled = Pattern(pattern, "from")
    return compiled.replace(text, compiled.template(to, "to"), Work())


@pytest.mark.parametrize(
    ("pattern", "to", "text", "expected"),
    [
        ("a", "b", "banana", "bbnbnb"),
        ("", "", "x", None),
        (r"(\w+)@(\w+)", "$2 at ${1}", "me@home", "home at me"),
        (r"(\w+)@(\w+)", "$2x", "me@home", None),
        (r"(?P<user>\w+)@", "${user}#", "me@home", "me#home"),
        ("x(y)?", "[$1]", "x xy", "[] [y]"),
        ("x", "$$1", "x", "$1"),
        ("x", "$", "x", "$"),
        ("é+", "e", "caféé", "cafe"),
        ("^", "> ", "line", "> line"),
        (r"\$", "USD", "5$", "5USD"),
    ],
)
def test_replacing(pattern: str, to: str, text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match=r"must be a pattern|does not have"):
            replaced(pattern, to, text)
    else:
        assert replaced(pattern, to, text) == expected


def test_a_pattern_that_ruins_backtracking_engines() -> None:
    begin = time.process_time()
    assert replaced("(a+)+$", "x", "a" * 200_000 + "b") == "a" * 200_000 + "b"
    assert replaced("(.*)*x", "y", "a" * 200_000) == "a" * 200_000
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("pattern", "to", "text"),
    [
        ("a", "b", "a" * (patterns.MAX_MATCHES + 1)),
        ("a(.*b)?", "x", "a" * 30_000),
        ("a*", "x" * 1000, "ab" * 10_000),
        ("a", "b", "a" * (patterns.MAX_TEXT + 1)),
    ],
)
def test_work_is_bounded(pattern: str, to: str, text: str) -> None:
    rule = {"mode": "regex_replace", "path": "text", "from": pattern, "to": to}
    with pytest.raises(ClientError) as caught:
        apply([rule], {"text": text})
    assert (caught.value.status, caught.value.code) == (400, "override_limit")


@pytest.mark.parametrize(
    "rules",
    [
        [{"mode": "copy", "from": "a", "to": f"a.x{number}"} for number in range(40)],
        [{"mode": "append", "path": "texts.*", "value": "x" * 20_000}],
        [{"mode": "ensure_prefix", "path": "texts.*", "value": "x" * 20_000}],
        [{"mode": "set", "path": "texts.*", "value": ["x" * 20_000]}],
    ],
)
def test_no_rule_makes_a_request_grow_without_end(rules: list[dict[str, str]]) -> None:
    with pytest.raises(ClientError) as caught:
        apply(rules, {"a": {"b": 1}, "texts": ["a"] * 1000})
    assert caught.value.code == "override_limit"


def test_the_bound_is_the_requests_not_the_texts() -> None:
    rules = [{"mode": "replace", "path": "texts.*", "from": "a", "to": "x" * 1000}]
    with pytest.raises(ClientError):
        apply(rules, {"texts": ["a" * 1000] * 20})
