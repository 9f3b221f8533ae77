"""What the mock upstream answers to Anthropic's protocol, as bytes. Pure, as mock_replies.py.

Shapes follow the Messages API reference (docs.claude.com/en/api/messages-streaming, 2026-11).
"""

from __future__ import annotations

import msgspec

from benchmarks.mock_replies import WORDS, text_of

_MESSAGE: dict[str, object] = {
    "type": "message", "role": "assistant", "content": [], "stop_reason": None, "stop_sequence": None,
}  # fmt: skip


def _event(kind: bytes, rest: bytes = b"") -> bytes:
    return b'event: %b\ndata: {"type":"%b"%b}\n\n' % (kind, kind, rest)


def _usage(prompt: int, completion: int) -> dict[str, int]:
    return {
        "input_tokens": prompt,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": completion,
    }


def message_body(model: str, size: int, request_id: str, prompt: int) -> bytes:
    """Return a whole answer with `size` bytes of text."""
    content = [{"type": "text", "text": text_of(size)}]
    message = {"id": request_id, "model": model, **_MESSAGE, "content": content, "stop_reason": "end_turn"}
    return msgspec.json.encode({**message, "usage": _usage(prompt, max(1, size // 5))})


class MessagesText:
    """The events of one stream; see mock_replies.StreamText."""

    __slots__ = ("_start",)

    def __init__(self, model: str, request_id: str) -> None:
        message = msgspec.json.encode({"id": request_id, "model": model, **_MESSAGE, "usage": _usage(20, 1)})
        self._start = _event(b"message_start", b',"message":' + message) + _event(
            b"content_block_start", b',"index":0,"content_block":{"type":"text","text":""}'
        )

    def opening(self) -> bytes:
        """Return the events before the content."""
        return self._start

    def content(self, index: int, sent_ns: int) -> bytes:
        """Return content event `index`; `sent_ns` above 0 puts the sending time in place of a word."""
        word = b" ns=%d" % sent_ns if sent_ns else WORDS[index % len(WORDS)].encode()
        return _event(b"content_block_delta", b',"index":0,"delta":{"type":"text_delta","text":"%b"}' % word)

    def closing(self, prompt: int, completion: int) -> list[bytes]:
        """Return the events behind the content."""
        used = msgspec.json.encode(_usage(prompt, completion))
        return [
            _event(b"content_block_stop", b',"index":0'),
            _event(b"message_delta", b',"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":' + used),
            _event(b"message_stop"),
        ]
