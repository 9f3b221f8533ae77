"""The texts of a request in every protocol: found where people and tools speak, nowhere else."""

from typing import Any

import msgspec
import pytest

from adapters.safety.texts import UnreadableError, rewritten, texts

CHAT = {
    "model": "ann",
    "user": "ann",
    "messages": [
        {"role": "system", "content": "1"},
        {
            "role": "user",
            "name": "ann",
            "content": [{"type": "text", "text": "2"}, {"type": "image_url", "image_url": {"url": "ann"}}],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "ann", "function": {"name": "ann", "arguments": '{"ann": ["4", {"n": 5}], "off": true}'}},
                {"id": "ann", "custom": {"name": "ann", "input": "6"}},
            ],
        },
        {"role": "tool", "tool_call_id": "ann", "content": "3"},
    ],
    "tools": [{"type": "function", "function": {"name": "ann", "description": "ann"}}],
}
RESPONSES = {
    "instructions": "1",
    "input": [
        {"role": "user", "content": "2"},
        {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "3"}, {"type": "input_image", "image_url": "ann"}],
        },
        {"type": "function_call", "name": "ann", "arguments": '{"ann": "6"}'},
        {"type": "custom_tool_call", "name": "ann", "input": "7"},
        {"type": "function_call_output", "call_id": "ann", "output": "4"},
        {"type": "function_call_output", "call_id": "ann", "output": [{"type": "input_text", "text": "5"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "ann"}], "encrypted_content": "ann"},
    ],
}
MESSAGES = {
    "system": [{"type": "text", "text": "1", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {"role": "user", "content": "2"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "ann", "signature": "ann"},
                {"type": "tool_use", "id": "ann", "name": "ann", "input": {"ann": {"text": "6"}}},
                {"type": "server_tool_use", "id": "ann", "name": "ann", "input": {"query": "ann"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "ann", "content": [{"type": "text", "text": "3"}]},
                {"type": "tool_result", "tool_use_id": "ann", "content": "4"},
                {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "5"}},
                {"type": "document", "source": {"type": "base64", "data": "ann"}},
            ],
        },
    ],
}
GEMINI = {
    "systemInstruction": {"parts": [{"text": "1"}]},
    "contents": [
        {"role": "user", "parts": [{"text": "2"}, {"inlineData": {"data": "ann", "mimeType": "ann"}}]},
        {
            "role": "model",
            "parts": [{"functionCall": {"name": "ann", "args": {"ann": "4"}}, "thoughtSignature": "ann"}],
        },
        {"role": "user", "parts": [{"functionResponse": {"name": "ann", "response": {"output": "3"}}}]},
    ],
}


def fields(body: dict[str, Any]) -> dict[str, msgspec.Raw]:
    return {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in body.items()}


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (CHAT, 6),
        (RESPONSES, 7),
        (MESSAGES, 6),
        (GEMINI, 4),
        ({"prompt": ["1", "2"]}, 2),
        ({"input": "1"}, 1),
        ({"prompt": [1, 2]}, 0),
    ],
)
def test_texts(body: dict[str, Any], count: int) -> None:
    given = fields(body)
    assert sorted(texts(given)) == [str(number + 1) for number in range(count)]
    assert rewritten(given, lambda text: text) is None
    changed = rewritten(given, lambda text: f"<{text}>")
    if not count:
        assert changed is None
        return
    assert changed is not None
    after = msgspec.json.encode({name: msgspec.json.decode(raw) for name, raw in changed.items()}).decode()
    assert all(f"<{number + 1}>" in after for number in range(count))
    assert "<ann>" not in after
    assert given == fields(body)  # the request itself stays


RESULT = {"messages": {"role": "tool", "content": [None]}, "input": {"type": "function_call_output", "output": [None]}}
"""A tool's result, by the field that it stands in; None: what is nested deep."""


@pytest.mark.parametrize("depth", [10, 19, 20, 21, 60, 400])
@pytest.mark.parametrize("field", RESULT)
def test_a_result_is_read_however_deep(field: str, depth: int) -> None:
    node: Any = {"type": "text", "text": "a secret", "n": [7]}
    for _ in range(depth):
        node = {"content": [node]}
    body = fields({field: [{**RESULT[field], "content" if field == "messages" else "output": [node]}]})
    assert "a secret" in "\n".join(texts(body))
    changed = rewritten(body, lambda text: text.replace("secret", "***"))
    assert changed is not None
    assert b"secret" not in bytes(changed[field])
    assert rewritten(body, lambda text: text.replace("nothing", "***")) is None


def test_what_cannot_be_read_is_told() -> None:
    deep = b'{"content":[' * 20_000 + b'"x"' + b"]}" * 20_000
    with pytest.raises(UnreadableError):
        rewritten({"messages": msgspec.Raw(b"[" + deep + b"]")}, lambda text: text)


@pytest.mark.parametrize("name", ["functionResponse", "function_response"])
def test_a_tools_answer_is_read_under_whatever_name(name: str) -> None:
    answer = {"id": "ann", "name": "ann", "response": {"result": "1", "rows": [{"who": "2", "n": 3}]},
              "parts": [{"inlineData": {"mimeType": "ann", "data": "ann"}}]}  # fmt: skip
    body = fields({"contents": [{"role": "user", "parts": [{name: answer}]}]})
    assert sorted(texts(body)) == ["1", "2", "3"]


def test_titles_and_the_output_of_a_shell_are_read() -> None:
    found = {"type": "search_result", "title": "1", "source": "ann", "content": [{"type": "text", "text": "2"}]}
    document = {"type": "document", "title": "3", "context": "4", "source": {"type": "base64", "data": "ann"}}
    shell = {"type": "shell_call_output", "output": [{"stdout": "5", "stderr": "6", "outcome": {"type": "exit"}}]}
    result = {"type": "tool_result", "tool_use_id": "ann", "content": [found, document]}
    assert texts(fields({"messages": [{"role": "user", "content": [result]}]})) == ["1", "2", "3", "4"]
    assert texts(fields({"input": [shell]})) == ["5", "6"]


def test_arguments_are_read_as_what_they_mean() -> None:
    written = '{"city":"M\\u00fcnchen", "note":"a\\nann"}'
    call = {"type": "function_call", "name": "f", "arguments": written}
    seen = texts(fields({"input": [call]}))
    assert seen == ["München", "a\nann"]
    changed = rewritten(fields({"input": [call]}), lambda text: text.replace("ann", "***"))
    assert changed is not None
    (after,) = msgspec.json.decode(changed["input"])
    assert msgspec.json.decode(after["arguments"]) == {"city": "München", "note": "a\n***"}
    assert after["name"] == "f"


@pytest.mark.parametrize("depth", [2, 30, 900])
def test_a_call_nested_in_calls_is_read_and_breaks_nothing(depth: int) -> None:
    call = '{"function":' * depth + '{"arguments": "a secret"}' + "}" * depth
    body = '[{"role": "assistant", "tool_calls": [' + call + "]}]"
    changed = rewritten({"messages": msgspec.Raw(body.encode())}, lambda text: text.replace("secret", "***"))
    assert changed is not None
    assert b"secret" not in bytes(changed["messages"])


def test_a_type_that_is_none_breaks_nothing() -> None:
    odd = [{"type": ["text"], "content": "1"}, {"type": {}, "content": [{"text": "2"}]}]
    assert texts(fields({"messages": odd})) == ["1", "2"]
