"""Requests for a recording: the recorded one, or the smallest of another protocol that could have had its answer."""

import re
from typing import Any
from urllib.parse import quote

from tests.corpus.recordings import Recording

PATHS = {
    "chat": "/v1/chat/completions",
    "responses": "/v1/responses",
    "messages": "/v1/messages",
    "gemini": "/v1beta/models/{model}:{verb}",
}


def path(protocol: str, model: str, *, stream: bool) -> str:
    """Where it is posted to."""
    verb = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return PATHS[protocol].format(model=quote(model, safe=""), verb=verb)


def model_of(one: Recording) -> str:
    """A name that says the channel, the recorded model and the recording."""
    asked = one.request.get("model") if isinstance(one.request, dict) else None
    found = re.search(r"/models?/([^/:]+)", one.url)
    name = asked or (found[1] if found else "m")
    return f"to-{one.protocol}-{re.sub(r'[^a-zA-Z0-9_.-]', '-', str(name))}--{one.id}"


def recorded(one: Recording) -> dict[str, Any] | None:
    """The recorded request with the model's name replaced; None where it was not kept as JSON."""
    if not isinstance(one.request, dict) or "_raw_b64" in one.request:
        return None
    body = dict(one.request)
    if one.protocol != "gemini" or "model" in body:
        body["model"] = model_of(one)
    return body


def smallest(protocol: str, one: Recording) -> dict[str, Any]:
    """A request in `protocol` with the tools that the answer calls."""
    names = [name for name in dict.fromkeys(name for name, _ in (one.canon or {}).get("tools") or []) if name]
    schema = {"type": "object", "properties": {}}
    body: dict[str, Any]
    if protocol == "gemini":
        body = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}
        if names:
            body["tools"] = [{"functionDeclarations": [{"name": name, "parameters": schema} for name in names]}]
        return body
    body = {"model": model_of(one)}
    if one.streaming:
        body["stream"] = True
    hello = [{"role": "user", "content": "Hello"}]
    if protocol == "chat":
        body["messages"] = hello
        if one.streaming:
            body["stream_options"] = {"include_usage": True}
        tools: list[dict[str, Any]] = [
            {"type": "function", "function": {"name": name, "parameters": schema}} for name in names
        ]
    elif protocol == "responses":
        body["input"] = "Hello"
        tools = [{"type": "function", "name": name, "parameters": schema, "strict": False} for name in names]
    else:
        body |= {"max_tokens": 4096, "messages": hello}
        tools = [{"name": name, "input_schema": schema} for name in names]
    if names:
        body["tools"] = tools
    return body
