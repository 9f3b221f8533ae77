"""Requests of other protocols as Anthropic takes them, and what is lost on the way."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw
from msgspec.structs import replace

from adapters.canonical.blocks import (
    Cache,
    Citation,
    Media,
    Opaque,
    Origin,
    Refusal,
    ServerCall,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from adapters.canonical.context import Fetched, Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import Request, Turn
from adapters.protocols.messages.write_request import write_request
from adapters.providers.makers import ANTHROPIC_MESSAGES

OLD = Upstream(model="claude-sonnet-4-5", provider="anthropic", capabilities=ANTHROPIC_MESSAGES, max_output=4096)
NEW = replace(OLD, model="claude-opus-4-8")
BARE = Upstream(model="some-model", provider="other", max_output=4096)
ASKED = (Turn("user", (Text("hi"),), plain=True),)
CALL = ToolCall("call_1", "f", '{"a":1}')
RESULT = ToolResult("call_1", (Text("ok"),), plain=True)


def write(turns: tuple[Turn, ...] = ASKED, to: Upstream = OLD, **settings: Any) -> tuple[dict[str, Any], Losses]:
    losses = Losses()
    request = Request(model="m", turns=turns, protocol="chat", **settings)
    return msgspec.json.decode(write_request(request, to, losses)), losses


def lost(losses: Losses) -> set[str]:
    return {loss.field for loss in losses.knobs}


def refused(losses: Losses) -> set[str]:
    return {loss.field for loss in losses.content}


def test_the_least() -> None:
    body, losses = write()
    assert body == {
        "model": "claude-sonnet-4-5",
        "max_tokens": 4096,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
    }
    assert not losses.knobs


def test_turns_are_merged_and_results_come_first() -> None:
    turns = (
        Turn("system", (Text("You are."),), plain=True),
        Turn("developer", (Text("Be brief.", Cache("1h")), Text(" "))),
        Turn("user", (Text("Do"), Text("it."))),
        Turn("assistant", (Text(""),)),
        Turn("assistant", (Text("I will."),)),
        Turn("assistant", (CALL,)),
        Turn("assistant", (ToolCall("call_2", "g", ""),)),
        Turn("user", (Text("By the way"),)),
        Turn("user", (replace(RESULT, id="call_2", is_error=True),)),
        Turn("user", (Text("And:"), RESULT)),
    )
    body, losses = write(turns)
    assert body["system"] == [
        {"type": "text", "text": "You are."},
        {"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    ]
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert body["messages"][1]["content"] == [
        {"type": "text", "text": "I will."},
        {"type": "tool_use", "id": "call_1", "name": "f", "input": {"a": 1}},
        {"type": "tool_use", "id": "call_2", "name": "g", "input": {}},
    ]
    assert body["messages"][2]["content"] == [
        {"type": "tool_result", "tool_use_id": "call_2", "content": "ok", "is_error": True},
        {"type": "tool_result", "tool_use_id": "call_1", "content": "ok"},
        {"type": "text", "text": "By the way"},
        {"type": "text", "text": "And:"},
    ]
    assert not losses.knobs


def test_ids_are_mapped_alike_and_free_text_is_wrapped() -> None:
    turns = (
        *ASKED,
        Turn("assistant", (ToolCall("call:1/x", "patch", "*** Begin", custom=True), ToolCall("b", "f", "not json"))),
        Turn("user", (ToolResult("call:1/x", (Text("done"),)), ToolResult("b"))),
    )
    messages = write(turns)[0]["messages"]
    call, odd = messages[1]["content"]
    assert call["input"] == {"input": "*** Begin"}
    assert odd["input"] == {"input": "not json"}
    assert messages[2]["content"][0]["tool_use_id"] == call["id"] != "call:1/x"


def test_system_text_in_the_middle() -> None:
    french = Turn("system", (Text("Now in French."),), plain=True)
    turns = (*ASKED, french, Turn("assistant", (Text("Oui"),)), *ASKED)
    body, losses = write(turns, NEW)
    assert [message["role"] for message in body["messages"]] == ["user", "system", "assistant", "user"]
    assert not losses.knobs
    body, losses = write(turns)
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert lost(losses) == {"messages.1.role"}
    late = (*ASKED, Turn("assistant", (Text("Oui"),)), Turn("developer", (Text("x"),)), Turn("user", (Text("y"),)))
    body, losses = write(late, NEW)
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert lost(losses) == {"messages.2.role"}


def test_nothing_but_instructions_and_an_assistant_first() -> None:
    body, losses = write((Turn("system", (Text("Tell a joke."),), plain=True),))
    assert "system" not in body
    assert body["messages"][0]["role"] == "user"
    assert lost(losses) == {"messages.0.role"}
    body, losses = write((Turn("assistant", (Text("Welcome!  "),)),))
    assert body["messages"][0]["role"] == "user"
    assert body["messages"][1]["content"][0]["text"] == "Welcome!"
    assert lost(losses) == {"messages.0"}


def test_a_turn_to_be_continued() -> None:
    turns = (*ASKED, Turn("assistant", (Text("It is "),)))
    messages = write(turns)[0]["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert messages[1]["content"][0]["text"] == "It is"
    body, losses = write(turns, NEW)
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert lost(losses) == {"messages.1"}
    assert [one["role"] for one in write((*ASKED, Turn("assistant", (CALL,))), NEW)[0]["messages"]] == [
        "user",
        "assistant",
    ]


def test_calls_end_a_turn() -> None:
    turns = (*ASKED, Turn("assistant", (CALL,)), Turn("assistant", (Text("I wait."),)), Turn("user", (RESULT,)))
    content = write(turns)[0]["messages"][1]["content"]
    assert [block["type"] for block in content] == ["text", "tool_use"]


def test_what_a_model_has_drawn_is_given_as_the_users() -> None:
    drawn = Media("image", media_type="image/png", data="AAAA")
    turns = (*ASKED, Turn("assistant", (Text("Look:"), drawn, CALL)), Turn("user", (RESULT, Text("nice"))))
    body, losses = write(turns)
    assert [block["type"] for block in body["messages"][1]["content"]] == ["text", "tool_use"]
    assert [block["type"] for block in body["messages"][2]["content"]] == ["tool_result", "image", "text"]
    assert lost(losses) == {"messages.1.content"}


def test_instructions_are_text() -> None:
    drawn = Media("image", media_type="image/png", data="AAAA")
    assert refused(write((Turn("system", (drawn,)), *ASKED))[1]) == {"messages.0.content"}
    body = write((*ASKED, Turn("developer", (drawn,))), NEW)[0]
    assert [message["role"] for message in body["messages"]] == ["user"]


def test_thinking_goes_back_to_who_signed_it() -> None:
    own = Origin("messages")
    thoughts = (
        Thinking("a", "sig", origin=own),
        Thinking(encrypted="secret", origin=own),
        Thinking("b", origin=own),
        Thinking("c", "x", origin=Origin("gemini")),
        Thinking("d"),
        Refusal("No."),
    )
    body, losses = write((*ASKED, Turn("assistant", thoughts), *ASKED))
    assert body["messages"][1]["content"] == [
        {"type": "thinking", "thinking": "a", "signature": "sig"},
        {"type": "redacted_thinking", "data": "secret"},
        {"type": "text", "text": "No."},
    ]
    assert lost(losses) == {"thinking"}


def test_media() -> None:
    png = Media("image", media_type="image/png", data="AAAA", detail="high")
    blocks = (
        png,
        Media("image", data="iVBORw0KGgoAAAANSUhEUg=="),
        Media("image", url="https://x/a.png", cache=Cache()),
        Media("file", media_type="application/pdf", data="JVBE", name="a.pdf"),
        Media("file", media_type="text/csv", data="YSxi", title="t", context="c", citations=True),
        Media("file", text="words"),
        Media("audio", transcript="what was said"),
    )
    body, losses = write((Turn("user", blocks),))
    image, sniffed, url, pdf, csv, words, said = body["messages"][0]["content"]
    assert image["source"] == {"type": "base64", "media_type": "image/png", "data": "AAAA"}
    assert sniffed["source"]["media_type"] == "image/png"
    assert url["source"] == {"type": "url", "url": "https://x/a.png"}
    assert url["cache_control"] == {"type": "ephemeral"}
    assert (pdf["title"], pdf["source"]["media_type"]) == ("a.pdf", "application/pdf")
    assert csv["source"] == {"type": "text", "media_type": "text/plain", "data": "a,b"}
    assert (csv["title"], csv["context"], csv["citations"]) == ("t", "c", {"enabled": True})
    assert words["source"]["data"] == "words"
    assert said == {"type": "text", "text": "what was said"}
    assert lost(losses) == {"messages.0.content.0.detail"}


@pytest.mark.parametrize(
    "block",
    [
        Media("audio", media_type="audio/wav", data="AAAA"),
        Media("video", url="https://x/a.mp4"),
        Media("image", media_type="image/bmp", data="AAAA"),
        Media("image", data="AAAA"),
        Media("image", file_id="file-1"),
        Media("file", media_type="application/zip", data="AAAA"),
        Media("file", media_type="text/plain", data="/w=="),
        Opaque(Origin("chat"), "something", Raw(b"{}")),
    ],
)
def test_content_that_cannot_be_said_is_refused(block: Media | Opaque) -> None:
    assert refused(write((Turn("user", (block,)),))[1]) == {"messages.0.content.0"}


def test_a_server_that_takes_no_addresses() -> None:
    upstream = replace(BARE, capabilities=frozenset({"images"}))
    asked = (Turn("user", (Media("image", url="https://x/a"),)),)
    assert refused(write(asked, upstream)[1])
    fetched = replace(upstream, fetched={"https://x/a": Fetched("image/jpeg", "BBBB")})
    body, losses = write(asked, fetched)
    assert body["messages"][0]["content"][0]["source"] == {"type": "base64", "media_type": "image/jpeg", "data": "BBBB"}
    assert not losses.content
    assert refused(write((Turn("user", (Media("image", data="AAAA", media_type="image/png"),)),), BARE)[1])


def test_what_only_others_know_is_named() -> None:
    raw = Raw(b"1")
    blocks = (
        Text("a", citations=(Citation("url", "https://x"),), protocol="chat", extra={"odd": raw}),
        ServerCall("s", "web_search", "{}", Origin("responses"), raw),
        Opaque(Origin("responses"), "a mark", raw, knob=True),
    )
    turns = (Turn("user", (Text("x", Cache()),), name="Ann", extra={"more": raw}), Turn("assistant", blocks))
    losses = write(turns, BARE, extensions={"chat": {"zip": raw, "none": Raw(b"null")}}, exact={"stop": raw})[1]
    assert lost(losses) == {
        "messages.0.name", "messages.0.more", "messages.0.content.0.cache_control", "messages.1.content.0.citations",
        "messages.1.content.0.odd", "messages.1.content.1", "messages.1.content.2", "zip",
    }  # fmt: skip
    assert refused(write(extensions={"chat": {"chain": raw}}, state=frozenset({"chain"}))[1]) == {"chain"}
