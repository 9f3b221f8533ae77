"""Reading requests of the chat completions family, and the listed edits of a passthrough."""

import contextlib
import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import ClientError
from adapters.head import estimate
from adapters.protocols.chat.head import encode, parse

CHAT = b'{"model":"m","messages":[{"role":"user","content":"hi"}]%b}'


def chat(more: bytes = b"") -> bytes:
    return CHAT % (b"," + more if more else b"")


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("chat", chat()),
        ("text_completion", b'{"model":"m","prompt":"x"}'),
        ("text_completion", b'{"model":"m","prompt": ["x"]}'),
        ("embeddings", b'{"model":"m","input":"x"}'),
        ("embeddings", b'{"model":"m","input":\n [1,2]}'),
    ],
)
def test_good_requests(operation: str, body: bytes) -> None:
    head = parse(operation, body)
    assert (head.operation, head.model, head.stream, head.wants_usage) == (operation, "m", False, False)
    assert head.size == len(body)


@pytest.mark.parametrize(
    ("body", "code", "param", "words"),
    [
        (b"", "invalid_json", None, "not valid JSON"),
        (b"{", "invalid_json", None, "not valid JSON"),
        (b"[]", "invalid_json", None, "must be a JSON object"),
        (b"null", "invalid_json", None, "must be a JSON object"),
        (b'"x"', "invalid_json", None, "must be a JSON object"),
        (b"{} x", "invalid_json", None, "not valid JSON"),
        (b'{"model":"m","messages":[],"a":NaN}', "invalid_json", None, "not valid JSON"),
        (b'\xef\xbb\xbf{"model":"m"}', "invalid_json", None, "not valid JSON"),
        (b'{"model":"m","messages":[],"\\ud800":1}', "invalid_json", None, "not valid JSON"),
        (b'{"model":"m","messages":["\xff"]}', "invalid_utf8", None, "byte 26"),
        (b'{"\xff":1}', "invalid_utf8", None, "UTF-8"),
        (b"\xff\xfe{\x00}\x00", "invalid_json", None, "not valid JSON"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "invalid_json", None, "not valid JSON"),
        (b'{"messages":[]}', "missing_required_parameter", "model", "'model' is required"),
        (b'{"model":null,"messages":[]}', "invalid_type", "model", "must be a string"),
        (b'{"model":7,"messages":[]}', "invalid_type", "model", "must be a string"),
        (b'{"model":"","messages":[]}', "invalid_value", "model", "printable"),
        (b'{"model":"a\\nb","messages":[]}', "invalid_value", "model", "printable"),
        (b'{"model":"\\ud800","messages":[]}', "invalid_json", None, "not valid JSON"),
        (b'{"model":"' + b"m" * 201 + b'","messages":[]}', "invalid_value", "model", "200"),
        (b'{"model":"m"}', "missing_required_parameter", "messages", "'messages' is required"),
        (b'{"model":"m","messages":"x"}', "invalid_type", "messages", "an array of messages"),
        (b'{"model":"m","messages":{}}', "invalid_type", "messages", "an array"),
        (b'{"model":"m","messages":null}', "invalid_type", "messages", "an array"),
        (chat(b'"stream":"yes"'), "invalid_type", "stream", "a boolean"),
        (chat(b'"stream":1'), "invalid_type", "stream", "a boolean"),
        (chat(b'"stream":true,"stream_options":[]'), "invalid_type", "stream_options", "an object"),
        (chat(b'"stream":true,"stream_options":"x"'), "invalid_type", "stream_options", "an object"),
    ],
)
def test_bad_requests_say_what_is_wrong(body: bytes, code: str, param: str | None, words: str) -> None:
    with pytest.raises(ClientError) as caught:
        parse("chat", body)
    assert caught.value.status == 400
    assert (caught.value.code, caught.value.param) == (code, param)
    assert words in caught.value.message


@pytest.mark.parametrize("operation", ["text_completion", "embeddings"])
def test_what_other_operations_need(operation: str) -> None:
    name = {"text_completion": "prompt", "embeddings": "input"}[operation]
    for value, code in ((None, "missing_required_parameter"), (b"7", "invalid_type"), (b"null", "invalid_type")):
        body = b'{"model":"m"}' if value is None else b'{"model":"m","%b":%b}' % (name.encode(), value)
        with pytest.raises(ClientError) as caught:
            parse(operation, body)
        assert (caught.value.code, caught.value.param) == (code, name)


