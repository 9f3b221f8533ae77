"""Servers that run on machines of one's own. Rows only; addresses by default are those of this machine."""

from adapters.capabilities import can
from adapters.providers.row import Provider, Speaks

ROWS = (
    Provider(
        id="vllm",
        name="vLLM",
        kind="own",
        docs="https://docs.vllm.ai/en/v0.32.0/serving/online_serving/",
        family="own",
        secret=False,
        # No address of its own: the usual one, port 8000, is the gateway's own too.
        speaks={
            # Parameters: https://github.com/vllm-project/vllm, vllm/entrypoints/openai/chat_completion (2026-11)
            "chat": Speaks(
                path="/v1",
                operations=("chat", "text_completion", "embeddings"),
                capabilities=can(
                    "stream_usage max_completion_tokens json_object json_schema tool_choice_required "
                    "parallel_tool_calls logprobs logit_bias n seed top_k min_p penalties repetition_penalty "
                    "reasoning_effort images image_url audio_input video_input"
                ),
            ),
            # vllm/entrypoints/anthropic/protocol.py (2026-11): text, image, tool_use, tool_result and thinking blocks
            "messages": Speaks(
                path="/v1",
                operations=("chat", "count_tokens"),
                capabilities=can("tool_choice_required top_k metadata images"),
            ),
            # Its store is off unless the server is told otherwise, so it is not counted on.
            "responses": Speaks(
                path="/v1",
                capabilities=can(
                    "json_schema tool_choice_required parallel_tool_calls reasoning_effort images image_url"
                ),
            ),
        },
    ),
    Provider(
        id="ollama",
        name="Ollama",
        kind="own",
        docs="https://docs.ollama.com/api/openai-compatibility",
        new_api=(4,),
        family="own",
        secret=False,
        regions={"local": ("http://localhost:11434",)},
        speaks={
            # tool_choice, logprobs, logit_bias, user and n are not there: the page above (2026-08)
            "chat": Speaks(
                path="/v1",
                operations=("chat", "text_completion", "embeddings"),
                capabilities=can("stream_usage json_object json_schema seed penalties reasoning_effort images"),
            ),
            # https://docs.ollama.com/api/anthropic-compatibility (2026-08): neither tool_choice, metadata, caching nor
            # documents, images as base64 only
            "messages": Speaks(path="/v1", capabilities=can("top_k images")),
            "responses": Speaks(path="/v1", capabilities=can("reasoning_effort images")),
        },
        note="The compatible API; Ollama's own protocol is not spoken yet.",
    ),
    Provider(
        id="lmstudio",
        name="LM Studio",
        kind="own",
        docs="https://lmstudio.ai/docs/developer/openai-compat",
        family="own",
        secret=False,
        regions={"local": ("http://localhost:1234",)},
        speaks={
            # https://lmstudio.ai/docs/developer/openai-compat/chat-completions (2026-04)
            "chat": Speaks(
                path="/v1",
                operations=("chat", "text_completion", "embeddings"),
                capabilities=can("stream_usage json_schema logit_bias seed top_k penalties images"),
            ),
            # https://lmstudio.ai/docs/developer/anthropic-compat/messages (2026-04)
            "messages": Speaks(path="/v1", auth="x-api-key", capabilities=can("tool_choice_required")),
            # https://lmstudio.ai/docs/developer/openai-compat/responses (2026-04): previous_response_id, but no GET
            "responses": Speaks(path="/v1", capabilities=can("reasoning_effort")),
        },
    ),
)
