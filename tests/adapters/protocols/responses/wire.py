"""What the tests of this folder share: requests, streams, and the official SDK's judgement of what was written."""

from typing import Any

import msgspec
import pydantic
from openai._models import construct_type_unchecked
from openai._types import omit
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.responses import Response, ResponseStreamEvent

from adapters.canonical.context import Client, Upstream
from adapters.canonical.events import Event
from adapters.canonical.loss import Losses
from adapters.canonical.sealed import unseal
from adapters.protocols.responses.head import parse
from adapters.protocols.responses.read_request import read_request
from adapters.protocols.responses.read_response import read_response
from adapters.protocols.responses.read_stream import StreamReader
from adapters.protocols.responses.write_request import write_request
from adapters.providers.makers import OPENAI_RESPONSES

EVENT = pydantic.TypeAdapter(ResponseStreamEvent)
OPENAI = Upstream(model="gpt-5.2", provider="openai", capabilities=OPENAI_RESPONSES)


def encode(value: object) -> bytes:
    return msgspec.json.encode(value)


def request(**fields: Any) -> Any:
    """A request as the reader understands it."""
    return read_request(parse("chat", encode({"model": "m", "input": "Hello", **fields})))


def again(body: dict[str, Any]) -> Any:
    """A request through the neutral form and back; nothing may be lost."""
    losses = Losses()
    written = write_request(read_request(parse("chat", encode(body))), Upstream(model=body["model"]), losses)
    losses.check(strict=True)
    return msgspec.json.decode(written)


def foreign(sent: Any, upstream: Upstream = OPENAI) -> tuple[dict[str, Any], Losses]:
    """A request of another protocol, written for this one."""
    losses = Losses()
    return msgspec.json.decode(write_request(sent, upstream, losses)), losses


def client(**fields: Any) -> Client:
    """A client of this protocol that sent these fields."""
    raw = {name: msgspec.Raw(encode(value)) for name, value in fields.items()}
    return Client(request_id="req1", created=1700000000, model="m", fields=raw)


def stream(*events: dict[str, Any]) -> bytes:
    """Events as a provider writes them, numbered."""
    frames = []
    for number, event in enumerate(events):
        data = encode({"sequence_number": number, **event})
        frames.append(b"event: %b\ndata: %b\n\n" % (event["type"].encode(), data))
    return b"".join(frames)


def read(data: bytes, size: int = 0) -> list[Any]:
    """The events of a stream that comes in chunks of `size` bytes, 0: whole."""
    reader = StreamReader()
    events: list[Event] = []
    step = size or len(data) or 1
    for start in range(0, len(data), step):
        events += reader.feed(data[start : start + step])
    return events + reader.finish()


def frames(data: bytes) -> list[dict[str, Any]]:
    """The events of a stream that was written: names, numbers and types are checked against each other and the SDK."""
    found = []
    for number, frame in enumerate(data.removesuffix(b"\n\n").split(b"\n\n")):
        name, line = frame.split(b"\n")
        event = msgspec.json.decode(line.removeprefix(b"data: "))
        assert name == b"event: " + event["type"].encode()
        assert event["sequence_number"] == number
        EVENT.validate_json(line.removeprefix(b"data: "), strict=True)
        found.append(event)
    return found


def accumulate(data: bytes) -> Any:
    """What client.responses.stream() makes of a stream."""
    state: Any = ResponseStreamState(input_tools=omit, text_format=omit)
    made: Any = ResponseStreamEvent
    for event in frames(data):
        state.handle_event(construct_type_unchecked(type_=made, value=event))
    final = state._completed_response
    assert final is not None
    return final


def strict(body: bytes) -> Any:
    """An answer that the SDK's type accepts without conversion."""
    Response.model_validate_json(body, strict=True)
    return msgspec.json.decode(body)


def reading(body: bytes) -> Any:
    """An answer as the reader understands it."""
    return read_response(body)


def unsealed(text: str | None) -> Any:
    """What was sealed into an item."""
    return unseal(text or "")
