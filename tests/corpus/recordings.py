"""Recorded traffic of real providers, where it lies beside the repository; never a part of it.

Owns reading the recordings and the independent reader of answers that comes with them. Tests that use it skip where the
folder is absent: ../shared/corpora, or GATEWAY_CORPORA.
"""

import base64
import gzip
import importlib.util
import os
import sys
import types
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("GATEWAY_CORPORA", ROOT.parent / "shared" / "corpora"))
PACK = FOLDER / "recorded_dev.jsonl.gz"

FORMATS = {
    "openai-chat": "chat",
    "openai-responses": "responses",
    "anthropic-messages": "messages",
    "gemini-generate": "gemini",
}
"""Format of a recording -> our name of the protocol."""


class Recording(msgspec.Struct, frozen=True):
    """One exchange. `canon` is what the answer says, `body_b64` its exact bytes."""

    id: str
    provider: str
    format: str
    streaming: bool
    features: list[str]
    url: str
    request: Any
    status: int
    headers: dict[str, str]
    body_b64: str
    canon: dict[str, Any] | None = None

    @property
    def body(self) -> bytes:
        """The answer."""
        return base64.b64decode(self.body_b64)

    @property
    def protocol(self) -> str:
        """Our name of its format, "" for others."""
        return FORMATS.get(self.format, "")


@cache
def recordings() -> tuple[Recording, ...]:
    """All of the four protocols; empty where there are none."""
    if not PACK.exists():
        return ()
    with gzip.open(PACK) as lines:
        every = (msgspec.json.decode(line, type=Recording) for line in lines)
        return tuple(one for one in every if one.protocol)


def sse_events(body: bytes) -> Iterator[tuple[str | None, bytes]]:
    """(event name, data) of each event, read as plainly as the standard says it."""
    name: str | None = None
    data: list[bytes] = []
    for line in [*body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), b""]:
        if not line:
            if data:
                yield name, b"\n".join(data)
            name, data = None, []
        elif line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
        elif line.startswith(b"event:"):
            name = line[6:].strip().decode()


@cache
def _reader() -> types.ModuleType:
    """The recordings' own reader of answers, which shares no code with us."""
    stand_in: Any = types.ModuleType("index_cassettes")
    stand_in.sse_events = sse_events
    stand_in.aws_frames = lambda _body: iter(())
    sys.modules["index_cassettes"] = stand_in
    try:
        spec = importlib.util.spec_from_file_location("recorded_canon", FOLDER / "canon.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        del sys.modules["index_cassettes"]
    return module


def said(protocol: str, body: bytes, *, stream: bool) -> dict[str, Any]:
    """What an answer says: text, reasoning, tools, finish, usage. Raises whatever a broken answer makes it raise."""
    form = next(name for name, known in FORMATS.items() if known == protocol)
    found: dict[str, Any] = _reader().canon(form, body, stream)
    return found
