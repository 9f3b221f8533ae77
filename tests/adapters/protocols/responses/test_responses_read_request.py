"""What a request means to other protocols."""

import msgspec
import pytest

from adapters.canonical.blocks import (
    Origin,
    Thinking,
)
from adapters.canonical.loss import Losses, lose_extensions
from adapters.canonical.request import (
    FunctionTool,
    OpaqueTool,
    OutputFormat,
    Reasoning,
    ServerTool,
    ToolChoice,
)
from adapters.canonical.sealed import Sealed, seal
from adapters.errors import ClientError
from tests.adapters.protocols.responses.wire import request

RAW = msgspec.Raw
MESSAGES = Origin("messages")


def test_instructions_and_input_are_turns():
    read = request(instructions="Be brief.")
    assert [(turn.role, turn.blocks[0].text) for turn in read.turns] == [("system", "Be brief."), ("user", "Hello")]


def test_settings_in_shared_names():
    read = request(
        max_output_tokens=5, parallel_tool_calls=False, temperature=1, prompt_cache_key="k", safety_identifier="s",
        reasoning={"effort": "none", "summary": "auto"}, text={"format": {"type": "json_object"}, "verbosity": "low"},
        include=["message.output_text.logprobs"], top_logprobs=2, store=True, metadata={"a": "b"},
    )  # fmt: skip
    assert (read.max_output, read.parallel_tools, read.temperature, read.cache_key) == (5, False, 1.0, "k")
    assert read.reasoning == Reasoning(enabled=False, effort="none", summary="auto", include=True)
    assert read.output == OutputFormat("json")
    assert (read.verbosity, read.logprobs, read.top_logprobs, read.store) == ("low", True, 2, True)
    losses = Losses()
    lose_extensions(read, "messages", losses)
    losses.check(strict=True)


def test_what_a_provider_keeps_is_refused_by_others():
    read = request(previous_response_id="resp_1", background=True, conversation="c", prompt={"id": "p"})
    losses = Losses()
    lose_extensions(read, "messages", losses)
    assert {loss.field for loss in losses.content} == {"previous_response_id", "background", "conversation", "prompt"}


def test_a_format_that_others_do_not_have_is_a_promise():
    losses = Losses()
    lose_extensions(request(text={"format": {"type": "grammar"}}), "chat", losses)
    assert [loss.field for loss in losses.content] == ["text"]


def test_tools_of_a_namespace_and_of_items_are_offered():
    read = request(
        tools=[
            {"type": "namespace", "name": "crm", "tools": [{"type": "function", "name": "find", "parameters": {}}]},
            {"type": "tool_search"},
        ],
        input=[
            {"type": "tool_search_output", "tools": [{"type": "function", "name": "found"}]},
            {"type": "additional_tools", "role": "developer", "tools": [{"type": "function", "name": "found"}]},
        ],
    )
    assert [tool.name for tool in read.tools if isinstance(tool, FunctionTool)] == ["find", "found"]
    assert all(tool.knob for tool in read.tools if isinstance(tool, OpaqueTool))
    assert all(block.knob for turn in read.turns for block in turn.blocks)


def test_server_tools_in_our_names():
    read = request(
        tools=[
            {
                "type": "web_search",
                "filters": {"allowed_domains": ["a.b"]},
                "user_location": {"type": "approximate", "city": "Ulm"},
                "search_context_size": "low",
            },
            {
                "type": "mcp",
                "server_label": "s",
                "server_url": "https://x.test",
                "authorization": "t",
                "allowed_tools": {"tool_names": ["f"]},
            },
            {"type": "mcp", "server_label": "s", "allowed_tools": ["g"]},
            {"type": "web_search", "filters": 3},
        ]
    )
    search, mcp, named, odd = read.tools
    assert (search.tool, search.allowed_domains, search.search_context) == ("web_search", ("a.b",), "low")
    assert search.user_location is not None
    assert (mcp.tool, mcp.label, mcp.url, mcp.token, mcp.allowed_tools) == ("mcp", "s", "https://x.test", "t", ("f",))
    assert named.allowed_tools == ("g",)
    assert odd == ServerTool("web_search", "responses", odd.raw)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("required", ToolChoice("required")),
        ({"type": "function", "name": "f"}, ToolChoice("named", ("f",))),
        (
            {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]},
            ToolChoice("allowed", ("f",), required=True),
        ),
        ({"type": "web_search_preview"}, ToolChoice("named", server_tool="web_search")),
        ({"type": "apply_patch"}, None),
    ],
)
def test_tool_choices(choice, expected):
    assert request(tool_choice=choice).tool_choice == expected


