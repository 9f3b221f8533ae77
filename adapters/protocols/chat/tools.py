"""Tool definitions and the choice among them, both ways.

https://platform.openai.com/docs/api-reference/chat/create (2026-11). Tools that a provider runs have no common form
here: OpenAI has `web_search_options`, others have types of their own in `tools`.
"""

from typing import Literal, get_args

import msgspec

from adapters.canonical.blocks import Cache
from adapters.canonical.context import Upstream
from adapters.canonical.custom_tools import nested, parameters
from adapters.canonical.loss import Losses
from adapters.canonical.request import FunctionTool, OpaqueTool, Request, ServerTool, Tool, ToolChoice
from adapters.protocols.chat.values import NULL, Raws, Values, is_object, is_text, wrong
from adapters.unreadable import UNREADABLE

_encode = msgspec.json.encode
_strings = msgspec.json.Decoder(str)
_object = msgspec.json.Decoder(Raws)

_PLAIN = {mode: ToolChoice(mode) for mode in get_args(Literal["auto", "none", "required"])}

# Types of tools that providers of this wire run themselves: Groq's and Zhipu's (2026-11).
_SERVER_TOOLS = {
    "web_search": "web_search",
    "web_search_preview": "web_search",
    "browser_search": "web_search",
    "code_interpreter": "code_execution",
}
# Functions without parameters that New API's users name to have Gemini's own tools.
_NAMED = {"googleSearch": "web_search", "codeExecution": "code_execution", "urlContext": "web_fetch"}


def read_tools(values: Values) -> tuple[Tool, ...]:
    """The fields "tools", "functions" and "web_search_options". Raises ClientError (400)."""
    found = [_tool(tool, values.name(f"tools.{n}")) for n, tool in enumerate(values.objects("tools") or ())]
    for n, function in enumerate(values.objects("functions") or ()):
        found.append(_function(Values(function, values.name(f"functions.{n}")), None, None, {"functions": NULL}))
    raw = values.left.get("web_search_options")
    options = values.inside("web_search_options")
    if options is not None and raw is not None:
        place = options.inside("user_location")
        size = options.text("search_context_size") or ""
        where = place.object("approximate") if place is not None else None
        found.append(ServerTool("web_search", "chat", raw, user_location=where, search_context=size))
    return tuple(found)


def _tool(fields: Raws, path: str) -> Tool:
    values = Values(fields, path)
    kind = values.text("type") or "function"
    if kind == "function":
        inner = values.required(values.inside("function"), "function")
        name = _name(inner)
        if name in _NAMED and inner.left.keys().isdisjoint({"parameters", "strict"}):
            return ServerTool(_NAMED[name], "chat", msgspec.Raw(_encode(fields)))
        cache = values.inside("cache_control")
        return _function(inner, Cache(cache.text("ttl") or "") if cache is not None else None, values.extra)
    if kind == "custom":
        inner = values.required(values.inside("custom"), "custom")
        return FunctionTool(
            inner.required(inner.text("name"), "name"),
            inner.text("description"),
            custom=True,
            grammar=inner.raw("format"),
            protocol="chat",
            extra=values.extra,
        )
    raw = msgspec.Raw(_encode(fields))
    if kind in _SERVER_TOOLS:
        return ServerTool(_SERVER_TOOLS[kind], "chat", raw)
    return OpaqueTool("chat", f"a tool of type {kind}", raw)


def _name(inner: Values) -> str:
    raw = inner.left.get("name")
    try:
        return _strings.decode(raw) if raw is not None else ""
    except UNREADABLE:
        return ""


def _function(inner: Values, cache: Cache | None, extra: Raws | None, exact: Raws | None = None) -> FunctionTool:
    name = inner.required(inner.text("name"), "name")
    description = inner.text("description")
    strict = inner.flag("strict")
    parameters = inner.raw("parameters")
    if parameters is not None and not is_object(parameters):
        raise wrong(inner.name("parameters"), "a JSON Schema object")
    more = {f"function.{field}": raw for field, raw in (inner.extra or {}).items()}
    extra = {**(extra or {}), **more} or None
    return FunctionTool(name, description, parameters, strict, cache=cache, protocol="chat", extra=extra, exact=exact)


