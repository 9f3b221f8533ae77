"""Tools and tool_choice of a request, into the neutral form.

https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools (2026-11).
"""

from typing import Literal

import msgspec
from msgspec.structs import replace

from adapters.canonical.blocks import Opaque
from adapters.canonical.request import FunctionTool, OpaqueTool, ServerTool, Tool, ToolChoice, Turn
from adapters.head import Fields
from adapters.protocols.responses.schema import (
    PROTOCOL,
    MaybeFlag,
    MaybeText,
    Object,
    Objects,
    Raws,
    Text,
    need_text,
    read,
    split,
    starts,
    take,
    take_text,
    wrong,
)
from adapters.unreadable import UNREADABLE

SERVER_TOOLS = {
    "web_search": "web_search",
    "web_search_2025_08_26": "web_search",
    "web_search_preview": "web_search",
    "web_search_preview_2025_03_11": "web_search",
    "code_interpreter": "code_execution",
    "file_search": "file_search",
    "image_generation": "image_generation",
    "mcp": "mcp",
    "computer": "computer",
    "computer_use": "computer",
    "computer_use_preview": "computer",
}
"""Types of tools -> our names of them."""

_MODES: dict[str, Literal["auto", "none", "required"]] = {"auto": "auto", "none": "none", "required": "required"}

# How and when a tool is offered to the model: to another it is offered as any other.
_HARMLESS = frozenset({"defer_loading", "allowed_callers"})

# These change how the other tools are called, and not what they do.
_WAYS_TO_CALL = frozenset({"tool_search", "programmatic_tool_calling"})


class _Filters(msgspec.Struct):
    allowed_domains: list[str] | None = None
    blocked_domains: list[str] | None = None


class _Allowed(msgspec.Struct):
    tool_names: list[str] | None = None


class _Server(msgspec.Struct):
    filters: _Filters | None = None
    user_location: Fields | None = None
    search_context_size: str | None = None
    server_label: str | None = None
    server_url: str | None = None
    authorization: str | None = None
    allowed_tools: list[str] | _Allowed | None = None


class _Bringer(msgspec.Struct):
    type: str = ""
    tools: msgspec.Raw = msgspec.Raw()


BRINGERS = frozenset({"tool_search_output", "additional_tools"})
"""Items that bring tools."""

_NAMESPACE = b'"namespace"'

_bringer = msgspec.json.Decoder(_Bringer)
_server = msgspec.json.Decoder(_Server)


def read_tools(value: msgspec.Raw, where: str = "tools") -> tuple[Tool, ...]:
    """The tools; those in a namespace as any other. Raises ClientError (400) that names the field."""
    tools: list[Tool] = []
    raws = read(Raws, value, where, "an array of tools")
    for number, raw in enumerate(raws):
        if _NAMESPACE in bytes(raw) and (inner := _inner(raw, f"{where}.{number}")) is not None:
            tools.extend(inner)
        else:
            tools.append(_tool(raw, f"{where}.{number}"))
    return tuple(tools)


def _inner(raw: msgspec.Raw, where: str) -> tuple[Tool, ...] | None:
    """The tools of a namespace, None for any other tool: a model knows them by their own names."""
    fields = read(Object, raw, where, "an object")
    if take(fields, "type", MaybeText, where) != "namespace" or "tools" not in fields:
        return None
    namespace = take_text(fields, "name", where)
    tools = read_tools(fields["tools"], f"{where}.tools")
    return tuple(replace(tool, namespace=namespace) if isinstance(tool, FunctionTool) else tool for tool in tools)


def offered(turns: tuple[Turn, ...]) -> list[Tool]:
    """Tools that items of the conversation bring with them: what a search for tools found, and additional ones."""
    found: list[Tool] = []
    for turn in turns:
        for block in turn.blocks:
            if isinstance(block, Opaque) and block.knob and b'"tools"' in bytes(block.raw):
                item = _bringer.decode(block.raw)
                if item.type in BRINGERS and item.tools:
                    found.extend(read_tools(item.tools, "input.tools"))
    return found


