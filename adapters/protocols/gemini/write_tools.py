"""Tools and the choice among them, written: https://ai.google.dev/api/caching#Tool (2026-11)."""

from typing import Any

import msgspec

from adapters.canonical import custom_tools
from adapters.canonical.blocks import Json
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import FunctionTool, Request, ServerTool, Tool, ToolChoice
from adapters.protocols.gemini import json_schema
from adapters.protocols.gemini.models import is_modern
from adapters.protocols.gemini.names import Fields
from adapters.protocols.gemini.read_tools import MIXED, MODE, declared
from adapters.unreadable import UNREADABLE

_members = msgspec.json.Decoder(Fields)
_string = msgspec.json.Decoder(str)

_GOOGLE = {"web_search": "googleSearch", "web_fetch": "urlContext", "code_execution": "codeExecution"}
_CALLING = "toolConfig.functionCallingConfig."


def write_tools(request: Request, upstream: Upstream, losses: Losses) -> list[dict[str, Any]]:
    """All functions in one Tool, and one for each of Google's own."""
    functions: list[dict[str, Any]] = []
    others: list[Any] = []
    for tool in request.tools:
        if isinstance(tool, FunctionTool):
            functions.append(_function(tool, request, upstream, losses))
        elif tool.protocol == "gemini":
            others.append(tool.raw)
        elif isinstance(tool, ServerTool):
            written = _server(tool, upstream, losses)
            if written is not None:
                others.append(written)
        elif tool.knob:
            losses.knob(tool.what)
        else:
            losses.refuse(tool.what, "only another vendor has this tool")
        if getattr(tool, "cache", None) is not None:
            losses.knob("cache_control", "prefixes are cached without being asked")
    return [*([{"functionDeclarations": functions}] if functions else []), *others]


def _function(tool: FunctionTool, request: Request, upstream: Upstream, losses: Losses) -> dict[str, Any]:
    written: dict[str, Any] = {"name": tool.name}
    if tool.description is not None:
        written["description"] = tool.description
    parameters = tool.parameters
    if tool.custom:
        parameters = custom_tools.parameters(tool)
        if tool.grammar is not None:
            losses.knob("tools.format", "the grammar of a custom tool is not known there")
    google = request.exact.get(declared(tool.name)) if request.protocol == "gemini" else None
    if google is not None:
        written["parameters"] = google
    elif parameters is not None and request.protocol == "gemini":
        written["parametersJsonSchema"] = parameters
    elif parameters is not None and bytes(parameters).strip() != b"{}":  # any arguments: there, no schema says so
        written.update(_parameters(parameters, f"tools.{tool.name}", upstream, losses))
    if tool.extra and tool.protocol == "gemini":
        written.update(tool.extra)
    return written


def _parameters(schema: msgspec.Raw, field: str, upstream: Upstream, losses: Losses) -> dict[str, Any]:
    if "json_schema" in upstream.capabilities:
        return {"parametersJsonSchema": schema}
    try:
        written, lost = json_schema.to_schema(schema)
    except UNREADABLE as error:
        losses.refuse(f"{field}.parameters", str(error))
        return {}
    for keyword in lost:
        losses.knob(f"{field}.parameters.{keyword}")
    # An object without properties is refused there; a function without parameters is what it means.
    empty = _members.decode(written).keys() <= {"type", "title", "description"}
    return {} if empty else {"parameters": written}


def _server(tool: ServerTool, upstream: Upstream, losses: Losses) -> dict[str, Any] | None:
    name = _GOOGLE.get(tool.tool)
    if tool.tool == "mcp" and tool.url and "mcp" in upstream.capabilities:
        transport: dict[str, Any] = {"url": tool.url}
        if tool.token:
            transport["headers"] = {"Authorization": f"Bearer {tool.token}"}
        if tool.allowed_tools is not None:
            losses.refuse("tools.mcp.allowed_tools", "all tools of the server would be allowed")
        return {"mcpServers": [{"name": tool.label, "streamableHttpTransport": transport}]}
    if name is None or tool.tool not in upstream.capabilities:
        losses.refuse(f"tools.{tool.tool}", "the provider has no such tool")
        return None
    for setting in ("allowed_domains", "blocked_domains", "max_uses", "user_location", "search_context"):
        if getattr(tool, setting):
            losses.knob(f"tools.{tool.tool}.{setting}")
    return {name: {}}


def write_choice(request: Request, upstream: Upstream, losses: Losses) -> dict[str, Any]:
    """toolConfig, {} = leave it out."""
    own: Json = {**request.extensions.get("gemini", {}), **(request.exact if request.protocol == "gemini" else {})}
    functions = [tool for tool in request.tools if isinstance(tool, FunctionTool)]
    calling: dict[str, Any] = {}
    choice = request.tool_choice
    if choice is not None and (functions or request.protocol == "gemini"):
        calling = _mode(choice, losses)
    elif choice is not None and choice.server_tool:
        _mode(choice, losses)
    # "strict" is a promise that calls fit their schema. ANY makes the same, AUTO does not, VALIDATED is AUTO with it:
    # https://ai.google.dev/gemini-api/docs/function-calling#function_calling_modes (2026-11).
    if calling.get("mode", "AUTO") == "AUTO" and any(tool.strict and not tool.custom for tool in functions):
        calling["mode"] = "VALIDATED"
    if MODE in own:
        calling["mode"] = _string.decode(own[MODE])
    calling.update({name.removeprefix(_CALLING): raw for name, raw in own.items() if name.startswith(_CALLING)})
    config: dict[str, Any] = {"functionCallingConfig": calling} if calling else {}
    for name, raw in own.items():
        if name.startswith("toolConfig.") and not name.startswith(_CALLING):
            config[name.removeprefix("toolConfig.")] = raw
    if functions and is_modern(upstream.model) and any(_added(tool) for tool in request.tools):
        # Without it both kinds in one request are refused; with it Gemini 3 takes both:
        # https://ai.google.dev/gemini-api/docs/tool-combination (2026-11).
        config.setdefault(MIXED, True)
    if request.parallel_tools is False:
        losses.knob("parallel_tool_calls", "several calls at once cannot be turned off")
    return config


def _added(tool: Tool) -> bool:
    return isinstance(tool, ServerTool) and tool.protocol != "gemini"


def _mode(choice: ToolChoice, losses: Losses) -> dict[str, Any]:
    if choice.server_tool:
        losses.knob("tool_choice", "a tool that the provider runs cannot be forced")
        return {"mode": "AUTO"}
    match choice.mode:
        case "none":
            return {"mode": "NONE"}
        case "required":
            return {"mode": "ANY"}
        case "auto":
            return {"mode": "AUTO"}
    mode = "ANY" if choice.mode == "named" or choice.required else "VALIDATED"
    return {"mode": mode, "allowedFunctionNames": list(choice.names)}
