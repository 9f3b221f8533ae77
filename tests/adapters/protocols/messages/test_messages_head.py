"""Heads of Messages requests, and the listed edits of a passthrough."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.canonical.blocks import Citation, Origin, ServerCall, Text
from adapters.canonical.context import Client, Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.response import Candidate, Response
from adapters.canonical.sealed import Sealed, seal, unseal
from adapters.errors import ClientError
from adapters.head import Target
from adapters.protocols.messages.head import encode, parse
from adapters.protocols.messages.read_request import read_request
from adapters.protocols.messages.write_request import write_request
from adapters.protocols.messages.write_response import write_response

BODY = {"model": "claude-x", "max_tokens": 50, "stream": True, "messages": [{"role": "user", "content": "hi"}]}


def head(**more: object):
    return parse("chat", msgspec.json.encode({**BODY, **more}), Target(beta="context-1m"))


def sent(body: bytes) -> dict[str, Any]:
    return msgspec.json.decode(body, type=dict[str, Any])


def test_what_routing_needs() -> None:
    found = head()
    assert (found.protocol, found.operation, found.model, found.stream) == ("messages", "chat", "claude-x", True)
    assert (found.wants_usage, found.max_output, found.beta) == (True, 50, "context-1m")
    assert sent(encode(found, "claude-x", force_usage=True)) == BODY
    assert sent(encode(found, "claude-y", force_usage=False)) == {**BODY, "model": "claude-y"}


def test_counting_tokens_has_no_stream_and_no_maximum() -> None:
    found = parse("count_tokens", msgspec.json.encode({"model": "m", "messages": [], "stream": True}))
    assert not found.stream
    assert found.max_output is None
    assert "max_tokens" not in sent(encode(found, "m", force_usage=False, most=5))


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"messages": None}, "messages"),
        ({"messages": "hi"}, "messages"),
        ({"stream": "yes"}, "stream"),
        ({"model": 7}, "model"),
        ({"model": ""}, "model"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], param: str) -> None:
    with pytest.raises(ClientError) as raised:
        head(**change)
    assert raised.value.param == param


def test_a_maximum_that_is_no_number_is_the_providers_to_refuse() -> None:
    assert head(max_tokens="many").max_output is None


def test_a_cut_replaces_the_maximum_and_thinking_fits_into_it() -> None:
    assert sent(encode(head(), "claude-x", force_usage=False, most=7))["max_tokens"] == 7
    thinking = head(thinking={"type": "enabled", "budget_tokens": 4000}, max_tokens=9000)
    assert sent(encode(thinking, "m", force_usage=False, most=2000))["thinking"]["budget_tokens"] == 1999
    assert "thinking" not in sent(encode(thinking, "m", force_usage=False, most=1000))
    assert sent(encode(thinking, "m", force_usage=False, most=5000))["thinking"]["budget_tokens"] == 4000
    for other in ({"type": "adaptive"}, 5):
        assert sent(encode(head(thinking=other), "m", force_usage=False, most=9))["thinking"] == other


def test_thinking_stops_where_the_last_answer_lost_it() -> None:
    signed = {"type": "thinking", "thinking": "hm", "signature": seal(Sealed("gemini"))}
    call = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
    turns: list[dict[str, Any]] = [
        {"role": "assistant", "content": [signed, call]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}]},
    ]
    manual, adaptive = {"type": "enabled", "budget_tokens": 2000, "display": "omitted"}, {"type": "adaptive"}
    written = sent(encode(head(messages=turns, thinking=manual), "m", force_usage=False))
    assert written["messages"] == [{**turns[0], "content": [call]}, turns[1]]
    assert "thinking" not in written
    assert sent(encode(head(messages=turns, thinking=adaptive), "m", force_usage=False))["thinking"] == adaptive
    later = [*turns, {"role": "assistant", "content": "done"}, {"role": "user", "content": "more"}]
    assert sent(encode(head(messages=later, thinking=manual), "m", force_usage=False))["thinking"] == manual
    cut = encode(head(messages=later, thinking=manual, max_tokens=5000), "m", force_usage=False, most=1500)
    assert sent(cut)["thinking"] == {**manual, "budget_tokens": 1499}


def test_what_another_provider_ran_stays_here() -> None:
    made = Response(
        candidates=(
            Candidate(
                blocks=(
                    ServerCall("ws_1", "web_search", "{}", Origin("responses"), msgspec.Raw(b"{}")),
                    Text("a", citations=(Citation("url", "https://x"), Citation("file", title="t", file_id="f"))),
                )
            ),
        )
    )
    answer = msgspec.json.decode(write_response(made, Client(request_id="r", created=0, model="m")))["content"]
    own = {"type": "web_search_result_location", "url": "u", "title": "t", "cited_text": "c", "encrypted_index": "E"}
    cited = {"type": "text", "text": "b", "citations": [own, *answer[-1]["citations"]]}
    turns = [{"role": "user", "content": "q"}, {"role": "assistant", "content": [*answer, cited]}]
    request = head(messages=turns)
    assert sent(encode(request, "m", force_usage=False))["messages"][1]["content"] == [
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b", "citations": [own]},
    ]
    losses = Losses()
    again = sent(write_request(read_request(request), Upstream(model="m"), losses))
    assert again["messages"][1]["content"] == sent(encode(request, "m", force_usage=False))["messages"][1]["content"]
    assert {loss.field for loss in losses.knobs} >= {"messages.1.content.0", "messages.1.content.1"}


def test_thinking_that_another_provider_signed_stays_here() -> None:
    foreign = seal(Sealed("gemini", "gemini", "c2ln"))
    turns: list[dict[str, Any]] = [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": [{"type": "redacted_thinking", "data": foreign}]},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": foreign},
                {"type": "thinking", "thinking": "own", "signature": "EqQB"},
                {"type": "text", "text": f'it says "{foreign}'},
                {"type": "tool_use", "id": "t", "name": "f", "input": {"s": foreign}},
            ],
        },
    ]
    own = turns[2]["content"][1:]
    written = sent(encode(head(messages=turns), "claude-x", force_usage=False))["messages"]
    assert written == [turns[0], {"role": "assistant", "content": own}]
    broken: list[Any] = [{"role": "user", "content": [f'"{foreign}', 7]}, 7]
    assert sent(encode(head(messages=broken), "claude-x", force_usage=False))["messages"] == broken


@given(st.builds(Sealed, st.text(), st.text(), st.text(), st.text(), st.text(), st.text(), st.booleans()))
def test_what_is_sealed_comes_back(sealed: Sealed) -> None:
    assert unseal(seal(sealed)) == sealed


@given(st.text())
def test_anything_else_is_not_sealed(text: str) -> None:
    assert unseal(text) is None
    found = unseal("gw1." + text)
    assert found is None or isinstance(found, Sealed)
