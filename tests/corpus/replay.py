"""A provider that plays recordings back: which one, it reads out of the model's name.

Owns how the bytes are cut: event by event, all at once, or at random places. Remembers what it received.
"""

import random
import re
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import msgspec

from tests.corpus.recordings import Recording
from tests.deployments.mock import Call

_ID = re.compile(r"r[0-9a-f]{10}")
_EVENT = re.compile(rb"(?<=\n\n)")
_DROPPED = {"content-length", "transfer-encoding", "connection", "date", "server", "content-encoding", "content-type"}


class Replay:
    """Behaviour of an Upstream. `received` is what came last for each id."""

    def __init__(self, found: tuple[Recording, ...], cut: str = "event") -> None:
        self._found = {one.id: one for one in found}
        self.cut = cut
        self.received: dict[str, Any] = {}
        self._events: dict[str, bytes] = {}

    async def __call__(self, call: Call) -> None:
        """Answer one call."""
        asked = call.json if call.body else {}
        names = _ID.findall(unquote(call.target)) or _ID.findall(str(asked.get("model", "")))
        one = self._found.get(names[-1]) if names else None
        if one is None:
            await call.answer(404, b'{"error":{"message":"no such recording"}}')
            return
        self.received[one.id] = asked
        kind = one.headers.get("content-type", "application/json")
        more = "".join(f"{name}: {value}\r\n" for name, value in one.headers.items() if name.lower() not in _DROPPED)
        body = one.body
        if "alt=sse" in call.target and one.streaming:
            body, kind = self.bytes_of(one), "text/event-stream"
        if not one.streaming or one.status != 200:
            await call.answer(one.status, body, kind, more)
            return
        await call.begin(more, kind if "stream" in kind else "text/event-stream")
        for piece in self._pieces(one, body):
            if piece:
                await call.chunk(piece)
        await call.end()

    def bytes_of(self, one: Recording) -> bytes:
        """The answer as it is sent; what was recorded as an array, but is asked for as events, is sent as events."""
        body = one.body
        if one.protocol != "gemini" or not one.streaming or body.lstrip()[:1] != b"[":
            return body
        known = self._events.get(one.id)
        if known is None:
            parts = msgspec.json.decode(body)
            known = b"".join(b"data: " + msgspec.json.encode(part) + b"\r\n\r\n" for part in parts)
            self._events[one.id] = known
        return known

    def _pieces(self, one: Recording, body: bytes) -> list[bytes]:
        if self.cut == "whole":
            return [body]
        if self.cut == "event":
            return _EVENT.split(body)
        rolled = random.Random(f"{self.cut} {one.id}")  # the same places each time
        places = sorted(
            {0, len(body), *(rolled.randrange(len(body) + 1) for _ in range(min(200, 1 + len(body) // 40)))}
        )
        return [body[begin:end] for begin, end in pairwise(places)]
