"""A valid request of Messages, read and written again, is the same request."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.protocols.messages.head import parse
from adapters.protocols.messages.read_request import read_request
from adapters.protocols.messages.write_request import write_request

Fields = dict[str, Any]

text = st.text(st.characters(codec="utf-8"), max_size=12)
word = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
cache = st.sampled_from([{"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}, {"type": "ephemeral", "ttl": "5m"}])
values = st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | text, lambda inner: st.lists(inner, max_size=2))
objects = st.dictionaries(word, values, max_size=3)


def fixed(required: Fields, optional: Fields | None = None) -> st.SearchStrategy[Fields]:
    made = {name: one if isinstance(one, st.SearchStrategy) else st.just(one) for name, one in required.items()}
    return st.fixed_dictionaries(made, optional=optional or {})


from_web = {"type": "web_search_result_location", "url": text, "title": text, "cited_text": text}
from_text = {
    "type": "char_location", "cited_text": text, "document_index": st.integers(0, 3), "document_title": text,
    "start_char_index": st.integers(0, 9), "end_char_index": st.integers(9, 20),
}  # fmt: skip
citation = st.one_of(fixed({**from_web, "encrypted_index": text}), fixed(from_text))
plain_text = fixed({"type": "text", "text": text}, {"cache_control": cache})
texts = fixed(
    {"type": "text", "text": text}, {"cache_control": cache, "citations": st.lists(citation, min_size=1, max_size=2)}
)
base64_source = fixed({"type": "base64", "media_type": st.sampled_from(["image/png", "image/jpeg"]), "data": word})
url_source = fixed({"type": "url", "url": word})
file_source = fixed({"type": "file", "file_id": word})
images = fixed(
    {"type": "image", "source": st.one_of(base64_source, url_source, file_source)},
    {"cache_control": cache, "transformations": st.just({"oversized_image": "error"})},
)
pdf = fixed({"type": "base64", "media_type": "application/pdf", "data": word})
plain = fixed({"type": "text", "media_type": "text/plain", "data": text})
made_of = fixed(
    {"type": "content", "content": st.one_of(text, st.lists(plain_text, max_size=2), st.lists(images, max_size=1))}
)
documents = fixed(
    {"type": "document", "source": st.one_of(pdf, url_source, file_source, plain, made_of)},
    {
        "cache_control": cache,
        "title": text.filter(bool),
        "context": text.filter(bool),
        "citations": st.just({"enabled": True}),
    },
)
searched = fixed(
    {"type": "search_result", "source": text, "title": text, "content": st.lists(plain_text, min_size=1, max_size=2)},
    {"cache_control": cache, "citations": st.just({"enabled": True})},
)
call_ids = st.from_regex(r"toolu_[a-zA-Z0-9]{4}", fullmatch=True)
calls = fixed(
    {"type": "tool_use", "id": call_ids, "name": word, "input": objects},
    {"cache_control": cache, "caller": st.just({"type": "code_execution_20260120", "tool_id": "srvtoolu_1"})},
)
reference = fixed({"type": "tool_reference", "tool_name": word})
results = fixed(
    {"type": "tool_result", "tool_use_id": call_ids},
    {
        "content": st.one_of(
            text, st.lists(st.one_of(plain_text, images, documents, searched, reference), min_size=1, max_size=3)
        ),
        "is_error": st.just(True),
        "cache_control": cache,
    },
)
thoughts = st.one_of(
    fixed({"type": "thinking", "thinking": text, "signature": word}),
    fixed({"type": "redacted_thinking", "data": word}),
)
found = fixed({"type": "web_search_result", "url": text, "title": text, "encrypted_content": word})
ran = {"type": "code_execution_result", "stdout": text, "stderr": text, "return_code": 0, "content": []}
answers = {"tool_use_id": word, "content": st.lists(plain_text, max_size=2)}
provided = st.one_of(
    fixed({"type": "server_tool_use", "id": word, "name": "web_search", "input": objects}, {"cache_control": cache}),
    fixed({"type": "web_search_tool_result", "tool_use_id": word, "content": st.lists(found, max_size=2)}),
    fixed({"type": "code_execution_tool_result", "tool_use_id": word, "content": fixed(ran)}),
    fixed({"type": "mcp_tool_use", "id": word, "name": word, "server_name": word, "input": objects}),
    fixed({"type": "mcp_tool_result", "is_error": st.booleans(), **answers}),
    fixed({"type": "compaction", "content": text}, {"cache_control": cache}),
    fixed({"type": "something_new", "field": objects}),
)
users = fixed(
    {
        "role": "user",
        "content": st.one_of(
            text, st.lists(st.one_of(texts, images, documents, searched, results), min_size=1, max_size=4)
        ),
    }
)
assistants = fixed(
    {
        "role": "assistant",
        "content": st.one_of(text, st.lists(st.one_of(texts, thoughts, calls, provided), min_size=1, max_size=4)),
    }
)
systems = fixed({"role": "system", "content": st.one_of(text, st.lists(plain_text, min_size=1, max_size=2))})
messages = st.tuples(users, st.lists(st.one_of(users, assistants, systems), max_size=4)).map(
    lambda pair: [pair[0], *pair[1]]
)

schemas = fixed({"type": "object", "properties": objects}, {"required": st.lists(word, max_size=1)})
tools = st.one_of(
    fixed(
        {"name": word, "input_schema": schemas},
        {
            "description": text,
            "cache_control": cache,
            "strict": st.booleans(),
            "defer_loading": st.booleans(),
            "eager_input_streaming": st.booleans(),
            "input_examples": st.lists(objects, max_size=1),
        },
    ),
    fixed(
        {"type": "web_search_20260209", "name": "web_search"},
        {"max_uses": st.integers(1, 5), "allowed_domains": st.lists(word, max_size=2), "cache_control": cache},
    ),
    fixed({"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"}, {"max_characters": st.just(900)}),
    fixed({"type": "bash_20250124", "name": "bash"}, {"cache_control": cache}),
    fixed({"type": "memory_20250818", "name": "memory"}),
    fixed({"type": "computer_20251124", "name": "computer", "display_width_px": 9, "display_height_px": 9}),
    fixed({"type": "code_execution_20260521", "name": "code_execution"}),
    fixed({"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex"}),
    fixed({"type": "something_new_20270101", "name": word}, {"field": objects}),
)
choices = st.one_of(
    fixed({"type": st.sampled_from(["auto", "any"])}, {"disable_parallel_tool_use": st.booleans()}),
    fixed({"type": "tool", "name": word}, {"disable_parallel_tool_use": st.booleans()}),
    st.just({"type": "none"}),
)
display = {"display": st.sampled_from(["summarized", "omitted"])}
thinking = st.one_of(
    fixed({"type": "enabled", "budget_tokens": st.integers(1024, 4000)}, display),
    fixed({"type": "adaptive"}, display),
    st.just({"type": "disabled"}),
    st.just({"type": "between_tools"}),
)
config = fixed(
    {},
    {
        "effort": st.sampled_from(["low", "medium", "high", "xhigh", "max"]),
        "format": fixed({"type": "json_schema", "schema": schemas}),
        "task_budget": st.just({"type": "tokens", "total": 50_000}),
    },
).filter(bool)
servers = st.just([{"type": "url", "name": "s", "url": "https://mcp.example/sse", "authorization_token": "t"}])
requests = fixed(
    {"model": word, "messages": messages, "max_tokens": st.integers(1, 9999)},
    {
        "system": st.one_of(text, st.lists(plain_text, min_size=1, max_size=2)),
        "stream": st.just(True),
        "temperature": st.sampled_from([0, 0.5, 1]),
        "top_p": st.sampled_from([0.5, 1]),
        "top_k": st.integers(0, 9),
        "stop_sequences": st.lists(text, max_size=2),
        "metadata": st.sampled_from([{}, {"user_id": "u"}, {"user_id": "u", "more": 1}, {"user_id": "u" * 150}]),
        "service_tier": st.sampled_from(["auto", "standard_only"]),
        "thinking": thinking,
        "output_config": config,
        "cache_control": cache,
        "container": word,
        "context_management": st.just({"edits": [{"type": "clear_tool_uses_20250919"}]}),
        "inference_geo": st.just("us"),
        "something_new": objects,
    },
)


def again(body: Fields, operation: str = "chat") -> tuple[Fields, Losses]:
    head = parse(operation, msgspec.json.encode(body))
    losses = Losses()
    upstream = Upstream(model=head.model, max_output=7, operation=operation)
    return msgspec.json.decode(write_request(read_request(head), upstream, losses)), losses


@settings(max_examples=150, deadline=None)
@given(requests, st.lists(tools, min_size=1, max_size=4), choices, st.booleans(), servers)
def test_the_same_request(
    body: Fields, listed: list[Fields], choice: Fields, with_tools: bool, mcp: list[Fields]
) -> None:
    if with_tools:
        toolset = {"type": "mcp_toolset", "mcp_server_name": "s", "default_config": {"enabled": False}}
        body = {**body, "tools": [*listed, toolset], "tool_choice": choice, "mcp_servers": mcp}
    written, losses = again(body)
    assert written == body
    assert not losses.knobs
    assert not losses.content


@settings(max_examples=30, deadline=None)
@given(requests)
def test_the_same_count(body: Fields) -> None:
    for name in ("max_tokens", "stream", "temperature", "top_p", "top_k", "stop_sequences", "metadata", "service_tier"):
        body.pop(name, None)
    body.pop("container", None)
    assert again(body, "count_tokens")[0] == body


def test_what_goes_without_saying_is_left_out() -> None:
    turns = [
        {"role": "user", "content": [{"type": "text", "text": "x", "cache_control": None, "citations": None}]},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}, "caller": {"type": "direct"}}],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "is_error": False}]},
    ]
    body = {
        "model": "m", "max_tokens": 5, "messages": turns, "stream": False, "system": None, "tools": None,
        "tool_choice": None, "thinking": None, "metadata": None,
        "output_format": {"type": "json_schema", "schema": {"type": "object"}},
    }  # fmt: skip
    assert again(body)[0] == {
        "model": "m",
        "max_tokens": 5,
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "x"}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}]},
        ],
        "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
    }


def test_a_server_without_a_toolset() -> None:
    old = {"type": "url", "name": "s", "url": "https://mcp.example", "tool_configuration": {"allowed_tools": ["a"]}}
    body = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}], "mcp_servers": [old]}
    assert again(body)[0] == body
    lone = {**body, "mcp_servers": [], "tools": [{"type": "mcp_toolset", "mcp_server_name": "unknown"}]}
    assert again(lone)[0] == {name: value for name, value in lone.items() if name != "mcp_servers"}


def test_no_maximum_is_the_channels() -> None:
    assert again({"model": "m", "messages": [{"role": "user", "content": "x"}]})[0]["max_tokens"] == 7
