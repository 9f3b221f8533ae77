"""Events, written as the chunks of a chat completion or of a legacy completion.

One chunk for each event that says something, so that each leaves as it comes. Chunks are put together from bytes that
are made once for a stream; only what is new is encoded.
"""

import msgspec

from adapters.canonical.blocks import Media, Thinking, ToolCall
from adapters.canonical.context import Client
from adapters.canonical.custom_tools import unwrap
from adapters.canonical.events import (
    ArgumentsDelta,
    BlockStart,
    BlockStop,
    CitationDelta,
    End,
    Event,
    Failed,
    Finished,
    SignatureDelta,
    Start,
    TextDelta,
    UsageSeen,
)
from adapters.protocols.chat.client_tools import ClientTools
from adapters.protocols.chat.details import write_details
from adapters.protocols.chat.finish import write_finish
from adapters.protocols.chat.logprobs import legacy_logprobs, write_logprobs
from adapters.protocols.chat.signatures import write_signature
from adapters.protocols.chat.stream_blocks import OpenBlock
from adapters.protocols.chat.usage import write_usage
from adapters.protocols.chat.write_response import TIERS, annotated, write_audio, write_image
from adapters.sse import PING
from adapters.usage import Usage

_encode = msgspec.json.encode
_DONE = b"data: [DONE]\n\n"
_FIELD = {"text": b'"content":', "refusal": b'"refusal":', "thinking": b'"reasoning_content":'}


