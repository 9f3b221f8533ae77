"""Items of tools that the provider ran: each is a call and, where it says what came of it, a result.

The item as a whole is the call's raw value and goes back to this protocol; the result is for the others.
"""

import msgspec

from adapters.canonical.blocks import Block, Citation, Origin, ServerCall, ServerResult
from adapters.head import Fields
from adapters.protocols.responses.schema import PROTOCOL, encode
from adapters.unreadable import UNREADABLE

SERVER_ITEMS = {
    "web_search_call": "web_search",
    "x_search_call": "web_search",  # xAI's search of posts, https://docs.x.ai/docs/guides/tools/overview (2026-11)
    "file_search_call": "file_search",
    "code_interpreter_call": "code_execution",
    "image_generation_call": "image_generation",
    "mcp_call": "mcp",
}
"""Types of items -> our names of the tools."""

NOTHING = msgspec.Raw(b"null")
"""The raw value of a result whose call holds all of it."""


class _Source(msgspec.Struct):
    url: str | None = None
    title: str | None = None


class _Action(msgspec.Struct):
    type: str = ""
    query: str | None = None
    queries: list[str] | None = None
    url: str | None = None
    pattern: str | None = None
    sources: list[_Source] | None = None


class _Output(msgspec.Struct):
    type: str = ""
    logs: str | None = None
    url: str | None = None


class _Found(msgspec.Struct):
    filename: str | None = None
    file_id: str | None = None
    text: str | None = None


class _Item(msgspec.Struct):
    id: str | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    output: str | None = None
    action: _Action | None = None
    code: str | None = None
    outputs: list[_Output] | None = None
    queries: list[str] | None = None
    results: list[_Found] | None = None
    revised_prompt: str | None = None


_decoder = msgspec.json.Decoder(_Item)


def read_server(kind: str, fields: Fields) -> tuple[Block, ...]:
    """The blocks of one item; `fields` with its type."""
    raw = msgspec.Raw(encode(fields))
    try:
        item = _decoder.decode(raw)
    except UNREADABLE:
        item = _Item()
    tool = SERVER_ITEMS[kind]
    own = item.id or item.call_id or ""
    call = ServerCall(own, tool, _input(item), Origin(PROTOCOL), raw)
    text, sources = _answer(item)
    if not text and not sources:
        return (call,)
    return call, ServerResult(own, tool, Origin(PROTOCOL), NOTHING, text, sources)


def _input(item: _Item) -> str:
    """What the tool was asked, as JSON text."""
    if item.arguments:
        return item.arguments
    if item.action is not None:
        action = item.action
        query = action.query or "; ".join(action.queries or ())
        given = {"query": query, "url": action.url, "pattern": action.pattern}
    else:
        given = {"code": item.code, "query": "; ".join(item.queries or ()), "prompt": item.revised_prompt}
    return encode({name: value for name, value in given.items() if value}).decode()


def _answer(item: _Item) -> tuple[str, tuple[Citation, ...]]:
    """What it answered in words, and from where."""
    if item.action is not None and item.action.sources:
        return "", tuple(
            Citation("url", url=source.url, title=source.title or "", protocol=PROTOCOL)
            for source in item.action.sources
            if source.url
        )
    if item.results:
        return "\n\n".join(found.text for found in item.results if found.text), tuple(
            Citation("file", title=found.filename or "", file_id=found.file_id or "", protocol=PROTOCOL)
            for found in item.results
        )
    logs = "\n".join(output.logs for output in item.outputs or () if output.logs)
    return item.output or logs, ()
