"""Turns written as messages.

Answers of tools are messages of their own here, and they follow the message with the calls. A conversation of another
protocol may hold one answer of the assistant in several turns; here it is one message.
"""

from collections.abc import Sequence

import msgspec

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
from adapters.canonical.loss import Losses
from adapters.canonical.request import Request, Turn
from adapters.protocols.chat.write_assistant import Assistant, id_rule
from adapters.protocols.chat.write_parts import Part, Parts

Message = dict[str, object]


def ordered(messages: list[Message]) -> list[Message]:
    """With the answers of tools right after the message that called them, where another protocol had more in between.

    OpenAI refuses anything else ("must be followed by tool messages", 2026-11).
    """
    found: list[Message] = []
    held: list[Message] = []
    open_calls: set[object] = set()
    for message in messages:
        if message["role"] == "tool" and message["tool_call_id"] in open_calls:
            open_calls.discard(message["tool_call_id"])
            found.append(message)
        elif open_calls and message["role"] != "assistant":
            held.append(message)
        else:
            found += held
            held = []
            found.append(message)
            calls = message.get("tool_calls")
            listed = calls if isinstance(calls, list) else ()
            open_calls = {call["id"] for call in listed if isinstance(call, dict) and "id" in call}
        if not open_calls:
            found += held
            held = []
    return found + held


class Messages:
    """Writes the messages of one request."""

    __slots__ = ("_assistant", "_id", "_losses", "_own", "_parts", "_upstream", "written")

    def __init__(self, request: Request, upstream: Upstream, losses: Losses) -> None:
        self._upstream = upstream
        self._losses = losses
        self._own = request.protocol == "chat"
        self._parts = Parts(upstream, losses)
        self._id = id_rule(request, upstream)
        self._assistant = Assistant(request, self._parts)
        self.written: list[Message] = []
        turns = request.turns
        place = 0
        while place < len(turns):
            turn = turns[place]
            path = f"messages.{place}"
            place += 1
            if turn.role == "assistant":
                blocks = list(turn.blocks)
                while not self._own and place < len(turns) and turns[place].role == "assistant":
                    blocks += turns[place].blocks
                    place += 1
                message = self._assistant.message(self._message("assistant", turn), turn, blocks, path)
                if message is not None:
                    self.written.append(message)
            elif turn.role == "user":
                self._user(turn, path)
            else:
                self._system(turn, path)
        if not self._own:
            self.written = ordered(self.written)
        if not self._own and upstream.provider == "mistral" and self.written[-1:] and turns[-1].role == "assistant":
            # Mistral continues a last turn of the assistant only when told: docs.mistral.ai/capabilities/completion
            self.written[-1]["prefix"] = True

    def _bridge(self) -> None:
        """Mistral refuses a user's message right after a tool's answer: "invalid_request_message_order" (2026-08).

        Its own chats have the assistant's word in between.
        """
        if self._own or self._upstream.provider != "mistral":
            return
        if self.written and self.written[-1]["role"] == "tool":
            self.written.append({"role": "assistant", "content": "OK."})
            self._losses.knob("messages", "a word of the assistant stands between a tool's answer and the user")

    def _message(self, role: str, turn: Turn) -> Message:
        message: Message = {"role": role}
        if turn.name:
            message["name"] = turn.name
        if turn.protocol == "chat" and turn.extra:
            message.update(turn.extra)
        return message

    def _system(self, turn: Turn, path: str) -> None:
        role = turn.role
        if role == "developer" and not self._own and "developer_role" not in self._upstream.capabilities:
            role = "system"
        message = self._message(role, turn)
        texts = [block for block in turn.blocks if isinstance(block, Text)]
        for number, block in enumerate(turn.blocks):
            if not isinstance(block, Text):
                self._losses.refuse(f"{path}.content.{number}", "only text can be said by the system there")
        message["content"] = self._content(turn, texts, path)
        self.written.append(message)

    def _content(self, turn: Turn, blocks: Sequence[Block], path: str) -> str | list[Part | msgspec.Raw]:
        """A string where that says it all, for not every server takes a list of texts; otherwise parts."""
        texts = [block.text for block in blocks if isinstance(block, Text)]
        caches = any(isinstance(block, Text) and block.cache is not None for block in blocks)
        listed = turn.protocol == "chat" and not turn.plain
        if not listed and len(texts) == len(blocks):
            can = self._upstream.capabilities
            if (not caches or "cache_control" not in can) and (len(texts) < 2 or "images" not in can):
                if caches:
                    self._losses.knob("cache_control", "the provider finds what to cache by itself")
                return "\n\n".join(texts)
        parts = []
        for number, block in enumerate(blocks):
            if isinstance(block, Text | Media | Opaque):
                part = self._parts.part(block, f"{path}.content.{number}")
                if part is not None:
                    parts.append(part)
        return parts

    def _user(self, turn: Turn, path: str) -> None:
        said: list[Block] = []
        shown: list[Block] = []
        for number, block in enumerate(turn.blocks):
            if isinstance(block, ToolResult):
                shown += self._result(block, f"{path}.content.{number}")
            elif isinstance(block, Thinking | ToolCall | Refusal | ServerCall | ServerResult):
                self._losses.refuse(f"{path}.content.{number}", "an assistant's block in a user's message")
            else:
                said.append(block)
        said = shown + said
        if said or not turn.blocks:
            self._bridge()
            message = self._message("user", turn)
            message["content"] = self._content(turn, said, path)
            self.written.append(message)

    def _result(self, block: ToolResult, path: str) -> list[Block]:
        """The message of one tool's answer; returns what has to be shown in a message of the user."""
        own = block.protocol == "chat"
        if own and block.exact and "role" in block.exact:
            text = "".join(part.text for part in block.content if isinstance(part, Text))
            self.written.append({"role": "function", "name": block.name, "content": text})
            return []
        message: Message = {"role": "tool", "tool_call_id": self._id(block.id)}
        if own and block.name:
            message["name"] = block.name
        shown: list[Block] = []
        texts: list[Text] = []
        for part in block.content:
            if isinstance(part, Text):
                texts.append(part)
            elif own or "tool_result_images" in self._upstream.capabilities:
                break
            else:
                shown.append(part)
        else:
            if own and not block.plain:
                message["content"] = [self._parts.text(text) for text in texts]
            else:
                message["content"] = "\n".join(text.text for text in texts) or ("See below." if shown else "")
        if "content" not in message:
            shown = []
            parts = [self._parts.part(part, path) for part in block.content]
            message["content"] = [part for part in parts if part is not None]
        if block.is_error:
            self._losses.knob("tool_result.is_error")
        if block.cache is not None:
            self._losses.knob("cache_control", "the provider finds what to cache by itself")
        if own and block.extra:
            message.update(block.extra)
        self.written.append(message)
        if not shown:
            return []
        self._losses.knob("tool_result.content", "media of a tool's answer follow in a message of the user")
        return [Text(f"What the tool answered to call {self._id(block.id)}:"), *shown]
