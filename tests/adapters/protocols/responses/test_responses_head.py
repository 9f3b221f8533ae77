"""What routing needs of a request, and the edits of a passthrough."""

import msgspec
import pytest

from adapters.canonical.sealed import Sealed, seal
from adapters.errors import ClientError
from adapters.protocols.responses.head import encode, parse


def test_what_routing_needs():
    head = parse("chat", b'{"model":"gpt-5","input":"hi","stream":true,"max_output_tokens":70}')
    assert (head.protocol, head.operation, head.model) == ("responses", "chat", "gpt-5")
    assert head.stream
    assert head.wants_usage
    assert head.max_output == 70
    assert head.size == 67


@pytest.mark.parametrize("value", ["null", '"many"', "[]"])
def test_a_maximum_that_is_no_number_is_the_providers_to_refuse(value):
    assert parse("chat", f'{{"model":"m","input":"","max_output_tokens":{value}}}'.encode()).max_output is None


@pytest.mark.parametrize("name", ["previous_response_id", "conversation", "prompt"])
def test_what_stands_for_the_input(name):
    assert parse("chat", f'{{"model":"m","{name}":"x"}}'.encode()).model == "m"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b'{"input":"x"}', "model"),
        (b'{"model":"m"}', "input"),
        (b'{"model":"m","previous_response_id":null}', "input"),
        (b'{"model":"m","input":3}', "input"),
        (b'{"model":"m","input":null}', "input"),
        (b'{"model":"m","input":"","stream":"yes"}', "stream"),
    ],
)
def test_errors_name_the_field(body, param):
    with pytest.raises(ClientError) as caught:
        parse("chat", body)
    assert (caught.value.status, caught.value.param) == (400, param)


def test_compaction_does_not_stream_and_may_have_no_input():
    head = parse("compact", b'{"model":"m","input":null,"previous_response_id":"resp_1","stream":true}')
    assert not head.stream
    assert encode(head, "m", force_usage=True, most=5) == (
        b'{"model":"m","input":null,"previous_response_id":"resp_1","stream":true}'
    )


def test_only_listed_edits():
    head = parse("chat", b'{"model":"m","input":"x","new":{"a": [1.50]},"max_output_tokens":9}')
    assert encode(head, "m", force_usage=True) == b'{"model":"m","input":"x","new":{"a": [1.50]},"max_output_tokens":9}'
    assert encode(head, "n", force_usage=True, most=3) == (
        b'{"model":"n","input":"x","new":{"a": [1.50]},"max_output_tokens":3}'
    )
    assert head.model == "m"


def test_reasoning_of_another_provider_is_left_out_of_a_passthrough():
    sealed = {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [],
        "encrypted_content": seal(Sealed("messages", "", "sig")),
    }
    own = {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "gAAA"}
    said = {"role": "user", "content": 'what is "gw1. in "encrypted_content"?'}
    head = parse("chat", msgspec.json.encode({"model": "m", "input": [sealed, own, said]}))
    assert msgspec.json.decode(encode(head, "m", force_usage=False))["input"] == [own, said]


def test_an_input_that_only_looks_sealed_goes_through():
    for value in ['"gw1.x"', '["gw1.x"]', '[{"encrypted_content":["gw1."]}]']:
        body = f'{{"model":"m","input":{value}}}'.encode()
        assert encode(parse("chat", body), "m", force_usage=False) == body
