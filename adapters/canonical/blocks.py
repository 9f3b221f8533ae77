"""The blocks that turns and answers are made of.

A block holds what two or more protocols share. What only one knows stays in an Opaque block, which goes back to that
protocol and to no other. Blocks are values: never changed once made.

`extra` are fields that only `protocol` knows, and that another loses; `exact` those that say nothing to another (null,
a status, what the block says already): only written back by their own.
"""

from typing import Literal, TypeAlias

import msgspec

MediaKind: TypeAlias = Literal["image", "audio", "video", "file"]
Json: TypeAlias = dict[str, msgspec.Raw]


class Origin(msgspec.Struct, frozen=True):
    """Who made a signature or an encrypted block, and so may read it; `provider` where it is known."""

    protocol: str
    provider: str = ""


class Cache(msgspec.Struct, frozen=True):
    """A cache breakpoint after this block. `ttl` as its protocol writes it ("5m", "1h"), "" = the usual."""

    ttl: str = ""


class Citation(msgspec.Struct, frozen=True):
    """Where a text has its words from.

    `start` and `end` are characters of the text that the citation stands on, -1: unknown. `raw` is the whole as its
    protocol wrote it, for that protocol.
    """

    kind: Literal["url", "document", "file"]
    url: str = ""
    title: str = ""
    quoted: str = ""
    start: int = -1
    end: int = -1
    file_id: str = ""
    protocol: str = ""
    raw: msgspec.Raw | None = None


class Text(msgspec.Struct, frozen=True, tag="text"):
    """What is said. `extra` are fields of this block that only `protocol` knows."""

    text: str
    cache: Cache | None = None
    citations: tuple[Citation, ...] = ()
    signature: str = ""
    origin: Origin | None = None
    protocol: str = ""
    extra: Json | None = None
    exact: Json | None = None


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """What a model says in place of an answer that it will not give."""

    text: str


class Media(msgspec.Struct, frozen=True, tag="media"):
    """An image, sound, film or document: exactly one of `data` (base64), `url`, `file_id` or `text` (a plain document).

    `detail` is OpenAI's, `title` and `context` are Anthropic's; `transcript` is what an assistant's audio says.
    """

    kind: MediaKind
    media_type: str = ""
    data: str = ""
    url: str = ""
    file_id: str = ""
    text: str | None = None
    name: str = ""
    detail: str = ""
    title: str = ""
    context: str = ""
    citations: bool = False
    transcript: str = ""
    cache: Cache | None = None
    signature: str = ""
    origin: Origin | None = None
    protocol: str = ""
    extra: Json | None = None
    exact: Json | None = None


class Thinking(msgspec.Struct, frozen=True, tag="thinking"):
    """Reasoning before an answer.

    `signature` proves it to its `origin`; `encrypted` is reasoning that only its origin can read (redacted thinking,
    encrypted content). `summary`: the text is a summary of it, in `parts` where there are several. `id` is the item's.
    """

    text: str = ""
    signature: str = ""
    encrypted: str = ""
    origin: Origin | None = None
    summary: bool = False
    parts: tuple[str, ...] = ()
    id: str = ""
    protocol: str = ""
    extra: Json | None = None
    exact: Json | None = None


class ToolCall(msgspec.Struct, frozen=True, tag="tool_call"):
    """A model asks for a tool of the client. `arguments` is the JSON text as written, or free text of a custom tool.

    `item_id` is the id of the item around it (Responses); `signature` is the thought's (Gemini).
    """

    id: str
    name: str
    arguments: str = "{}"
    custom: bool = False
    item_id: str = ""
    namespace: str = ""
    cache: Cache | None = None
    signature: str = ""
    origin: Origin | None = None
    protocol: str = ""
    extra: Json | None = None
    exact: Json | None = None


class ToolResult(msgspec.Struct, frozen=True, tag="tool_result"):
    """What a tool of the client answered. `name` is the tool's where the protocol says it.

    `value` is the JSON text of a structured answer, where it is one (Gemini); `content` then says the same in words.
    """

    id: str
    content: tuple["Text | Media | Opaque", ...] = ()
    name: str = ""
    is_error: bool = False
    value: str = ""
    custom: bool = False
    plain: bool = False
    item_id: str = ""
    cache: Cache | None = None
    protocol: str = ""
    extra: Json | None = None
    exact: Json | None = None


class ServerCall(msgspec.Struct, frozen=True, tag="server_call"):
    """A tool that the provider itself ran: `tool` in our names (tools.SERVER_TOOLS), input as JSON text.

    `name` and `label` are those of a tool of an MCP server, and of the server.

    Its protocol gets `raw` back, another one what it has for it, or nothing.
    """

    id: str
    tool: str
    input: str
    origin: Origin
    raw: msgspec.Raw
    name: str = ""
    label: str = ""


class ServerResult(msgspec.Struct, frozen=True, tag="server_result"):
    """What that tool answered."""

    id: str
    tool: str
    origin: Origin
    raw: msgspec.Raw
    text: str = ""
    sources: tuple[Citation, ...] = ()
    is_error: bool = False


class Opaque(msgspec.Struct, frozen=True, tag="opaque"):
    """Anything else. `what` says it in words for a loss; `knob`: leaving it out changes no content."""

    origin: Origin
    what: str
    raw: msgspec.Raw
    knob: bool = False


Block: TypeAlias = Text | Refusal | Media | Thinking | ToolCall | ToolResult | ServerCall | ServerResult | Opaque