def test_signatures_of_other_providers_come_back_to_what_they_belong_to():
    thought = seal(Sealed("messages", "anthropic", "sig", "", "id"))
    for_call = seal(Sealed("gemini", "", "of-call", call="c1"))
    for_text = seal(Sealed("gemini", "", "of-text", text=True))
    read = request(
        input=[
            {
                "type": "reasoning",
                "id": "rs_1",
                "summary": [{"type": "summary_text", "text": "a"}],
                "encrypted_content": thought,
            },
            {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": for_text},
            {"role": "assistant", "content": "b"},
            {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
            {"type": "reasoning", "id": "rs_3", "summary": [], "encrypted_content": for_call},
            {"type": "function_call_output", "call_id": "c1", "output": "x"},
        ]
    )
    first, text, call, result = (turn.blocks[0] for turn in read.turns)
    assert first == Thinking("a", "sig", "", Origin("messages", "anthropic"), summary=True, id="id")
    assert (text.signature, text.origin) == ("of-text", Origin("gemini"))
    assert (call.signature, call.origin) == ("of-call", Origin("gemini"))
    assert result.id == "c1"


def test_arguments_written_as_an_object():
    read = request(input=[{"type": "function_call", "call_id": "c", "name": "f", "arguments": {"a": 1}}])
    assert read.turns[0].blocks[0].arguments == '{"a":1}'


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"input": [3]}, "input.0"),
        ({"input": [{}]}, "input.0"),
        ({"input": [{"role": "robot", "content": "x"}]}, "input.0.role"),
        ({"input": [{"role": "user"}]}, "input.0.content"),
        ({"input": [{"role": "user", "content": 5}]}, "input.0.content"),
        ({"input": [{"role": "user", "content": [{"type": "input_text"}]}]}, "input.0.content.0.text"),
        ({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": {}}]}]}, "input.0.content.0.image_url"),  # noqa: E501
        ({"input": ["x", {"type": "function_call", "call_id": "c", "name": "f"}]}, "input.0"),
        ({"input": [{"type": "function_call", "call_id": "c", "name": "f"}]}, "input.0.arguments"),
        ({"input": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": 3}]}, "input.0.arguments"),
        ({"input": [{"type": "function_call", "name": "f", "arguments": ""}]}, "input.0.call_id"),
        ({"input": [{"type": "function_call", "call_id": "c", "arguments": ""}]}, "input.0.name"),
        ({"input": [{"type": "function_call_output", "call_id": "c"}]}, "input.0.output"),
        ({"input": [{"type": "function_call_output", "output": "x"}]}, "input.0.call_id"),
        ({"input": [{"type": "reasoning", "summary": 3}]}, "input.0.summary"),
        ({"instructions": 3}, "instructions"),
        ({"tools": {}}, "tools"),
        ({"tools": [{"name": "f"}]}, "tools.0.type"),
        ({"tools": [{"type": "function"}]}, "tools.0.name"),
        ({"tools": [{"type": "function", "name": "f", "parameters": []}]}, "tools.0.parameters"),
        ({"tool_choice": "perhaps"}, "tool_choice"),
        ({"tool_choice": 3}, "tool_choice"),
        ({"tool_choice": {"type": "function"}}, "tool_choice.name"),
        ({"text": {"format": {"type": "json_schema", "name": "n"}}}, "text.format.schema"),
        ({"text": []}, "text"),
        ({"reasoning": "high"}, "reasoning"),
        ({"temperature": "hot"}, "temperature"),
        ({"include": "x"}, "include"),
        ({"metadata": []}, "metadata"),
    ],
)  # fmt: skip
def test_errors_name_the_field(fields, param):
    with pytest.raises(ClientError) as caught:
        request(**fields)
    assert (caught.value.status, caught.value.param) == (400, param)


def test_a_signature_of_a_call_that_is_not_there():
    of_another = seal(Sealed("gemini", "", "s", call="gone"))
    read = request(
        input=[
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": of_another},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        ]
    )
    assert [turn.blocks[0].signature for turn in read.turns] == [""]
