"""An upstream for the playground's tests: it says back what it was told, calls tools, talks slowly, fails.

Speaks Chat Completions streams; by the model's name: play-echo, play-slow, play-tools, play-fail,
play-media (draws the image that it was sent, and counts images and sound).
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODELS = ("play-echo", "play-slow", "play-tools", "play-fail", "play-media")
SLOW_WORDS = 20_000
"""At 50 a second: it has not come to its end by itself when a slow test stops it."""


class Talker:
    """What was heard, and when a client had left: `left` is set when a stream could not be written any more."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.left = threading.Event()
        self.url = ""


def _frames(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    messages = body["messages"]
    last = messages[-1]
    if body["model"] == "play-slow":
        yield from ({"content": f"word{number} "} for number in range(SLOW_WORDS))
    elif body["model"] == "play-tools" and last["role"] != "tool":
        name = body["tools"][0]["function"]["name"]
        call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": ""}}
        yield {"tool_calls": [call]}
        for piece in ('{"city":', '"Oslo"}'):
            yield {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
    else:
        said = last["content"] if isinstance(last["content"], str) else last["content"][-1]["text"]
        for piece in ("You ", "said: ", f"**{said}**", "\n\n```python\nprint(1)\n```\n"):
            yield {"content": piece}


class _Handler(BaseHTTPRequestHandler):
    talker: Talker

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer one request."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.talker.heard.append(body)
        if body["model"] == "play-fail":
            self._whole(400, {"error": {"message": "Not today.", "type": "invalid_request_error", "code": "no_luck"}})
        elif not body.get("stream"):
            self._whole(200, self._answer(body))
        else:
            self._stream(body)

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        text = "".join(frame.get("content", "") for frame in _frames(body))
        message: dict[str, Any] = {"role": "assistant", "content": text}
        usage = _USAGE
        if body["model"] == "play-media":
            message["images"] = [part for part in body["messages"][-1]["content"] if part["type"] == "image_url"][:1]
            usage = {**_USAGE, "prompt_tokens_details": {"image_tokens": 30, "audio_tokens": 1200}}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {"id": "c1", "object": "chat.completion", "model": body["model"], "choices": [choice], "usage": usage}

    def _whole(self, status: int, answer: dict[str, Any]) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        slow = body["model"] == "play-slow"
        reason = "stop"
        pause = threading.Event()
        try:
            for delta in _frames(body):
                reason = "tool_calls" if "tool_calls" in delta else "stop"
                self._chunk(body, [{"index": 0, "delta": delta, "finish_reason": None}])
                if slow:
                    pause.wait(0.02)
            self._chunk(body, [{"index": 0, "delta": {}, "finish_reason": reason}])
            self._chunk(body, [], usage=_USAGE)
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            self.talker.left.set()

    def _chunk(self, body: dict[str, Any], choices: list[dict[str, Any]], **more: object) -> None:
        chunk = {"id": "c1", "object": "chat.completion.chunk", "model": body["model"], "choices": choices, **more}
        self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        self.wfile.flush()


_USAGE: dict[str, Any] = {"prompt_tokens": 1000, "completion_tokens": 10, "total_tokens": 1010}


@contextmanager
def talking() -> Iterator[Talker]:
    """Listen on a free port of 127.0.0.1 until the end of the block."""
    talker = Talker()
    handler = type("Handler", (_Handler,), {"talker": talker})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        talker.url = f"http://127.0.0.1:{server.server_port}/v1"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield talker
        server.shutdown()
