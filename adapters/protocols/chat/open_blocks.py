"""The blocks of one answer of a stream, while it comes in.

This wire says neither where a block begins nor where it ends: text, reasoning and calls are told apart by the field
that has something. One block is open at a time, but for calls that a server really interleaves.
"""

import base64
import binascii

import msgspec

from adapters.canonical import ids
from adapters.canonical.blocks import Block, Citation, Media, Origin, Refusal, Text, Thinking, ToolCall
from adapters.canonical.events import (
    ArgumentsDelta,
    BlockStart,
    BlockStop,
    CitationDelta,
    Event,
    SignatureDelta,
    TextDelta,
)
from adapters.protocols.chat.citations import read_annotations
from adapters.protocols.chat.details import origin_of, read_details
from adapters.protocols.chat.parts import thinking_text
from adapters.protocols.chat.read_response import audio_type, read_image
from adapters.protocols.chat.schema import Audio, Call, Delta, Function, Part
from adapters.protocols.chat.signatures import GEMINI, read_signature
from adapters.unreadable import UNREADABLE

_CHAT = Origin("chat")
_NULL = msgspec.Raw(b"null")
_TEXT = Text("")
_THINKING = Thinking(origin=_CHAT)
_REFUSAL = Refusal("")
_whole = msgspec.json.Decoder(msgspec.Raw)


class Numbers:
    """Numbers blocks over all answers of a stream. `seed` is the stream's id, for calls that have none."""

    __slots__ = ("count", "seed")

    def __init__(self) -> None:
        self.count = -1
        self.seed = ""

    def next(self) -> int:
        """The number of the next block."""
        self.count += 1
        return self.count


class _OpenCall:
    __slots__ = ("arguments", "block", "id", "index", "open")

    def __init__(self, block: int, call_id: str, index: int | None) -> None:
        self.block = block
        self.id = call_id
        self.index = index
        self.arguments: list[str] = []
        self.open = True

    @property
    def complete(self) -> bool:
        """Whether the arguments are a JSON value to its end."""
        try:
            _whole.decode("".join(self.arguments))
        except UNREADABLE:
            return False
        return True


