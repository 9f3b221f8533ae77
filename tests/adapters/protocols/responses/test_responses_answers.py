"""Answers in one piece: read into the neutral form, and written so that the official SDK's types take them strictly."""

import msgspec
import pytest

from adapters.canonical.blocks import (
    Citation,
    Media,
    Opaque,
    Origin,
    Refusal,
    ServerCall,
    ServerResult,
    Text,
    Thinking,
    ToolCall,
)
from adapters.canonical.response import Candidate, Response
from adapters.protocols.responses.write_response import write_response
from adapters.usage import Extra, Usage
from tests.adapters.protocols.responses.wire import client, encode, reading, strict, unsealed

RAW = msgspec.Raw
CLAUDE = Origin("messages", "anthropic")

TEXT = {"type": "output_text", "text": "Hi", "annotations": [], "logprobs": []}
MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [TEXT]}
USAGE = {
    "input_tokens": 10,
    "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 3},
    "output_tokens": 7,
    "output_tokens_details": {"reasoning_tokens": 2},
    "total_tokens": 17,
}


def answer(*output, **fields):
    body = {
        "id": "resp_1", "object": "response", "created_at": 1700000000.0, "model": "gpt-5", "status": "completed",
        "output": list(output), "usage": USAGE,
    }  # fmt: skip
    return encode({**body, **fields})


def written(*blocks, finish="stop", sent=None, **fields):
    response = Response(candidates=(Candidate(blocks=blocks, finish=finish),), usage=Usage(3, 2, 1, 0, 1), **fields)
    return strict(write_response(response, client(**(sent or {}))))


# --- reading


def test_a_text():
    read = reading(answer(MESSAGE, service_tier="flex", tool_usage={"web_search": {"num_requests": 2}}))
    first = read.candidates[0]
    assert (read.id, read.model, read.created, read.service_tier) == ("resp_1", "gpt-5", 1700000000, "flex")
    assert [block.text for block in first.blocks] == ["Hi"]
    assert (first.finish, first.raw_finish) == ("stop", "completed")
    assert read.usage == Usage(10, 7, 4, 3, 2, "upstream", Extra(tools={"web_search": 2}))


