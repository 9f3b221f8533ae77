"""What a provider was asked, said the same way for the four protocols: turns, images, tools, schema, effort.

Reads the requests that tests.clients.provider.Script remembers. Raw JSON; none of the gateway's readers.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from tests.deployments.mock import Call
from tests.deployments.speakers import protocol_of

Said = tuple[str, str, Any]
"""Role, kind and what: ("user", "text", "hi"), ("assistant", "call", (id, name, arguments)), ("user", "result",
(id or name, text)), ("user", "image", base64 or URL), ("assistant", "thinking", signature)."""


def turns(call: Call) -> list[Said]:
    """The conversation, in order; system text first where the protocol has a field for it."""
    read = {"chat": _chat, "responses": _responses, "messages": _messages, "gemini": _gemini}[protocol_of(call)]
    return list(read(call.json))


def of(call: Call, kind: str) -> list[Any]:
    """What of this kind was said."""
    return [what for _, found, what in turns(call) if found == kind]


def schema(call: Call) -> dict[str, Any]:
    """The schema that the answer must follow; properties are lower case in Gemini's too."""
    body = call.json
    found: Any = {
        "chat": lambda: body["response_format"]["json_schema"]["schema"],
        "responses": lambda: body["text"]["format"]["schema"],
        "messages": lambda: body["output_config"]["format"]["schema"],
        "gemini": lambda: body["generationConfig"]["responseJsonSchema"],
    }[protocol_of(call)]()
    assert isinstance(found, dict)
    return found


def thinking(call: Call) -> Any:  # what the protocol says
    """How thinking was asked for."""
    body = call.json
    found = {
        "chat": lambda: body.get("reasoning_effort") or body.get("reasoning"),
        "responses": lambda: body.get("reasoning"),
        "messages": lambda: body.get("thinking"),
        "gemini": lambda: body["generationConfig"].get("thinkingConfig"),
    }
    return found[protocol_of(call)]()


def tools(call: Call) -> list[str]:
    """The names of the tools."""
    found = []
    for tool in call.json.get("tools") or []:
        declared = tool.get("functionDeclarations") or [tool.get("function") or tool]
        found += [each.get("name") or next(iter(each)) for each in declared]
    return found


def _parts(content: Any) -> list[Any]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content or []


def _text(content: Any) -> str:
    return "".join(part.get("text", "") for part in _parts(content))


def _url(url: str) -> str:
    return url.partition(";base64,")[2] or url


def _chat(body: Any) -> Iterator[Said]:
    for message in body["messages"]:
        role = message["role"]
        if role == "tool":
            yield "user", "result", (message["tool_call_id"], _text(message["content"]))
            continue
        for part in _parts(message.get("content")):
            if part["type"] == "image_url":
                yield role, "image", _url(part["image_url"]["url"])
            else:
                yield role, "text", part["text"]
        for call in message.get("tool_calls") or []:
            function = call["function"]
            yield role, "call", (call["id"], function["name"], msgspec.json.decode(function["arguments"]))


def _responses(body: Any) -> Iterator[Said]:
    if body.get("instructions"):
        yield "system", "text", body["instructions"]
    for item in _input(body["input"]):
        kind = item.get("type", "message")
        if kind == "function_call":
            yield "assistant", "call", (item["call_id"], item["name"], msgspec.json.decode(item["arguments"]))
        elif kind == "function_call_output":
            yield "user", "result", (item["call_id"], _text(item["output"]))
        elif kind == "reasoning":
            yield "assistant", "thinking", item["encrypted_content"]
        else:
            for part in _parts(item["content"]):
                if part["type"] == "input_image":
                    yield item["role"], "image", _url(part["image_url"])
                else:
                    yield item["role"], "text", part["text"]


def _input(found: Any) -> list[Any]:
    return [{"role": "user", "content": found}] if isinstance(found, str) else found


def _messages(body: Any) -> Iterator[Said]:
    if body.get("system"):
        yield "system", "text", _text(body["system"])
    for message in body["messages"]:
        role = message["role"]
        for part in _parts(message["content"]):
            if part["type"] == "tool_use":
                yield role, "call", (part["id"], part["name"], part["input"])
            elif part["type"] == "tool_result":
                yield role, "result", (part["tool_use_id"], _text(part.get("content")))
            elif part["type"] == "image":
                yield role, "image", part["source"].get("data") or part["source"]["url"]
            elif part["type"] == "thinking":
                yield role, "thinking", part["signature"]
            else:
                yield role, "text", part["text"]


def _gemini(body: Any) -> Iterator[Said]:
    if body.get("systemInstruction"):
        yield "system", "text", _text(body["systemInstruction"]["parts"])
    for content in body["contents"]:
        role = "assistant" if content.get("role") == "model" else "user"
        for part in content["parts"]:
            if part.get("thoughtSignature"):
                yield role, "thinking", part["thoughtSignature"]
            if "functionCall" in part:
                call = part["functionCall"]
                yield role, "call", (call.get("id", ""), call["name"], call["args"])
            elif "functionResponse" in part:
                answer = part["functionResponse"]
                yield role, "result", (answer.get("id", ""), msgspec.json.encode(answer["response"]).decode())
            elif "inlineData" in part:
                yield role, "image", part["inlineData"]["data"]
            elif "text" in part:
                yield role, "text", part["text"]
