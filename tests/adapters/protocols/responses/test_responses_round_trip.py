"""Requests go through the neutral form and back as they came: named cases."""

from typing import Any

import pytest

from tests.adapters.protocols.responses.wire import again

MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x"}]}

CASES: dict[str, dict[str, Any]] = {
    "a string": {"input": "Hello", "instructions": "Be brief."},
    "instructions alone": {"instructions": "x", "previous_response_id": "resp_1"},
    "a message without a type": {"input": [{"role": "user", "content": "x"}]},
    "the same text in a list": {"input": [{"role": "user", "content": [{"type": "input_text", "text": "x"}]}]},
    "system and developer anywhere": {
        "instructions": "a",
        "input": [
            {"role": "system", "content": "b"},
            {"role": "user", "content": "c"},
            {"type": "message", "role": "developer", "content": "d", "status": None},
        ],
    },
    "what a model said": {
        "input": [
            {
                "type": "message",
                "id": "msg_1",
                "role": "assistant",
                "status": "completed",
                "phase": "commentary",
                "content": [
                    {
                        "type": "output_text",
                        "text": "see",
                        "annotations": [
                            {"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 3}
                        ],
                        "logprobs": [],
                    },
                    {"type": "output_text", "text": "", "annotations": []},
                    {"type": "refusal", "refusal": "no"},
                ],
            }
        ]
    },
    "pictures and files": {
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_image", "image_url": "https://x.test/a.png", "detail": "high"},
                    {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "auto"},
                    {"type": "input_image", "file_id": "file-1"},
                    {"type": "input_image", "image_url": "data:image/svg+xml,%3Csvg%3E"},
                    {"type": "input_file", "file_data": "data:application/pdf;base64,AA==", "filename": "a.pdf"},
                    {"type": "input_file", "file_data": "AA=="},
                    {"type": "input_file", "file_url": "https://x.test/a.pdf"},
                    {"type": "input_file", "file_id": "file-2", "file_url": None},
                    {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}},
                    {"type": "input_audio", "input_audio": {"data": "AA==", "format": "mp3", "rate": 8}},
                    {"type": "input_video", "video_url": "https://x.test/a.mp4"},
                ],
            }
        ]
    },
    "cache breakpoints": {
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "a", "prompt_cache_breakpoint": {"mode": "explicit"}},
                    {"type": "input_text", "text": "b", "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}},
                    {"type": "input_text", "text": "c", "prompt_cache_breakpoint": {"mode": "x", "ttl": None}},
                ],
            }
        ],
        "prompt_cache_options": {"mode": "explicit"},
    },
    "calls and results": {
        "input": [
            {
                "type": "function_call",
                "call_id": "c1",
                "name": "f",
                "arguments": "{}",
                "id": "fc_1",
                "status": "completed",
            },
            {"type": "function_call_output", "call_id": "c1", "output": "42", "status": None},
            {"type": "function_call", "call_id": "c2", "name": "g", "arguments": "", "namespace": "n"},
            {
                "type": "function_call_output",
                "id": "fco_1",
                "call_id": "c2",
                "output": [{"type": "input_text", "text": "a"}, {"type": "input_image", "image_url": "https://x.test"}],
            },
            {"type": "custom_tool_call", "call_id": "c3", "name": "patch", "input": "*** Begin"},
            {"type": "custom_tool_call_output", "call_id": "c3", "output": "done"},
            {"type": "custom_tool_call_output", "call_id": "c3", "output": []},
        ]
    },
    "reasoning": {
        "input": [
            {
                "type": "reasoning",
                "id": "rs_1",
                "summary": [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}],
                "content": [{"type": "reasoning_text", "text": "c"}],
                "encrypted_content": "gAAA",
                "status": "completed",
            },
            {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": None},
        ]
    },
    "items of the provider's tools": {
        "input": [
            {
                "type": "web_search_call",
                "id": "ws_1",
                "status": "completed",
                "action": {"type": "search", "query": "q"},
            },
            {"type": "file_search_call", "id": "fs_1", "status": "completed", "queries": ["q"], "results": None},
            {
                "type": "code_interpreter_call",
                "id": "ci_1",
                "code": "1",
                "container_id": "c",
                "outputs": [{"type": "logs", "logs": "1"}],
                "status": "completed",
            },
            {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "AA=="},
            {"type": "mcp_call", "id": "mcp_1", "name": "f", "server_label": "s", "arguments": "{}", "output": "x"},
            {"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": []},
            {"type": "mcp_approval_request", "id": "a", "name": "f", "server_label": "s", "arguments": "{}"},
            {"type": "mcp_approval_response", "approval_request_id": "a", "approve": True},
            {"type": "computer_call", "id": "cu_1", "call_id": "c", "status": "completed", "pending_safety_checks": []},
            {"type": "computer_call_output", "call_id": "c", "output": {"type": "computer_screenshot"}},
            {"type": "local_shell_call", "id": "l", "call_id": "c", "status": "completed", "action": {"type": "exec"}},
            {"type": "local_shell_call_output", "id": "l", "output": "{}"},
            {"type": "shell_call", "call_id": "c", "action": {"commands": ["ls"]}},
            {"type": "shell_call_output", "call_id": "c", "output": []},
            {"type": "apply_patch_call", "call_id": "c", "status": "completed", "operation": {"type": "delete_file"}},
            {"type": "apply_patch_call_output", "call_id": "c", "status": "failed"},
            {"type": "tool_search_call", "arguments": {}},
            {"type": "tool_search_output", "tools": [{"type": "function", "name": "found", "parameters": {}}]},
            {"type": "additional_tools", "role": "developer", "tools": [{"type": "function", "name": "more"}]},
            {"type": "compaction", "id": "cm_1", "encrypted_content": "x"},
            {"type": "compaction_trigger"},
            {"type": "item_reference", "id": "msg_1"},
            {"id": "msg_2"},
            {"type": "program", "id": "p", "call_id": "c", "code": "1", "fingerprint": "x"},
            {"type": "program_output", "id": "p", "call_id": "c", "result": "1", "status": "completed"},
            {"type": "item_of_tomorrow", "deep": {"a": [1, None]}},
        ]
    },
    "tools": {
        "tools": [
            {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": True, "description": "d"},
            {"type": "function", "name": "g", "parameters": None, "strict": None, "defer_loading": True},
            {"type": "function", "name": "h", "output_schema": {"type": "object"}, "async": True},
            {"type": "custom", "name": "p", "format": {"type": "grammar", "syntax": "lark", "definition": "s: 'a'"}},
            {"type": "custom", "name": "q"},
            {"type": "web_search", "filters": {"allowed_domains": ["a.b"]}, "user_location": {"type": "approximate"}},
            {"type": "web_search_preview", "search_context_size": "low"},
            {"type": "file_search", "vector_store_ids": ["vs"]},
            {"type": "code_interpreter", "container": {"type": "auto"}},
            {"type": "image_generation", "quality": "high"},
            {
                "type": "mcp",
                "server_label": "s",
                "server_url": "https://x.test",
                "allowed_tools": {"tool_names": ["a"]},
            },
            {"type": "computer"},
            {"type": "local_shell"},
            {"type": "shell"},
            {"type": "apply_patch"},
            {"type": "tool_search"},
            {"type": "programmatic_tool_calling"},
            {"type": "tool_of_tomorrow", "x": 1},
        ],
        "parallel_tool_calls": False,
        "max_tool_calls": 3,
    },
    "a namespace": {
        "tools": [
            {
                "type": "namespace",
                "name": "crm",
                "description": "d",
                "tools": [{"type": "function", "name": "find", "parameters": {}}, {"type": "custom", "name": "note"}],
            },
            {"type": "function", "name": "f", "parameters": {}},
        ]
    },
    "no tools": {"tools": []},
    "tools that are null": {"tools": None, "tool_choice": None},
    "formats": {"text": {"format": {"type": "text"}, "verbosity": "low"}},
    "json": {"text": {"format": {"type": "json_object"}}},
    "a schema": {
        "text": {
            "format": {
                "type": "json_schema",
                "name": "n",
                "schema": {"type": "object"},
                "strict": True,
                "description": "d",
            }
        }
    },
    "a schema with more": {
        "text": {"format": {"type": "json_schema", "name": "n", "schema": {}, "strict": None, "new": 1}, "x": 2}
    },
    "a format of tomorrow": {"text": {"format": {"type": "grammar", "definition": "x"}, "verbosity": "high"}},
    "an empty text": {"text": {}},
    "a text that is null": {"text": None},
    "reasoning settings": {"reasoning": {"effort": "high", "summary": "auto"}},
    "more of them": {"reasoning": {"effort": None, "summary": "detailed", "context": "auto", "mode": None}},
    "none of them": {"reasoning": {}},
    "settings": {
        "max_output_tokens": 100,
        "temperature": 0,
        "top_p": 0.5,
        "top_logprobs": 3,
        "include": ["reasoning.encrypted_content", "message.output_text.logprobs"],
        "metadata": {"a": "b"},
        "user": "u",
        "safety_identifier": "s",
        "service_tier": "flex",
        "store": False,
        "stream": False,
        "truncation": "auto",
        "prompt_cache_key": "k",
        "prompt_cache_retention": "24h",
    },
    "settings of this protocol alone": {
        "include": ["web_search_call.action.sources", "message.output_text.logprobs"],
        "background": True,
        "conversation": {"id": "conv_1"},
        "prompt": {"id": "p", "variables": {"a": "b"}},
        "context_management": [{"type": "compaction", "compact_threshold": 5}],
        "moderation": {"model": "m"},
        "stream": True,
        "stream_options": {"include_obfuscation": False},
        "field_of_tomorrow": {"a": 1},
    },
    "nulls": {
        "instructions": None,
        "temperature": None,
        "max_output_tokens": None,
        "metadata": None,
        "include": None,
        "stream": None,
        "reasoning": None,
        "truncation": "disabled",
        "background": False,
    },
    "empty lists": {"input": [], "include": [], "metadata": {}},
}
CHOICES = [
    "auto",
    "none",
    "required",
    {"type": "function", "name": "f"},
    {"type": "function", "name": "f", "new": 1},
    {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]},
    {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "mcp", "server_label": "s"}]},
    {"type": "web_search_preview"},
    {"type": "code_interpreter"},
    {"type": "mcp", "server_label": "s", "name": "f"},
    {"type": "apply_patch"},
    {"type": "shell"},
    {"type": "programmatic_tool_calling"},
]


