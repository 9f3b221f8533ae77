"""Redaction: what is named goes wherever it stands, the rest stays, and what cannot be read does not pass."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.redaction import MARK, RedactionError, Redactor, UnreadableError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    if isinstance(value, dict):
        return [text for name, each in value.items() for text in (name, *texts(each))]
    return []


def test_members_go_at_any_depth() -> None:
    redactor = Redactor({"fields": ["user", "ssn"]})
    body = b'{"user": {"id": 1}, "messages": [{"ssn": "1", "content": "user"}], "n": 1.50}'
    changed, found = redactor.json(body)
    assert found == 2
    decoded = msgspec.json.decode(changed)
    assert decoded == {"user": MARK, "messages": [{"ssn": MARK, "content": "user"}], "n": 1.5}
    assert redactor
    assert not redactor.needs_whole_texts


def test_patterns_see_through_escapes() -> None:
    redactor = Redactor({"patterns": [r"[a-z]+@[a-z]+\.example", r"\b\d{4}\b"]})
    changed, found = redactor.json(b'{"a": "mail ann\\u0040mail.example, pin 1234", "b\\u0031234": 12345}')
    assert found == 2
    assert msgspec.json.decode(changed)["a"] == f"mail {MARK}, pin {MARK}"
    assert redactor.needs_whole_texts


def test_what_has_nothing_to_hide_stays_byte_for_byte() -> None:
    body = b'{ "a" : 1.0,\n "b": "\\u0041" }'
    assert Redactor({"fields": ["x"], "patterns": ["zzz"]}).json(body) == (body, 0)
    assert not Redactor({})


@given(JSON, st.sampled_from(["a", "0", "[b-z]", "é"]))
def test_no_text_keeps_what_is_to_go(value: Any, pattern: str) -> None:
    changed, _ = Redactor({"patterns": [pattern]}).json(msgspec.json.encode(value))
    for text in texts(msgspec.json.decode(changed)):
        left = text.replace(MARK, "")
        assert Redactor({"patterns": [pattern]}).json(msgspec.json.encode(left))[1] == 0


@given(st.binary(max_size=60))
def test_anything_is_read_or_refused(body: bytes) -> None:
    redactor = Redactor({"fields": ["a"], "patterns": ["b"]})
    for read in (redactor.json, redactor.events):
        try:
            read(body)
        except UnreadableError:
            pass


def test_events() -> None:
    redactor = Redactor({"fields": ["content"]})
    body = b'event: x\ndata: {"delta":{"content":"secret"}}\n\n: ping\r\n\r\ndata:{"b":1}\r\n\ndata: [DONE]\n\n'
    changed, found = redactor.events(body)
    assert found == 1
    assert changed == body.replace(b'{"delta":{"content":"secret"}}', b'{"delta":{"content":"[redacted]"}}')
    with pytest.raises(UnreadableError):
        redactor.events(b"data: {\n\n")


def test_what_is_nested_beyond_reason_is_refused() -> None:
    with pytest.raises(UnreadableError):
        Redactor({"fields": ["a"]}).json(b"[" * 5000 + b"]" * 5000)
    with pytest.raises(UnreadableError):
        Redactor({"fields": ["a"]}).json(b"[" * 300 + b"]" * 300)


@pytest.mark.parametrize(
    "rules",
    [
        {"words": []},
        {"patterns": ["("]},
        {"patterns": ["(?=a)"]},
        {"patterns": [""]},
        {"patterns": ["x" * 1001]},
        {"patterns": ["x"] * 51},
        {"fields": "user"},
        {"fields": [1]},
        {"fields": ["x"] * 101},
    ],
)
def test_rules_that_cannot_be_followed(rules: dict[str, Any]) -> None:
    with pytest.raises(RedactionError):
        Redactor(rules)
