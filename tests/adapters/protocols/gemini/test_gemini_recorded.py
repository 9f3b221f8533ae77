"""Recorded traffic of the Gemini API and of Vertex AI: read, written, and read again it says the same."""

from typing import Any

import msgspec
import pytest
from google.genai import types

from adapters.canonical.blocks import Text, Thinking, ToolCall
from adapters.canonical.context import Client, Upstream
from adapters.canonical.events import End, Event
from adapters.canonical.fold import Folder
from adapters.canonical.loss import Losses
from adapters.canonical.response import Response
from adapters.head import Target
from adapters.protocols.gemini.head import parse
from adapters.protocols.gemini.read_request import read_request
from adapters.protocols.gemini.read_response import read_response
from adapters.protocols.gemini.read_stream import StreamReader
from adapters.protocols.gemini.tap import StreamTap, Unary
from adapters.protocols.gemini.write_request import write_request
from adapters.protocols.gemini.write_response import write_response
from adapters.protocols.gemini.write_stream import StreamWriter
from tests.corpus.recordings import PACK, Recording, recordings

CLIENT = Client(request_id="req_1", created=1, model="m", operation="chat")

pytestmark = pytest.mark.skipif(not PACK.exists(), reason=f"{PACK} is not there")


def recorded(*, streaming: bool) -> list[Recording]:
    """Without usage it is an embedding under another name."""
    return [
        one
        for one in recordings()
        if one.protocol == "gemini" and one.status == 200 and one.streaming == streaming and canon(one)["usage"]
    ]


def canon(one: Recording) -> dict[str, Any]:
    return one.canon or {"usage": None}


def meaning(answer: Response) -> Any:
    return [
        (
            "".join(block.text for block in candidate.blocks if isinstance(block, Text)),
            "".join(block.text for block in candidate.blocks if isinstance(block, Thinking)),
            [
                (block.name, msgspec.json.decode(block.arguments), block.signature)
                for block in candidate.blocks
                if isinstance(block, ToolCall)
            ],
            candidate.finish,
        )
        for candidate in answer.candidates
    ], (answer.usage.input, answer.usage.cached, answer.usage.output, answer.usage.reasoning)


def read(stream: bytes, size: int) -> list[Event]:
    reader = StreamReader()
    events: list[Event] = []
    for at in range(0, len(stream), size):
        events += reader.feed(stream[at : at + size])
    return events + reader.finish()


def fold(events: list[Event]) -> Response:
    folder = Folder()
    folder.feed(events)
    return folder.response()


def test_answers() -> None:
    for one in recorded(streaming=False):
        body = one.body
        answer = read_response(body)
        written = write_response(answer, CLIENT)
        found = msgspec.json.decode(written)
        for strange in ("trafficType", "serviceTier", "pydantic_ai_gateway"):  # not in the SDK's type
            found.get("usageMetadata", {}).pop(strange, None)
        types.GenerateContentResponse.model_validate(found)
        assert meaning(read_response(written)) == meaning(answer), one.id
        assert [canon(one)["text"], canon(one)["reasoning"]] == list(meaning(answer)[0][0][:2]), one.id
        assert list(meaning(answer)[1]) == canon(one)["usage"], one.id
        assert Unary(body).usage == answer.usage, one.id


def test_streams() -> None:
    for one in recorded(streaming=True):
        body = one.body
        events = read(body, len(body))
        assert isinstance(events[-1], End), one.id
        for size in (1, 9, 1000):
            assert read(body, size) == events, one.id
        answer = fold(events)
        written = StreamWriter(CLIENT).feed(events)
        assert meaning(fold(read(written, 100))) == meaning(answer), one.id
        assert canon(one)["text"] == meaning(answer)[0][0][0], one.id
        assert list(meaning(answer)[1]) == canon(one)["usage"], one.id
        tap = StreamTap(withhold=False)
        assert tap.feed(body) + tap.finish() == body
        assert tap.counted(0) == answer.usage, one.id


def test_requests() -> None:
    for one in recorded(streaming=False) + recorded(streaming=True):
        if "contents" not in (one.request or ()):
            continue
        body = msgspec.json.encode(one.request)
        head = parse("chat", body, Target(model="m", verb="generateContent"))
        request = read_request(head)
        losses = Losses()
        written = write_request(request, Upstream(model="m"), losses)
        assert not losses.knobs, one.id
        assert not losses.content, one.id
        again = read_request(parse("chat", written, Target(model="m", verb="generateContent")))
        assert again.turns == request.turns, one.id
        assert (again.tool_choice, again.output, again.reasoning) == (
            request.tool_choice, request.output, request.reasoning,
        )  # fmt: skip
        assert len(again.tools) == len(request.tools)
