"""Items of a stream while they come in: each writes its own events and is whole in the end.

Frames numbers the events and collects the finished items. Ids, indexes and the texts so far are kept here; which block
goes to which item is the business of write_stream.py.
"""

from adapters.canonical.blocks import Citation, Thinking, ToolCall
from adapters.protocols.responses import write_output as output
from adapters.protocols.responses.schema import encode


class Frames:
    """The events of one stream: their bytes, their numbers, and the items that are done, by output index."""

    __slots__ = ("done", "items", "names", "number", "out")

    def __init__(self, names: output.Names) -> None:
        self.names = names
        self.number = 0
        self.items = 0
        self.done: dict[int, bytes] = {}
        self.out: list[bytes] = []

    def event(self, name: bytes, fields: bytes) -> None:
        """One event; `fields` is JSON without braces, of all but type and number."""
        self.out.append(
            b'event: %b\ndata: {"type":"%b",%b,"sequence_number":%d}\n\n' % (name, name, fields, self.number)
        )
        self.number += 1

    def begin(self, item: bytes) -> int:
        """A new item, as far as it is known. Returns its output index."""
        index = self.items
        self.items += 1
        self.event(b"response.output_item.added", b'"output_index":%d,"item":%b' % (index, item))
        return index

    def end(self, index: int, item: bytes) -> None:
        """The item is done."""
        self.done[index] = item
        self.event(b"response.output_item.done", b'"output_index":%d,"item":%b' % (index, item))

    def whole(self, item: bytes, item_id: str = "", *steps: bytes) -> None:
        """An item that comes in one piece; `steps` are events between its beginning and its end that say no more."""
        index = self.begin(item)
        place = b'"output_index":%d,"item_id":%b' % (index, encode(item_id))
        for step in steps:
            self.event(step, place)
        self.end(index, item)

    def output(self) -> list[bytes]:
        """The items that are done, in order."""
        return [self.done[index] for index in sorted(self.done)]

    def take(self) -> bytes:
        """The bytes of all events since the last time."""
        out, self.out = b"".join(self.out), []
        return out


class Message:
    """A message of the assistant. Its parts may be written while it is open."""

    __slots__ = ("frames", "id", "index", "open", "parts")

    def __init__(self, frames: Frames) -> None:
        self.frames = frames
        self.id = frames.names.make("msg")
        self.parts: list[bytes] = []
        self.open = 0
        self.index = frames.begin(output.message(self.id, [], b"in_progress"))

    def close(self, status: bytes) -> None:
        """No part comes any more."""
        self.frames.end(self.index, output.message(self.id, self.parts, status))


class Part:
    """A text or a refusal in a message."""

    __slots__ = ("_annotations", "_cited", "_head", "_index", "_logprobs", "_message", "_place", "_refusal", "_text")

    def __init__(self, message: Message, *, refusal: bool) -> None:
        self._message = message
        self._refusal = refusal
        self._index = len(message.parts)
        self._text: list[str] = []
        self._annotations: list[bytes] = []
        self._cited: list[Citation] = []
        self._logprobs: list[bytes] = []
        empty = output.refusal_part("") if refusal else output.text_part("", [], [])
        message.parts.append(empty)
        message.open += 1
        self._place = b'"item_id":%b,"output_index":%d,"content_index":%d' % (
            encode(message.id),
            message.index,
            self._index,
        )
        name = b"response.refusal.delta" if refusal else b"response.output_text.delta"
        self._head = b'event: %b\ndata: {"type":"%b",%b,"sequence_number":' % (name, name, self._place)
        message.frames.event(b"response.content_part.added", self._place + b',"part":' + empty)

    def delta(self, text: str, logprobs: list[bytes]) -> None:
        """More text."""
        frames = self._message.frames
        self._text.append(text)
        if self._refusal:
            frames.out.append(b'%b%d,"delta":%b}\n\n' % (self._head, frames.number, encode(text)))
        elif not logprobs:
            frames.out.append(b'%b%d,"logprobs":[],"delta":%b}\n\n' % (self._head, frames.number, encode(text)))
        else:
            self._logprobs += logprobs
            said = b",".join(logprobs)
            frames.out.append(b'%b%d,"logprobs":[%b],"delta":%b}\n\n' % (self._head, frames.number, said, encode(text)))
        frames.number += 1

    def cite(self, citation: Citation) -> None:
        """An annotation. One that does not say its place stands on the whole text, and waits for it."""
        if citation.end < 0:
            self._cited.append(citation)
        elif not self._refusal:
            self._annotate(citation)

    def _annotate(self, citation: Citation) -> None:
        annotation = output.annotation(citation, sum(map(len, self._text)) if citation.end < 0 else 0)
        if annotation is None:
            return
        self._message.frames.event(
            b"response.output_text.annotation.added",
            b'%b,"annotation_index":%d,"annotation":%b' % (self._place, len(self._annotations), annotation),
        )
        self._annotations.append(annotation)

    def close(self) -> None:
        """The part is complete."""
        if not self._refusal:
            for citation in self._cited:
                self._annotate(citation)
        frames, text = self._message.frames, "".join(self._text)
        if self._refusal:
            part = output.refusal_part(text)
            frames.event(b"response.refusal.done", self._place + b',"refusal":' + encode(text))
        else:
            part = output.text_part(text, self._annotations, self._logprobs)
            said = b",".join(self._logprobs)
            frames.event(
                b"response.output_text.done", b'%b,"text":%b,"logprobs":[%b]' % (self._place, encode(text), said)
            )
        frames.event(b"response.content_part.done", self._place + b',"part":' + part)
        self._message.parts[self._index] = part
        self._message.open -= 1