class StreamWriter:
    """One for each stream; see contract.Writer."""

    __slots__ = (
        "_blocks",
        "_calls",
        "_client",
        "_ended",
        "_finished",
        "_head",
        "_legacy",
        "_lengths",
        "_listed",
        "_refused",
        "_roles",
        "_tail",
        "_thought",
        "_tools",
        "_usage",
    )  # fmt: skip

    def __init__(self, client: Client) -> None:
        self._client = client
        self._legacy = client.operation == "text_completion"
        self._tools = ClientTools(client.fields)
        self._usage = Usage()
        self._blocks: dict[int, OpenBlock] = {}
        self._calls: dict[int, int] = {}
        self._lengths: dict[int, int] = {}
        self._listed: dict[tuple[int, str], int] = {}
        self._roles: set[int] = set()
        self._refused: set[int] = set()
        self._thought: set[int] = set()
        self._finished: set[int] = set()
        self._head = b""
        self._tail = b',"usage":null}\n\n' if client.include_usage else b"}\n\n"
        self._ended = False

    def feed(self, events: list[Event]) -> bytes:
        """See contract.Writer."""
        out: list[bytes] = []
        for event in events:
            kind = type(event)
            if kind is TextDelta:
                out.append(self._text(event))  # type: ignore[arg-type]  # `kind` says so
            elif kind is ArgumentsDelta:
                out.append(self._arguments(event))  # type: ignore[arg-type]
            else:
                self._other(event, out)
        return b"".join(out)

    def finish(self, finish: str | None = None) -> bytes:
        """See contract.Writer. Without a finish the stream stays as it is: an error event follows."""
        if self._ended or finish is None:
            return b""
        out: list[bytes] = []
        for number in sorted(self._roles | {0}):
            if number not in self._finished:
                self._finish(Finished("length" if finish == "length" else "other", number), out)
        self._end(out)
        return b"".join(out)

    def ping(self) -> bytes:
        """See contract.Writer."""
        return PING

    def _other(self, event: Event, out: list[bytes]) -> None:
        match event:
            case BlockStart():
                self._begin(event, out)
            case BlockStop(block=number):
                block = self._blocks.pop(number, None)
                if block is not None:
                    self._stop(block, out)
            case SignatureDelta() | CitationDelta():
                self._proof(event, out)
            case UsageSeen(usage=usage):
                self._usage = usage
            case Start():
                self._start(event)
                self._role(0, out)
            case Finished():
                self._finish(event, out)
            case End():
                self._end(out)
            case Failed():
                self._ended = True

    def _start(self, event: Start) -> None:
        client = self._client
        fields: dict[str, object] = {
            "id": event.id or f"{'cmpl' if self._legacy else 'chatcmpl'}-{client.request_id}",
            "object": "text_completion" if self._legacy else "chat.completion.chunk",
            "created": event.created or client.created,
            "model": event.model or client.model,
        }
        if event.service_tier in TIERS and not self._legacy:
            fields["service_tier"] = TIERS[event.service_tier]
        if event.fingerprint:
            fields["system_fingerprint"] = event.fingerprint
        self._head = b"data: " + _encode(fields)[:-1] + b',"choices":['

    def _role(self, candidate: int, out: list[bytes]) -> None:
        """The first chunk of a candidate."""
        if candidate in self._roles:
            return
        if not self._head:
            self._start(Start())
        self._roles.add(candidate)
        if not self._legacy:
            out.append(self._chunk(candidate, b'"role":"assistant","content":"","refusal":null'))

    def _chunk(self, candidate: int, delta: bytes, finish: bytes = b"null") -> bytes:
        if self._legacy:
            choice = b'{"index":%d,%b,"logprobs":null,"finish_reason":%b}]' % (candidate, delta or b'"text":""', finish)
        else:
            choice = b'{"index":%d,"delta":{%b},"logprobs":null,"finish_reason":%b}]' % (candidate, delta, finish)
        return self._head + choice + self._tail

    def _begin(self, event: BlockStart, out: list[bytes]) -> None:
        first, candidate = event.first, event.candidate
        self._role(candidate, out)
        block = self._blocks[event.block] = OpenBlock(candidate, first)
        kind = first.__struct_config__.tag
        if isinstance(first, ToolCall):
            self._call(block, first, out)
            return
        field = b'"text":' if self._legacy and kind in ("text", "refusal") else _FIELD.get(str(kind))
        if field is None or (self._legacy and kind == "thinking"):
            block.silent = True
            if isinstance(first, Media) and not self._legacy:
                self._media(first, candidate, out)
            return
        if kind == "refusal" and not self._legacy:
            self._refused.add(candidate)
        block.index = self._lengths.get(candidate, 0)
        if self._legacy:
            block.before = self._head + b'{"index":%d,' % candidate + field
            block.after = b',"logprobs":null,"finish_reason":null}]' + self._tail
        else:
            block.before = self._head + b'{"index":%d,"delta":{' % candidate + field
            block.after = b'},"logprobs":null,"finish_reason":null}]' + self._tail
        text = getattr(first, "text", "")
        if text:
            out.append(self._text(TextDelta(event.block, text)))
        if isinstance(first, Thinking) and first.encrypted:
            self._detail(block, first, out)

    def _text(self, event: TextDelta) -> bytes:
        block = self._blocks.get(event.block)
        if block is None or block.silent:
            return b""
        text = event.text
        if type(block.first) is Thinking:
            text = block.think(event, self._thought)
        else:
            candidate = block.candidate
            offset = self._lengths.get(candidate, 0)
            self._lengths[candidate] = offset + len(text)
            if event.logprobs is not None:
                return self._with_logprobs(block, text, event.logprobs, offset)
        return b"%b%b%b" % (block.before, _encode(text), block.after)

    def _with_logprobs(self, block: OpenBlock, text: str, raw: msgspec.Raw, offset: int) -> bytes:
        logprobs: object = legacy_logprobs(raw, offset) if self._legacy else write_logprobs(raw)
        after = block.after.replace(b'"logprobs":null', b'"logprobs":' + _encode(logprobs), 1)
        return b"%b%b%b" % (block.before, _encode(text), after)

    def _call(self, block: OpenBlock, first: ToolCall, out: list[bytes]) -> None:
        candidate = block.candidate
        block.index = self._calls.get(candidate, 0)
        self._calls[candidate] = block.index + 1
        if self._legacy or (self._tools.old and block.index):
            block.silent = True
            return
        # Its input is known when the call is complete: another provider has it inside JSON.
        custom = self._tools.is_custom(first)
        block.silent = custom and not first.custom
        name = _encode(first.name)
        if self._tools.old:
            head, field = b'"function_call":{', b'"arguments":'
            out.append(self._chunk(candidate, b'"function_call":{"name":%b,"arguments":""}' % name))
            tail = b"}"
        else:
            kind, field = (b"custom", b'"input":') if custom else (b"function", b'"arguments":')
            call = b'"tool_calls":[{"index":%d,"id":%b,"type":"%b","%b":{"name":%b,%b""}' % (
                block.index, _encode(first.id), kind, kind, name, field
            )  # fmt: skip
            if first.signature and first.origin is not None and first.origin.protocol == "gemini":
                call += b',"extra_content":' + _encode(write_signature(first.signature))
            out.append(self._chunk(candidate, call + b"}]"))
            head, tail = b'"tool_calls":[{"index":%d,"%b":{' % (block.index, kind), b"}}]"
        block.before = self._head + b'{"index":%d,"delta":{' % candidate + head + field
        block.after = tail + b'},"logprobs":null,"finish_reason":null}]' + self._tail

    def _arguments(self, event: ArgumentsDelta) -> bytes:
        block = self._blocks.get(event.block)
        if block is None or not event.text:
            return b""
        if block.silent:
            block.arguments.append(event.text)
            return b""
        block.said = True
        return b"%b%b%b" % (block.before, _encode(event.text), block.after)

    def _stop(self, block: OpenBlock, out: list[bytes]) -> None:
        first = block.first
        if block.cited:
            self._cite(block, out)
        if not isinstance(first, ToolCall) or self._legacy or not block.before:
            return
        if block.silent:
            out.append(b"%b%b%b" % (block.before, _encode(unwrap("".join(block.arguments))), block.after))
        elif not block.said:
            arguments = first.arguments or ("" if first.custom else "{}")
            out.append(b"%b%b%b" % (block.before, _encode(arguments), block.after))

    def _cite(self, block: OpenBlock, out: list[bytes]) -> None:
        """Annotations; of what is cited as a whole, when all of it was said."""
        length = self._lengths.get(block.candidate, 0) - block.index
        for note in annotated(tuple(block.cited), block.index, length):
            self._list(block.candidate, "annotations", note, out)
        block.cited.clear()

    def _proof(self, event: SignatureDelta | CitationDelta, out: list[bytes]) -> None:
        block = self._blocks.get(event.block)
        if block is None or self._legacy:
            return
        first = block.first
        if isinstance(event, CitationDelta):
            block.cited.append(event.citation)
            if event.citation.end > 0 or event.citation.protocol == "chat":
                self._cite(block, out)
            return
        origin = event.origin or getattr(first, "origin", None)
        if isinstance(first, Thinking):
            signed = msgspec.structs.replace(
                first,
                text="".join(block.arguments),
                signature=event.signature,
                encrypted=event.encrypted,
                origin=origin,
            )
            self._detail(block, signed, out)
        elif event.signature and origin is not None and origin.protocol == "gemini":
            content = b'"extra_content":' + _encode(write_signature(event.signature))
            if isinstance(first, ToolCall):
                content = b'"tool_calls":[{"index":%d,%b}]' % (block.index, content)
            out.append(self._chunk(block.candidate, content))

    def _detail(self, block: OpenBlock, thought: Thinking, out: list[bytes]) -> None:
        """A thought that only its maker can read, or that is signed: whole, for the client to send back."""
        if self._legacy:
            return
        for detail in write_details(thought, 0):
            self._list(block.candidate, "reasoning_details", msgspec.to_builtins(detail), out)

    def _list(self, candidate: int, name: str, entry: dict[str, object], out: list[bytes]) -> None:
        """One more entry of a list, with its place in it: by that the official SDK puts lists together."""
        index = self._listed.get((candidate, name), 0)
        self._listed[candidate, name] = index + 1
        listed = [{**entry, "index": index}]
        out.append(self._chunk(candidate, b'"%b":' % name.encode() + _encode(listed)))

    def _media(self, block: Media, candidate: int, out: list[bytes]) -> None:
        if block.kind == "audio":
            out.append(self._chunk(candidate, b'"audio":' + _encode(write_audio(block, self._client))))
        elif block.kind == "image" and (block.data or block.url):
            self._list(candidate, "images", write_image(block), out)

    def _finish(self, event: Finished, out: list[bytes]) -> None:
        candidate = event.candidate
        self._role(candidate, out)
        self._finished.add(candidate)
        called, refused = self._calls.get(candidate, 0) > 0, candidate in self._refused
        word = write_finish(event.finish, called=called, legacy=self._legacy, refused=refused)
        if self._tools.old and word == "tool_calls":
            word = "function_call"
        out.append(self._chunk(candidate, b"", _encode(word)))

    def _end(self, out: list[bytes]) -> None:
        if self._ended:
            return
        self._ended = True
        if not self._head:
            self._role(0, out)
        if self._client.include_usage and self._usage.source != "none":
            out.append(self._head + b'],"usage":' + _encode(write_usage(self._usage)) + b"}\n\n")
        out.append(_DONE)
