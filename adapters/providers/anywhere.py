"""Addresses that only the operator knows: compatible servers and other gateways. Rows only."""

from adapters.capabilities import can
from adapters.providers.makers import ANTHROPIC_MESSAGES, GEMINI, OPENAI_CHAT, OPENAI_RESPONSES, VERSION
from adapters.providers.row import Provider, Speaks

COMPATIBLE = can(
    "stream_usage json_object json_schema tool_choice_required parallel_tool_calls logprobs n seed penalties "
    "reasoning_effort images image_url pdf audio_input"
)
"""What a server that calls itself compatible is taken to know: what OpenAI has had for long, in its oldest spelling.

A channel's setting `capabilities` says otherwise.
"""

ROWS = (
    Provider(
        id="openai-compatible",
        name="OpenAI-compatible",
        kind="any",
        docs="https://platform.openai.com/docs/api-reference/chat/create",
        # Custom and Xinference: New API sends OpenAI's format there as it is.
        new_api=(8, 47),
        family="openai",
        secret=False,
        speaks={
            "chat": Speaks(path="", operations=("chat", "text_completion", "embeddings"), capabilities=COMPATIBLE),
            "responses": Speaks(
                path="",
                operations=("chat", "compact"),
                default=False,
                capabilities=COMPATIBLE - can("n seed penalties"),
            ),
            "messages": Speaks(
                path="",
                auth="x-api-key",
                headers=VERSION,
                operations=("chat", "count_tokens"),
                default=False,
                capabilities=can("tool_choice_required top_k metadata images image_url tool_result_images"),
            ),
            "gemini": Speaks(
                path="",
                auth="x-goog-api-key",
                operations=("chat", "count_tokens", "embeddings"),
                default=False,
                capabilities=can("json_object json_schema tool_choice_required seed penalties top_k images"),
            ),
        },
        note="Its address is used as it is. A channel's setting `protocols` names others than Chat Completions.",
    ),
    Provider(
        id="new-api",
        name="New API, or another of these gateways",
        kind="any",
        docs="https://docs.newapi.pro/en/docs/api",
        # New API and Sub2API: each protocol at its own path, whatever is behind it.
        new_api=(59, 60),
        speaks={
            "chat": Speaks(path="/v1", operations=("chat", "text_completion", "embeddings"), capabilities=OPENAI_CHAT),
            "responses": Speaks(
                path="/v1",
                operations=("chat", "compact"),
                capabilities=OPENAI_RESPONSES - can("stored background"),
            ),
            "messages": Speaks(path="/v1", headers=VERSION, capabilities=ANTHROPIC_MESSAGES),
            "gemini": Speaks(
                path="/v1beta", auth="x-goog-api-key", operations=("chat", "embeddings"), capabilities=GEMINI
            ),
        },
        note="Clients keep their protocol: the gateway behind converts, or this one when it is told to.",
    ),
)
