"""Tools and the choice among them, read: https://ai.google.dev/api/caching#Tool (2026-11).

Raises msgspec.DecodeError or ValueError for what is none.
"""

import msgspec

from adapters.canonical.blocks import Json
from adapters.canonical.request import FunctionTool, OpaqueTool, ServerTool, Tool, ToolChoice
from adapters.protocols.gemini import json_schema
from adapters.protocols.gemini.names import Fields, fields, items

_string = msgspec.json.Decoder(str)
_strings = msgspec.json.Decoder(list[str])
_headers = msgspec.json.Decoder(dict[str, str])
_encode = msgspec.json.encode

SERVER = {
    "googleSearch": "web_search",
    "googleSearchRetrieval": "web_search",
    "enterpriseWebSearch": "web_search",
    "urlContext": "web_fetch",
    "codeExecution": "code_execution",
    "fileSearch": "file_search",
    "computerUse": "computer",
}
"""Google's tools -> our names."""

MODE = "toolConfig.functionCallingConfig.mode"
MIXED = "includeServerSideToolInvocations"
"""Google's own tools and functions in one request: others need no word for it."""


def declared(name: str) -> str:
    """Where the parameters of a function are kept as its client wrote them, in Google's Schema."""
    return f"tools.{name}.parameters"


def read_tools(raw: msgspec.Raw, exact: Json) -> tuple[Tool, ...]:
    """Each function and each tool of Google's, in order; what `exact` gets says the same as they do."""
    found: list[Tool] = []
    for each in items(raw):
        for key, value in fields(each).items():
            if key == "functionDeclarations":
                found += [_function(fields(one), exact) for one in items(value)]
            elif key == "mcpServers":
                found += [_mcp(one) for one in items(value)]
            else:
                found.append(_server(key, value))
    return tuple(found)


def _function(function: Fields, exact: Json) -> FunctionTool:
    name = _string.decode(function["name"]) if "name" in function else ""
    if not name:
        raise ValueError("a function needs a name")
    parameters = function.get("parametersJsonSchema")
    if parameters is None and "parameters" in function:
        parameters = json_schema.from_schema(function["parameters"])
        exact[declared(name)] = function["parameters"]
    known = {"name", "description", "parameters", "parametersJsonSchema"}
    extra = {key: value for key, value in function.items() if key not in known}
    return FunctionTool(
        name,
        _string.decode(function["description"]) if "description" in function else None,
        parameters,
        protocol="gemini" if extra else "",
        extra=extra or None,
    )


def _server(key: str, value: msgspec.Raw) -> Tool:
    raw = msgspec.Raw(_encode({key: value}))
    tool = SERVER.get(key)
    if tool is None:
        return OpaqueTool("gemini", f"tools.{key}", raw)
    settings = fields(value)
    blocked = _strings.decode(settings["excludeDomains"]) if "excludeDomains" in settings else []
    return ServerTool(tool, "gemini", raw, blocked_domains=tuple(blocked))


def _mcp(raw: msgspec.Raw) -> ServerTool:
    server = fields(raw)
    transport = fields(server["streamableHttpTransport"]) if "streamableHttpTransport" in server else {}
    headers = _headers.decode(transport["headers"]) if "headers" in transport else {}
    bearer = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    return ServerTool(
        "mcp",
        "gemini",
        msgspec.Raw(_encode({"mcpServers": [raw]})),
        label=_string.decode(server["name"]) if "name" in server else "",
        url=_string.decode(transport["url"]) if "url" in transport else "",
        token=bearer.removeprefix("Bearer "),
    )


def read_choice(raw: msgspec.Raw, extensions: Json, exact: Json) -> ToolChoice | None:
    """toolConfig; `extensions` gets what only Google knows, by dotted names, `exact` what says nothing elsewhere."""
    config = fields(raw)
    if MIXED in config:
        exact[f"toolConfig.{MIXED}"] = config.pop(MIXED)
    calling = fields(config.pop("functionCallingConfig")) if "functionCallingConfig" in config else {}
    extensions.update({f"toolConfig.{name}": value for name, value in config.items()})
    mode = _string.decode(calling.pop("mode")).upper() if "mode" in calling else ""
    names = tuple(_strings.decode(calling.pop("allowedFunctionNames"))) if "allowedFunctionNames" in calling else ()
    extensions.update({f"toolConfig.functionCallingConfig.{name}": value for name, value in calling.items()})
    match mode:
        case "ANY":
            if not names:
                return ToolChoice("required")
            return ToolChoice("named", names) if len(names) == 1 else ToolChoice("allowed", names, required=True)
        case "NONE":
            return ToolChoice("none")
        case "AUTO" | "VALIDATED":
            # What write_tools.py would not write by itself. VALIDATED promises that calls fit their schema.
            if (mode == "AUTO") == bool(names):
                (exact if names else extensions)[MODE] = msgspec.Raw(_encode(mode))
            return ToolChoice("allowed", names) if names else ToolChoice("auto")
        case "" | "MODE_UNSPECIFIED":
            return ToolChoice("allowed", names) if names else None
    raise ValueError(f"mode {mode[:40]!r} is not known: AUTO, ANY, NONE or VALIDATED")