class Answer:
    """One candidate. `called`: it has calls of tools; `refused`: a refusal; `finished`: it said why it ended."""

    __slots__ = (
        "_block", "_calls", "_cited", "_kind", "_number", "_numbers", "_sealed", "_sound", "_sound_id", "_sound_text",
        "_thoughts", "_thoughts_before", "called", "finished", "refused",
    )  # fmt: skip

    def __init__(self, number: int, numbers: Numbers) -> None:
        self._number = number
        self._numbers = numbers
        self._kind: type[Block] | None = None
        self._block = -1
        self._calls: list[_OpenCall] = []
        self._sound: list[str] = []
        self._sound_id = ""
        self._sound_text = ""
        self._cited = False
        self._sealed = False
        self._thoughts: list[str] = []
        self._thoughts_before = False
        self.called = False
        self.refused = False
        self.finished = False

    def text(self, text: str, logprobs: msgspec.Raw, events: list[Event]) -> None:
        """Some of the answer's text."""
        if self._kind is not Text:
            self._open(_TEXT, events)
        if logprobs and logprobs != _NULL:
            events.append(TextDelta(self._block, text, 0, logprobs))
        else:
            events.append(TextDelta(self._block, text))

    def delta(self, delta: Delta, logprobs: msgspec.Raw, events: list[Event]) -> None:
        """What is new. Where several fields have something, reasoning came before text, and text before calls."""
        thought = delta.reasoning_content or delta.reasoning
        if delta.reasoning_details:
            self._details(delta.reasoning_details, thought or "", events)
        elif thought:
            self._thought(thought, _THINKING, events)
        content = delta.content
        if content:
            if isinstance(content, str):
                self.text(content, logprobs, events)
            else:
                self._parts(content, logprobs, events)
        if delta.tool_calls:
            for call in delta.tool_calls:
                self._call(call, events)
        if delta.refusal:
            self.refused = True
            if self._kind is not Refusal:
                self._open(_REFUSAL, events)
            events.append(TextDelta(self._block, delta.refusal))
        if delta.function_call is not None:
            self._old_call(delta.function_call, events)
        if delta.audio is not None or delta.images or delta.annotations or delta.extra_content:
            self._rare(delta, events)

    def close(self, events: list[Event], sources: tuple[Citation, ...] = ()) -> None:
        """The answer is complete: so are its blocks."""
        self._stop(events, sources)
        if self._sound or self._sound_text:
            data = _joined(self._sound)
            media = Media(
                "audio",
                media_type=audio_type(data),
                data=data,
                file_id=self._sound_id,
                transcript=self._sound_text,
                protocol="chat",
            )
            self._sound, self._sound_text = [], ""
            self._put(media, events)

    def _stop(self, events: list[Event], sources: tuple[Citation, ...] = ()) -> None:
        if self._kind is not None:
            if self._kind is Text and not self._cited:
                events += [CitationDelta(self._block, source) for source in sources]
            events.append(BlockStop(self._block))
            self._kind = None
        for call in self._calls:
            if call.open:
                call.open = False
                events.append(BlockStop(call.block))

    def _open(self, block: Block, events: list[Event]) -> None:
        self._stop(events)
        self._thoughts.clear()
        self._sealed = False
        self._kind = type(block)
        self._block = self._numbers.next()
        events.append(BlockStart(self._block, block, self._number))

    def _put(self, block: Block, events: list[Event]) -> None:
        """A block that comes whole."""
        self._open(block, events)
        self._stop(events)

    def _thought(self, text: str, first: Thinking, events: list[Event]) -> None:
        if self._kind is not Thinking or (self._sealed and text):
            # What was signed is complete. A gateway like this one parts thoughts by an empty line.
            self._open(first, events)
            text = text.removeprefix("\n\n") if self._thoughts_before else text
            self._thoughts_before = True
        self._thoughts.append(text)
        events.append(TextDelta(self._block, text))

    def _details(self, raw: msgspec.Raw, said: str, events: list[Event]) -> None:
        """Reasoning with its signature, or encrypted; `said` are the same words where the server has both fields."""
        entries = read_details(raw)
        words = said or "".join(entry.text or entry.summary or "" for entry in entries)
        # A gateway like this one sends the words as they come, and once more with their signature.
        again = not said and self._kind is Thinking and words == "".join(self._thoughts)
        if words and not again:
            origin = origin_of(entries[0].format) if entries else _CHAT
            summary = any(entry.summary for entry in entries)
            self._thought(words, Thinking(origin=origin, summary=summary, protocol="chat"), events)
        for entry in entries:
            origin = origin_of(entry.format)
            if entry.data and self._kind is Thinking and not self._sealed:
                self._sealed = True
                events.append(SignatureDelta(self._block, encrypted=entry.data, origin=origin))
            elif entry.data:
                first = Thinking(encrypted=entry.data, origin=origin, id=entry.id or "", protocol="chat")
                self._put(first, events)
            elif entry.signature and self._kind is Thinking:
                self._sealed = True
                events.append(SignatureDelta(self._block, entry.signature, origin=origin))
            elif entry.signature:
                first = Thinking(signature=entry.signature, origin=origin, id=entry.id or "", protocol="chat")
                self._put(first, events)

    def _parts(self, parts: list[Part], logprobs: msgspec.Raw, events: list[Event]) -> None:
        for part in parts:
            if part.thinking:
                text = thinking_text(part.thinking)
                if text:
                    self._thought(text, _THINKING, events)
            elif part.text:
                self.text(part.text, logprobs, events)

    def _rare(self, delta: Delta, events: list[Event]) -> None:
        if delta.audio is not None:
            self._hear(delta.audio)
        for image in delta.images or ():
            media = read_image(image)
            if media is not None:
                self._put(media, events)
        if delta.annotations and self._kind is Text:
            for citation in read_annotations(delta.annotations):
                self._cited = True
                events.append(CitationDelta(self._block, citation))
        if delta.extra_content and self._kind is Text:
            signature = read_signature(delta.extra_content)
            if signature:
                events.append(SignatureDelta(self._block, signature, origin=GEMINI))

    def _hear(self, audio: Audio) -> None:
        if audio.data:
            self._sound.append(audio.data)
        self._sound_id = audio.id or self._sound_id
        self._sound_text += audio.transcript or ""

    def _find(self, call: Call) -> _OpenCall | None:
        """The call that a piece belongs to; None when it begins another."""
        named = (call.function is not None and call.function.name) or (call.custom is not None and call.custom.name)
        index = call.index
        if index is None:
            last = self._calls[-1] if self._calls else None
            if last is not None and ((call.id and call.id != last.id) or (not call.id and named)):
                return None
            return last
        for known in reversed(self._calls):
            if known.index == index:
                # Some servers number every call 0: a new id and a name begin another.
                return None if call.id and call.id != known.id and named and known.complete else known
        return None

    def _call(self, call: Call, events: list[Event]) -> None:
        known = self._find(call)
        function = call.function
        if known is None:
            known = self._begin(call, events)
        elif call.extra_content and (signature := read_signature(call.extra_content)):
            events.append(SignatureDelta(known.block, signature, origin=GEMINI))
        piece = (call.custom.input if call.custom is not None else None) if function is None else _piece(function)
        if piece and known.open:
            known.arguments.append(piece)
            events.append(ArgumentsDelta(known.block, piece))

    def _begin(self, call: Call, events: list[Event]) -> _OpenCall:
        if self._kind is not None:
            events.append(BlockStop(self._block))
            self._kind = None
        for before in self._calls:
            if before.open and before.complete:
                before.open = False
                events.append(BlockStop(before.block))
        block = self._numbers.next()
        custom = call.custom is not None
        name = (call.custom.name if call.custom else call.function.name if call.function else "") or ""
        signature = read_signature(call.extra_content) if call.extra_content else ""
        call_id = call.id or ids.made(self._numbers.seed, block)
        origin = GEMINI if signature else None
        first = ToolCall(call_id, name, "", custom=custom, signature=signature, origin=origin, protocol="chat")
        events.append(BlockStart(block, first, self._number))
        known = _OpenCall(block, call.id or "", call.index)
        self._calls.append(known)
        self.called = True
        return known

    def _old_call(self, function: Function, events: list[Event]) -> None:
        """`function_call`, of which an answer has one, in pieces like a tool call's."""
        if function.name is None and not function.arguments:
            return
        begun = next((call for call in self._calls if call.index == -1), None)
        self._call(Call(-1, None, msgspec.structs.replace(function, name=None) if begun else function), events)


def _piece(function: Function) -> str:
    arguments = function.arguments
    if arguments is None or isinstance(arguments, str):
        return arguments or ""
    return msgspec.json.encode(arguments).decode()


def _joined(pieces: list[str]) -> str:
    """Pieces of sound, each base64 by itself, as one."""
    try:
        return base64.b64encode(b"".join(binascii.a2b_base64(piece) for piece in pieces)).decode()
    except (binascii.Error, ValueError):
        return ""
