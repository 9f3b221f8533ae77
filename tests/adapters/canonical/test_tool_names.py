"""Names of tools that a protocol refuses are mapped there and back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.canonical.blocks import Text, ToolCall, ToolResult
from adapters.canonical.events import BlockStart, TextDelta
from adapters.canonical.request import FunctionTool, Request, ToolChoice, Turn
from adapters.canonical.response import Candidate, Response
from adapters.canonical.tool_names import fit, fitted

LONG = "mcp__plugin_some_vendor_some_server__" + "do_something_that_takes_many_words_to_say"
DOTTED = "files.read"
TURNS = (
    Turn("user", (Text("x"),)),
    Turn("assistant", (Text("y"), ToolCall("a", LONG), ToolCall("b", "f"))),
    Turn("user", (ToolResult("a", name=LONG), ToolResult("b", name="f"))),
)


def test_there_and_back() -> None:
    request = Request(
        model="m",
        turns=TURNS,
        tools=(FunctionTool(LONG), FunctionTool("f"), FunctionTool(DOTTED)),
        tool_choice=ToolChoice("allowed", (LONG, "f")),
    )
    renamed, names = fit(request, "chat")
    assert names is not None
    short, dotted = fitted(LONG), fitted(DOTTED)
    assert [tool.name for tool in renamed.tools if isinstance(tool, FunctionTool)] == [short, "f", dotted]
    assert renamed.tool_choice == ToolChoice("allowed", (short, "f"))
    assert renamed.turns[0] is request.turns[0]
    assert renamed.turns[1].blocks[1:] == (ToolCall("a", short), ToolCall("b", "f"))
    assert renamed.turns[2].blocks == (ToolResult("a", name=short), ToolResult("b", name="f"))
    assert request.turns == TURNS
    events = names.feed([BlockStart(0, Text("")), TextDelta(0, short), BlockStart(1, ToolCall("c", short, ""))])
    assert events == [BlockStart(0, Text("")), TextDelta(0, short), BlockStart(1, ToolCall("c", LONG, ""))]
    assert names.finish() == []
    whole = Response(candidates=(Candidate(blocks=(Text("z"), ToolCall("c", dotted), ToolCall("d", "f"))),))
    assert names.change(whole).candidates[0].blocks == (Text("z"), ToolCall("c", DOTTED), ToolCall("d", "f"))


@pytest.mark.parametrize(
    ("protocol", "refused"), [("messages", {DOTTED}), ("gemini", {LONG}), ("responses", {LONG, DOTTED})]
)
def test_each_protocol_has_its_own_bounds(protocol: str, refused: set[str]) -> None:
    for name in (LONG, DOTTED, "f"):
        request = Request(model="m", turns=(), tools=(FunctionTool(name),))
        renamed, names = fit(request, protocol)
        assert (names is not None) == (name in refused)
        assert (renamed is request) == (name not in refused)


@given(st.text(max_size=200))
def test_a_fitted_name_fits_everywhere(name: str) -> None:
    assert re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_-]{0,63}", fitted(name))
    assert fitted(name) == fitted(name)
