"""Tools and the choice among them, read: https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview (2026-11).

Writing is in write_tools.py.
"""

import msgspec

from adapters.canonical.blocks import Json
from adapters.canonical.request import FunctionTool, OpaqueTool, ServerTool, Tool, ToolChoice
from adapters.protocols.chat.values import Values, wrong
from adapters.protocols.messages.citations import NAME
from adapters.protocols.messages.client_tools import described
from adapters.protocols.messages.read_blocks import read_cache
from adapters.unreadable import UNREADABLE

_SERVER = {"web_search": "web_search", "web_fetch": "web_fetch", "code_execution": "code_execution"}
"""What `type` begins with, before the date -> our name."""

_EVERY_TOOL = ("tool_search_tool_bm25", "tool_search_tool_regex")
"""Tools that only find other tools, which another provider is shown all of."""


class _Toolset(msgspec.Struct):
    type: str
    mcp_server_name: str = ""
    configs: dict[str, msgspec.Raw] | None = None


_toolset = msgspec.json.Decoder(_Toolset)
_location = msgspec.json.Decoder(Json)


def read_tools(values: Values) -> tuple[Tool, ...]:
    """Fields "tools" and "mcp_servers". Raises ClientError (400)."""
    listed = values.objects("tools") or []
    servers = {}
    for place, fields in enumerate(values.objects("mcp_servers") or []):
        server = Values(fields, f"mcp_servers.{place}")
        servers[server.required(server.text("name"), "name")] = fields
    tools: list[Tool] = []
    for place, fields in enumerate(listed):
        kind = Values(fields, f"tools.{place}").text("type") or "custom"
        if kind == "mcp_toolset":
            tools.append(_mcp(fields, servers))
        else:
            tools.append(_tool(kind, fields, f"tools.{place}"))
    # Before there were toolsets, a server alone was enough (docs.claude.com/en/docs/agents-and-tools/mcp-connector).
    tools.extend(_server(fields, None) for fields in servers.values())
    return tuple(tools)


def _tool(kind: str, fields: Json, path: str) -> Tool:
    if kind == "custom":
        return _function(fields, path)
    name = kind.rpartition("_")[0]
    if name in _SERVER:
        return _provided(_SERVER[name], fields, path)
    raw = msgspec.Raw(msgspec.json.encode(fields))
    if name == "computer":
        return ServerTool("computer", NAME, raw, cache=read_cache(Values(fields, path)))
    if (known := described(name, Values(fields, path).text("name") or name)) is not None:
        values = Values(fields, path)
        values.left.pop("name", None)
        exact = {"type": values.left.pop("type")}
        return FunctionTool(
            known.name,
            known.description,
            known.parameters,
            cache=read_cache(values),
            protocol=NAME,
            extra=values.extra,
            exact=exact,
        )
    return OpaqueTool(NAME, f"a tool of type {kind}", raw, knob=name in _EVERY_TOOL)


def _function(fields: Json, path: str) -> FunctionTool:
    values = Values(fields, path)
    values.left.pop("type", None)
    name = values.required(values.text("name"), "name")
    schema = values.raw("input_schema")
    return FunctionTool(
        name,
        values.text("description"),
        schema,
        values.flag("strict"),
        cache=read_cache(values),
        protocol=NAME,
        extra=values.extra,
    )


def _provided(tool: str, fields: Json, path: str) -> ServerTool:
    values = Values(fields, path)
    place = values.raw("user_location")
    return ServerTool(
        tool,
        NAME,
        msgspec.Raw(msgspec.json.encode(fields)),
        values.texts("allowed_domains") or (),
        values.texts("blocked_domains") or (),
        values.whole("max_uses"),
        None if place is None else _object(place),
        cache=read_cache(values),
    )


def _object(raw: msgspec.Raw) -> Json | None:
    try:
        return _location.decode(raw)
    except UNREADABLE:
        return None


def _mcp(fields: Json, servers: dict[str, Json]) -> Tool:
    raw = msgspec.Raw(msgspec.json.encode(fields))
    try:
        name = _toolset.decode(raw).mcp_server_name
    except UNREADABLE:
        name = ""
    server = servers.pop(name, None)
    if server is None:
        return OpaqueTool(NAME, "a toolset without its MCP server", raw)
    return _server(server, fields)


class _Pair(msgspec.Struct, omit_defaults=True):
    """What `raw` of an MCP tool holds: the server, and the toolset where there is one."""

    server: Json
    toolset: Json | None = None


pair = msgspec.json.Decoder(_Pair)


def _server(server: Json, toolset: Json | None) -> ServerTool:
    values = Values(server, "mcp_servers")
    allowed = None
    if (old := values.inside("tool_configuration")) is not None:
        allowed = old.texts("allowed_tools")
    if toolset is not None:
        allowed = _enabled(toolset)
    return ServerTool(
        "mcp",
        NAME,
        msgspec.Raw(msgspec.json.encode(_Pair(server, toolset))),
        cache=None if toolset is None else read_cache(Values(toolset, "tools")),
        label=values.text("name") or "",
        url=values.text("url") or "",
        token=values.text("authorization_token") or "",
        allowed_tools=allowed,
    )


class _Config(msgspec.Struct):
    enabled: bool | None = None


class _Allowed(msgspec.Struct):
    default_config: _Config | None = None
    configs: dict[str, _Config] | None = None


_allowed = msgspec.json.Decoder(_Allowed)


def _enabled(toolset: Json) -> tuple[str, ...] | None:
    """The tools that a toolset names where it turns off the others; None: all."""
    try:
        said = _allowed.decode(msgspec.json.encode(toolset))
    except UNREADABLE:
        return None
    if said.default_config is None or said.default_config.enabled is not False:
        return None
    return tuple(name for name, config in (said.configs or {}).items() if config.enabled)


def read_choice(values: Values, tools: tuple[Tool, ...]) -> tuple[ToolChoice | None, bool | None]:
    """Field "tool_choice": the choice, and whether calls may be parallel (None: unsaid). Raises ClientError (400)."""
    choice = values.inside("tool_choice")
    if choice is None:
        return None, None
    kind = choice.required(choice.text("type"), "type")
    alone = choice.flag("disable_parallel_tool_use")
    parallel = None if alone is None else not alone
    if kind == "tool":
        name = choice.required(choice.text("name"), "name")
        server = next((tool.tool for tool in tools if isinstance(tool, ServerTool) and tool.tool == name), "")
        return ToolChoice("named", (name,), server_tool=server), parallel
    mode = {"auto": "auto", "any": "required", "none": "none"}.get(kind)
    if mode is None:
        raise wrong(choice.name("type"), "one of auto, any, tool and none")
    return ToolChoice(mode), parallel  # type: ignore[arg-type]  # one of three of its words