class Reasoning:
    """A reasoning item. It begins when there is something to show: many thoughts have neither text nor proof."""

    __slots__ = ("_content", "_frames", "_head", "_id", "_index", "_part", "_place", "_texts", "_thought", "encrypted")

    def __init__(self, frames: Frames, thought: Thinking) -> None:
        self._frames = frames
        self._thought = thought
        self._content = output.is_content(thought)
        self._id = ""
        self._index = -1
        self._part = -1
        self._texts: list[list[str]] = []
        self._place = self._head = b""
        self.encrypted = (thought.signature, thought.encrypted)

    def delta(self, text: str, part: int) -> None:
        """More of part number `part` of the text."""
        if part != self._part:
            self._close_part()
            self._open_part(part)
        frames = self._frames
        self._texts[-1].append(text)
        frames.out.append(b'%b%d,"delta":%b}\n\n' % (self._head, frames.number, encode(text)))
        frames.number += 1

    def close(self) -> None:
        """The thought is complete."""
        thought = self._thought
        encrypted = output.encrypted_of(thought, *self.encrypted)
        if self._index < 0 and not any(self.encrypted):
            return
        self._begin()
        self._close_part()
        texts = ["".join(pieces) for pieces in self._texts]
        summary, content = ([], texts) if self._content else (texts, [])
        self._frames.end(self._index, output.reasoning(self._id, summary, content, encrypted))

    def _begin(self) -> None:
        if self._index < 0:
            own = self._thought.id if self._thought.id.startswith("rs_") else ""
            self._id = own or self._frames.names.make("rs")
            self._index = self._frames.begin(output.reasoning(self._id, [], [], ""))

    def _open_part(self, part: int) -> None:
        self._begin()
        self._part = part
        number = len(self._texts)
        self._texts.append([])
        kind = b"content" if self._content else b"summary"
        self._place = b'"item_id":%b,"output_index":%d,"%b_index":%d' % (encode(self._id), self._index, kind, number)
        name = b"response.reasoning_text.delta" if self._content else b"response.reasoning_summary_text.delta"
        self._head = b'event: %b\ndata: {"type":"%b",%b,"sequence_number":' % (name, name, self._place)
        added = b"response.content_part.added" if self._content else b"response.reasoning_summary_part.added"
        self._frames.event(added, b'%b,"part":%b' % (self._place, self._written("")))

    def _close_part(self) -> None:
        if self._part < 0:
            return
        self._part = -1
        text = "".join(self._texts[-1])
        done, over = (
            (b"response.reasoning_text.done", b"response.content_part.done")
            if self._content
            else (b"response.reasoning_summary_text.done", b"response.reasoning_summary_part.done")
        )
        self._frames.event(done, b'%b,"text":%b' % (self._place, encode(text)))
        self._frames.event(over, b'%b,"part":%b' % (self._place, self._written(text)))

    def _written(self, text: str) -> bytes:
        return encode({"type": "reasoning_text" if self._content else "summary_text", "text": text})


class Call:
    """A call of one of the client's tools. `made.id` must not be empty."""

    __slots__ = ("_frames", "_head", "_id", "_index", "_pieces", "_place", "_whole", "made", "signature")

    def __init__(self, frames: Frames, made: ToolCall) -> None:
        self._frames = frames
        self.made = made
        self.signature = ""
        free = made.custom or made.name in frames.names.custom
        # JSON that stands for free text can be read only when it is complete.
        self._whole = free and not made.custom
        self._pieces: list[str] = []
        self._id = made.item_id or frames.names.make("ctc" if free else "fc")
        self._index = frames.begin(output.call(frames.names, self._id, made, "", b"in_progress"))
        self._place = b'"item_id":%b,"output_index":%d' % (encode(self._id), self._index)
        name = b"response.custom_tool_call_input.delta" if free else b"response.function_call_arguments.delta"
        self._head = b'event: %b\ndata: {"type":"%b",%b,"sequence_number":' % (name, name, self._place)

    def delta(self, text: str) -> None:
        """More of the arguments."""
        self._pieces.append(text)
        if not self._whole:
            self._write(text)

    def close(self) -> None:
        """The call is complete."""
        frames = self._frames
        said = "".join(self._pieces)
        arguments = output.arguments_of(frames.names, self.made, said)
        if self._whole or arguments != said:
            self._write(arguments)
        if self.made.custom or self._whole:
            frames.event(b"response.custom_tool_call_input.done", b'%b,"input":%b' % (self._place, encode(arguments)))
        else:
            frames.event(
                b"response.function_call_arguments.done", b'%b,"arguments":%b' % (self._place, encode(arguments))
            )
        frames.end(self._index, output.call(frames.names, self._id, self.made, arguments, b"completed"))

    def _write(self, text: str) -> None:
        self._frames.out.append(b'%b%d,"delta":%b}\n\n' % (self._head, self._frames.number, encode(text)))
        self._frames.number += 1
