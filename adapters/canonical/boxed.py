"""Answers that are no JSON object, of providers that bind to objects only: asked for inside one, and taken out again.

"Root objects ... must be an object, and not use anyOf": https://platform.openai.com/docs/guides/structured-outputs
(2026-11). Google and Anthropic take a list, a word or a choice. The client gets what it asked for; a filter of streams
(`feed` and `finish`) and a function for whole answers. Knows no wire format.
"""

import re

import msgspec

from adapters.canonical.blocks import Text
from adapters.canonical.events import BlockStart, BlockStop, Event, TextDelta
from adapters.canonical.loss import Losses
from adapters.canonical.request import Request
from adapters.canonical.response import Candidate, Response
from adapters.unreadable import UNREADABLE

MEMBER = "value"
"""The one member of the object around the answer."""

OBJECTS_ONLY = frozenset({"chat", "responses"})
_SHARED = ("$defs", "definitions", "$schema")
_CHOICES = ("anyOf", "oneOf", "allOf", "$ref")
_HEAD = re.compile(r'\s*\{\s*"' + MEMBER + r'"\s*:\s*')
_BARE_HEAD = '{"' + MEMBER + '":'
_TAIL = re.compile(r"[\s}]*\Z")

_schema = msgspec.json.Decoder(dict[str, msgspec.Raw])


class _Run:
    """A text on its way through: `inside` True: it is boxed, False: it is not, None: not known yet."""

    __slots__ = ("begun", "held", "inside")

    def __init__(self) -> None:
        self.held = ""
        self.inside: bool | None = None
        self.begun = False

    def add(self, text: str) -> str:
        """What may be said now."""
        if self.inside is False:
            return text
        text = self.held + text
        if self.inside is None:
            head = _HEAD.match(text)
            if head is None:
                bare = "".join(text.split())
                if _BARE_HEAD.startswith(bare) and bare != _BARE_HEAD:
                    self.held = text
                    return ""
                self.inside = False
                self.held = ""
                return text
            self.inside = True
            text = text[head.end() :]
        if not self.begun:
            text = text.lstrip()
            self.begun = bool(text)
        tail = _TAIL.search(text)
        place = len(text) if tail is None else tail.start()
        self.held = text[place:]
        return text[:place]

    def end(self) -> str:
        """What is left when the text is complete: all but the brace around it."""
        if not self.inside:
            return self.held
        return self.held.rpartition("}")[0].rstrip() if "}" in self.held else self.held


class Unbox:
    """Takes answers out of the object around them; what is not in one, such as a refusal, goes on as it is."""

    __slots__ = ("_runs",)

    def __init__(self) -> None:
        self._runs: dict[int, _Run] = {}

    def feed(self, events: list[Event]) -> list[Event]:
        """The same events, texts without what is around the answer."""
        out: list[Event] = []
        for event in events:
            kind = type(event)
            if kind is TextDelta and event.block in self._runs:  # type: ignore[union-attr]  # `kind` says so
                event.text = self._runs[event.block].add(event.text)  # type: ignore[union-attr]
                if not event.text and event.logprobs is None:  # type: ignore[union-attr]
                    continue
            elif kind is BlockStart and isinstance(event.first, Text):  # type: ignore[union-attr]
                self._runs[event.block] = _Run()  # type: ignore[union-attr]
            elif kind is BlockStop and (run := self._runs.pop(event.block, None)) is not None:  # type: ignore[union-attr]
                self._rest(event.block, run, out)  # type: ignore[union-attr]
            out.append(event)
        return out

    def finish(self) -> list[Event]:
        """What was held back of texts that were cut."""
        out: list[Event] = []
        for block, run in self._runs.items():
            self._rest(block, run, out)
        self._runs.clear()
        return out

    def change(self, response: Response) -> Response:
        """The same for a whole answer."""
        return msgspec.structs.replace(response, candidates=tuple(map(_candidate, response.candidates)))

    def _rest(self, block: int, run: _Run, out: list[Event]) -> None:
        if rest := run.end():
            out.append(TextDelta(block, rest))


def _candidate(candidate: Candidate) -> Candidate:
    blocks = tuple(_bare(block) if isinstance(block, Text) else block for block in candidate.blocks)
    return msgspec.structs.replace(candidate, blocks=blocks)


def _bare(block: Text) -> Text:
    run = _Run()
    return msgspec.structs.replace(block, text=run.add(block.text) + run.end())


def box(request: Request, protocol: str, losses: Losses) -> tuple[Request, Unbox | None]:
    """The request as a provider that speaks `protocol` takes it, and the way back; None: nothing has to be done."""
    output = request.output
    if output is None or output.schema is None or protocol not in OBJECTS_ONLY or request.protocol == protocol:
        return request, None
    try:
        schema = _schema.decode(output.schema)
    except UNREADABLE:
        return request, None
    if not _needs_box(schema):
        return request, None
    if b'"#"' in bytes(output.schema):
        losses.refuse("response_format", "a schema that refers to itself as a whole has to be an object there")
    around: dict[str, object] = {name: schema.pop(name) for name in _SHARED if name in schema}
    around |= {"type": "object", "properties": {MEMBER: schema}, "required": [MEMBER], "additionalProperties": False}
    boxed = msgspec.structs.replace(output, schema=msgspec.Raw(msgspec.json.encode(around)))
    return msgspec.structs.replace(request, output=boxed), Unbox()


def _needs_box(schema: dict[str, msgspec.Raw]) -> bool:
    kind = schema.get("type")
    if kind is not None:
        return bytes(kind).strip() != b'"object"' or any(name in schema for name in _CHOICES)
    return "properties" not in schema and any(name in schema for name in (*_CHOICES, "enum", "const", "items"))
