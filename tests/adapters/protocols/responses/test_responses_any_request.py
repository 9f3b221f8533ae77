"""Requests that nobody thought of go through the neutral form and back; usual items are read in one step."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.protocols.responses.read_items import read_item
from adapters.protocols.responses.read_plain import read_plain
from tests.adapters.protocols.responses.wire import again

words = st.text(max_size=12)
names = st.text("abcdefgh_", min_size=1, max_size=8)
flags = st.none() | st.booleans()
json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


def some(required, optional):
    return st.fixed_dictionaries({name: st.just(value) for name, value in required.items()}, optional=optional)


def item(kind, needed, optional=None):
    needed = {"type": st.just(kind), **needed}
    return st.fixed_dictionaries(needed, optional={"new": json, **(optional or {})})


parts = st.one_of(
    item(
        "input_text", {"text": words}, {"prompt_cache_breakpoint": json.filter(lambda value: isinstance(value, dict))}
    ),
    item(
        "input_image", {}, {"image_url": st.none() | words, "file_id": st.none() | words, "detail": st.none() | names}
    ),
    item("input_file", {}, {"file_data": words, "file_url": words, "file_id": words, "filename": st.none() | words}),
    item("input_thing", {"x": json}),
)
spoken = st.one_of(
    item("output_text", {"text": words}, {"annotations": st.lists(json, max_size=2), "logprobs": json}),
    item("refusal", {"refusal": words}),
)
status = st.sampled_from(["completed", "incomplete", None])
items = st.one_of(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "system", "developer"]), "content": words | st.lists(parts, max_size=3)},
        optional={"type": st.just("message"), "status": status, "id": st.none() | names, "new": json},
    ),
    st.fixed_dictionaries(
        {"role": st.just("assistant"), "content": words | st.lists(spoken, max_size=3)},
        optional={"type": st.just("message"), "status": status, "id": names, "phase": names},
    ),
    item(
        "function_call",
        {"call_id": names, "name": names, "arguments": words},
        {"id": st.none() | names, "status": status},
    ),
    item("custom_tool_call", {"call_id": names, "name": names, "input": words}, {"namespace": st.none() | names}),
    item("function_call_output", {"call_id": names, "output": words | st.lists(parts, max_size=2)}, {"status": status}),
    item("custom_tool_call_output", {"call_id": names, "output": words}, {"id": names}),
    item(
        "reasoning",
        {"id": names, "summary": st.lists(st.fixed_dictionaries({"type": names, "text": words}), max_size=2)},
        {"encrypted_content": st.none() | words, "status": status},
    ),
    item("web_search_call", {"id": names}, {"action": json}),
    item("thing_of_tomorrow", {}, {"tools": json}),
)
tools = st.one_of(
    item(
        "function",
        {"name": names},
        {
            "parameters": st.none() | st.dictionaries(words, json, max_size=2),
            "strict": flags,
            "description": st.none() | words,
        },
    ),
    item("custom", {"name": names}, {"format": st.none() | st.dictionaries(words, json, max_size=2)}),
    item("web_search", {}, {"filters": json, "user_location": json}),
    item("mcp", {"server_label": names}, {"allowed_tools": json}),
    item("another", {}, {"x": json}),
)
requests = st.fixed_dictionaries(
    {"model": names},
    optional={
        "input": words | st.lists(items, max_size=4),
        "instructions": st.none() | words,
        "tools": st.none() | st.lists(tools, max_size=3),
        "parallel_tool_calls": flags,
        "max_output_tokens": st.none() | st.integers(0, 9999),
        "temperature": st.none() | st.floats(0, 2),
        "reasoning": st.none()
        | st.fixed_dictionaries({}, optional={"effort": st.none() | names, "summary": st.none() | names, "new": json}),
        "text": st.none()
        | st.fixed_dictionaries(
            {},
            optional={
                "verbosity": st.none() | names,
                "format": st.none()
                | item(
                    "json_schema",
                    {"schema": st.dictionaries(words, json, max_size=2)},
                    {"name": names, "strict": flags},
                )
                | item("text", {})
                | item("another", {"x": json}),
                "new": json,
            },
        ),
        "include": st.none() | st.lists(names, max_size=2),
        "metadata": st.none() | st.dictionaries(words, words, max_size=2),
        "stream": flags,
        "store": flags,
        "truncation": st.sampled_from([None, "auto", "disabled"]),
        "background": flags,
        "previous_response_id": st.none() | names,
        "field_of_tomorrow": json,
    },
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(requests)
def test_any_request(body):
    if not {"input", "previous_response_id"} & body.keys() or body.get("previous_response_id", "") is None:
        body = {"input": "x", **body}
    assert again(body) == body


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(items)
def test_usual_items_are_read_the_same_in_one_step(made):
    raw = msgspec.Raw(msgspec.json.encode(made))
    turn = read_plain(raw)
    if turn is not None:
        assert turn == read_item(msgspec.json.decode(raw, type=dict[str, msgspec.Raw]), "input.0")


@pytest.mark.parametrize(
    "made",
    [
        {"role": "user", "content": "x"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x"}]},
        {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "phase": None,
         "content": [{"type": "output_text", "text": "x", "annotations": [], "logprobs": []}]},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}", "id": "fc_1", "status": None},
        {"type": "function_call_output", "call_id": "c", "output": "x", "status": "completed"},
    ],
)  # fmt: skip
def test_usual_items(made):
    raw = msgspec.Raw(msgspec.json.encode(made))
    assert read_plain(raw) == read_item(msgspec.json.decode(raw, type=dict[str, msgspec.Raw]), "input.0")


@pytest.mark.parametrize(
    "made",
    [
        7,
        {"role": "robot", "content": "x"},
        {"role": "user"},
        {"role": "user", "content": [{"type": "output_text", "text": "x"}]},
        {"role": "assistant", "content": [{"type": "output_text", "text": "x", "annotations": [{}]}]},
        {"role": "user", "content": "x", "name": "n"},
        {"role": "user", "content": "x", "status": "s" * 21},
        {"type": "function_call", "call_id": "c", "name": "f"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "", "phase": "x"},
        {"type": "function_call_output", "call_id": "c", "output": []},
        {"type": "custom_tool_call", "call_id": "c", "name": "f", "arguments": ""},
    ],
)
def test_unusual_items(made):
    assert read_plain(msgspec.Raw(msgspec.json.encode(made))) is None
