"""A text in pieces comes out as it would in one: masked, counted and blocked alike; and little is held back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.safety.find import finder
from adapters.safety.guard import Blocked, Found, Guard, Ready
from adapters.safety.rule import SafetyRule
from adapters.safety.window import MAX_OPEN, Window


def guard(*rules: SafetyRule) -> Guard:
    return Guard([Ready(rule, finder(rule)) for rule in rules])


WORDS = SafetyRule(1, "names", "words", "mask", ["output"], words=["ann", "annabelle", "bob dylan"], mask="<{kind}>")
WHOLE = SafetyRule(2, "whole", "words", "mask", ["output"], words=["cat"], whole_words=True, mask="<{rule}>")
PII = SafetyRule(
    3, "pii", "detectors", "mask", ["output"], detectors=["email", "credit_card", "phone"], mask="[{kind}]"
)
PATTERN = SafetyRule(4, "ids", "patterns", "mask", ["output"], patterns=[r"ID-\d{2,6}"], window=12)
LOG = SafetyRule(5, "seen", "words", "log", ["output"], words=["dog"])
BLOCK = SafetyRule(6, "stop", "words", "block", ["output"], words=["forbidden"])
ALL = guard(WORDS, WHOLE, PII, PATTERN, LOG)

PIECES = [
    "ann",
    "annabelle",
    " ",
    "bob dylan",
    "bob d",
    "cat",
    "cats",
    "a@b.example",
    "4111 1111 1111 1111",
    "ID-123",
    "ID-",
    "dog",
    "doggy",
    "\u200b",
    "ß",
    "机密",
    "+49 30 1234567",
    ". ",
    "x",
    "\n",
    "4",
    "@",
]


def streamed(rules: Guard, pieces: list[str], found: Found) -> str:
    window = Window(rules)
    return "".join([*(window.feed(piece, found) for piece in pieces), window.finish(found)])


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.data())
@settings(deadline=None, max_examples=400)
def test_pieces_give_what_the_whole_gives(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole, parts = Found(), Found()
    assert streamed(ALL, pieces, parts) == ALL.check(text, whole)
    assert parts == whole
    assert streamed(ALL, list(text), Found()) == ALL.check(text, Found())


def test_what_cannot_be_found_is_not_held() -> None:
    window = Window(guard(WORDS, PII))
    assert window.feed("Hello world, ", Found()) == "Hello world, "
    assert window.feed("an", Found()) == ""
    assert window.feed("other ", Found()) == "another "
    assert window.feed("done", Found()) == ""  # it may be the beginning of an address
    assert window.finish(Found()) == "done"


def test_no_more_than_the_window_is_held() -> None:
    window = Window(guard(PATTERN))
    given, out = 0, ""
    for _ in range(100):
        out += window.feed("abcde", Found())
        given += 5
        assert given - len(out) <= 12
    window = Window(guard(PII))
    assert len(window.feed("x" * 100_000, Found())) >= 100_000 - 128


def test_a_find_without_end_is_cut_off() -> None:
    keys = SafetyRule(1, "keys", "detectors", "mask", ["output"], detectors=["private_key"])
    window = Window(guard(keys))
    out = window.feed("-----BEGIN PRIVATE KEY-----\n", Found())
    for _ in range(3000):
        out += window.feed("QUJD", Found())
    assert out.startswith("[private_key]")
    assert len("QUJD") * 3000 - len(out) < MAX_OPEN + 200


def test_blocked() -> None:
    rules = guard(WORDS, BLOCK)
    with pytest.raises(Blocked) as blocked:
        rules.check("it is FORBIDDEN", Found())
    assert blocked.value.rule.name == "stop"
    window = Window(rules)
    found = Found()
    assert window.feed("it is forb", found) == "it is "
    with pytest.raises(Blocked):
        window.feed("idden to", found)
    assert found.words == "block stop 1"
