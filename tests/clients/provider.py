"""A provider that says what a test has scripted, in whichever of the four protocols it is asked, whole or streamed.

Written down from the vendors' references; knows nothing of the gateway. `Script` answers call after call and remembers
the requests; heard.py reads what they say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tests.deployments.mock import Call
from tests.deployments.speakers import protocol_of, speaks

MODEL = "up-model-2026"
SIGNATURE = "U0lHTkFUVVJF"  # base64, as Gemini's must be


@dataclass(frozen=True)
class Say:
    """One answer: thinking, text and calls (name, arguments as JSON), in this order."""

    text: str = ""
    thinking: str = ""
    calls: tuple[tuple[str, str], ...] = ()


@dataclass
class Script:
    """What is said, call after call; the last answer is repeated."""

    answers: list[Say]
    calls: list[Call] = field(default_factory=list)

    async def __call__(self, call: Call) -> None:
        """A behaviour of tests.deployments.mock.Upstream. What only counts or embeds is as in speakers.py."""
        path = call.target.partition("?")[0]
        if path.endswith(("count_tokens", ":countTokens", "beddings", "mbedContents", ":embedContent")):
            await speaks(call)
            return
        say = self.answers[min(len(self.calls), len(self.answers) - 1)]
        self.calls.append(call)
        protocol = protocol_of(call)
        stream = bool(call.json.get("stream")) or ":streamGenerateContent" in call.target
        if not stream:
            await call.answer(200, msgspec.json.encode(whole(protocol, say)))
            return
        await call.begin()
        for event in events(protocol, say):
            await call.chunk(event)
        await call.end()


def call_id(protocol: str, number: int) -> str:
    """The id that this provider gives to its call; Gemini gives none."""
    return "" if protocol == "gemini" else f"{'toolu' if protocol == 'messages' else 'call'}_up{number}"


def whole(protocol: str, say: Say) -> dict[str, Any]:
    """The answer as one document."""
    return {"chat": _chat, "responses": _response, "messages": _message, "gemini": _gemini}[protocol](say)


def events(protocol: str, say: Say) -> Iterator[bytes]:
    """The answer as a stream."""
    if protocol == "chat":
        yield from (_data(each) for each in _chat_events(say))
        yield b"data: [DONE]\n\n"
    elif protocol == "responses":
        for number, each in enumerate(_response_events(say)):
            yield b"event: %b\n%b" % (each["type"].encode(), _data({**each, "sequence_number": number}))
    elif protocol == "messages":
        yield from (b"event: %b\n%b" % (each["type"].encode(), _data(each)) for each in _message_events(say))
    else:
        yield from (_data(each) for each in _gemini_events(say))


def _data(document: Any) -> bytes:
    return b"data: %b\n\n" % msgspec.json.encode(document)


def _halves(text: str) -> tuple[str, str]:
    middle = len(text) // 2
    return text[:middle], text[middle:]


# ---------------------------------------------------------------------------------------------------------------- chat

_CHAT_USAGE = {
    "prompt_tokens": 20,
    "completion_tokens": 10,
    "total_tokens": 30,
    "prompt_tokens_details": {"cached_tokens": 5},
    "completion_tokens_details": {"reasoning_tokens": 4},
}


def _chat_call(number: int, name: str, arguments: str) -> dict[str, Any]:
    return {
        "id": call_id("chat", number),
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def _chat(say: Say) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": say.text or None}
    if say.thinking:
        message["reasoning_content"] = say.thinking
    if say.calls:
        message["tool_calls"] = [_chat_call(number, *each) for number, each in enumerate(say.calls)]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if say.calls else "stop"}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": MODEL, "choices": [choice],
        "usage": _CHAT_USAGE,
    }  # fmt: skip


def _chat_events(say: Say) -> Iterator[dict[str, Any]]:
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"reasoning_content": piece} for piece in _halves(say.thinking) if piece]
    deltas += [{"content": piece} for piece in _halves(say.text) if piece]
    for number, (name, arguments) in enumerate(say.calls):
        deltas.append({"tool_calls": [{"index": number, **_chat_call(number, name, "")}]})
        deltas += [
            {"tool_calls": [{"index": number, "function": {"arguments": piece}}]} for piece in _halves(arguments)
        ]
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
    for delta in deltas:
        yield {**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    finish = "tool_calls" if say.calls else "stop"
    yield {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}
    yield {**chunk, "choices": [], "usage": _CHAT_USAGE}


# ----------------------------------------------------------------------------------------------------------- responses

_RESPONSES_USAGE = {
    "input_tokens": 20,
    "input_tokens_details": {"cached_tokens": 5},
    "output_tokens": 10,
    "output_tokens_details": {"reasoning_tokens": 4},
    "total_tokens": 30,
}


def _items(say: Say) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    if say.thinking:
        summary = [{"type": "summary_text", "text": say.thinking}]
        items.append({"id": "rs_1", "type": "reasoning", "summary": summary, "encrypted_content": SIGNATURE})
    if say.text:
        content = [{"type": "output_text", "text": say.text, "annotations": [], "logprobs": []}]
        items.append({"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": content})
    items += (
        {
            "id": f"fc_{number}", "type": "function_call", "status": "completed",
            "call_id": call_id("responses", number), "name": name, "arguments": arguments,
        }
        for number, (name, arguments) in enumerate(say.calls)
    )  # fmt: skip
    return items


def _response(say: Say, status: str = "completed") -> dict[str, Any]:
    done = status == "completed"
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "status": status, "error": None,
        "incomplete_details": None, "instructions": None, "model": MODEL, "output": _items(say) if done else [],
        "parallel_tool_calls": True, "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0,
        "text": {"format": {"type": "text"}}, "usage": _RESPONSES_USAGE if done else None, "metadata": {},
    }  # fmt: skip


def _response_events(say: Say) -> Iterator[dict[str, Any]]:
    yield {"type": "response.created", "response": _response(say, "in_progress")}
    for index, item in enumerate(_items(say)):
        at = {"item_id": item["id"], "output_index": index}
        empty: dict[str, Any] = {"reasoning": {"summary": []}, "message": {"content": []}}.get(
            item["type"], {"arguments": ""}
        )
        yield {"type": "response.output_item.added", "output_index": index, "item": {**item, **empty}}
        if item["type"] == "reasoning":
            part = item["summary"][0]
            name, at = "response.reasoning_summary", {**at, "summary_index": 0}
            yield {"type": f"{name}_part.added", **at, "part": {**part, "text": ""}}
            yield from ({"type": f"{name}_text.delta", **at, "delta": piece} for piece in _halves(part["text"]))
            yield {"type": f"{name}_text.done", **at, "text": part["text"]}
            yield {"type": f"{name}_part.done", **at, "part": part}
        elif item["type"] == "message":
            part, at = item["content"][0], {**at, "content_index": 0}
            yield {"type": "response.content_part.added", **at, "part": {**part, "text": ""}}
            for piece in _halves(part["text"]):
                yield {"type": "response.output_text.delta", **at, "delta": piece, "logprobs": []}
            yield {"type": "response.output_text.done", **at, "text": part["text"], "logprobs": []}
            yield {"type": "response.content_part.done", **at, "part": part}
        else:
            for piece in _halves(item["arguments"]):
                yield {"type": "response.function_call_arguments.delta", **at, "delta": piece}
            yield {
                "type": "response.function_call_arguments.done",
                **at,
                "name": item["name"],
                "arguments": item["arguments"],
            }
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": "response.completed", "response": _response(say)}


# ------------------------------------------------------------------------------------------------------------ messages

_MESSAGES_USAGE = {"input_tokens": 15, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 5}


def _blocks(say: Say) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if say.thinking:
        blocks.append({"type": "thinking", "thinking": say.thinking, "signature": SIGNATURE})
    if say.text:
        blocks.append({"type": "text", "text": say.text})
    blocks += (
        {
            "type": "tool_use",
            "id": call_id("messages", number),
            "name": name,
            "input": msgspec.json.decode(arguments),
        }
        for number, (name, arguments) in enumerate(say.calls)
    )
    return blocks


def _message(say: Say) -> dict[str, Any]:
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "content": _blocks(say),
        "stop_reason": "tool_use" if say.calls else "end_turn", "stop_sequence": None,
        "usage": {**_MESSAGES_USAGE, "output_tokens": 10},
    }  # fmt: skip


def _message_events(say: Say) -> Iterator[dict[str, Any]]:
    begun = {**_message(say), "content": [], "stop_reason": None, "usage": {**_MESSAGES_USAGE, "output_tokens": 1}}
    yield {"type": "message_start", "message": begun}
    for index, block in enumerate(_blocks(say)):
        if block["type"] == "thinking":
            empty: dict[str, Any] = {"thinking": "", "signature": ""}
            deltas = [{"type": "thinking_delta", "thinking": piece} for piece in _halves(block["thinking"])]
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        elif block["type"] == "text":
            empty = {"text": ""}
            deltas = [{"type": "text_delta", "text": piece} for piece in _halves(block["text"])]
        else:
            empty = {"input": {}}
            arguments = msgspec.json.encode(block["input"]).decode()
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in _halves(arguments)]
        yield {"type": "content_block_start", "index": index, "content_block": {**block, **empty}}
        yield from ({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas)
        yield {"type": "content_block_stop", "index": index}
    stop = {"stop_reason": "tool_use" if say.calls else "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": stop, "usage": {"output_tokens": 10}}
    yield {"type": "message_stop"}


# -------------------------------------------------------------------------------------------------------------- gemini

_GEMINI_USAGE = {
    "promptTokenCount": 20,
    "candidatesTokenCount": 6,
    "thoughtsTokenCount": 4,
    "totalTokenCount": 30,
    "cachedContentTokenCount": 5,
}


def _content(parts: list[Any], *, last: bool) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if last:
        candidate["finishReason"] = "STOP"
    return {"candidates": [candidate], "usageMetadata": _GEMINI_USAGE, "modelVersion": MODEL, "responseId": "r-1"}


def _gemini_parts(say: Say) -> list[list[Any]]:
    """Parts by the events that bring them."""
    found: list[list[Any]] = [[{"text": piece, "thought": True}] for piece in _halves(say.thinking) if piece]
    found += [[{"text": piece}] for piece in _halves(say.text) if piece]
    calls: list[Any] = [
        {"functionCall": {"name": name, "args": msgspec.json.decode(arguments)}} for name, arguments in say.calls
    ]
    if calls:
        calls[0]["thoughtSignature"] = SIGNATURE
        found.append(calls)
    return found


def _gemini(say: Say) -> dict[str, Any]:
    calls = _gemini_parts(Say(calls=say.calls))
    parts = [{"text": say.thinking, "thought": True}] if say.thinking else []
    parts += [{"text": say.text}] if say.text else []
    return _content(parts + [part for each in calls for part in each], last=True)


def _gemini_events(say: Say) -> Iterator[dict[str, Any]]:
    found = _gemini_parts(say)
    for number, parts in enumerate(found):
        yield _content(parts, last=number == len(found) - 1)
