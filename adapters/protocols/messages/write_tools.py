"""Tools and the choice among them, written.

https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview (2026-11). Reading is in read_tools.py.
"""

from typing import Any, TypeAlias

import msgspec

from adapters.canonical import custom_tools
from adapters.canonical.blocks import Cache
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import FunctionTool, OpaqueTool, Request, ServerTool, Tool
from adapters.protocols.messages.citations import NAME
from adapters.protocols.messages.output_schema import closed, object_schema
from adapters.protocols.messages.read_tools import pair

Written: TypeAlias = dict[str, Any] | msgspec.Raw

# The newest form that works without programmatic tool calling, anthropic 2.12, types/tool_union_param.py.
_TYPES = {
    "web_search": "web_search_20250305",
    "web_fetch": "web_fetch_20250910",
    "code_execution": "code_execution_20250825",
}
_PLACE = ("city", "country", "region", "timezone")


def write_cache(cache: Cache) -> dict[str, str]:
    """`cache_control`; a time that is not Anthropic's is the usual one."""
    return {"type": "ephemeral", "ttl": cache.ttl} if cache.ttl in ("5m", "1h") else {"type": "ephemeral"}


def write_tools(request: Request, upstream: Upstream, losses: Losses) -> dict[str, Any]:
    """Fields "tools", "mcp_servers" and "tool_choice", as far as there is something to say."""
    fields: dict[str, Any] = {}
    tools: list[Written] = []
    servers: list[Written] = []
    only = _only(request)
    for place, tool in enumerate(request.tools):
        if only is not None and isinstance(tool, FunctionTool) and tool.name not in only:
            continue
        if isinstance(tool, ServerTool) and tool.tool == "mcp":
            _mcp(tool, f"tools.{place}", upstream, losses, tools, servers)
        elif (written := _tool(tool, f"tools.{place}", upstream, losses)) is not None:
            tools.append(written)
    if tools:
        fields["tools"] = tools
    if servers:
        fields["mcp_servers"] = servers
    if (choice := _choice(request, has_tools=bool(tools or servers))) is not None:
        fields["tool_choice"] = choice
    return fields


def _only(request: Request) -> tuple[str, ...] | None:
    """The names that a choice among some tools leaves: the others are not shown."""
    choice = request.tool_choice
    return choice.names if choice is not None and choice.mode == "allowed" else None


def _choice(request: Request, *, has_tools: bool) -> dict[str, Any] | None:
    choice, parallel = request.tool_choice, request.parallel_tools
    if not has_tools:
        return None
    if choice is None:
        return None if parallel is None or parallel else {"type": "auto", "disable_parallel_tool_use": True}
    fields: dict[str, Any]
    if choice.mode == "named" and (choice.names or choice.server_tool):
        fields = {"type": "tool", "name": choice.server_tool or choice.names[0]}
    elif choice.mode == "none":
        return {"type": "none"}
    else:
        must = choice.mode in ("required", "named") or (choice.mode == "allowed" and choice.required)
        fields = {"type": "any" if must else "auto"}
    if parallel is False or (parallel is True and request.protocol == NAME):
        fields["disable_parallel_tool_use"] = not parallel
    return fields


def _tool(tool: Tool, path: str, upstream: Upstream, losses: Losses) -> Written | None:
    if isinstance(tool, FunctionTool):
        return _function(tool, path, upstream, losses)
    if tool.protocol == NAME:
        return tool.raw
    if isinstance(tool, OpaqueTool):
        if tool.knob:
            losses.knob(path, f"{tool.what} is not known there")
        else:
            losses.refuse(path, f"{tool.what} is not known there")
        return None
    return _server(tool, path, upstream, losses)


def _function(tool: FunctionTool, path: str, upstream: Upstream, losses: Losses) -> dict[str, Any]:
    own = tool.protocol == NAME
    extra = tool.extra or {}
    fields: dict[str, Any] = {"name": tool.name}
    if own and tool.exact is not None:  # a tool that Anthropic's models know by its type
        fields.update({**tool.exact, **extra})
    else:
        schema = custom_tools.parameters(tool) if tool.custom else tool.parameters
        if tool.description is not None:
            fields["description"] = tool.description
        if own:
            if schema is not None:
                fields["input_schema"] = schema
            fields.update(extra)
        else:
            fields["input_schema"] = object_schema(schema)
            for name in extra:
                losses.knob(f"{path}.{name}")
        if tool.custom and tool.grammar is not None:
            losses.knob(f"{path}.format", "the input of the tool is not bound to a grammar there")
        _strict(tool, path, upstream, losses, fields, own=own)
    if tool.cache is not None:
        if own or "cache_control" in upstream.capabilities:
            fields["cache_control"] = write_cache(tool.cache)
        else:
            losses.knob(f"{path}.cache_control")
    return fields


def _strict(
    tool: FunctionTool, path: str, upstream: Upstream, losses: Losses, fields: dict[str, Any], *, own: bool
) -> None:
    if own:
        if tool.strict is not None:
            fields["strict"] = tool.strict
    elif tool.strict and not tool.custom:
        if "strict_tools" in upstream.capabilities:
            fields["strict"] = True
            fields["input_schema"] = closed(fields["input_schema"])
        else:
            losses.knob(f"{path}.strict")


def _server(tool: ServerTool, path: str, upstream: Upstream, losses: Losses) -> dict[str, Any] | None:
    if tool.tool not in _TYPES or tool.tool not in upstream.capabilities:
        losses.refuse(path, f"the provider has no tool for {tool.tool.replace('_', ' ')}")
        return None
    fields: dict[str, Any] = {"type": _TYPES[tool.tool], "name": tool.tool}
    if tool.tool != "code_execution":
        if tool.allowed_domains:
            fields["allowed_domains"] = tool.allowed_domains
        if tool.blocked_domains:
            fields["blocked_domains"] = tool.blocked_domains
        if tool.max_uses is not None:
            fields["max_uses"] = tool.max_uses
    if tool.tool == "web_search":
        place = {name: raw for name, raw in (tool.user_location or {}).items() if name in _PLACE}
        if place:
            fields["user_location"] = {"type": "approximate", **place}
        if tool.search_context and tool.search_context != "medium":
            losses.knob(f"{path}.search_context_size")
    return fields


def _mcp(
    tool: ServerTool, path: str, upstream: Upstream, losses: Losses, tools: list[Written], servers: list[Written]
) -> None:
    """https://docs.claude.com/en/docs/agents-and-tools/mcp-connector (2026-11)."""
    if tool.protocol == NAME:
        given = pair.decode(tool.raw)
        servers.append(dict(given.server))
        if given.toolset is not None:
            tools.append(dict(given.toolset))
        return
    if "mcp" not in upstream.capabilities or not tool.url:
        losses.refuse(path, "the provider has no tool for MCP servers" if tool.url else "the MCP server has no address")
        return
    label = tool.label or f"server_{len(servers)}"
    server: dict[str, Any] = {"type": "url", "name": label, "url": tool.url}
    if tool.token:
        server["authorization_token"] = tool.token
    toolset: dict[str, Any] = {"type": "mcp_toolset", "mcp_server_name": label}
    if tool.allowed_tools is not None:
        toolset["default_config"] = {"enabled": False}
        toolset["configs"] = {name: {"enabled": True} for name in tool.allowed_tools}
    servers.append(server)
    tools.append(toolset)