@pytest.mark.parametrize(
    ("more", "stream", "wants"),
    [
        (b'"stream":null', False, False),
        (b'"stream":false,"stream_options":"ignored when not streaming"', False, False),
        (b'"stream":true', True, False),
        (b'"stream": true , "stream_options": null', True, False),
        (b'"stream":true,"stream_options":{}', True, False),
        (b'"stream":true,"stream_options":{"include_usage":false}', True, False),
        (b'"stream":true,"stream_options":{"include_usage": true }', True, True),
        (b'"stream":true,"stream_options":{"include_usage":"true"}', True, False),
    ],
)
def test_streams_and_their_usage(more: bytes, stream: bool, wants: bool) -> None:
    head = parse("chat", chat(more))
    assert (head.stream, head.wants_usage) == (stream, wants)


def test_embeddings_do_not_stream() -> None:
    assert not parse("embeddings", b'{"model":"m","input":"x","stream":true}').stream


def test_body_without_edits_is_the_same() -> None:
    body = chat(b'"temperature":1.0,"x":{"a": [1,  2]},"big":123456789012345678901234567890,"seed":1e400')
    assert encode(parse("chat", body), "m", force_usage=True) == body


def test_only_listed_values_change() -> None:
    head = parse("chat", chat(b'"stream":true,"stream_options":{"include_usage":false,"other":[1, 2]},"n":1'))
    before = dict(head.fields)
    out = encode(head, 'up"stream', force_usage=True)
    assert out == (
        b'{"model":"up\\"stream","messages":[{"role":"user","content":"hi"}],"stream":true,'
        b'"stream_options":{"include_usage":true,"other":[1, 2]},"n":1}'
    )
    assert head.fields == before, "a retry starts from the original"
    assert encode(head, "m", force_usage=False) == chat(
        b'"stream":true,"stream_options":{"include_usage":false,"other":[1, 2]},"n":1'
    )


@pytest.mark.parametrize("options", [b"", b',"stream_options":null', b',"stream_options":{}'])
def test_usage_is_forced_where_it_is_not_asked_for(options: bytes) -> None:
    out = msgspec.json.decode(encode(parse("chat", chat(b'"stream":true' + options)), "m", force_usage=True))
    assert out["stream_options"] == {"include_usage": True}


def test_usage_is_not_forced_outside_streams_or_when_asked_for() -> None:
    asked = chat(b'"stream":true,"stream_options":{"include_usage":true,"x":1}')
    assert encode(parse("chat", asked), "m", force_usage=True) == asked
    assert encode(parse("chat", chat(b'"stream":false')), "m", force_usage=True) == chat(b'"stream":false')


def test_two_models_in_one_body_are_one_for_everybody() -> None:
    head = parse("chat", b'{"model":"cheap","messages":[],"model":"dear"}')
    assert head.model == "dear"
    assert msgspec.json.decode(encode(head, "dear", force_usage=True)) == {"model": "dear", "messages": []}
    assert encode(head, "dear", force_usage=True).count(b'"model"') == 1


def test_estimates() -> None:
    head = parse("chat", chat())
    assert estimate(head, 400).output == 100
    assert estimate(head, 400).input == -(-len(chat()) // 4)
    assert estimate(parse("embeddings", b'{"model":"m","input":"x"}'), 4000).output == 0


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), values, max_size=6), st.booleans(), st.booleans())
def test_round_trip(more: dict[str, Any], stream: bool, force: bool) -> None:
    document = {**more, "model": "m", "messages": [], "stream": stream, "stream_options": None}
    out = msgspec.json.decode(encode(parse("chat", msgspec.json.encode(document)), "other", force_usage=force))
    expected = {**document, "model": "other"}
    if force and stream:
        expected["stream_options"] = {"include_usage": True}
    assert out == msgspec.json.decode(msgspec.json.encode(expected))


@given(st.binary(max_size=60), st.sampled_from(["chat", "text_completion", "embeddings"]))
def test_no_body_does_more_than_a_client_error(body: bytes, operation: str) -> None:
    for text in itertools.chain([body], (chat()[:cut] + body + chat()[cut:] for cut in (1, 9, 20))):
        with contextlib.suppress(ClientError):
            head = parse(operation, text)
            msgspec.json.decode(encode(head, "x", force_usage=True), type=dict[str, msgspec.Raw])