def read_choice(values: Values) -> ToolChoice | None:
    """The fields "tool_choice" and "function_call". Raises ClientError (400)."""
    field = "tool_choice" if values.left.get("tool_choice", NULL) != NULL else "function_call"
    raw = values.left.get(field)
    if raw is None or raw == NULL:
        values.raw(field)
        return None
    if is_text(raw):
        mode = values.text(field)
        if mode in _PLAIN:
            return _PLAIN[mode]
        if mode == "any":  # Mistral's word, https://docs.mistral.ai/capabilities/function_calling (2026-11)
            return ToolChoice("required")
        raise wrong(values.name(field), '"auto", "none", "required" or an object')
    choice = values.required(values.inside(field), field)
    if field == "function_call":
        return ToolChoice("named", (choice.required(choice.text("name"), "name"),))
    kind = choice.text("type") or "function"
    if kind == "allowed_tools":
        allowed = choice.required(choice.inside("allowed_tools"), "allowed_tools")
        names = [_allowed(tool, allowed, n) for n, tool in enumerate(allowed.objects("tools") or ())]
        return ToolChoice("allowed", tuple(names), required=allowed.text("mode") == "required")
    if kind in ("function", "custom"):
        inner = choice.required(choice.inside(kind), kind)
        return ToolChoice("named", (inner.required(inner.text("name"), "name"),))
    if kind in _PLAIN:
        return _PLAIN[kind]
    raise wrong(choice.name("type"), '"function", "custom" or "allowed_tools"')


def _allowed(fields: Raws, allowed: Values, place: int) -> str:
    values = Values(fields, allowed.name(f"tools.{place}"))
    kind = values.text("type") or "function"
    inner = values.required(values.inside(kind), kind)
    return inner.required(inner.text("name"), "name")


def write_tools(request: Request, upstream: Upstream, losses: Losses) -> Raws:
    """The fields "tools", "functions" and "web_search_options"."""
    tools: list[object] = []
    functions: list[object] = []
    fields: Raws = {}
    allowed = _only(request, upstream)
    for place, tool in enumerate(request.tools):
        if isinstance(tool, FunctionTool):
            if allowed is not None and tool.name not in allowed:
                continue
            old = tool.exact is not None and tool.protocol == "chat" and "functions" in tool.exact
            (functions if old else tools).append(_written(tool, upstream, losses, old=old))
        elif tool.protocol == "chat":
            if isinstance(tool, ServerTool) and "type" not in _object.decode(tool.raw):
                fields["web_search_options"] = tool.raw
            else:
                tools.append(tool.raw)
        elif isinstance(tool, OpaqueTool):
            if tool.knob:
                losses.knob(f"tools.{place}", f"{tool.what} is not known there")
            else:
                losses.refuse(f"tools.{place}", f"{tool.what} is not known there")
        elif tool.tool == "web_search" and "web_search" in upstream.capabilities:
            fields["web_search_options"] = _search(tool, losses)
        else:
            losses.refuse(f"tools.{place}", f"the provider cannot run {tool.tool} there")
    if tools:
        fields["tools"] = msgspec.Raw(_encode(tools))
    if functions:
        fields["functions"] = msgspec.Raw(_encode(functions))
    return fields


def _only(request: Request, upstream: Upstream) -> tuple[str, ...] | None:
    """Names of the tools that may be called, where leaving out the others is the only way to say so."""
    choice = request.tool_choice
    if choice is None or choice.mode != "allowed" or request.protocol == "chat" or upstream.provider in _CUSTOM:
        return None
    return choice.names


def _search(tool: ServerTool, losses: Losses) -> msgspec.Raw:
    options: dict[str, object] = {}
    if tool.search_context:
        options["search_context_size"] = tool.search_context
    if tool.user_location:
        place = {name: raw for name, raw in tool.user_location.items() if name != "type"}
        options["user_location"] = {"type": "approximate", "approximate": place}
    for name, value in (
        ("allowed_domains", tool.allowed_domains),
        ("blocked_domains", tool.blocked_domains),
        ("max_uses", tool.max_uses),
    ):
        if value:
            losses.knob(f"web_search.{name}")
    return msgspec.Raw(_encode(options))


