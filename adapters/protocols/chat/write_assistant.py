"""One message of the assistant, written from its blocks."""

from collections.abc import Callable, Sequence

import msgspec

from adapters.canonical import ids
from adapters.canonical.blocks import (
    Block,
    Media,
    Opaque,
    Refusal,
    ServerCall,
    ServerResult,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from adapters.canonical.context import Upstream
from adapters.canonical.custom_tools import wrap
from adapters.canonical.request import Request, Turn
from adapters.protocols.chat.details import Detail, fields_of, write_details
from adapters.protocols.chat.signatures import write_signature
from adapters.protocols.chat.tools import custom_tools
from adapters.protocols.chat.write_parts import Part, Parts

_REFUSES = ("openai", "azure")
"""Who has a field for refusals; elsewhere they are text."""


_WANT_REASONING = ("deepseek", "moonshot")
"""Who refuses earlier messages of the assistant without their reasoning, and takes an empty one.

https://api-docs.deepseek.com/guides/thinking_mode, https://github.com/NousResearch/hermes-agent/issues/15353 (2026-04).
"""


def id_rule(request: Request, upstream: Upstream) -> Callable[[str], str]:
    """What is done to ids of tool calls."""
    if request.protocol == "chat":
        return str
    return ids.for_mistral if upstream.provider == "mistral" else ids.for_chat


class Assistant:
    """Writes the messages of the assistant in one request."""

    __slots__ = ("_calls", "_custom", "_id", "_losses", "_message", "_own", "_parts", "_plain", "_upstream", "_written")

    def __init__(self, request: Request, parts: Parts) -> None:
        self._own = request.protocol == "chat"
        self._upstream = parts.upstream
        self._losses = parts.losses
        self._parts = parts
        self._custom = custom_tools(request, parts.upstream)
        self._id = id_rule(request, parts.upstream)

    def message(
        self, message: dict[str, object], turn: Turn, blocks: Sequence[Block], path: str
    ) -> dict[str, object] | None:
        """`message` with what the blocks say; None when nothing of them is said there."""
        self._message = message
        self._calls: list[object] = []
        self._written: list[Part | msgspec.Raw] = []
        self._plain = turn.plain or turn.protocol != "chat"
        for number, block in enumerate(blocks):
            self._block(block, f"{path}.content.{number}")
        said = self._think([block for block in blocks if isinstance(block, Thinking)])
        texts = [str(part["text"]) for part in self._written if isinstance(part, dict) and "text" in part]
        if not self._own and blocks and not (texts or self._calls or said or message.keys() - {"role", "name"}):
            return None
        if not self._plain:
            message["content"] = self._written
        elif texts:
            message["content"] = "".join(texts)
        elif self._calls or message.keys() & {"refusal", "audio", "function_call"}:
            message["content"] = None
        else:
            message["content"] = ""
        if self._calls:
            message["tool_calls"] = self._calls
        if not self._own and self._upstream.provider in _WANT_REASONING:
            message.setdefault("reasoning_content", "")
        return message

    def _block(self, block: Block, path: str) -> None:
        match block:
            case Text():
                self._written.append({"type": "text", "text": block.text} if self._plain else self._parts.text(block))
                if block.signature and self._google(block):
                    self._message["extra_content"] = write_signature(block.signature)
            case ToolCall():
                self._call(block)
            case Refusal():
                self._refusal(block)
            case Thinking():
                if self._own and not self._plain and block.extra and "thinking" in block.extra:
                    self._written.append({"type": "thinking", **block.extra})
            case Media():
                self._media(block, path)
            case ServerCall() | ServerResult():
                self._losses.knob("server_tools", "what the provider's own tools did before is not repeated there")
            case Opaque() if block.origin.protocol == "chat":
                (self._calls if block.what.startswith("a tool call") else self._written).append(block.raw)
            case Opaque():
                self._parts.opaque(block, path)
            case ToolResult():
                self._losses.refuse(path, "the answer of a tool in a message of the assistant")

    def _refusal(self, block: Refusal) -> None:
        if not self._plain:
            self._written.append({"type": "refusal", "refusal": block.text})
        elif self._own or self._upstream.provider in _REFUSES:
            self._message["refusal"] = block.text
        else:
            self._written.append({"type": "text", "text": block.text})

    def _media(self, block: Media, path: str) -> None:
        if block.kind == "audio" and block.file_id and (self._own or block.protocol == "chat"):
            self._message["audio"] = {"id": block.file_id}
        elif block.transcript:
            self._losses.knob("audio", "of an earlier answer only the words are sent")
            self._written.append({"type": "text", "text": block.transcript})
        else:
            self._losses.refuse(path, f"{block.kind} in an answer of the assistant")

    def _call(self, block: ToolCall) -> None:
        arguments = block.arguments or "{}"
        if self._own and block.exact and "function_call" in block.exact:
            self._message["function_call"] = {"name": block.name, "arguments": arguments}
            return
        call: dict[str, object] = {"id": self._id(block.id)}
        if block.custom and block.name not in self._custom and (self._own or self._upstream.provider in _REFUSES):
            call.update(type="custom", custom={"name": block.name, "input": block.arguments})
        else:
            arguments = wrap(block.arguments) if block.custom else arguments
            call.update(type="function", function={"name": block.name, "arguments": arguments})
        if block.signature and self._google(block):
            call["extra_content"] = write_signature(block.signature)
        if self._own and block.extra:
            call.update(block.extra)
        if block.cache is not None:
            self._losses.knob("cache_control", "the provider finds what to cache by itself")
        self._calls.append(call)

    def _google(self, block: Text | ToolCall) -> bool:
        """Whether a signature is for this upstream: Google's compatible address takes Gemini's."""
        gemini = block.origin is not None and block.origin.protocol == "gemini"
        if gemini and (self._own or self._upstream.provider in ("gemini", "vertex")):
            return True
        self._losses.knob("thinking", "signatures go only to who made them")
        return False

    def _think(self, thoughts: list[Thinking]) -> bool:
        """Earlier reasoning, in the form that the provider takes; whether anything was said."""
        if not thoughts:
            return False
        if self._own:
            self._message.update(fields_of(thoughts))
            return True
        text = "\n\n".join(thought.text for thought in thoughts if thought.text)
        if "reasoning_details" in self._upstream.capabilities:
            details: list[Detail] = []
            for thought in thoughts:
                details += write_details(thought, len(details))
            if details:
                self._message["reasoning_details"] = details
            if text:
                self._message["reasoning"] = text
            return bool(text or details)
        if "reasoning_content" in self._upstream.capabilities and text:
            self._message["reasoning_content"] = text
            return True
        self._losses.knob("thinking", "earlier reasoning is not sent there")
        return False
