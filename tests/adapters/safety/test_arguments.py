"""Texts in the arguments of tool calls: found however deep they are, and left alone where there is nothing."""

import json

import pytest

from adapters.safety.arguments import in_text


def masked(text: str) -> str:
    return text.replace("secret", "***")


@pytest.mark.parametrize("depth", [1, 39, 41, 60, 800])
def test_nothing_hides_by_being_nested(depth: int) -> None:
    for inner in ('"a secret"', '{"name": ["a secret", 1]}'):
        text = "[" * depth + inner + "]" * depth
        after = in_text(text, masked)
        assert "secret" not in after
        assert "***" in after
    plain = "[" * depth + '{"name": ["fine", 1, null, true]}' + "]" * depth
    assert in_text(plain, masked) == plain


def test_values_are_read_as_what_they_mean_and_names_are_not() -> None:
    assert json.loads(in_text(r'{"secret": "a \u0073ecret", "n": 1}', masked)) == {"secret": "a ***", "n": 1}
    assert in_text("a secret {", masked) == "a *** {"
    assert json.loads(in_text('{"n": 4111}', lambda text: text.replace("4111", "#"))) == {"n": "#"}
