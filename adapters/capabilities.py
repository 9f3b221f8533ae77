"""What an upstream's endpoint can take, as data. A row of the catalogue names what its provider documents.

Absent means no: a writer then chooses the form that every server of that protocol takes, or says what was lost. Nothing
here is asked for passthrough, where the client's own bytes go out.
"""

CAPABILITIES: dict[str, str] = {
    # settings of Chat Completions that not every compatible server knows
    "stream_usage": "`stream_options.include_usage` is accepted in streams",
    "max_completion_tokens": "`max_completion_tokens` is accepted; otherwise `max_tokens` is written",
    "developer_role": "the role `developer` is accepted; otherwise `system` is written",
    "json_object": '`response_format: {"type": "json_object"}` is accepted',
    "json_schema": "output can be bound to a JSON schema (Chat `json_schema`, Responses `text.format`, "
    "Messages `output_config.format`, Gemini `responseJsonSchema`)",
    "strict_tools": "`strict` in a tool's definition is accepted",
    "tool_choice_required": "`tool_choice` can be `required` or name a tool; otherwise only `auto` and `none`",
    "parallel_tool_calls": "`parallel_tool_calls` is accepted",
    "logprobs": "`logprobs` and `top_logprobs` are accepted",
    "logit_bias": "`logit_bias` is accepted",
    "n": "`n` above one is accepted",
    "seed": "`seed` is accepted",
    "top_k": "`top_k` is accepted beside the protocol's own settings",
    "min_p": "`min_p` is accepted",
    "penalties": "`frequency_penalty` and `presence_penalty` are accepted",
    "repetition_penalty": "`repetition_penalty` is accepted",
    "service_tier": "`service_tier` is accepted",
    "user": "`user` is accepted",
    "metadata": "`metadata` is accepted",
    "verbosity": "`verbosity` is accepted",
    "prompt_cache_key": "`prompt_cache_key` is accepted",
    # reasoning: how it is asked for, and how earlier reasoning is given back
    "reasoning_effort": "`reasoning_effort` is accepted",
    "reasoning_object": "`reasoning: {effort, max_tokens, enabled}` is accepted in Chat Completions (OpenRouter)",
    "thinking_object": '`thinking: {"type": "enabled" | "disabled"}` is accepted in Chat Completions',
    "enable_thinking": "`enable_thinking` is accepted in Chat Completions",
    "thinking_budget": "`thinking_budget` is accepted in Chat Completions",
    "reasoning_content": "`reasoning_content` of earlier assistant turns is accepted, and sent in answers",
    "reasoning_details": "`reasoning_details` of earlier assistant turns is accepted (OpenRouter, MiniMax)",
    "encrypted_reasoning": "encrypted reasoning is given (`include`) and taken back (Responses)",
    "adaptive_thinking": '`thinking: {"type": "adaptive"}` is accepted (Messages)',
    # content
    "images": "images as base64 are accepted",
    "image_url": "images as URLs are accepted; otherwise the gateway fetches them",
    "pdf": "documents (PDF) as base64 are accepted",
    "pdf_url": "documents (PDF) as URLs are accepted",
    "file_id": "references to files uploaded to this provider are accepted",
    "audio_input": "sound in the conversation is accepted",
    "audio_output": "answers in sound can be asked for",
    "video_input": "films in the conversation are accepted",
    "tool_result_images": "images in tool results are accepted",
    "prefill": "an assistant turn at the end is continued",
    "cache_control": "cache breakpoints (`cache_control`) are accepted",
    "citations": "documents can be cited",
    # tools that the provider runs
    "web_search": "the protocol's own web search tool",
    "web_fetch": "the protocol's own tool that reads pages",
    "code_execution": "the protocol's own code execution tool",
    "file_search": "the protocol's own file search tool",
    "image_generation": "the protocol's own image generation tool",
    "mcp": "the protocol's own remote MCP tool",
    "computer": "the protocol's own computer tool",
    # state at the provider (Responses)
    "stored": "answers are stored: `previous_response_id`, GET, DELETE, input_items",
    "background": "`background` and cancel",
}
"""Name -> what it says of an endpoint."""


def can(names: str) -> frozenset[str]:
    """The names of a line of words. Raises ValueError for one that is not in the table."""
    found = frozenset(names.split())
    unknown = found - CAPABILITIES.keys()
    if unknown:
        raise ValueError(f"unknown capabilities: {', '.join(sorted(unknown))}")
    return found