def test_reasoning_calls_and_annotations():
    annotation = {"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 2}
    cited = {
        **MESSAGE,
        "content": [{**TEXT, "annotations": [annotation, {"type": "file_citation", "file_id": "f"}, 7]}],
    }
    read = reading(
        answer(
            {
                "type": "reasoning",
                "id": "rs_1",
                "summary": [{"type": "summary_text", "text": "a"}],
                "encrypted_content": "g",
            },
            {"type": "reasoning", "id": "rs_2", "summary": []},
            {"type": "reasoning", "id": "rs_3", "summary": [], "content": [{"type": "reasoning_text", "text": "b"}]},
            cited,
            {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": '{"a":1}'},
            {"type": "custom_tool_call", "id": "ctc_1", "call_id": "c2", "name": "p", "input": "x"},
        )
    )
    summary, content, text, call, custom = read.candidates[0].blocks
    assert (summary.text, summary.encrypted, summary.summary, summary.parts) == ("a", "g", True, ("a",))
    assert (content.text, content.summary) == ("b", False)
    assert [(cite.kind, cite.url, cite.file_id, cite.end) for cite in text.citations] == [
        ("url", "u", "", 2), ("file", "", "f", -1), ("file", "", "", -1),
    ]  # fmt: skip
    assert (call.id, call.item_id, call.arguments, call.custom) == ("c1", "fc_1", '{"a":1}', False)
    assert (custom.id, custom.arguments, custom.custom) == ("c2", "x", True)
    assert read.candidates[0].finish == "tool_calls"


def test_tools_of_the_provider():
    read = reading(
        answer(
            {
                "type": "web_search_call",
                "id": "ws_1",
                "status": "completed",
                "action": {"type": "search", "query": "q", "sources": [{"type": "url", "url": "u"}, {"type": "url"}]},
            },
            {"type": "file_search_call", "id": "fs_1", "queries": ["q"], "results": [{"filename": "a", "text": "t"}]},
            {"type": "code_interpreter_call", "id": "ci_1", "code": "1", "outputs": [{"type": "logs", "logs": "2"}]},
            {"type": "mcp_call", "id": "mcp_1", "name": "f", "arguments": '{"a":1}', "output": "o"},
            {"type": "mcp_list_tools", "id": "mcpl_1", "tools": []},
            {"type": "image_generation_call", "id": "ig_1", "result": "AA==", "output_format": "webp"},
            {"type": "image_generation_call", "id": "ig_2", "result": None},
            {"type": "x_search_call", "id": 7},
        )
    )
    blocks = read.candidates[0].blocks
    assert [(block.tool, block.input) for block in blocks if isinstance(block, ServerCall)] == [
        ("web_search", '{"query":"q"}'), ("file_search", '{"query":"q"}'), ("code_execution", '{"code":"1"}'),
        ("mcp", '{"a":1}'), ("image_generation", "{}"), ("image_generation", "{}"), ("web_search", "{}"),
    ]  # fmt: skip
    results = [block for block in blocks if isinstance(block, ServerResult)]
    assert [result.text for result in results] == ["", "t", "2", "o"]
    assert [source.url for source in results[0].sources] == ["u"]
    assert [(block.data, block.media_type) for block in blocks if isinstance(block, Media)] == [("AA==", "image/webp")]
    assert [block.knob for block in blocks if isinstance(block, Opaque)] == [True]


def test_logprobs():
    said = {**MESSAGE, "content": [{**TEXT, "logprobs": [{"token": "Hi", "logprob": -0.5}]}]}
    first = reading(answer(MESSAGE, said)).candidates[0]
    assert msgspec.json.decode(first.logprobs) == [{"token": "Hi", "logprob": -0.5}]
    assert first.logprobs_protocol == "responses"


@pytest.mark.parametrize(
    ("fields", "output", "finish"),
    [
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, [MESSAGE], "length"),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, [], "content_filter"),
        ({"status": "incomplete", "incomplete_details": {"reason": "steered"}}, [], "other"),
        ({}, [{**MESSAGE, "content": [{"type": "refusal", "refusal": "no"}]}], "refusal"),
        ({"status": None}, [MESSAGE], None),
        ({"status": "queued"}, [], "other"),
    ],
)
def test_how_it_ended(fields, output, finish):
    assert reading(answer(*output, **fields)).candidates[0].finish == finish


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"<html>", b'{"object":"response"}', b'{"output":{}}', b'{"output":[3]}', b'{"output":[{}]}',
        b'{"a":"\xff"}',
        answer(status="failed", error={"code": "server_error", "message": "m"}), answer(status="cancelled"),
        answer({"type": "message"}), answer({"type": "function_call", "name": "f", "arguments": ""}),
    ],
)  # fmt: skip
def test_what_is_no_answer(body):
    with pytest.raises((ValueError, msgspec.DecodeError)):
        reading(body)


# --- writing


def test_the_settings_of_the_request_are_repeated():
    sent = {
        "instructions": "x",
        "temperature": 0.5,
        "tools": [{"type": "function", "name": "f", "parameters": {}, "strict": False}],
        "tool_choice": "required",
        "text": {"format": {"type": "json_object"}},
        "metadata": {"a": "b"},
        "max_output_tokens": 9,
        "store": True,
    }
    nulls = {"top_p": None, "parallel_tool_calls": None}
    body = written(Text("a"), sent={**sent, **nulls}, service_tier="flex", id="chatcmpl-1", model="other")
    assert {name: body[name] for name in sent} == sent
    assert (body["top_p"], body["parallel_tool_calls"], body["truncation"]) == (1.0, True, "disabled")
    assert (body["id"], body["model"], body["service_tier"], body["created_at"]) == (
        "resp_req1",
        "m",
        "flex",
        1700000000,
    )
    assert body["usage"] == {
        "input_tokens": 3, "input_tokens_details": {"cached_tokens": 1, "cache_write_tokens": 0}, "output_tokens": 2,
        "output_tokens_details": {"reasoning_tokens": 1}, "total_tokens": 5,
    }  # fmt: skip


def test_ids_of_this_protocol_and_unknown_tiers():
    body = written(Text("a"), id="resp_9", created=5, service_tier="standard")
    assert (body["id"], body["created_at"], body["service_tier"]) == ("resp_9", 5, "default")


