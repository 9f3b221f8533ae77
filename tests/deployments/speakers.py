"""An upstream that speaks all four protocols: one short answer, thinking, a tool call, counted tokens, embeddings.

What a provider says, written down from the vendors' references; knows nothing of the gateway. The path says which
protocol is meant, the request says whether it is a stream and whether a tool may be called.
"""

from typing import Any

import msgspec

from tests.deployments.mock import Call

MODEL = "up-model-2026"
TEXT = "Hello, wörld 🌍"
PIECES = ("Hel", "lo, ", "wörld 🌍")
ARGUMENTS = '{"city":"Paris"}'
HALVES = (ARGUMENTS[:5], ARGUMENTS[5:])


def protocol_of(call: Call) -> str:
    """Which protocol a call is in, by its path."""
    path = call.target.partition("?")[0]
    if path.endswith(("/chat/completions", "/embeddings")):
        return "chat"
    if "/responses" in path:
        return "responses"
    return "messages" if "/messages" in path else "gemini"


async def speaks(call: Call) -> None:
    """A provider of all four."""
    path = call.target.partition("?")[0]
    if path.endswith("/count_tokens"):
        await call.answer(200, b'{"input_tokens":42}')
    elif path.endswith(":countTokens"):
        await call.answer(200, b'{"totalTokens":42}')
    elif path.endswith("/embeddings"):
        await call.answer(200, _encode(EMBEDDINGS))
    elif path.endswith(":batchEmbedContents"):
        await call.answer(200, b'{"embeddings":[{"values":[0.5,0.25]}]}')
    elif path.endswith(":embedContent"):
        await call.answer(200, b'{"embedding":{"values":[0.5,0.25]}}')
    else:
        await _generates(call, protocol_of(call))


async def _generates(call: Call, protocol: str) -> None:
    body = call.json
    tools = bool(body.get("tools"))
    stream = bool(body.get("stream")) or ":streamGenerateContent" in call.target
    if not stream:
        answer = (TOOL_ANSWERS if tools else ANSWERS)[protocol]
        await call.answer(200, _encode(answer), more="x-request-id: up_1\r\n")
        return
    await call.begin("x-request-id: up_1\r\n")
    for event in (TOOL_STREAMS if tools else STREAMS)[protocol]:
        await call.chunk(event)
    await call.end()


def _encode(document: Any) -> bytes:
    encoded: bytes = msgspec.json.encode(document)
    return encoded


def _data(document: Any) -> bytes:
    return b"data: " + _encode(document) + b"\n\n"


def _named(document: dict[str, Any]) -> bytes:
    return f"event: {document['type']}\n".encode() + _data(document)


EMBEDDINGS = {
    "object": "list",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}],
    "model": MODEL,
    "usage": {"prompt_tokens": 8, "total_tokens": 8},
}

# ---------------------------------------------------------------------------------------------------------------- chat

_CHAT_USAGE = {
    "prompt_tokens": 9,
    "completion_tokens": 4,
    "total_tokens": 13,
    "prompt_tokens_details": {"cached_tokens": 2},
    "completion_tokens_details": {"reasoning_tokens": 1},
}
_CHAT_CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ARGUMENTS}}


def _chat(message: dict[str, Any], finish: str) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "refusal": None, **message}, "finish_reason": finish}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": MODEL,
        "choices": [{**choice, "logprobs": None}], "usage": _CHAT_USAGE,
    }  # fmt: skip


def _chunk(delta: dict[str, Any] | None, finish: str | None = None) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    usage = {"usage": _CHAT_USAGE} if delta is None else {}
    return _data(
        {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": choices}
        | usage
    )


_CHAT_STREAM = (
    _chunk({"role": "assistant", "content": ""}),
    *(_chunk({"content": piece}) for piece in PIECES),
    _chunk({}, "stop"),
    _chunk(None),
    b"data: [DONE]\n\n",
)
_CHAT_TOOL_STREAM = (
    _chunk({"role": "assistant", "content": None}),
    _chunk({"tool_calls": [{"index": 0, "id": "call_1", "type": "function",
                            "function": {"name": "weather", "arguments": ""}}]}),
    *(_chunk({"tool_calls": [{"index": 0, "function": {"arguments": each}}]}) for each in HALVES),
    _chunk({}, "tool_calls"),
    _chunk(None),
    b"data: [DONE]\n\n",
)  # fmt: skip

# ----------------------------------------------------------------------------------------------------------- responses

_RESPONSES_USAGE = {
    "input_tokens": 9,
    "input_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 0},
    "output_tokens": 4,
    "output_tokens_details": {"reasoning_tokens": 1},
    "total_tokens": 13,
}
_PART = {"type": "output_text", "text": TEXT, "annotations": [], "logprobs": []}
_MESSAGE = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [_PART]}
_FUNCTION = {
    "id": "fc_1", "type": "function_call", "status": "completed", "call_id": "call_1", "name": "weather",
    "arguments": ARGUMENTS,
}  # fmt: skip


