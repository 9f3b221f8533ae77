"""Turns of a conversation, written: the system prompt, and messages of user and assistant.

https://docs.claude.com/en/api/messages (2026-11). A request of this protocol keeps its messages; one of another is put
into the order that this one insists on: turns merged, results of tools first in the turn after the calls.
"""

from typing import Any, TypeAlias

import msgspec

from adapters.canonical.blocks import Block, Media, Opaque, Text, ToolResult
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import Request, Turn
from adapters.protocols.messages.citations import NAME
from adapters.protocols.messages.system_turns import accepts_system
from adapters.protocols.messages.write_blocks import BlockWriter, Written
from adapters.reasoning import claude as claudes

Content: TypeAlias = str | list[Written]

_INSTRUCTIONS = ("system", "developer")
_BEGIN = "."  # what stands for a user who has said nothing yet
_GO_ON = "Continue."
"""For models that refuse a turn of the assistant at the end: docs.claude.com/en/api/errors (2026-11)."""


def write_turns(request: Request, upstream: Upstream, losses: Losses) -> dict[str, Any]:
    """Fields "system" and "messages"."""
    own = request.protocol == NAME
    writer = BlockWriter(upstream, losses, own=own)
    return _same(request.turns, writer) if own else _Arranged(writer, upstream, losses).write(request.turns)


def _same(turns: tuple[Turn, ...], writer: BlockWriter) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    messages = []
    for place, turn in enumerate(turns):
        content = _content(turn, writer, place)
        if place == 0 and turn.role in _INSTRUCTIONS:
            fields["system"] = content
        else:
            messages.append({"role": turn.role, "content": content, **(turn.extra or {})})
    fields["messages"] = messages
    return fields


def _content(turn: Turn, writer: BlockWriter, place: int) -> Content:
    if turn.plain and len(turn.blocks) == 1 and isinstance(turn.blocks[0], Text):
        return turn.blocks[0].text
    return _blocks(turn.blocks, writer, f"messages.{place}.content")


def _blocks(blocks: tuple[Block, ...], writer: BlockWriter, path: str) -> list[Written]:
    written = []
    for place, block in enumerate(blocks):
        if (one := writer.write(block, f"{path}.{place}")) is not None:
            written.append(one)
    return written


