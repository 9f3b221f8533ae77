"""Ids of tool calls: unchanged where they fit, and always the same otherwise."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.canonical import ids

RULES = {
    ids.for_messages: r"[a-zA-Z0-9_-]{1,64}",
    ids.for_responses: r"(?s).{1,64}",
    ids.for_chat: r"(?s).{1,40}",
    ids.for_mistral: r"[a-zA-Z0-9]{9}",
}


@pytest.mark.parametrize("rule", RULES)
@given(st.text(max_size=120))
def test_every_id_fits_and_is_stable(rule, call_id: str) -> None:
    fitted = rule(call_id)
    assert re.fullmatch(RULES[rule], fitted)
    assert rule(fitted) == fitted
    assert rule(call_id) == fitted


def test_an_id_that_fits_is_left_alone() -> None:
    for call_id in ("toolu_01ABCdef", "call_9-x", ids.made("request", 3)):
        assert ids.for_messages(call_id) == ids.for_responses(call_id) == ids.for_chat(call_id) == call_id
    assert ids.for_mistral("aB3dE6gH9") == "aB3dE6gH9"


def test_ids_that_begin_alike_stay_apart() -> None:
    first, second = "x" * 80 + "1", "x" * 80 + "2"
    for rule in RULES:
        assert rule(first) != rule(second)
    assert ids.for_messages("a.b") != ids.for_messages("a:b")


def test_made_ids_are_known_again() -> None:
    made = ids.made("req-1", 0)
    assert ids.is_made(made)
    assert made == ids.made("req-1", 0) != ids.made("req-1", 1)
    assert made != ids.made("req-2", 0)
    assert not ids.is_made("call_abc")


def test_a_long_name_of_a_user_is_shortened_and_stays_one() -> None:
    assert ids.for_user("someone") == "someone"
    assert ids.for_user("é" * 64) == "é" * 64
    short = ids.for_user("a" * 65)
    assert (len(short), ids.for_user("a" * 65)) == (64, short)
    assert ids.for_user("a" * 66) != short
