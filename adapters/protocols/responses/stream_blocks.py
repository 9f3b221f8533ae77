"""Items of a stream that is read: which block each of their events belongs to.

Every text is taken from its deltas; where a server sends none, from the event that says it is done, or from the item.
"""

from collections.abc import Callable

import msgspec

from adapters.canonical.blocks import Block, Refusal, Text, Thinking, ToolCall
from adapters.canonical.events import (
    ArgumentsDelta,
    BlockStart,
    BlockStop,
    CitationDelta,
    Event,
    SignatureDelta,
    TextDelta,
)
from adapters.protocols.responses.citations import read_annotation
from adapters.protocols.responses.read_content import ORIGIN
from adapters.protocols.responses.read_response import read_output
from adapters.protocols.responses.schema import PROTOCOL, starts

_ABSENT = msgspec.Raw()
_TEXT = Text("", protocol=PROTOCOL)
_REFUSAL = Refusal("")


class Wire(msgspec.Struct, gc=False):
    """Any event. `delta` is text in all that are read as they come."""

    type: str = ""
    delta: object = None
    output_index: int = 0
    content_index: int = 0
    summary_index: int = 0
    logprobs: msgspec.Raw = _ABSENT
    item: msgspec.Raw = _ABSENT
    response: msgspec.Raw = _ABSENT
    annotation: msgspec.Raw = _ABSENT
    text: object = None
    refusal: str | None = None
    arguments: object = None
    input: object = None
    code: object = None
    message: str | None = None
    error: msgspec.Raw = _ABSENT


class _Item(msgspec.Struct, gc=False):
    """An item that has begun."""

    type: str = ""
    id: str | None = None
    call_id: str | None = None
    name: str | None = None
    namespace: str | None = None
    encrypted_content: str | None = None
    arguments: object = None
    input: object = None


_item = msgspec.json.Decoder(_Item)
_CALLS = frozenset({"function_call", "custom_tool_call"})


class _Open:
    """A block that has begun: its number, and which parts of it have been seen."""

    __slots__ = ("block", "parts")

    def __init__(self, block: int) -> None:
        self.block = block
        self.parts: dict[tuple[str, int], int] = {}