def test_texts_are_parts_of_one_message():
    cited = Text(
        "b", citations=(Citation("url", url="u", title="t"), Citation("document"), Citation("document", title="d"))
    )
    body = written(Text("a"), cited, Refusal("c"))
    assert [item["type"] for item in body["output"]] == ["message"]
    first, second, third = body["output"][0]["content"]
    assert (first["text"], third["refusal"], body["output"][0]["status"]) == ("a", "c", "completed")
    assert second["annotations"] == [
        {"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 1},
        {"type": "file_citation", "file_id": "", "filename": "d", "index": 1},
    ]


def test_calls():
    tools = [
        {"type": "custom", "name": "patch"},
        {"type": "namespace", "name": "crm", "description": "", "tools": [{"type": "function", "name": "find"}]},
    ]
    made = (
        ToolCall("c1", "f", ""),
        ToolCall("c2", "patch", '{"input":"*** Begin"}'),
        ToolCall("c3", "free", "text", custom=True),
        ToolCall("", "find", "{}", namespace=""),
    )
    f, patch, free, find = written(*made, finish="tool_calls", sent={"tools": tools})["output"]
    assert (f["type"], f["call_id"], f["arguments"], f["status"]) == ("function_call", "c1", "{}", "completed")
    assert (patch["type"], patch["input"]) == ("custom_tool_call", "*** Begin")
    assert (free["type"], free["input"]) == ("custom_tool_call", "text")
    assert find["namespace"] == "crm"
    assert find["call_id"]


def test_tools_that_items_of_the_input_brought():
    sent = {"input": [{"type": "additional_tools", "tools": [{"type": "custom", "name": "p"}]}], "tools": "odd: custom"}
    call = written_call(sent)
    assert call["type"] == "custom_tool_call"


def written_call(sent):
    response = Response(candidates=(Candidate(blocks=(ToolCall("c", "p", '{"input":"x"}'),)),))
    return msgspec.json.decode(write_response(response, client(**sent)))["output"][0]


def test_thoughts_of_others_carry_their_proof():
    blocks = (
        Thinking("a", "sig", origin=CLAUDE),
        Thinking("", "", "redacted", CLAUDE),
        Thinking("b", origin=Origin("chat")),
        Thinking("c"),
        Thinking("", origin=CLAUDE),
        Thinking("d", encrypted="gAAA", origin=Origin("responses"), summary=True, parts=("d1", "d2"), id="rs_9"),
        Thinking("e", origin=Origin("responses")),
    )
    output = written(*blocks)["output"]
    assert [item["type"] for item in output] == ["reasoning"] * 6
    first, redacted, chat, nobody, own, raw = output
    assert [part["text"] for part in first["summary"]] == ["a"]
    assert unsealed(first["encrypted_content"]).signature == "sig"
    assert unsealed(redacted["encrypted_content"]).encrypted == "redacted"
    assert unsealed(chat["encrypted_content"]).origin == Origin("chat")
    assert "encrypted_content" not in nobody
    assert (own["id"], own["encrypted_content"], len(own["summary"])) == ("rs_9", "gAAA", 2)
    assert raw["content"] == [{"type": "reasoning_text", "text": "e"}]


def test_signatures_of_calls_and_texts_have_an_item_of_their_own():
    gemini = Origin("gemini")
    blocks = (Text("a", signature="t", origin=gemini), ToolCall("c1", "f", "{}", signature="s", origin=gemini))
    of_text, _, of_call, _ = written(*blocks)["output"]
    assert unsealed(of_text["encrypted_content"]).text
    assert unsealed(of_call["encrypted_content"]).call == "c1"


def test_tools_of_other_providers():
    def called(tool, asked):
        return ServerCall("s", tool, encode(asked).decode(), CLAUDE, RAW(b"{}"))

    def told(tool, text="", *urls):
        return ServerResult("s", tool, CLAUDE, RAW(b"{}"), text, tuple(Citation("url", url=url) for url in urls))

    body = written(
        called("web_search", {"query": "q"}),
        told("web_search", "", "https://x.test"),
        called("web_fetch", {"url": "u"}),
        called("code_execution", {"code": "1"}),
        told("code_execution", "2"),
        called("file_search", {"queries": ["a", "b"]}),
        told("file_search", "found"),
        called("mcp", {"a": 1}),
        called("computer", {}),
        told("web_search"),
        Opaque(CLAUDE, "x", RAW(b"{}")),
        Text("a"),
    )
    search, page, code, files, mcp, message = body["output"]
    assert search["action"]["sources"] == [{"type": "url", "url": "https://x.test"}]
    assert page["action"] == {"type": "open_page", "url": "u"}
    assert (code["code"], code["outputs"]) == ("1", [{"type": "logs", "logs": "2"}])
    assert (files["queries"], files["results"]) == (["a", "b"], [{"text": "found"}])
    assert mcp["arguments"] == '{"a":1}'
    assert message["type"] == "message"


def test_items_of_this_protocol_go_back():
    item = {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "q"}}
    compaction = {"id": "cm_1", "type": "compaction", "encrypted_content": "x"}
    read = reading(answer(item, compaction))
    assert strict(write_response(read, client()))["output"] == [item, compaction]


