"""What the mock upstream answers, as bytes: behaviours read from the model name, and OpenAI-shaped JSON.

Pure: no socket, no clock (timestamps and ids are passed in). Shapes follow the OpenAI API reference (2026-11).

    mock-unary          one JSON answer of about 1 KB          mock-burst-64      64 content events in one write
    mock-unary-20000    the same with 20,000 bytes of text     mock-paced-64x10   64 content events, one each 10 ms
    mock-error-503      that status, OpenAI error shape        mock-stall-5000    no byte for 5,000 ms, then the answer
    mock-cut-8          the connection is cut after 8 events   mock-fail-8        an error event after 8 events, the end
    mock-html-502       an HTML page with that status          mock-reset         a TCP reset instead of an answer

A suffix `-ns` puts the sending time (monotonic, nanoseconds) into each content event as `ns=<digits>`. It stands in
the text because gateways that parse and rebuild events drop fields they do not know. Any other model name behaves
like mock-unary without `stream` and like mock-burst-16 with it; a behaviour of streams answers a request without
`stream` with one JSON answer.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from struct import pack
from typing import Any

import msgspec

CREATED = 1_760_000_000
TEXT = (
    "The gateway forwards what the model says and nothing else. "
    "This sentence stands here so that an answer has the size of an ordinary one. "
)
DIMENSIONS = 256
_NAME = re.compile(r"mock-(unary|burst|paced|error|stall|cut|fail|html|reset)(?:-(\d+)(?:x(\d+))?)?(-ns)?")
_DEFAULTS = {"unary": 700, "burst": 16, "paced": 16, "error": 500, "stall": 1000, "cut": 4, "fail": 4, "html": 502}
_ROLE = b'{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}'
_MODELS = ("mock-unary", "mock-burst-64", "mock-paced-64x10", "mock-error-503", "mock-stall-5000", "mock-cut-8")
WORDS = (" the", " quick", " brown", " fox", " jumps", " over", " the", " lazy", " dog", ".")
_STATUS_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
_PHRASES = {200: b"OK", 400: b"Bad Request", 404: b"Not Found", 405: b"Method Not Allowed", 429: b"Too Many Requests"}


class StreamOptions(msgspec.Struct):
    """The part of `stream_options` that changes an answer."""

    include_usage: bool = False


class Call(msgspec.Struct):
    """The part of a request body that chooses the answer; everything else is checked to be JSON and ignored."""

    model: str = ""
    stream: bool = False
    stream_options: StreamOptions | None = None
    encoding_format: str = "float"
    input: Any = None

    @property
    def wants_usage(self) -> bool:
        """True when the stream ends with a usage chunk."""
        return self.stream_options is not None and self.stream_options.include_usage


class Behaviour(msgspec.Struct, frozen=True):
    """What a model name asks for. `number` is the size, count, status or milliseconds, by kind."""

    kind: str
    number: int
    interval_ms: int = 0
    stamped: bool = False


@lru_cache(maxsize=4096)
def behaviour(model: str) -> Behaviour:
    """Return the behaviour that a model name stands for."""
    match = _NAME.fullmatch(model)
    if match is None:
        return Behaviour("any", 16)
    kind, number, interval, stamped = match.groups()
    return Behaviour(kind, int(number) if number else _DEFAULTS.get(kind, 0), int(interval or 10), stamped is not None)


def response(status: int, body: bytes, content_type: bytes = b"application/json", extra: bytes = b"") -> bytes:
    """Return a whole response; `extra` is header lines, each ending in CRLF."""
    phrase = _PHRASES.get(status, b"Status")
    return b"HTTP/1.1 %d %b\r\ncontent-type: %b\r\n%bcontent-length: %d\r\n\r\n%b" % (
        status, phrase, content_type, extra, len(body), body,
    )  # fmt: skip


def stream_head(request_id: str) -> bytes:
    """Return the head of an event stream."""
    return (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
        b"x-request-id: %b\r\ntransfer-encoding: chunked\r\n\r\n" % request_id.encode()
    )


def chunked(payload: bytes) -> bytes:
    """Return the payload as one HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(payload), payload)


def error_body(status: int, message: str) -> bytes:
    """Return an error in the OpenAI shape."""
    kind = _STATUS_TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return msgspec.json.encode({"error": {"message": message, "type": kind, "param": None, "code": None}})


