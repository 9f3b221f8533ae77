"""Tools and tool_choice out of the neutral form."""

from collections.abc import Sequence

import msgspec

from adapters.canonical.context import Upstream
from adapters.canonical.custom_tools import flat
from adapters.canonical.loss import Losses
from adapters.canonical.request import FunctionTool, Request, ServerTool, Tool, ToolChoice
from adapters.protocols.responses.schema import PROTOCOL
from adapters.protocols.responses.write_content import Item

_NO_PARAMETERS = msgspec.Raw(b'{"type":"object","properties":{}}')
_CHOICES = {
    "web_search": "web_search_preview",
    "code_execution": "code_interpreter",
    "file_search": "file_search",
    "image_generation": "image_generation",
    "computer": "computer",
}
"""Our names of tools -> their names in a tool_choice."""


def write_tools(tools: Sequence[Tool], upstream: Upstream, losses: Losses) -> list[Item]:
    """The tools; one that is not to be had here is refused by its name."""
    written: list[Item] = []
    pages = any(isinstance(tool, ServerTool) and tool.tool == "web_search" for tool in tools)
    for number, tool in enumerate(tools):
        where = f"tools.{number}"
        if isinstance(tool, FunctionTool):
            written.append(_function(tool, upstream, losses))
        elif tool.protocol == PROTOCOL:
            written.append(tool.raw)
        elif isinstance(tool, ServerTool) and tool.tool == "web_fetch" and "web_search" in upstream.capabilities:
            losses.knob(where, "the web search reads pages")
            if not pages:
                written.append({"type": "web_search"})
        elif isinstance(tool, ServerTool):
            server = _server(tool, where, upstream, losses)
            if server is not None:
                written.append(server)
        elif tool.knob:
            losses.knob(where, tool.what)
        else:
            losses.refuse(where, tool.what)
    return written


def _function(tool: FunctionTool, upstream: Upstream, losses: Losses) -> dict[str, object]:
    own = tool.protocol == PROTOCOL
    item: dict[str, object] = {"type": "custom" if tool.custom else "function", "name": tool.name}
    if tool.description is not None:
        item["description"] = tool.description
    if tool.custom:
        if tool.grammar is not None:
            item["format"] = tool.grammar if own else flat(tool.grammar)
    elif tool.parameters is not None:
        item["parameters"] = tool.parameters
    elif not own:
        item["parameters"] = _NO_PARAMETERS
    if own:
        if tool.strict is not None:
            item["strict"] = tool.strict
        item.update({**(tool.exact or {}), **(tool.extra or {})})
        return item
    if not tool.custom:
        # Strict is the default here and nowhere else, and a schema that is not made for it would be refused.
        # https://platform.openai.com/docs/guides/migrate-to-responses (2026-11)
        item["strict"] = bool(tool.strict) and "strict_tools" in upstream.capabilities
        if tool.strict and not item["strict"]:
            losses.knob("strict")
    if tool.cache is not None:
        losses.knob("cache_control", "the provider caches by itself")
    for name in tool.extra or ():
        losses.knob(name)
    return item


def _server(tool: ServerTool, where: str, upstream: Upstream, losses: Losses) -> dict[str, object] | None:
    if tool.tool not in upstream.capabilities or tool.tool not in _SERVERS:
        losses.refuse(where, f"the tool '{tool.tool}' of its provider")
        return None
    item: dict[str, object] = {"type": _SERVERS[tool.tool]}
    if tool.tool == "web_search":
        _web_search(tool, item, losses)
    elif tool.tool == "code_execution":
        item["container"] = {"type": "auto"}
    elif tool.tool == "mcp":
        if not tool.url:
            losses.refuse(where, "an MCP server without an address")
            return None
        item.update(server_label=tool.label or "mcp", server_url=tool.url, require_approval="never")
        if tool.token:
            item["authorization"] = tool.token
        if tool.allowed_tools is not None:
            item["allowed_tools"] = tool.allowed_tools
    return item


# A file search needs the stores of its provider, a computer the actions of its own model.
_SERVERS = {
    "web_search": "web_search",
    "code_execution": "code_interpreter",
    "image_generation": "image_generation",
    "mcp": "mcp",
}


def _web_search(tool: ServerTool, item: dict[str, object], losses: Losses) -> None:
    if tool.allowed_domains:
        item["filters"] = {"allowed_domains": tool.allowed_domains}
    if tool.blocked_domains:
        losses.knob("blocked_domains")
    if tool.max_uses is not None:
        losses.knob("max_uses")
    if tool.user_location is not None:
        item["user_location"] = {"type": "approximate", **tool.user_location}
    if tool.search_context:
        item["search_context_size"] = tool.search_context


def write_tool_choice(request: Request, choice: ToolChoice, losses: Losses) -> object:
    """The value of tool_choice; None where it cannot be said."""
    custom = {tool.name for tool in request.tools if isinstance(tool, FunctionTool) and tool.custom}
    named = [{"type": "custom" if name in custom else "function", "name": name} for name in choice.names]
    if choice.mode == "allowed":
        return {"type": "allowed_tools", "mode": "required" if choice.required else "auto", "tools": named}
    if choice.mode != "named":
        return choice.mode
    if choice.server_tool:
        kind = _CHOICES.get(choice.server_tool)
        if kind is None:
            losses.knob("tool_choice")
            return None
        return {"type": kind}
    return named[0] if named else "required"
