"""The requests that the load generator sends, as bytes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchmarks.http1 import build_request


def chat_body(model: str, *, stream: bool = False, prompt_bytes: int = 0, tokens: int = 64) -> bytes:
    """Return a chat request; `prompt_bytes` above 0 makes the prompt about that long, over several messages."""
    messages = [{"role": "system", "content": "You are a helpful assistant."}]
    if prompt_bytes:
        # Turns of 4 KB with line ends, quotes and non-ASCII text, as a long conversation has.
        turn = ('A line of the conversation, with a "quoted" word, a tab\t and an umlaut ä.\n' * 60)[:4000]
        roles = ("user", "assistant")
        messages += [{"role": roles[i % 2], "content": turn} for i in range(max(1, prompt_bytes // len(turn.encode())))]
    messages.append({"role": "user", "content": "Say what a gateway is, in a few words."})
    body: dict[str, object] = {"model": model, "messages": messages, "temperature": 0.7, "max_tokens": tokens}
    if stream:
        body["stream"] = True
    return msgspec.json.encode(body)


def chat_request(
    port: int, headers: Sequence[tuple[str, str]], body: bytes, path: str = "/v1/chat/completions"
) -> bytes:
    """Return a POST with the headers that the official SDK sends, as far as they matter."""
    always = [("accept", "application/json"), ("content-type", "application/json"), ("user-agent", "bench/1")]
    return build_request("POST", path, f"127.0.0.1:{port}", [*always, *headers], body)