def test_pictures():
    blocks = (
        Media("image", media_type="image/png", data="AA=="),
        Media("image", media_type="image/x", data="AA=="),
        Media("audio", data="AA=="),
        Media("image", data="AA==", protocol="responses"),
    )
    png, other = written(*blocks)["output"]
    assert (png["result"], png["output_format"]) == ("AA==", "png")
    assert "output_format" not in other


@pytest.mark.parametrize("raw", ['[{"token":"a"}]', '{"content":[{"token":"a"}]}'])
def test_logprobs_of_two_protocols(raw):
    candidate = Candidate(blocks=(Text("a"),), logprobs=RAW(raw.encode()))
    body = msgspec.json.decode(write_response(Response(candidates=(candidate,)), client()))
    assert body["output"][0]["content"][0]["logprobs"] == [{"token": "a"}]


@pytest.mark.parametrize("raw", ["7", '{"tokens":[]}', '{"content":7}'])
def test_logprobs_of_another_form_are_left_out(raw):
    candidate = Candidate(blocks=(Text("a"),), logprobs=RAW(raw.encode()))
    body = msgspec.json.decode(write_response(Response(candidates=(candidate,)), client()))
    assert body["output"][0]["content"][0]["logprobs"] == []


@pytest.mark.parametrize(
    ("finish", "blocks", "status", "why"),
    [
        ("length", (Text("a"),), "incomplete", "max_output_tokens"),
        ("context", (), "incomplete", "max_output_tokens"),
        ("content_filter", (Text("a"),), "incomplete", "content_filter"),
        ("refusal", (), "incomplete", "content_filter"),
        ("refusal", (Refusal("no"),), "completed", None),
        ("tool_calls", (ToolCall("c", "f"),), "completed", None),
        (None, (), "completed", None),
    ],
)
def test_how_it_is_said_to_have_ended(finish, blocks, status, why):
    body = written(*blocks, finish=finish)
    assert body["status"] == status
    assert (body["incomplete_details"] or {"reason": None})["reason"] == why


def test_a_prompt_that_was_blocked():
    body = strict(write_response(Response(blocked="SAFETY"), client()))
    assert (body["status"], body["output"]) == ("incomplete", [])


def test_odd_values_of_others():
    blocks = (
        ServerCall("s", "web_search", "no json", CLAUDE, RAW(b"{}")),
        Text("a", citations=(Citation("url", url="u", start=0, end=1),)),
    )
    search, message = written(*blocks)["output"]
    assert search["action"]["query"] == ""
    assert message["content"][0]["annotations"][0]["end_index"] == 1
    picture = {"type": "image_generation_call", "id": "ig", "result": 7}
    assert [type(block).__name__ for block in reading(answer(picture)).candidates[0].blocks] == ["ServerCall"]


@pytest.mark.parametrize("tools", ["odd: custom", [{"type": "custom", "name": 7}], [7, {"type": "namespace"}]])
def test_tools_that_cannot_be_read(tools):
    response = Response(candidates=(Candidate(blocks=(ToolCall("c", "p", "{}"),)),))
    body = msgspec.json.decode(write_response(response, client(tools=tools)))
    assert body["output"][0]["type"] == "function_call"