def usage(prompt: int, completion: int) -> dict[str, Any]:
    """Return a usage object with the details that OpenAI sends."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def prompt_tokens(body: bytes) -> int:
    """Return the tokens the mock says a request had: five bytes each, so that 0.5 MB are 100K tokens."""
    return max(1, len(body) // 5)


def text_of(size: int) -> str:
    """Return a text of `size` bytes."""
    return (TEXT * (size // len(TEXT) + 1))[:size]


@lru_cache(maxsize=256)
def _unary_frame(model: str, size: int, text_completion: bool) -> tuple[bytes, bytes]:
    """Return the bytes around the id, and up to the prompt's token count, of a whole answer."""
    text = text_of(size)
    choice: dict[str, Any] = {"index": 0}
    if text_completion:
        choice["text"] = text
    else:
        choice["message"] = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
    choice |= {"logprobs": None, "finish_reason": "stop"}
    head = {"object": "text_completion" if text_completion else "chat.completion", "created": CREATED, "model": model}
    head |= {"service_tier": "default", "system_fingerprint": "fp_mock"}
    encoded = msgspec.json.encode(head | {"choices": [choice]})
    return b"," + encoded[1:-1] + b',"usage":', b"}"


def unary_body(model: str, size: int, request_id: str, prompt: int, *, text_completion: bool = False) -> bytes:
    """Return a whole chat or text completion with `size` bytes of text."""
    middle, end = _unary_frame(model, size, text_completion)
    used = msgspec.json.encode(usage(prompt, max(1, size // 5)))
    return b'{"id":"%b"%b%b%b' % (request_id.encode(), middle, used, end)


class StreamText:
    """The events of one stream as bytes, ready to be framed."""

    __slots__ = ("_after", "_before", "_text_completion", "_usage")

    def __init__(self, model: str, request_id: str, *, wants_usage: bool, text_completion: bool = False) -> None:
        head = {
            "id": request_id,
            "object": "text_completion" if text_completion else "chat.completion.chunk",
            "created": CREATED,
            "model": model,
            "service_tier": "default",
            "system_fingerprint": "fp_mock",
        }
        self._before = b"data: " + msgspec.json.encode(head)[:-1] + b',"choices":['
        # OpenAI sends "usage": null in every chunk of a stream that ends with the usage.
        self._usage = b',"usage":null' if wants_usage else b""
        self._after = b"]" + self._usage + b"}\n\n"
        self._text_completion = text_completion

    def opening(self) -> bytes:
        """Return the first event, which carries the role; nothing for text completions."""
        if self._text_completion:
            return b""
        return self._before + _ROLE + self._after

    def content(self, index: int, sent_ns: int) -> bytes:
        """Return content event `index`; `sent_ns` above 0 puts the sending time in place of a word."""
        word = b" ns=%d" % sent_ns if sent_ns else WORDS[index % len(WORDS)].encode()
        if self._text_completion:
            piece = b'{"index":0,"text":"%b","logprobs":null,"finish_reason":null}' % word
        else:
            piece = b'{"index":0,"delta":{"content":"%b"},"logprobs":null,"finish_reason":null}' % word
        return self._before + piece + self._after

    def closing(self, prompt: int, completion: int) -> list[bytes]:
        """Return the events behind the content: finish reason, usage when it was asked for, and the end mark."""
        key = b'"text":""' if self._text_completion else b'"delta":{}'
        events = [self._before + b'{"index":0,%b,"logprobs":null,"finish_reason":"stop"}' % key + self._after]
        if self._usage:
            used = msgspec.json.encode(usage(prompt, completion))
            events.append(self._before + b'],"usage":' + used + b"}\n\n")
        events.append(b"data: [DONE]\n\n")
        return events


def failure_event() -> bytes:
    """Return the error event that an upstream sends when it fails in the middle of a stream."""
    return b"data: " + error_body(500, "The mock failed in the middle of the stream, as asked.") + b"\n\n"


@lru_cache(maxsize=8)
def _vector(base64: bool) -> bytes:
    values = [((i * 37) % 101 - 50) / 100 for i in range(DIMENSIONS)]
    if base64:
        return b'"' + b64encode(pack(f"<{DIMENSIONS}f", *values)) + b'"'
    return msgspec.json.encode(values)


def embeddings_body(call: Call, prompt: int) -> bytes:
    """Return one vector per input, as floats or base64 of little-endian float32."""
    many = isinstance(call.input, list) and not (call.input and isinstance(call.input[0], int))
    count = len(call.input) if many else 1
    vector = _vector(call.encoding_format == "base64")
    rows = b",".join(b'{"object":"embedding","index":%d,"embedding":%b}' % (i, vector) for i in range(count))
    tail = msgspec.json.encode({"model": call.model, "usage": {"prompt_tokens": prompt, "total_tokens": prompt}})
    return b'{"object":"list","data":[' + rows + b"]," + tail[1:]


def models_body() -> bytes:
    """Return the list of models that GET /v1/models shows."""
    rows = [{"id": name, "object": "model", "created": CREATED, "owned_by": "mock"} for name in _MODELS]
    return msgspec.json.encode({"object": "list", "data": rows})