def _written(tool: FunctionTool, upstream: Upstream, losses: Losses, *, old: bool) -> dict[str, object]:
    own = (tool.extra or {}) if tool.protocol == "chat" else {}
    inner: dict[str, object] = {"name": tool.name}
    if tool.description is not None:
        inner["description"] = tool.description
    outer: dict[str, object] = {name: raw for name, raw in own.items() if "." not in name}
    inner.update({name[9:]: raw for name, raw in own.items() if name.startswith("function.")})
    if tool.custom and (upstream.provider in _CUSTOM or tool.protocol == "chat"):
        if tool.grammar is not None:
            inner["format"] = tool.grammar if tool.protocol == "chat" else nested(tool.grammar)
        return {"type": "custom", "custom": inner, **outer}
    if tool.custom:
        if tool.grammar is not None:
            losses.knob("tools.format", "the grammar of a custom tool is not known there")
        inner["parameters"] = parameters(tool)
    elif tool.parameters is not None:
        inner["parameters"] = tool.parameters
    if tool.strict and tool.protocol != "chat" and "strict_tools" not in upstream.capabilities:
        losses.knob("tools.strict")
    elif tool.strict is not None and (tool.strict or tool.protocol == "chat"):
        inner["strict"] = tool.strict
    if old:
        return inner
    if tool.cache is not None:
        outer.update(write_cache(tool.cache, upstream, losses, own=tool.protocol == "chat"))
    return {"type": "function", "function": inner, **outer}


def write_cache(cache: Cache, upstream: Upstream, losses: Losses, *, own: bool) -> dict[str, object]:
    """The breakpoint of a part or a tool.

    Providers that took Anthropic's form get that. OpenAI has one of its own, whose lifetimes are others; it is written
    only for clients of this protocol, for older models refuse it.
    """
    if "cache_control" in upstream.capabilities or (own and upstream.provider not in _CUSTOM):
        return {"cache_control": {"type": "ephemeral", "ttl": cache.ttl} if cache.ttl else {"type": "ephemeral"}}
    if own:
        return {
            "prompt_cache_breakpoint": {"mode": "explicit", "ttl": cache.ttl} if cache.ttl else {"mode": "explicit"}
        }
    losses.knob("cache_control", "the provider finds what to cache by itself")
    return {}


_CUSTOM = ("openai", "azure")
"""Who has custom tools: https://platform.openai.com/docs/guides/function-calling#custom-tools (2026-11)."""


def custom_tools(request: Request, upstream: Upstream) -> frozenset[str]:
    """Names of custom tools that go out as functions: their calls in the history do the same."""
    if upstream.provider in _CUSTOM or request.protocol == "chat":
        return frozenset()
    return frozenset(tool.name for tool in request.tools if isinstance(tool, FunctionTool) and tool.custom)


def write_choice(request: Request, upstream: Upstream, losses: Losses) -> Raws:
    """The fields "tool_choice", "function_call" and "parallel_tool_calls"."""
    fields: Raws = {}
    choice = request.tool_choice
    if choice is not None:
        old = request.protocol == "chat" and "function_call" in request.exact
        if old:
            fields["function_call"] = request.exact["function_call"]
        elif choice.mode in ("auto", "none"):
            fields["tool_choice"] = msgspec.Raw(_encode(choice.mode))
        elif (written := _choice(request, choice, upstream, losses)) is not None:
            fields["tool_choice"] = written
    if request.parallel_tools is not None:
        if request.protocol == "chat" or "parallel_tool_calls" in upstream.capabilities:
            fields["parallel_tool_calls"] = msgspec.Raw(_encode(request.parallel_tools))
        elif not request.parallel_tools and request.tools:
            losses.knob("parallel_tool_calls")
    return fields


def _choice(request: Request, choice: ToolChoice, upstream: Upstream, losses: Losses) -> msgspec.Raw | None:
    own = request.protocol == "chat"
    if choice.server_tool:
        losses.refuse("tool_choice", f"the provider cannot be made to call {choice.server_tool} there")
        return None
    must = choice.mode != "allowed" or choice.required
    if must and not own and "tool_choice_required" not in upstream.capabilities:
        losses.refuse("tool_choice", "the provider cannot be made to call a tool")
        return None
    if choice.mode == "required" or (choice.mode == "allowed" and _only(request, upstream) is not None):
        # Mistral's word for it: https://docs.mistral.ai/capabilities/function_calling (2026-11)
        word = "any" if upstream.provider == "mistral" else "required"
        return msgspec.Raw(_encode(word if must else "auto"))
    custom = {tool.name for tool in request.tools if isinstance(tool, FunctionTool) and tool.custom}
    custom -= custom_tools(request, upstream)
    named: list[dict[str, object]] = []
    for name in choice.names:
        kind = "custom" if name in custom else "function"
        named.append({"type": kind, kind: {"name": name}})
    if choice.mode == "named":
        return msgspec.Raw(_encode(named[0] if named else "required"))
    mode = "required" if choice.required else "auto"
    return msgspec.Raw(_encode({"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": named}}))
