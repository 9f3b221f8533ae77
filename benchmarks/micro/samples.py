"""Streams as providers send them, one chunk for each event, and a conversation of any size. Made up; no network."""

from __future__ import annotations

import msgspec

from adapters.canonical.blocks import Text, ToolCall, ToolResult
from adapters.canonical.request import FunctionTool, Request, Turn

CREATED = 1_800_000_000
WORDS = ["", "the", "quick", "brown", "fox", "jumps", "over", "one", "lazy", "dog"][1:]


def words(count: int) -> list[str]:
    """Pieces of text as models send them."""
    return [f" {WORDS[number % len(WORDS)]}" for number in range(count)]


def stream(protocol: str, count: int) -> list[bytes]:
    """A whole stream with `count` pieces of text."""
    return _STREAMS[protocol](words(count))


def _chat(pieces: list[str]) -> list[bytes]:
    head = (
        b'data: {"id":"chatcmpl-CJ8ZkYd1mQ2wZyX","object":"chat.completion.chunk","created":1800000000,'
        b'"model":"gpt-5-mini-2025-08-07","service_tier":"default","system_fingerprint":"fp_44added55e","choices":['
    )
    delta = b'{"index":0,"delta":{"content":"%b"},"logprobs":null,"finish_reason":null}],"usage":null}\n\n'
    usage = (
        b'],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":'
        b'{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}}\n\n'
    )
    return [
        head + b'{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}]}\n\n',
        *(head + delta % piece.encode() for piece in pieces),
        head + b'{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}\n\n',
        head + usage,
        b"data: [DONE]\n\n",
    ]


def _responses(pieces: list[str]) -> list[bytes]:
    answer = (
        b'{"id":"resp_1","object":"response","created_at":1800000000,"status":"%b","model":"gpt-5-mini","output":[%b],'
        b'"parallel_tool_calls":true,"tool_choice":"auto","tools":[],"error":null,"incomplete_details":null,"usage":%b}'
    )
    text = "".join(pieces).encode()
    part = b'{"type":"output_text","annotations":[],"logprobs":[],"text":"%b"}'
    item = b'{"id":"msg_1","type":"message","status":"%b","role":"assistant","content":[%b]}'
    usage = (
        b'{"input_tokens":19,"input_tokens_details":{"cached_tokens":0},"output_tokens":10,'
        b'"output_tokens_details":{"reasoning_tokens":0},"total_tokens":29}'
    )
    place = b'"item_id":"msg_1","output_index":0,"content_index":0'
    frames = [
        (b"response.created", b'"response":' + answer % (b"in_progress", b"", b"null")),
        (b"response.in_progress", b'"response":' + answer % (b"in_progress", b"", b"null")),
        (b"response.output_item.added", b'"output_index":0,"item":' + item % (b"in_progress", b"")),
        (b"response.content_part.added", place + b',"part":' + part % b""),
        *(
            (
                b"response.output_text.delta",
                place + b',"delta":"%b","logprobs":[],"obfuscation":"9hf1ANqXk3"' % piece.encode(),
            )
            for piece in pieces
        ),
        (b"response.output_text.done", place + b',"text":"%b","logprobs":[]' % text),
        (b"response.content_part.done", place + b',"part":' + part % text),
        (b"response.output_item.done", b'"output_index":0,"item":' + item % (b"completed", part % text)),
        (
            b"response.completed",
            b'"response":' + answer % (b"completed", item % (b"completed", part % text), usage),
        ),
    ]
    return [
        b'event: %b\ndata: {"type":"%b","sequence_number":%d,%b}\n\n' % (kind, kind, number, rest)
        for number, (kind, rest) in enumerate(frames)
    ]


def _messages(pieces: list[str]) -> list[bytes]:
    start = (
        b'"message":{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"claude-sonnet-5",'
        b'"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":19,"cache_creation_input_tokens":0,'
        b'"cache_read_input_tokens":0,"output_tokens":1}}'
    )
    frames = [
        (b"message_start", start),
        (b"content_block_start", b'"index":0,"content_block":{"type":"text","text":""}'),
        (b"ping", b""),
        *(
            (b"content_block_delta", b'"index":0,"delta":{"type":"text_delta","text":"%b"}' % piece.encode())
            for piece in pieces
        ),
        (b"content_block_stop", b'"index":0'),
        (b"message_delta", b'"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":10}'),
        (b"message_stop", b""),
    ]
    return [
        b'event: %b\ndata: {"type":"%b"%b}\n\n' % (kind, kind, b"," + rest if rest else b"") for kind, rest in frames
    ]


def _gemini(pieces: list[str]) -> list[bytes]:
    tail = (
        b'"usageMetadata":{"promptTokenCount":19,"candidatesTokenCount":10,"totalTokenCount":29,"promptTokensDetails":'
        b'[{"modality":"TEXT","tokenCount":19}]},"modelVersion":"gemini-3.5-flash","responseId":"aQ1xaZ"}\r\n\r\n'
    )
    part = b'data: {"candidates":[{"content":{"parts":[{"text":"%b"}],"role":"model"},%b"index":0}],'
    last = len(pieces) - 1
    return [
        part % (piece.encode(), b'"finishReason":"STOP",' if number == last else b"") + tail
        for number, piece in enumerate(pieces)
    ]


_STREAMS = {"chat": _chat, "responses": _responses, "messages": _messages, "gemini": _gemini}


def conversation(size: int, model: str) -> Request:
    """A conversation of about `size` bytes of text in turns of 4 KB, with a tool that every other turn calls."""
    page = "".join(words(900))[:4000]
    turns: list[Turn] = [Turn("system", (Text("Be brief."),), plain=True)]
    for number in range(max(size // 10_000, 1)):
        call = f"call_{number:08d}"
        arguments = msgspec.json.encode({"path": "a.py", "text": page[:1500]}).decode()
        turns += [
            Turn("user", (Text(page),)),
            Turn("assistant", (Text(page[:500]), ToolCall(call, "write_file", arguments))),
            Turn("user", (ToolResult(call, (Text(page),), name="write_file"),)),
        ]
    schema = msgspec.Raw(
        b'{"type":"object","properties":{"path":{"type":"string"},"text":{"type":"string"}},"required":["path"]}'
    )
    tool = FunctionTool("write_file", "Writes a file.", schema)
    return Request(model=model, turns=tuple(turns), tools=(tool,), max_output=1024, temperature=0.5, stream=True)
