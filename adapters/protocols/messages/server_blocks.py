"""Blocks of tools that the provider itself ran, both ways.

https://docs.claude.com/en/docs/agents-and-tools/tool-use/web-search-tool and the pages of web fetch, code execution,
tool search and the MCP connector (2026-11).
"""

import msgspec

from adapters.canonical.blocks import Citation, Origin, ServerCall, ServerResult
from adapters.canonical.sealed import PREFIX
from adapters.protocols.messages.citations import NAME
from adapters.unreadable import UNREADABLE

ORIGIN = Origin(NAME)
_NOBODY = Origin("")

_TOOLS = {
    "web_search": "web_search",
    "web_fetch": "web_fetch",
    "code_execution": "code_execution",
    "bash_code_execution": "code_execution",
    "text_editor_code_execution": "code_execution",
    "tool_search_tool_regex": "tool_search",
    "tool_search_tool_bm25": "tool_search",
    "advisor": "advisor",
}
"""`name` of a server_tool_use -> our name (canonical/request.py)."""

CALLS = ("server_tool_use", "mcp_tool_use")
RESULTS = {
    "web_search_tool_result": "web_search",
    "web_fetch_tool_result": "web_fetch",
    "code_execution_tool_result": "code_execution",
    "bash_code_execution_tool_result": "code_execution",
    "text_editor_code_execution_tool_result": "code_execution",
    "tool_search_tool_result": "tool_search",
    "mcp_tool_result": "mcp",
    "advisor_tool_result": "advisor",
}
"""`type` of a result -> our name."""


class _Call(msgspec.Struct):
    type: str
    id: str = ""
    name: str = ""
    server_name: str = ""
    input: msgspec.Raw = msgspec.Raw(b"{}")


class _Item(msgspec.Struct):
    type: str = ""
    url: str | None = None
    title: str | None = None
    text: str | None = None
    stdout: str | None = None
    stderr: str | None = None


class _Result(msgspec.Struct):
    type: str
    tool_use_id: str = ""
    content: list[_Item] | _Item | str | None = None


_call = msgspec.json.Decoder(_Call)
_result = msgspec.json.Decoder(_Result)
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_EMPTY = msgspec.Raw(b"{}")


def read_call(raw: bytes | msgspec.Raw) -> ServerCall:
    """A call of a provider's tool. Raises msgspec.DecodeError."""
    wire = _call.decode(raw)
    origin = _NOBODY if wire.id.startswith(PREFIX) else ORIGIN
    asked, whole = bytes(wire.input).decode(), msgspec.Raw(bytes(raw))
    if wire.type == "mcp_tool_use":
        return ServerCall(wire.id, "mcp", asked, origin, whole, wire.name, wire.server_name)
    return ServerCall(wire.id, _TOOLS.get(wire.name, wire.name), asked, origin, whole)


def read_result(raw: bytes | msgspec.Raw) -> ServerResult:
    """What the tool answered. Raises msgspec.DecodeError."""
    wire = _result.decode(raw)
    content = wire.content
    if isinstance(content, str):
        text, items = content, []
    else:
        items = content if isinstance(content, list) else [content] if content is not None else []
        words = [item.text or "\n".join(filter(None, (item.stdout, item.stderr))) for item in items]
        text = "\n".join(filter(None, words))
    sources = tuple(
        Citation("url", url=item.url, title=item.title or "", protocol=NAME) for item in items if item.url is not None
    )
    origin = _NOBODY if wire.tool_use_id.startswith(PREFIX) else ORIGIN
    return ServerResult(wire.tool_use_id, RESULTS[wire.type], origin, msgspec.Raw(bytes(raw)), text, sources)


def write_call(call: ServerCall) -> msgspec.Raw | dict[str, object] | None:
    """A block of an answer; None where Anthropic has no such tool.

    What another provider ran is marked, so that it does not come to Anthropic (own_turns.py).
    """
    if call.origin.protocol == NAME:
        return call.raw
    if call.tool not in ("web_search", "web_fetch", "code_execution"):
        return None
    return {"type": "server_tool_use", "id": PREFIX + call.id, "name": call.tool, "input": object_of(call.input)}


def write_result(result: ServerResult) -> msgspec.Raw | dict[str, object] | None:
    """A block of an answer; None where Anthropic has no such tool, or only its provider can say what it was."""
    if result.origin.protocol == NAME:
        return result.raw
    if result.tool == "web_search":
        found = [
            {
                "type": "web_search_result",
                "url": source.url,
                "title": source.title,
                "encrypted_content": "",
                "page_age": None,
            }
            for source in result.sources
        ]
        return {"type": "web_search_tool_result", "tool_use_id": PREFIX + result.id, "content": found}
    if result.tool == "web_fetch":
        page = {"type": "text", "media_type": "text/plain", "data": result.text}
        fetched = {
            "type": "web_fetch_result",
            "url": result.sources[0].url if result.sources else "",
            "content": {"type": "document", "source": page},
        }
        return {"type": "web_fetch_tool_result", "tool_use_id": PREFIX + result.id, "content": fetched}
    if result.tool == "code_execution":
        content = {
            "type": "code_execution_result",
            "stdout": "" if result.is_error else result.text,
            "stderr": result.text if result.is_error else "",
            "return_code": int(result.is_error),
            "content": [],
        }
        return {"type": "code_execution_tool_result", "tool_use_id": PREFIX + result.id, "content": content}
    return None


def unanswered(call: ServerCall) -> ServerResult | None:
    """An empty answer to a call that its provider showed without one: in this protocol each call has an answer."""
    if call.origin.protocol == NAME or write_call(call) is None:
        return None
    return ServerResult(call.id, call.tool, call.origin, call.raw)


def object_of(text: str) -> msgspec.Raw:
    """JSON text of an object as it is; nothing as an empty one, anything else as the only field of one."""
    if not text or text == "null":
        return _EMPTY
    try:
        _object.decode(text)
    except UNREADABLE:
        return msgspec.Raw(msgspec.json.encode({"input": text}))
    return msgspec.Raw(text.encode())
