"""The official SDKs' judgement of what their clients get: each answer, each event, and what accumulators make of them.

Strict: no conversion of types, and no field that the SDK's types do not have, but for those listed here.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

import msgspec
import pydantic
from anthropic.lib.streaming._messages import accumulate_event
from anthropic.types import Message, RawMessageStreamEvent
from google.genai.types import GenerateContentResponse
from openai._models import construct_type_unchecked
from openai._types import omit
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent

BEYOND = {
    # reasoning as DeepSeek and OpenRouter send it, images and counts of searches as OpenRouter, signatures as Gemini's
    # compatible API; streams have annotations that only the type of a whole answer names, with OpenRouter's `content`.
    "chat": frozenset(
        {
            *("reasoning_content", "reasoning_details", "images", "server_tool_use"),
            *("extra_content", "annotations", "content", "custom"),
        }
    ),
    # OpenAI's own answers have them, its SDK's types not.
    "responses": frozenset({"store", "status", "bytes"}),
    "messages": frozenset[str](),
    "gemini": frozenset[str](),
}
"""Fields that clients of a protocol know and its SDK's types do not have."""

NAMED = ("responses", "messages")
"""Protocols that name their events."""

ANSWERS: dict[str, pydantic.TypeAdapter[Any]] = {
    "chat": pydantic.TypeAdapter(ChatCompletion),
    "responses": pydantic.TypeAdapter(Response),
    "messages": pydantic.TypeAdapter(Message),
    "gemini": pydantic.TypeAdapter(GenerateContentResponse),
}
EVENTS: dict[str, pydantic.TypeAdapter[Any]] = {
    "chat": pydantic.TypeAdapter(ChatCompletionChunk),
    "responses": pydantic.TypeAdapter(ResponseStreamEvent),
    "messages": pydantic.TypeAdapter(RawMessageStreamEvent),
    "gemini": ANSWERS["gemini"],
}


def answer(protocol: str, body: bytes, *, own: bool) -> None:
    """An answer in one piece; `own`: its protocol has it from itself, more fields are the provider's.

    Raises pydantic.ValidationError and AssertionError.
    """
    _check(protocol, ANSWERS[protocol], body, own=own)


def stream(protocol: str, body: bytes, *, own: bool) -> None:
    """A whole stream. Raises pydantic.ValidationError, AssertionError, and what an accumulator raises."""
    events = []
    failed = False
    for name, data in frames(body):
        assert not failed or data.startswith((b'{"error"', b'{"type":"response.failed"')), "nothing follows an error"
        if name == b"ping" or data == b"[DONE]":
            continue
        event = msgspec.json.decode(data)
        failed = failed or name == b"error" or "error" in event
        if failed:
            continue
        if protocol in NAMED:
            assert name == event["type"].encode()
        _check(protocol, EVENTS[protocol], data, own=own)
        events.append(event)
    if failed:
        return
    if protocol in ACCUMULATORS:
        ACCUMULATORS[protocol](events)


def frames(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and data of each event."""
    body = body.replace(b"\r\n", b"\n")  # Gemini's line ends
    for frame in body.removesuffix(b"\n\n").split(b"\n\n"):
        name = data = b""
        for line in frame.split(b"\n"):
            if line.startswith(b"event: "):
                name = line[7:]
            elif line.startswith(b"data: "):
                data = line[6:]
            else:  # google-genai reads an error that is not an event
                assert line.startswith(b'{"error"'), line
                data = line
        yield name, data


def _check(protocol: str, adapter: pydantic.TypeAdapter[Any], data: bytes, *, own: bool) -> None:
    try:
        found = adapter.validate_json(data, strict=True)
    except pydantic.ValidationError as error:
        # google-genai's own validator of times takes no text in strict mode; openai has no type for a streamed call of
        # a custom tool, which its accumulator takes.
        if any(each["loc"][-1] != "createTime" and each["input"] != "custom" for each in error.errors()):
            raise
        return
    extra = set() if own else set(_extra(found)) - BEYOND[protocol]
    assert not extra, f"not in the SDK's types: {extra}"


def _extra(found: object) -> Iterator[str]:
    """Fields without a type, wherever they are."""
    if isinstance(found, pydantic.BaseModel):
        yield from found.__pydantic_extra__ or {}
        for value in dict(found).values():
            yield from _extra(value)
    elif isinstance(found, list):
        for value in found:
            yield from _extra(value)


def _chat(events: list[dict[str, Any]]) -> None:
    state: ChatCompletionStreamState[None] = ChatCompletionStreamState()
    for event in events:
        state.handle_chunk(construct_type_unchecked(type_=ChatCompletionChunk, value=event))
    final = state.current_completion_snapshot
    assert all(choice.finish_reason for choice in final.choices)


def _responses(events: list[dict[str, Any]]) -> None:
    state: ResponseStreamState[None] = ResponseStreamState(input_tools=omit, text_format=omit)
    made = cast(Any, ResponseStreamEvent)
    for number, event in enumerate(events):
        assert event["sequence_number"] == number
        state.handle_event(construct_type_unchecked(type_=made, value=event))
    assert events[-1]["type"] in ("response.completed", "response.incomplete", "response.failed")


def _messages(events: list[dict[str, Any]]) -> None:
    snapshot: Any = None
    buffers: dict[int, bytes] = {}
    for event in events:
        snapshot = accumulate_event(event=cast(Any, event), current_snapshot=snapshot, json_bufs=buffers)
    assert snapshot.stop_reason is not None
    assert events[-1]["type"] == "message_stop"


ACCUMULATORS: dict[str, Callable[[list[dict[str, Any]]], None]] = {
    "chat": _chat,
    "responses": _responses,
    "messages": _messages,
}
