"""Tools that a provider would run itself, left out where it has none."""

from msgspec import Raw

from adapters.canonical.loss import Losses
from adapters.canonical.request import FunctionTool, OpaqueTool, Request, ServerTool, ToolChoice
from adapters.canonical.server_tools import without_server_tools

MINE = FunctionTool("mine")
SEARCH = ServerTool("web_search", "responses", Raw(b"{}"))
ODD = OpaqueTool("responses", "a computer", Raw(b"{}"))


def test_what_is_there_stays() -> None:
    request = Request(model="m", turns=(), tools=(MINE, SEARCH))
    losses = Losses()
    assert without_server_tools(request, "messages", {"web_search"}, losses) is request
    assert without_server_tools(request, "responses", (), losses) is request
    assert not losses.knobs


def test_what_is_not_goes_aloud() -> None:
    choice = ToolChoice("named", server_tool="web_search")
    request = Request(model="m", turns=(), tools=(SEARCH, MINE, ODD), tool_choice=choice)
    losses = Losses()
    found = without_server_tools(request, "chat", (), losses)
    assert found.tools == (MINE,)
    assert found.tool_choice is None
    assert [loss.field for loss in losses.knobs] == ["tools.0", "tools.2"]
    assert not losses.content
    assert request.tools == (SEARCH, MINE, ODD)