class Blocks:
    """The blocks of one stream. `handlers` are the events that it takes, by type."""

    __slots__ = (
        "_calls",
        "_items",
        "_parts",
        "_streamed",
        "_thoughts",
        "_written",
        "called",
        "count",
        "handlers",
        "refused",
    )

    def __init__(self) -> None:
        self.count = 0
        self.called = False
        self.refused = False
        self._items: dict[int, _Item] = {}
        self._parts: dict[tuple[int, int], _Open] = {}
        self._thoughts: dict[int, _Open] = {}
        self._calls: dict[int, _Open] = {}
        self._streamed: set[int] = set()  # items whose text comes in deltas
        self._written: set[int] = set()  # items of which something was written: they are not read again when done
        self.handlers: dict[str, Callable[[Wire, list[Event]], None]] = {
            "response.output_text.delta": self._text_delta,
            "response.output_text.done": self._text_done,
            "response.output_text.annotation.added": self._annotation,
            "response.refusal.delta": self._refusal_delta,
            "response.refusal.done": self._refusal_done,
            "response.content_part.done": self._part_done,
            "response.reasoning_summary_text.delta": self._summary_delta,
            "response.reasoning_summary_text.done": self._summary_done,
            "response.reasoning_text.delta": self._reasoning_delta,
            "response.reasoning_text.done": self._reasoning_done,
            "response.function_call_arguments.delta": self._arguments_delta,
            "response.custom_tool_call_input.delta": self._arguments_delta,
            "response.function_call_arguments.done": self._arguments_done,
            "response.custom_tool_call_input.done": self._arguments_done,
            "response.output_item.added": self._item_added,
            "response.output_item.done": self._item_done,
        }

    def close_all(self, events: list[Event]) -> None:
        """The answer is complete: what is still open is too."""
        self._close_spoken(events)
        events.extend(BlockStop(opened.block) for opened in self._calls.values())
        self._calls.clear()

    def missing(self, output: list[msgspec.Raw]) -> list[msgspec.Raw]:
        """The items of the whole output that were never said to be done: all of them where no event told of any."""
        if not self.count:
            return output
        begun = {item.id for index, item in self._items.items() if item.id and index not in self._written}
        return [item for item in output if begun and _item.decode(item).id in begun]

    def whole(self, block: Block, events: list[Event]) -> None:
        """A block that comes in one piece."""
        number = self._next()
        if isinstance(block, Text):
            events += [BlockStart(number, _TEXT), TextDelta(number, block.text)]
            events.extend(CitationDelta(number, citation) for citation in block.citations)
        elif isinstance(block, Refusal):
            self.refused = True
            events += [BlockStart(number, _REFUSAL), TextDelta(number, block.text)]
        elif isinstance(block, Thinking):
            first = Thinking("", block.signature, block.encrypted, block.origin, summary=block.summary, id=block.id)
            events.append(BlockStart(number, first))
            parts = block.parts or ((block.text,) if block.text else ())
            events.extend(TextDelta(number, text, part) for part, text in enumerate(parts))
        elif isinstance(block, ToolCall):
            self.called = True
            first_call = msgspec.structs.replace(block, arguments="")
            events += [BlockStart(number, first_call), ArgumentsDelta(number, block.arguments)]
        else:
            events.append(BlockStart(number, block))
        events.append(BlockStop(number))

    def _next(self) -> int:
        self.count += 1
        return self.count - 1

    # --- messages

    def _text_delta(self, wire: Wire, events: list[Event]) -> None:
        opened = self._parts.get((wire.output_index, wire.content_index))
        if opened is None:
            opened = self._open_part(wire, _TEXT, events)
            self._streamed.add(wire.output_index)
        delta = wire.delta
        if not isinstance(delta, str):
            return
        if len(wire.logprobs) > 2 and bytes(wire.logprobs) != b"null":
            events.append(TextDelta(opened.block, delta, 0, wire.logprobs))
        else:
            events.append(TextDelta(opened.block, delta))

    def _open_part(self, wire: Wire, first: Block, events: list[Event]) -> _Open:
        opened = self._parts[wire.output_index, wire.content_index] = _Open(self._next())
        events.append(BlockStart(opened.block, first))
        return opened

    def _text_done(self, wire: Wire, events: list[Event]) -> None:
        if self._is_unseen(wire) and isinstance(wire.text, str) and wire.text:
            opened = self._open_part(wire, _TEXT, events)
            events.append(TextDelta(opened.block, wire.text))

    def _is_unseen(self, wire: Wire) -> bool:
        """Whether nothing of this text came before.

        Servers count parts in their own ways: https://github.com/vllm-project/vllm/issues/45742 (2026-06).
        """
        return wire.output_index not in self._streamed and (wire.output_index, wire.content_index) not in self._parts

    def _annotation(self, wire: Wire, events: list[Event]) -> None:
        opened = self._parts.get((wire.output_index, wire.content_index))
        if opened is not None and starts(wire.annotation) == b"{":
            events.append(CitationDelta(opened.block, read_annotation(wire.annotation)))

    def _refusal_delta(self, wire: Wire, events: list[Event]) -> None:
        self.refused = True
        opened = self._parts.get((wire.output_index, wire.content_index))
        if opened is None:
            opened = self._open_part(wire, _REFUSAL, events)
            self._streamed.add(wire.output_index)
        if isinstance(wire.delta, str):
            events.append(TextDelta(opened.block, wire.delta))

    def _refusal_done(self, wire: Wire, events: list[Event]) -> None:
        if self._is_unseen(wire) and wire.refusal:
            self.refused = True
            opened = self._open_part(wire, _REFUSAL, events)
            events.append(TextDelta(opened.block, wire.refusal))

    def _part_done(self, wire: Wire, events: list[Event]) -> None:
        opened = self._parts.pop((wire.output_index, wire.content_index), None)
        if opened is not None:
            events.append(BlockStop(opened.block))
            self._written.add(wire.output_index)

    # --- reasoning

    def _summary_delta(self, wire: Wire, events: list[Event]) -> None:
        self._streamed.add(wire.output_index)
        self._think(wire, "summary", wire.summary_index, wire.delta, events)

    def _reasoning_delta(self, wire: Wire, events: list[Event]) -> None:
        self._streamed.add(wire.output_index)
        self._think(wire, "content", wire.content_index, wire.delta, events)

    def _summary_done(self, wire: Wire, events: list[Event]) -> None:
        self._think_done(wire, "summary", wire.summary_index, events)

    def _reasoning_done(self, wire: Wire, events: list[Event]) -> None:
        self._think_done(wire, "content", wire.content_index, events)

    def _think(self, wire: Wire, kind: str, index: int, text: object, events: list[Event]) -> None:
        opened = self._thoughts.get(wire.output_index)
        if opened is None:
            item = self._items.get(wire.output_index)
            opened = self._thoughts[wire.output_index] = _Open(self._next())
            own = (item.id or "") if item is not None else ""
            first = Thinking(origin=ORIGIN, summary=kind == "summary", id=own, protocol=PROTOCOL)
            events.append(BlockStart(opened.block, first))
        part = opened.parts.setdefault((kind, index), len(opened.parts))
        if isinstance(text, str):
            events.append(TextDelta(opened.block, text, part))

    def _think_done(self, wire: Wire, kind: str, index: int, events: list[Event]) -> None:
        if wire.text and wire.output_index not in self._streamed:
            self._think(wire, kind, index, wire.text, events)

    # --- calls

    def _arguments_delta(self, wire: Wire, events: list[Event]) -> None:
        opened = self._calls.get(wire.output_index)
        if opened is not None and isinstance(wire.delta, str) and wire.delta:
            opened.parts["seen", 0] = 1
            events.append(ArgumentsDelta(opened.block, wire.delta))

    def _arguments_done(self, wire: Wire, events: list[Event]) -> None:
        self._rest(wire.output_index, wire.input if wire.arguments is None else wire.arguments, events)

    def _rest(self, index: int, whole: object, events: list[Event]) -> None:
        """The arguments in one piece, for a server that sent no deltas."""
        opened = self._calls.get(index)
        if opened is None or opened.parts or whole is None:
            return
        text = whole if isinstance(whole, str) else msgspec.json.encode(whole).decode()
        if text:
            opened.parts["seen", 0] = 1
            events.append(ArgumentsDelta(opened.block, text))

    # --- items

    def _item_added(self, wire: Wire, events: list[Event]) -> None:
        item = _item.decode(wire.item) if wire.item else _Item()
        self._items[wire.output_index] = item
        # Only calls may run beside each other: a server that does not say what is done has said it now.
        self._close_spoken(events)
        if item.type in _CALLS and item.name:
            self._open_call(wire.output_index, item, events)

    def _open_call(self, index: int, item: _Item, events: list[Event]) -> _Open:
        self.called = True
        opened = self._calls[index] = _Open(self._next())
        first = ToolCall(
            item.call_id or item.id or "",
            item.name or "",
            "",
            custom=item.type == "custom_tool_call",
            item_id=item.id or "",
            namespace=item.namespace or "",
            protocol=PROTOCOL,
        )
        events.append(BlockStart(opened.block, first))
        return opened

    def _item_done(self, wire: Wire, events: list[Event]) -> None:
        index = wire.output_index
        self._items.pop(index, None)
        item = _item.decode(wire.item)
        if item.type == "message":
            self._close_spoken(events)
        if item.type in _CALLS:
            opened = self._calls.get(index) or self._open_call(index, item, events)
            self._rest(index, item.input if item.arguments is None else item.arguments, events)
            del self._calls[index]
            events.append(BlockStop(opened.block))
        elif item.type == "reasoning" and (thought := self._thoughts.pop(index, None)) is not None:
            if item.encrypted_content:
                events.append(SignatureDelta(thought.block, encrypted=item.encrypted_content))
            events.append(BlockStop(thought.block))
        elif index in self._written:
            return
        else:
            for block in read_output([wire.item]):
                self.whole(block, events)

    def _close_spoken(self, events: list[Event]) -> None:
        """Texts and thoughts that are open are complete."""
        if self._parts:
            self._written.update(index for index, _ in self._parts)
            events.extend(BlockStop(opened.block) for opened in self._parts.values())
            self._parts.clear()
        if self._thoughts:
            events.extend(BlockStop(opened.block) for opened in self._thoughts.values())
            self._written.update(self._thoughts)
            self._thoughts.clear()