def _tool(raw: msgspec.Raw, where: str) -> Tool:
    fields = read(Object, raw, where, "an object")
    kind = need_text(fields, "type", where)
    if kind in {"function", "custom"}:
        return _function(fields, where, custom=kind == "custom")
    tool = SERVER_TOOLS.get(kind)
    if tool is None:
        return OpaqueTool(PROTOCOL, f"the tool '{kind[:60]}'", raw, knob=kind in _WAYS_TO_CALL)
    try:
        found = _server.decode(raw)
    except UNREADABLE:
        found = _Server()  # what it is good for is its provider's to say
    filters = found.filters or _Filters()
    allowed = found.allowed_tools
    if isinstance(allowed, _Allowed):
        allowed = allowed.tool_names
    return ServerTool(
        tool,
        PROTOCOL,
        raw,
        allowed_domains=tuple(filters.allowed_domains or ()),
        blocked_domains=tuple(filters.blocked_domains or ()),
        user_location=found.user_location,
        search_context=found.search_context_size or "",
        label=found.server_label or "",
        url=found.server_url or "",
        token=found.authorization or "",
        allowed_tools=None if allowed is None else tuple(allowed),
    )


def _function(fields: Fields, where: str, *, custom: bool) -> FunctionTool:
    name = need_text(fields, "name", where)
    schema = "format" if custom else "parameters"
    value = fields.get(schema)
    if value is not None and starts(value) == b"n":
        value = None
    elif value is not None:
        if starts(value) != b"{":
            raise wrong(f"{where}.{schema}", "an object")
        del fields[schema]
    description = take(fields, "description", MaybeText, where)
    strict = None if custom else take(fields, "strict", MaybeFlag, where, "a boolean")
    exact, extra = split(fields, _HARMLESS)
    return FunctionTool(
        name,
        description=description,
        parameters=None if custom else value,
        strict=strict,
        custom=custom,
        grammar=value if custom else None,
        protocol=PROTOCOL,
        extra=extra,
        exact=exact,
    )


def read_tool_choice(value: msgspec.Raw) -> tuple[ToolChoice | None, bool, bool]:
    """The choice, whether it says all, and whether what it does not say matters to another protocol.

    Raises ClientError (400) that names the field.
    """
    words = "one of auto, none and required, or an object"
    if starts(value) == b'"':
        mode = _MODES.get(read(Text, value, "tool_choice", words))
        if mode is None:
            raise wrong("tool_choice", words)
        return ToolChoice(mode), True, False
    fields = read(Object, value, "tool_choice", words)
    kind = need_text(fields, "type", "tool_choice")
    if kind in {"function", "custom"}:
        name = need_text(fields, "name", "tool_choice")
        return ToolChoice("named", (name,)), not fields, bool(fields)
    if kind == "allowed_tools":
        return _allowed(fields)
    tool = SERVER_TOOLS.get(kind)
    if tool is None:
        return None, False, True
    name = take_text(fields, "name", "tool_choice")
    return ToolChoice("named", (name,) if name else (), server_tool=tool), False, bool(name)


def _allowed(fields: Fields) -> tuple[ToolChoice, bool, bool]:
    mode = take_text(fields, "mode", "tool_choice")
    value = fields.pop("tools", None)
    tools = read(Objects, value, "tool_choice.tools", "an array of tools") if value is not None else []
    names = []
    whole = not fields and mode in {"auto", "required"}
    for number, tool in enumerate(tools):
        where = f"tool_choice.tools.{number}"
        kind = need_text(tool, "type", where)
        name = take_text(tool, "name", where)
        if kind in {"function", "custom"} and name:
            names.append(name)
        whole = whole and kind in {"function", "custom"} and bool(name) and not tool
    return ToolChoice("allowed", tuple(names), required=mode == "required"), whole, not whole