@pytest.mark.parametrize("name", CASES)
def test_a_case(name):
    body = {"model": "m", "input": [MESSAGE], **CASES[name]}
    if name == "instructions alone":
        del body["input"]
    assert again(body) == body


@pytest.mark.parametrize("choice", CHOICES)
def test_a_tool_choice(choice):
    tools = [{"type": "function", "name": "f", "parameters": {}}]
    body = {"model": "m", "input": "x", "tools": tools, "tool_choice": choice}
    assert again(body) == body


def test_a_choice_of_a_custom_tool():
    choices = (
        {"type": "custom", "name": "p"},
        {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "custom", "name": "p"}]},
    )
    for choice in choices:
        body = {"model": "m", "input": "x", "tools": [{"type": "custom", "name": "p"}], "tool_choice": choice}
        assert again(body) == body


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "text": "x"}],
        [{"type": "output_text", "text": "x", "annotations": []}],
        [{"type": "input_text", "text": "x", "prompt_cache_breakpoint": None}],
        [{"text": "x"}],
    ],
)
def test_unusual_parts(content):
    body = {"model": "m", "input": [{"role": "user", "content": content}]}
    assert again(body) == body


def test_a_result_with_a_name_and_an_unusual_refusal():
    body = {
        "model": "m",
        "input": [
            {"type": "function_call_output", "call_id": "c", "name": "f", "id": "fco", "output": "x"},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "no", "new": 1}]},
        ],
    }
    assert again(body) == body
