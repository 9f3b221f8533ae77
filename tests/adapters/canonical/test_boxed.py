"""Answers that are no object: what is asked for, and what comes out, however the stream is cut."""

from typing import Any

import msgspec
import pytest

from adapters.canonical.blocks import Refusal, Text
from adapters.canonical.boxed import Unbox, box
from adapters.canonical.events import BlockStart, BlockStop, End, Finished, TextDelta
from adapters.canonical.fold import fold
from adapters.canonical.loss import Losses
from adapters.canonical.request import OutputFormat, Request
from adapters.canonical.response import Candidate, Response
from adapters.errors import ClientError

LIST = {"type": "array", "items": {"$ref": "#/$defs/Word"}, "$defs": {"Word": {"type": "string"}}}


def _asked(schema: object, protocol: str = "gemini") -> Request:
    raw = msgspec.Raw(msgspec.json.encode(schema))
    return Request(model="m", turns=(), output=OutputFormat("schema", raw), protocol=protocol)


def _schema(request: Request) -> Any:
    assert request.output is not None
    assert request.output.schema is not None
    return msgspec.json.decode(request.output.schema)


@pytest.mark.parametrize("upstream", ["chat", "responses"])
def test_a_list_is_asked_for_in_an_object(upstream):
    asked, unbox = box(_asked(LIST), upstream, Losses())
    assert unbox is not None
    assert _schema(asked) == {
        "$defs": {"Word": {"type": "string"}},
        "type": "object",
        "properties": {"value": {"type": "array", "items": {"$ref": "#/$defs/Word"}}},
        "required": ["value"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "enum": ["a"]},
        {"type": ["object", "null"]},
        {"anyOf": [{"type": "object"}, {"type": "null"}]},
        {"type": "object", "anyOf": []},
        {"$ref": "#/$defs/A", "$defs": {"A": {}}},
        {"enum": ["a", "b"]},
    ],
)
def test_so_is_whatever_openai_refuses(schema):
    assert box(_asked(schema), "chat", Losses())[1] is not None


@pytest.mark.parametrize("schema", [{"type": "object"}, {"properties": {}}, {}, True, {"title": "Anything"}])
def test_objects_are_left_alone(schema):
    asked = _asked(schema)
    assert box(asked, "chat", Losses()) == (asked, None)


@pytest.mark.parametrize(("client", "upstream"), [("chat", "chat"), ("gemini", "messages"), ("messages", "gemini")])
def test_others_take_any_schema(client, upstream):
    asked = _asked(LIST, client)
    assert box(asked, upstream, Losses()) == (asked, None)
    assert box(Request(model="m", turns=()), "chat", Losses())[1] is None


def test_a_schema_inside_itself_is_refused():
    losses = Losses()
    box(_asked({"type": "array", "items": {"$ref": "#"}}), "chat", losses)
    with pytest.raises(ClientError, match="response_format"):
        losses.check()


TEXTS = [
    ('{"value":["a","}"]}', '["a","}"]'),
    (' { "value" :\n {"a": {"b": {}}}\n }\n', '{"a": {"b": {}}}'),
    ('{"value": "x } y"}', '"x } y"'),
    ('{"value":1}', "1"),
    ("[1, 2]", "[1, 2]"),
    ('{"values": 1}', '{"values": 1}'),
    ('{"value', '{"value'),
    ('{"value":[1, 2', "[1, 2"),
    ("", ""),
    ("Sorry }", "Sorry }"),
]


@pytest.mark.parametrize(("said", "expected"), TEXTS)
def test_it_is_taken_out_again(said, expected):
    whole = Unbox().change(Response(candidates=(Candidate(blocks=(Text(said), Refusal("no}"))),)))
    assert whole.candidates[0].blocks == (Text(expected), Refusal("no}"))
    for size in (1, 3, 100):
        unbox = Unbox()
        out = unbox.feed([BlockStart(0, Text(""))])
        for start in range(0, len(said), size):
            out += unbox.feed([TextDelta(0, said[start : start + size])])
        stopped = [*out, *unbox.feed([BlockStop(0), Finished("stop")]), *unbox.finish(), End()]
        assert fold(stopped).candidates[0].blocks == (Text(expected),)


def test_it_leaves_as_it_comes():
    unbox = Unbox()
    unbox.feed([BlockStart(0, Text(""))])
    pieces = [TextDelta(0, piece) for piece in ('{"value":', "[", "1,", "2]")]
    assert unbox.feed([*pieces]) == [TextDelta(0, piece) for piece in ("[", "1,", "2]")]


def test_what_was_held_back_of_a_cut_stream_comes_out():
    unbox = Unbox()
    unbox.feed([BlockStart(0, Text("")), TextDelta(0, '{"val')])
    assert unbox.finish() == [TextDelta(0, '{"val')]