class _Arranged:
    """Puts the turns of another protocol into messages."""

    __slots__ = ("_losses", "_messages", "_prefill", "_system_inside", "_writer")

    def __init__(self, writer: BlockWriter, upstream: Upstream, losses: Losses) -> None:
        self._writer = writer
        self._losses = losses
        self._system_inside = accepts_system(upstream)
        self._prefill = not claudes.is_claude(upstream.model) or claudes.claude(upstream.model).prefill
        self._messages: list[dict[str, Any]] = []

    def write(self, turns: tuple[Turn, ...]) -> dict[str, Any]:
        leading = 0
        while leading < len(turns) and turns[leading].role in _INSTRUCTIONS:
            leading += 1
        if leading == len(turns) and turns:  # nothing but instructions: the last of them is what is asked
            leading -= 1
        fields: dict[str, Any] = {}
        if system := self._system(turns[:leading]):
            fields["system"] = system
        for place, turn in enumerate(turns[leading:], leading):
            self._turn(turn, place)
        if not self._messages or self._messages[0]["role"] != "user":
            self._losses.knob("messages.0", "the first message has to be a user's: an empty one is put before it")
            self._messages.insert(0, {"role": "user", "content": _BEGIN})
        self._end(len(turns))
        fields["messages"] = self._messages
        return fields

    def _system(self, turns: tuple[Turn, ...]) -> Content:
        if len(turns) == 1 and turns[0].plain and len(turns[0].blocks) == 1 and isinstance(turns[0].blocks[0], Text):
            return turns[0].blocks[0].text
        written: list[Written] = []
        for place, turn in enumerate(turns):
            if not all(isinstance(block, Text | Opaque) for block in turn.blocks):
                self._losses.refuse(f"messages.{place}.content", "instructions are text there")
            written += _blocks(turn.blocks, self._writer, f"messages.{place}.content")
        return written

    def _turn(self, turn: Turn, place: int) -> None:
        path = f"messages.{place}"
        for name in turn.extra or {}:
            self._losses.knob(f"{path}.{name}")
        if turn.name:
            self._losses.knob(f"{path}.name")
        role = self._role(turn, path)
        if role == "assistant" and (shown := tuple(block for block in turn.blocks if _is_shown(block))):
            self._losses.knob(f"{path}.content", "what a model has drawn is given as the user's")
            rest = tuple(block for block in turn.blocks if not _is_shown(block))
            self._turn(msgspec.structs.replace(turn, blocks=rest), place)
            self._turn(msgspec.structs.replace(turn, role="user", blocks=shown), place)
            return
        results = tuple(block for block in turn.blocks if isinstance(block, ToolResult))
        if results and len(results) < len(turn.blocks):
            blocks = results + tuple(block for block in turn.blocks if not isinstance(block, ToolResult))
        else:
            blocks = turn.blocks
        written = _blocks(blocks, self._writer, f"{path}.content")
        if not written:
            return
        if self._messages and self._messages[-1]["role"] == role:
            content = self._messages[-1]["content"]
            content[_results(content) if results else len(content) :] = _joined(content, written, first=bool(results))
        else:
            self._messages.append({"role": role, "content": written})

    def _role(self, turn: Turn, path: str) -> str:
        """The role as this protocol has it.

        A system message inside the conversation comes after a user's, where the model takes one at all
        (docs.claude.com/en/docs/build-with-claude/mid-conversation-system-messages, 2026-11).
        """
        if turn.role not in _INSTRUCTIONS:
            return turn.role
        last = self._messages[-1]["role"] if self._messages else ""
        text = all(isinstance(block, Text) for block in turn.blocks)
        if self._system_inside and text and last in ("user", "system"):
            return "system"
        self._losses.knob(f"{path}.role", "a system message in the middle becomes a user message")
        return "user"

    def _end(self, count: int) -> None:
        """Calls end a turn of the assistant, and one that is to be continued may not end in white space."""
        for message in self._messages:
            if message["role"] == "assistant":
                message["content"] = _calls_last(message["content"])
        last = self._messages[-1]
        block = last["content"][-1]
        if last["role"] != "assistant" or not isinstance(block, dict) or block["type"] != "text":
            return
        block["text"] = block["text"].rstrip() or block["text"]
        if not self._prefill:
            self._losses.knob(f"messages.{count - 1}", "this model continues no turn of the assistant: the user asks")
            self._messages.append({"role": "user", "content": _GO_ON})


def _is_shown(block: Block) -> bool:
    """Whether it is a picture or a document, which only users can give."""
    return isinstance(block, Media) and not block.transcript


def _results(content: list[Written]) -> int:
    """How many results of tools the content begins with."""
    count = 0
    while count < len(content) and _is_result(content[count]):
        count += 1
    return count


def _calls_last(content: list[Written]) -> list[Written]:
    """What was said after a call goes before it: the results have to follow the calls "immediately"."""
    calls = [place for place, block in enumerate(content) if isinstance(block, dict) and block["type"] == "tool_use"]
    if not calls:
        return content
    first = calls[0]
    said = [block for block in content[first:] if isinstance(block, dict) and block["type"] == "text"]
    return [*content[:first], *said, *(block for block in content[first:] if block not in said)] if said else content


def _is_result(block: Written) -> bool:
    return isinstance(block, dict) and block.get("type") == "tool_result"


def _joined(content: list[Written], written: list[Written], *, first: bool) -> list[Written]:
    """What goes in the place of the end of `content`: results after the results that are there, all else at the end."""
    if not first:
        return written
    split = _results(written)
    return [*written[:split], *content[_results(content) :], *written[split:]]
