"""What clients of the four protocols ask, and what they read in an answer. Raw JSON, no SDK."""

import re
from typing import Any

import msgspec

from tests.deployments.client import Answer
from tests.deployments.gateway import Gateway

PROTOCOLS = ("chat", "responses", "messages", "gemini")

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS: dict[str, Any] = {
    "chat": [{"type": "function", "function": {"name": "weather", "description": "w", "parameters": SCHEMA}}],
    "responses": [{"type": "function", "name": "weather", "description": "w", "parameters": SCHEMA, "strict": False}],
    "messages": [{"name": "weather", "description": "w", "input_schema": SCHEMA}],
    "gemini": [{"functionDeclarations": [{"name": "weather", "description": "w", "parametersJsonSchema": SCHEMA}]}],
}


def body(protocol: str, model: str, *, stream: bool = False, tools: bool = False, **more: Any) -> dict[str, Any]:
    """A small conversation."""
    bodies: dict[str, dict[str, Any]] = {
        "chat": {"model": model, "messages": [{"role": "user", "content": "hi"}]},
        "responses": {"model": model, "input": "hi", "store": False},
        "messages": {"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": "hi"}]},
        "gemini": {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]},
    }
    asked = bodies[protocol]
    if stream and protocol != "gemini":
        asked["stream"] = True
    if tools:
        asked["tools"] = TOOLS[protocol]
    return {**asked, **more}


def path(protocol: str, model: str, *, stream: bool = False, array: bool = False) -> str:
    """Where it is sent."""
    if protocol != "gemini":
        return {"chat": "/v1/chat/completions", "responses": "/v1/responses", "messages": "/v1/messages"}[protocol]
    verb = "streamGenerateContent" if stream else "generateContent"
    return f"/v1beta/models/{model}:{verb}{'?alt=sse' if stream and not array else ''}"


def headers(protocol: str, key: str) -> dict[str, str]:
    """The key, as the vendor's client sends it."""
    if protocol == "messages":
        return {"x-api-key": key, "anthropic-version": "2023-06-01"}
    return {"x-goog-api-key": key} if protocol == "gemini" else {"authorization": f"Bearer {key}"}


async def ask(
    gateway: Gateway,
    protocol: str,
    model: str,
    *,
    stream: bool = False,
    tools: bool = False,
    key: str = "",
    **more: Any,
) -> Answer:
    """Send it."""
    return await gateway.post(
        msgspec.json.encode(body(protocol, model, stream=stream, tools=tools, **more)),
        path(protocol, model, stream=stream),
        headers={"authorization": "", **headers(protocol, key or gateway.key)},
    )


def events(answer: bytes) -> list[Any]:
    """The data of a stream's events, decoded; [DONE] is left out."""
    found = re.findall(rb"^data: ?(.*)$", answer.replace(b"\r\n", b"\n"), re.MULTILINE)
    return [msgspec.json.decode(data) for data in found if data != b"[DONE]"]


def said(protocol: str, answer: Any) -> tuple[str, list[tuple[str, Any]], str]:
    """Text, tool calls and finish of a whole answer."""
    if protocol == "chat":
        choice = answer["choices"][0]
        message = choice["message"]
        calls = [call["function"] for call in message.get("tool_calls") or []]
        return message["content"] or "", _calls(calls, "arguments"), choice["finish_reason"]
    if protocol == "responses":
        parts = [part for item in answer["output"] if item["type"] == "message" for part in item["content"]]
        calls = [item for item in answer["output"] if item["type"] == "function_call"]
        return "".join(part["text"] for part in parts), _calls(calls, "arguments"), answer["status"]
    if protocol == "messages":
        text = "".join(block["text"] for block in answer["content"] if block["type"] == "text")
        calls = [block for block in answer["content"] if block["type"] == "tool_use"]
        return text, _calls(calls, "input"), answer["stop_reason"]
    candidate = answer["candidates"][0]
    parts = candidate["content"]["parts"]
    calls = [part["functionCall"] for part in parts if "functionCall" in part]
    return "".join(part.get("text", "") for part in parts), _calls(calls, "args"), candidate["finishReason"]


def _calls(found: list[Any], field: str) -> list[tuple[str, Any]]:
    return [
        (call["name"], msgspec.json.decode(call[field]) if isinstance(call[field], str) else call[field])
        for call in found
    ]


def tokens(protocol: str, answer: Any) -> tuple[int, int]:
    """Input and output as the protocol counts them, brought to one form."""
    if protocol == "gemini":
        usage = answer["usageMetadata"]
        return usage["promptTokenCount"], usage["candidatesTokenCount"] + usage.get("thoughtsTokenCount", 0)
    usage = answer["usage"]
    if protocol == "chat":
        return usage["prompt_tokens"], usage["completion_tokens"]
    if protocol == "responses":
        return usage["input_tokens"], usage["output_tokens"]
    cached = (usage.get("cache_read_input_tokens") or 0) + (usage.get("cache_creation_input_tokens") or 0)
    return usage["input_tokens"] + cached, usage["output_tokens"]


FINISH = {
    "chat": ("stop", "tool_calls"),
    "responses": ("completed", "completed"),
    "messages": ("end_turn", "tool_use"),
    "gemini": ("STOP", "STOP"),
}
"""Protocol -> finish of an answer in words, and of one with a tool call."""
