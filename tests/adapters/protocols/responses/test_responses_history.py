"""Earlier turns before a request's input, references, and the lists that clients read."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import ClientError
from adapters.head import Fields
from adapters.protocols.responses import history
from adapters.protocols.responses.history import Page

encode = msgspec.json.encode


def fields(**values: Any) -> Fields:
    return {name: msgspec.Raw(encode(value)) for name, value in values.items()}


def raws(*items: Any) -> list[msgspec.Raw]:
    return [msgspec.Raw(encode(item)) for item in items]


def plain(value: Any) -> Any:
    return msgspec.json.decode(encode(value))


USER = {"role": "user", "content": "hi"}
ANSWER = {"id": "msg_1", "type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "yes"}]}
CALL = {"id": "fc_1", "type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
THOUGHT = {"id": "rs_1", "type": "reasoning", "summary": []}


def test_what_a_request_says() -> None:
    assert history.previous_id(fields()) == ""
    assert history.previous_id(fields(previous_response_id=None)) == ""
    assert history.previous_id(fields(previous_response_id="resp_1")) == "resp_1"
    for said in ({}, {"store": None}, {"store": True}):
        assert history.wants_keeping(fields(**said))
    assert not history.wants_keeping(fields(store=False))
    assert [history.in_background(fields(**said)) for said in ({}, {"background": None}, {"background": True})] == [
        False, False, True,
    ]  # fmt: skip
    for wrong in ({"previous_response_id": 1}, {"previous_response_id": "x" * 500}):
        with pytest.raises(ClientError):
            history.previous_id(fields(**wrong))
    with pytest.raises(ClientError):
        history.wants_keeping(fields(store="yes"))
    with pytest.raises(ClientError):
        history.in_background(fields(background=1))


def test_own_items() -> None:
    assert history.own_items(fields()) == []
    assert history.own_items(fields(input=None)) == []
    assert plain(history.own_items(fields(input="hi \u00e9"))) == [
        {"type": "message", "role": "user", "content": "hi \u00e9"}
    ]
    assert plain(history.own_items(fields(input=[USER]))) == [USER]
    with pytest.raises(ClientError):
        history.own_items(fields(input=7))


def test_earlier_turns_come_first_and_without_ids() -> None:
    before = fields(model="m", previous_response_id="resp_1", input=[USER])
    kept = dict(before)
    after = history.put_before(before, raws(USER, THOUGHT, ANSWER, CALL, 7))
    assert before == kept
    assert set(after) == {"model", "input"}
    found = plain(after["input"])
    without = [{name: value for name, value in item.items() if name != "id"} for item in (ANSWER, CALL)]
    assert found == [USER, THOUGHT, *without, 7, USER]


def test_answers() -> None:
    body = {"id": "resp_1", "status": "completed", "output": [ANSWER, THOUGHT, {"type": "x"}, {"id": "y" * 500}]}
    name, output = history.answered(encode(body))
    assert (name, history.ids_of(output)) == ("resp_1", ["msg_1", "rs_1"])
    assert history.answered(encode({**body, "status": "incomplete"}))[0] == "resp_1"
    for wrong in (encode({**body, "status": "failed"}), b"[]", b"{", b'{"id":7}'):
        assert history.answered(wrong) == ("", [])
    assert plain(history.by_id(encode(body))["msg_1"]) == ANSWER
    assert history.shown(encode(body), "") == encode(body)
    assert msgspec.json.decode(history.shown(encode(body), "resp_0")) == {**body, "previous_response_id": "resp_0"}
    assert plain(history.items_of(b"[1,2]")) == [1, 2]


def test_references() -> None:
    named = {"type": "item_reference", "id": "msg_1"}
    short = {"id": "rs_1"}
    given = fields(input=[USER, named, short, ANSWER], model="m")
    assert history.references(given) == ["msg_1", "rs_1"]
    assert history.references(fields(input='an "id"')) == []
    assert history.references(fields(input=[USER])) == []
    assert history.references(fields()) == []
    known = {"msg_1": raws(ANSWER)[0]}
    found = plain(history.resolved(given, known)["input"])
    without = {name: value for name, value in ANSWER.items() if name != "id"}
    assert found == [USER, without, short, without]


def page(**asked: Any) -> tuple[list[str], bool]:
    """Ids of a page over five items."""
    items = raws(USER, {**ANSWER, "id": "b"}, {**CALL, "id": "c"}, {**THOUGHT, "id": "d"}, {**CALL, "id": "e"})
    found = msgspec.json.decode(history.listed("resp_1", items, Page(**asked)))
    ids = [item["id"] for item in found["data"]]
    assert (found["object"], found["first_id"], found["last_id"]) == (
        "list",
        *((ids[0], ids[-1]) if ids else (None, None)),
    )
    return ids, found["has_more"]


def test_pages() -> None:
    everything, more = page(newest_first=False)
    first = everything[0]
    assert (everything, more) == ([first, "b", "c", "d", "e"], False)
    assert first.startswith("msg_gw")
    assert page() == (["e", "d", "c", "b", first], False)
    assert page(limit=2) == (["e", "d"], True)
    assert page(limit=2, after="d") == (["c", "b"], True)
    assert page(limit=5, after=first) == ([], False)
    assert page(newest_first=False, before="c") == ([first, "b"], False)
    assert page(newest_first=False, after=first, before="d") == (["b", "c"], False)
    for wrong in ({"after": "nobody"}, {"before": "nobody"}):
        with pytest.raises(ClientError):
            page(**wrong)


def test_listed_items_are_written_in_full() -> None:
    said = {"type": "message", "role": "assistant", "content": "yes"}
    found = msgspec.json.decode(history.listed("resp_1", raws(USER, said, 7), Page(newest_first=False)))["data"]
    assert [{name: value for name, value in item.items() if name != "id"} for item in found] == [
        {"type": "message", "status": "completed", "role": "user", "content": [{"type": "input_text", "text": "hi"}]},
        {
            "type": "message", "status": "completed", "role": "assistant",
            "content": [{"type": "output_text", "text": "yes", "annotations": []}],
        },
        {},
    ]  # fmt: skip
    assert len({item["id"] for item in found}) == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "role", "content", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["input", "store", "background", "previous_response_id"]), JSON))
def test_anything_is_read_or_refused(values: dict[str, Any]) -> None:
    given_fields = fields(**values)
    with suppress(ClientError):
        history.previous_id(given_fields)
        history.wants_keeping(given_fields)
        history.in_background(given_fields)
        items = history.own_items(given_fields)
        for name in history.references(given_fields):
            history.resolved(given_fields, {name: raws(ANSWER)[0]})
        history.put_before(given_fields, items)
        listed = msgspec.json.decode(history.listed("resp_1", items, Page(limit=100)))
        assert len(listed["data"]) == len(items)


@given(JSON)
def test_any_answer_is_read(value: Any) -> None:
    _, output = history.answered(encode(value))
    history.ids_of(output)
    history.by_id(encode(value))


def test_what_no_text_can_hold_is_named_all_the_same() -> None:
    spelled = {"previous_response_id": msgspec.Raw(b'"\\ud800"')}
    try:
        message = history.unknown(history.previous_id(spelled)).message
    except ClientError as error:
        message = error.message
    assert encode(message)
