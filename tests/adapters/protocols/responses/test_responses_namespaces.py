"""Tools in namespaces: the same name in two of them, and there and back."""

import msgspec

from adapters.canonical.blocks import ToolCall
from adapters.canonical.response import Candidate, Response
from adapters.protocols.responses.write_response import write_response
from tests.adapters.protocols.responses.wire import again, client, request


def test_tools_without_names_in_a_namespace():
    body = {"model": "m", "input": "x", "tools": [{"type": "namespace", "name": "n"}, {"type": "x", "y": "namespace"}]}
    assert again(body) == body


def test_the_same_name_in_two_namespaces():
    def space(name, *tools):
        return {"type": "namespace", "name": name, "description": "", "tools": list(tools)}

    find = {"type": "function", "name": "find", "parameters": {}}
    body = {
        "model": "m",
        "tools": [space("a", find), space("b", find, {"type": "custom", "name": "note"}), {**find, "name": "note"}],
        "input": [
            {"type": "function_call", "call_id": "c1", "name": "find", "namespace": "a", "arguments": "{}"},
            {"type": "function_call", "call_id": "c2", "name": "find", "namespace": "b", "arguments": "{}"},
            {"type": "tool_search_output", "tools": [find, space("b", find)]},
            {"type": "tool_search_output", "tools": [space("b", find)]},
        ],
    }
    assert again(body) == body
    read = request(**body)
    assert [tool.name for tool in read.tools] == ["a__find", "b__find", "b__note", "note", "find"]
    assert [turn.blocks[0].name for turn in read.turns[:2]] == ["a__find", "b__find"]
    named = {"a__find": "{}", "b__note": '{"input":"x"}', "note": "{}", "find": "{}"}
    called = (ToolCall(f"c_{name}", name, arguments) for name, arguments in named.items())
    response = Response(candidates=(Candidate(blocks=tuple(called)),))
    written = msgspec.json.decode(write_response(response, client(**body)))["output"]
    assert [(item["type"], item.get("namespace"), item["name"]) for item in written] == [
        ("function_call", "a", "find"),
        ("custom_tool_call", "b", "note"),
        ("function_call", None, "note"),
        ("function_call", None, "find"),
    ]
