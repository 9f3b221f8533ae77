"""What a request means, whatever wire format it came in: turns, tools, results, media and parameters, comparable.

Ids of tool calls become their number, neighbouring texts one text; what a protocol words differently is said one way.
"""

import base64
from collections.abc import Iterator
from typing import Any

import msgspec

from adapters.canonical.blocks import Block, Media, Refusal, Text, ToolCall, ToolResult
from adapters.canonical.request import FunctionTool, Request, ServerTool

_WRAPPERS = ("result", "output", "error", "return_value")
_DEFAULTS = {"temperature": None, "top_p": None, "max_output": None}


def meaning(request: Request) -> dict[str, Any]:
    """The comparable whole."""
    tools = [tool for tool in request.tools if isinstance(tool, FunctionTool)]
    if request.tool_choice is not None and request.tool_choice.mode == "allowed":
        # Where a protocol cannot say it, the other tools are left out.
        tools = [tool for tool in tools if tool.name in request.tool_choice.names]
    return {
        "turns": _turns(request),
        "media": sorted(_media(request)),
        "tools": sorted(_tool(tool) for tool in tools),
        "server_tools": sorted(tool.tool for tool in request.tools if isinstance(tool, ServerTool)),
        "choice": _choice(request),
        "output": _output(request),
        **{name: getattr(request, name) for name in _DEFAULTS},
        "stop": request.stop or None,
    }


def _turns(request: Request) -> list[Any]:
    numbers: dict[str, int] = {}
    found: list[list[Any]] = []
    for turn in request.turns:
        role = "system" if turn.role in ("system", "developer") else turn.role
        for block in turn.blocks:
            said = _block(block, numbers)
            if said is None:
                continue
            if found and said[0] == "text" and found[-1][:2] == [role, "text"]:
                found[-1][2] += said[1]
            else:
                found.append([role, *said])
    for each in found:
        if each[1] == "text":
            each[2] = "".join(each[2].split())  # how texts of several parts are joined differs by protocol
    found = [each for each in found if each[1:] != ["text", ""]]
    # A conversation that the assistant begins gets a turn of the user where the protocol wants one.
    return found[1:] if found and found[0] == ["user", "text", "."] else found


def _block(block: Block, numbers: dict[str, int]) -> list[Any] | None:
    match block:
        case Text(text=text) | Refusal(text=text):
            return ["text", text]
        case Media(text=str(text)):
            return ["text", text]
        case Media(media_type=kind, data=data) if kind.startswith("text/") and data:
            return ["text", base64.b64decode(data).decode()]
        case ToolCall():
            numbers[block.id] = len(numbers)
            return ["call", numbers[block.id], block.name, _json(block.arguments)]
        case ToolResult():
            return ["result", numbers.get(block.id, -1), _result(block)]
    return None


def _media(request: Request) -> Iterator[str]:
    """All of it, wherever it stands: that of a tool's result follows the result where results hold only text."""
    for turn in request.turns:
        for block in turn.blocks:
            for part in block.content if isinstance(block, ToolResult) else (block,):
                if isinstance(part, Media) and part.text is None and not part.media_type.startswith("text/"):
                    yield part.data or part.url or part.file_id


def _result(block: ToolResult) -> Any:  # JSON
    text = "".join(part.text for part in block.content if isinstance(part, Text))
    value = _json(block.value or text)
    # A result that is no object is wrapped in one where the protocol takes nothing else.
    if (
        isinstance(value, dict)
        and len(value) == 1
        and next(iter(value)) in ("result", "output", "error", "return_value")
    ):
        value = next(iter(value.values()))
    if isinstance(value, str):
        value = _json(value)
    if not isinstance(value, dict | list):
        value = "".join(str(value).split())
    return value or ""


def _json(text: str) -> Any:  # JSON
    try:
        return msgspec.json.decode(text or "{}")
    except msgspec.DecodeError:
        return text


def _tool(tool: FunctionTool) -> tuple[str, str, tuple[str, ...]]:
    schema = msgspec.json.decode(tool.parameters) if tool.parameters is not None else {}
    return tool.name, tool.description or "", tuple(sorted((schema or {}).get("properties") or {}))


def _choice(request: Request) -> Any:  # None or words
    choice = request.tool_choice
    if choice is None or choice.mode == "auto" or not request.tools:
        return None
    if choice.mode == "allowed":
        return ["required", []] if choice.required else None
    return [choice.mode, sorted(choice.names)]


def _output(request: Request) -> Any:  # None or words
    output = request.output
    return None if output is None or output.kind == "text" else output.kind
