"""Names of tools, between protocols that bound them differently.

A name that the target refuses is mapped by a pure function in the request, and back in the answer: a client of Messages
may call a tool by 128 characters, of which OpenAI takes 64; Gemini's names may have dots. Knows no wire format.
"""

import hashlib
import re

import msgspec

from adapters.canonical.blocks import Block, ToolCall, ToolResult
from adapters.canonical.events import BlockStart, Event
from adapters.canonical.request import FunctionTool, Request, Tool, Turn
from adapters.canonical.response import Candidate, Response

# OpenAI's and Anthropic's own words for a refusal; ai.google.dev/api/caching#FunctionDeclaration (all 2026-11).
_FITS = {
    "chat": re.compile(r"[a-zA-Z0-9_-]{1,64}"),
    "responses": re.compile(r"[a-zA-Z0-9_-]{1,64}"),
    "messages": re.compile(r"[a-zA-Z0-9_-]{1,128}"),
    "gemini": re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}"),
}
_UNSAFE = re.compile(r"[^a-zA-Z0-9_-]+")
_MOST = 64


def fitted(name: str) -> str:
    """A name that every protocol takes: the beginning, and a digest of all of it."""
    digest = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=6).hexdigest()
    return f"{_UNSAFE.sub('_', name)[: _MOST - 14].lstrip('-0123456789_') or 'tool'}_{digest}"


class Names:
    """The way back: a filter for one stream, and a change of whole answers (adapters/translate.py)."""

    __slots__ = ("_given",)

    def __init__(self, given: dict[str, str]) -> None:
        self._given = given

    def feed(self, events: list[Event]) -> list[Event]:
        """The same events, calls by the names that the client gave."""
        for event in events:
            if type(event) is BlockStart and isinstance(event.first, ToolCall):
                event.first = self._back(event.first)
        return events

    def finish(self) -> list[Event]:
        """Nothing is ever held back."""
        return []

    def change(self, response: Response) -> Response:
        """The same for a whole answer."""
        return msgspec.structs.replace(response, candidates=tuple(map(self._candidate, response.candidates)))

    def _candidate(self, candidate: Candidate) -> Candidate:
        blocks = tuple(self._back(block) if isinstance(block, ToolCall) else block for block in candidate.blocks)
        return msgspec.structs.replace(candidate, blocks=blocks)

    def _back(self, call: ToolCall) -> ToolCall:
        given = self._given.get(call.name)
        return call if given is None else msgspec.structs.replace(call, name=given)


def fit(request: Request, protocol: str) -> tuple[Request, Names | None]:
    """The request with names that `protocol` takes, and the way back; None where all of them fit."""
    fits = _FITS[protocol].fullmatch
    names = {tool.name for tool in request.tools if isinstance(tool, FunctionTool)}
    for turn in request.turns:
        for block in turn.blocks:
            if isinstance(block, ToolCall):
                names.add(block.name)
    mapped = {name: fitted(name) for name in names if name and fits(name) is None}
    if not mapped:
        return request, None
    choice = request.tool_choice
    if choice is not None:
        choice = msgspec.structs.replace(choice, names=tuple(mapped.get(name, name) for name in choice.names))
    renamed = msgspec.structs.replace(
        request,
        tools=tuple(_tool(tool, mapped) for tool in request.tools),
        turns=tuple(_turn(turn, mapped) for turn in request.turns),
        tool_choice=choice,
    )
    return renamed, Names({short: name for name, short in mapped.items()})


def _tool(tool: Tool, mapped: dict[str, str]) -> Tool:
    if isinstance(tool, FunctionTool) and tool.name in mapped:
        return msgspec.structs.replace(tool, name=mapped[tool.name])
    return tool


def _turn(turn: Turn, mapped: dict[str, str]) -> Turn:
    if not any(isinstance(block, ToolCall | ToolResult) for block in turn.blocks):
        return turn
    return msgspec.structs.replace(turn, blocks=tuple(_block(block, mapped) for block in turn.blocks))


def _block(block: Block, mapped: dict[str, str]) -> Block:
    if isinstance(block, ToolCall | ToolResult) and block.name in mapped:
        return msgspec.structs.replace(block, name=mapped[block.name])
    return block
