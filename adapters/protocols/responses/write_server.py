"""Tools that another protocol's provider ran, and pictures that a model made, as items of an output."""

import msgspec

from adapters.canonical.blocks import Media, ServerCall, ServerResult
from adapters.protocols.responses.schema import PROTOCOL, encode
from adapters.unreadable import UNREADABLE


class _Input(msgspec.Struct):
    query: str | None = None
    queries: list[str] | None = None
    url: str | None = None
    code: str | None = None
    command: str | None = None


_decoder = msgspec.json.Decoder(_Input)

PREFIXES = {"web_search": "ws", "web_fetch": "ws", "code_execution": "ci", "file_search": "fs", "mcp": "mcp"}
"""Our names of tools that have an item here -> how its id begins."""

KINDS = {
    "web_search": b"web_search_call",
    "web_fetch": b"web_search_call",
    "code_execution": b"code_interpreter_call",
    "file_search": b"file_search_call",
    "mcp": b"mcp_call",
}
"""The same -> the type of the item, which its events are named after."""


def write_server(item_id: str, call: ServerCall, result: ServerResult | None) -> bytes | None:
    """The item of a call with what it answered; None for a tool that has no item here.

    A call of this protocol goes back as it was.
    """
    if call.origin.protocol == PROTOCOL:
        return bytes(call.raw)
    try:
        asked = _decoder.decode(call.input)
    except UNREADABLE:
        asked = _Input()
    item: dict[str, object] = {"id": item_id, "status": "completed"}
    text = result.text if result is not None else ""
    match call.tool:
        case "web_search":
            queries = asked.queries or ([asked.query] if asked.query else [])
            action: dict[str, object] = {
                "type": "search",
                "query": asked.query or " ".join(queries),
                "queries": queries,
            }
            sources = [source.url for source in (result.sources if result is not None else ()) if source.url]
            if sources:
                action["sources"] = [{"type": "url", "url": url} for url in sources]
            item.update(type="web_search_call", action=action)
        case "web_fetch":
            item.update(type="web_search_call", action={"type": "open_page", "url": asked.url})
        case "code_execution":
            item.update(type="code_interpreter_call", code=asked.code or asked.command or "", container_id="none")
            item["outputs"] = [{"type": "logs", "logs": text}] if text else None
        case "file_search":
            item.update(type="file_search_call", queries=asked.queries or ([asked.query] if asked.query else []))
            item["results"] = [{"text": text}] if text else None
        case "mcp":
            item.update(type="mcp_call", arguments=call.input, name=call.name or "mcp", output=text or None)
            item["server_label"] = call.label or "mcp"
        case _:
            return None
    return encode(item)


def write_picture(item_id: str, picture: Media) -> bytes | None:
    """A picture that the model made; None for media that have no item here."""
    if picture.kind != "image" or not picture.data:
        return None
    item: dict[str, object] = {"id": item_id, "type": "image_generation_call", "status": "completed"}
    form = picture.media_type.rpartition("/")[2]
    if form in {"png", "webp", "jpeg", "gif"}:
        item["output_format"] = form
    item["result"] = picture.data
    return encode(item)
