"""The neutral form as a generateContent request: https://ai.google.dev/api/generate-content (2026-11)."""

from collections.abc import Iterable
from typing import Any

import msgspec

from adapters.canonical.blocks import Json, Text, ToolCall, ToolResult
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses, lose_extensions
from adapters.canonical.request import Request, Turn
from adapters.protocols.gemini import embeddings, signatures
from adapters.protocols.gemini.head import NESTED
from adapters.protocols.gemini.models import is_modern
from adapters.protocols.gemini.usage import TIERS
from adapters.protocols.gemini.write_parts import Part, plain_part, result_parts
from adapters.protocols.gemini.write_settings import write_settings
from adapters.protocols.gemini.write_tools import write_choice, write_tools

_encode = msgspec.json.encode
_TIERS = {**{ours: theirs for theirs, ours in TIERS.items()}, "standard_only": "standard"}


def write_request(request: Request, upstream: Upstream, losses: Losses) -> bytes:
    """The body for an upstream; what it cannot say is in `losses`."""
    if upstream.operation == "embeddings":
        return embeddings.write_request(request, upstream, losses)
    lose_extensions(request, "gemini", losses)
    body: dict[str, Any] = {}
    system, turns = _split(request.turns)
    own = request.protocol == "gemini"
    if not any(turn.blocks for turn in turns) and system and not own:
        # Contents must not be empty: what was said first is then what the user says.
        losses.knob("messages.0.role", "without another message, a system message becomes one of the user's")
        turns, system = [msgspec.structs.replace(system[-1], role="user")], system[:-1]
    body["contents"] = _Contents(request, upstream, losses).write(turns)
    parts = [part for turn in system for part in _said(turn, upstream, losses)]
    if parts:
        body["systemInstruction"] = {"parts": parts}
    tools = write_tools(request, upstream, losses)
    if tools:
        body["tools"] = tools
    config = write_choice(request, upstream, losses)
    if config:
        body["toolConfig"] = config
    settings = write_settings(request, upstream, losses)
    if settings:
        body["generationConfig"] = settings
    body.update(_top(request, losses))
    if upstream.operation == "count_tokens":
        # Beside `contents`, nothing is counted: https://ai.google.dev/api/tokens (2026-11).
        return _encode({NESTED: {"model": f"models/{upstream.model.removeprefix('models/')}", **body}})
    return _encode(body)


def _top(request: Request, losses: Losses) -> dict[str, Any]:
    own: Json = request.extensions.get("gemini", {})
    top: dict[str, Any] = {name: raw for name, raw in own.items() if "." not in name}
    tier = request.service_tier
    if tier is not None and (tier != "auto" or request.protocol == "gemini"):
        written = _TIERS.get(tier, tier)
        if written in {"standard", "flex", "priority", "unspecified"}:
            top["serviceTier"] = written
        else:
            losses.knob("service_tier")
    if request.protocol == "gemini" and request.store is not None:
        top["store"] = request.store
    return top


def _split(turns: tuple[Turn, ...]) -> tuple[list[Turn], list[Turn]]:
    """The system turns that lead, and the rest."""
    count = 0
    while count < len(turns) and turns[count].role in {"system", "developer"}:
        count += 1
    return list(turns[:count]), list(turns[count:])


def _said(turn: Turn, upstream: Upstream, losses: Losses) -> Iterable[Part]:
    for block in turn.blocks:
        if isinstance(block, Text) and not block.text and turn.protocol != "gemini":
            continue
        if isinstance(block, ToolResult):
            continue
        part = plain_part(block, upstream.fetched, losses)
        if part is not None:
            yield part


class _Contents:
    """Turns as contents: those of one role that follow each other become one, answers of tools first."""

    def __init__(self, request: Request, upstream: Upstream, losses: Losses) -> None:
        self._own = request.protocol == "gemini"
        self._upstream = upstream
        self._losses = losses
        self._modern = is_modern(upstream.model)
        self._nested = self._modern and "tool_result_images" in upstream.capabilities
        self._calls: dict[str, tuple[int, str]] = {}
        self._count = 0

    def write(self, turns: list[Turn]) -> list[dict[str, Any]]:
        """All contents."""
        contents: list[dict[str, Any]] = []
        groups: list[tuple[str, list[Turn]]] = []
        for number, turn in enumerate(turns):
            role = "model" if turn.role == "assistant" else "user"
            if turn.role in {"system", "developer"}:
                self._losses.knob(f"messages.{number}.role", "a system message in the middle becomes a user message")
            if not self._own:
                self._untold(turn, f"messages.{number}")
            if groups and groups[-1][0] == role and not self._own:
                groups[-1][1].append(turn)
            else:
                groups.append((role, [turn]))
        for role, group in groups:
            parts = self._model(group) if role == "model" else self._user(group)
            if parts or self._own:
                contents.append({"role": role, "parts": parts})
        return contents

    def _untold(self, turn: Turn, path: str) -> None:
        if turn.name:
            self._losses.knob(f"{path}.name")
        for name in turn.extra or ():
            self._losses.knob(f"{path}.{name}")

    def _model(self, group: list[Turn]) -> list[Part]:
        parts: list[Part] = []
        first: Part | None = None
        signed = False
        for turn in group:
            for block in turn.blocks:
                if isinstance(block, Text) and not block.text and not block.signature and not self._own:
                    continue
                if isinstance(block, ToolResult):
                    self._losses.refuse("tool_result", "it stands in a turn of the assistant")
                    continue
                part = plain_part(block, self._upstream.fetched, self._losses)
                if part is None:
                    continue
                if isinstance(block, ToolCall):
                    self._count += 1
                    self._calls[block.id] = (self._count, block.name)
                    first = first or part
                    signed = signed or "thoughtSignature" in part
                parts.append(part)
        if first is not None and not signed and self._modern and not self._own:
            first["thoughtSignature"] = signatures.SKIP
        return parts

    def _user(self, group: list[Turn]) -> list[Part]:
        answers: list[tuple[int, list[Part]]] = []
        parts: list[Part] = []
        for turn in group:
            for block in turn.blocks:
                if isinstance(block, ToolResult):
                    order, name = self._calls.get(block.id, (0, ""))
                    written = self._answer(block, block.name or name)
                    if self._own:
                        parts += written
                    else:
                        answers.append((order, written[:1]))
                        parts += written[1:]
                    if block.cache is not None:
                        self._losses.knob("cache_control", "prefixes are cached without being asked")
                elif not isinstance(block, Text) or block.text or self._own:
                    part = plain_part(block, self._upstream.fetched, self._losses)
                    if part is not None:
                        parts.append(part)
        answers.sort(key=lambda answer: answer[0])
        return [part for _, written in answers for part in written] + parts

    def _answer(self, block: ToolResult, name: str) -> list[Part]:
        if not name and not self._own:
            self._losses.refuse(f"tool_result.{block.id}", "no call with this id comes before it")
        fetched = self._upstream.fetched
        return result_parts(block, name, fetched, self._losses, nested=self._nested, own=self._own)