def _response(output: list[Any], status: str = "completed") -> dict[str, Any]:
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "status": status, "error": None,
        "incomplete_details": None, "instructions": None, "max_output_tokens": None, "model": MODEL, "output": output,
        "parallel_tool_calls": True, "previous_response_id": None, "reasoning": {"effort": None, "summary": None},
        "store": False, "temperature": 1.0, "text": {"format": {"type": "text"}}, "tool_choice": "auto", "tools": [],
        "top_p": 1.0, "truncation": "disabled", "usage": _RESPONSES_USAGE if status == "completed" else None,
        "user": None, "metadata": {},
    }  # fmt: skip


def _numbered(events: list[dict[str, Any]]) -> tuple[bytes, ...]:
    return tuple(_named({**event, "sequence_number": number}) for number, event in enumerate(events))


_AT = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
_OPENING = [
    {"type": "response.created", "response": _response([], "in_progress")},
    {"type": "response.in_progress", "response": _response([], "in_progress")},
]
_RESPONSES_STREAM = _numbered([
    *_OPENING,
    {"type": "response.output_item.added", "output_index": 0,
     "item": {**_MESSAGE, "status": "in_progress", "content": []}},
    {"type": "response.content_part.added", **_AT, "part": {**_PART, "text": ""}},
    *({"type": "response.output_text.delta", **_AT, "delta": piece, "logprobs": []} for piece in PIECES),
    {"type": "response.output_text.done", **_AT, "text": TEXT, "logprobs": []},
    {"type": "response.content_part.done", **_AT, "part": _PART},
    {"type": "response.output_item.done", "output_index": 0, "item": _MESSAGE},
    {"type": "response.completed", "response": _response([_MESSAGE])},
])  # fmt: skip
_RESPONSES_TOOL_STREAM = _numbered([
    *_OPENING,
    {"type": "response.output_item.added", "output_index": 0,
     "item": {**_FUNCTION, "status": "in_progress", "arguments": ""}},
    *({"type": "response.function_call_arguments.delta", "item_id": "fc_1", "output_index": 0, "delta": piece}
      for piece in HALVES),
    {"type": "response.function_call_arguments.done", "item_id": "fc_1", "output_index": 0, "name": "weather",
     "arguments": ARGUMENTS},
    {"type": "response.output_item.done", "output_index": 0, "item": _FUNCTION},
    {"type": "response.completed", "response": _response([_FUNCTION])},
])  # fmt: skip

# ------------------------------------------------------------------------------------------------------------ messages

_MESSAGES_INPUT = {"input_tokens": 7, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 2}


def _answer(content: list[Any], stop: str | None) -> dict[str, Any]:
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "content": content,
        "stop_reason": stop, "stop_sequence": None, "usage": {**_MESSAGES_INPUT, "output_tokens": 4 if stop else 1},
    }  # fmt: skip


_USE = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Paris"}}


def _message_stream(block: dict[str, Any], deltas: list[dict[str, Any]], stop: str) -> tuple[bytes, ...]:
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": _answer([], None)},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "ping"},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 4}},
        {"type": "message_stop"},
    ]
    return tuple(_named(event) for event in events)


_MESSAGES_STREAM = _message_stream(
    {"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in PIECES], "end_turn"
)
_MESSAGES_TOOL_STREAM = _message_stream(
    {**_USE, "input": {}},
    [{"type": "input_json_delta", "partial_json": piece} for piece in ("", *HALVES)],
    "tool_use",
)

# -------------------------------------------------------------------------------------------------------------- gemini

_GEMINI_USAGE = {
    "promptTokenCount": 9,
    "candidatesTokenCount": 3,
    "thoughtsTokenCount": 1,
    "totalTokenCount": 13,
    "cachedContentTokenCount": 2,
}
_GEMINI_CALL = {"functionCall": {"name": "weather", "args": {"city": "Paris"}}}


def _content(parts: list[Any], finish: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    return {
        "candidates": [candidate], "usageMetadata": _GEMINI_USAGE, "modelVersion": MODEL, "responseId": "resp-1"
    }  # fmt: skip


_GEMINI_STREAM = (
    *(_data(_content([{"text": piece}], None)) for piece in PIECES[:-1]),
    _data(_content([{"text": PIECES[-1]}], "STOP")),
)

ANSWERS: dict[str, Any] = {
    "chat": _chat({"content": TEXT}, "stop"),
    "responses": _response([_MESSAGE]),
    "messages": _answer([{"type": "text", "text": TEXT}], "end_turn"),
    "gemini": _content([{"text": TEXT}], "STOP"),
}
TOOL_ANSWERS: dict[str, Any] = {
    "chat": _chat({"content": None, "tool_calls": [_CHAT_CALL]}, "tool_calls"),
    "responses": _response([_FUNCTION]),
    "messages": _answer([_USE], "tool_use"),
    "gemini": _content([_GEMINI_CALL], "STOP"),
}
STREAMS: dict[str, tuple[bytes, ...]] = {
    "chat": _CHAT_STREAM,
    "responses": _RESPONSES_STREAM,
    "messages": _MESSAGES_STREAM,
    "gemini": _GEMINI_STREAM,
}
TOOL_STREAMS: dict[str, tuple[bytes, ...]] = {
    "chat": _CHAT_TOOL_STREAM,
    "responses": _RESPONSES_TOOL_STREAM,
    "messages": _MESSAGES_TOOL_STREAM,
    "gemini": (_data(_content([_GEMINI_CALL], "STOP")),),
}
"""Protocol -> answer or events, with and without a tool call."""
