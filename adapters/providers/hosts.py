"""Clouds and hosts that serve models of others. Rows only."""

from adapters.capabilities import can
from adapters.providers.makers import ANTHROPIC_MESSAGES, OPENAI_CHAT, OPENAI_RESPONSES, VERSION
from adapters.providers.row import Provider, Speaks

ROWS = (
    Provider(
        id="azure",
        name="Azure OpenAI and Microsoft Foundry (v1)",
        kind="host",
        docs="https://learn.microsoft.com/en-us/azure/foundry/openai/api-version-lifecycle",
        new_api=(3,),
        # The v1 API needs no api-version; models go by the name of their deployment. Only Foundry resources have
        # Claude: https://platform.claude.com/docs/en/build-with-claude/claude-in-microsoft-foundry (2026-11)
        regions={
            "openai": ("https://{resource}.openai.azure.com",),
            "foundry": ("https://{resource}.services.ai.azure.com",),
        },
        needs={"resource": "the name of the resource: what stands before .openai.azure.com in its endpoint"},
        speaks={
            "chat": Speaks(
                path="/openai/v1",
                auth="api-key",
                operations=("chat", "text_completion", "embeddings"),
                capabilities=OPENAI_CHAT - can("web_search"),
            ),
            # https://learn.microsoft.com/en-us/azure/foundry/openai/how-to/responses (2026-11)
            "responses": Speaks(path="/openai/v1", auth="api-key", capabilities=OPENAI_RESPONSES),
            "messages": Speaks(
                path="/anthropic/v1",
                auth="x-api-key",
                headers=VERSION,
                models=("claude*",),
                regions=("foundry",),
                capabilities=ANTHROPIC_MESSAGES - can("service_tier mcp"),
            ),
        },
    ),
    Provider(
        id="openrouter",
        name="OpenRouter",
        kind="host",
        docs="https://openrouter.ai/docs/api/reference/overview",
        new_api=(20,),
        regions={"global": ("https://openrouter.ai",)},
        speaks={
            # Parameters of all three: https://github.com/OpenRouterTeam/typescript-sdk, src/models (2026-08)
            "chat": Speaks(
                path="/api/v1",
                operations=("chat", "embeddings"),
                capabilities=can(
                    "stream_usage max_completion_tokens developer_role json_object json_schema strict_tools "
                    "tool_choice_required parallel_tool_calls logprobs logit_bias seed top_k min_p penalties "
                    "repetition_penalty service_tier user metadata prompt_cache_key reasoning_effort reasoning_object "
                    "reasoning_details images image_url pdf pdf_url audio_input audio_output video_input cache_control"
                ),
            ),
            # Beta and without state (`store` is false): https://openrouter.ai/docs/api/reference/responses/overview
            "responses": Speaks(
                path="/api/v1",
                capabilities=can(
                    "json_object json_schema strict_tools tool_choice_required parallel_tool_calls logprobs "
                    "service_tier user metadata prompt_cache_key reasoning_effort encrypted_reasoning images "
                    "image_url pdf pdf_url web_search"
                ),
            ),
            "messages": Speaks(
                path="/api/v1",
                headers=VERSION,
                capabilities=can(
                    "json_schema tool_choice_required parallel_tool_calls top_k service_tier metadata reasoning_effort "
                    "adaptive_thinking images image_url pdf pdf_url tool_result_images cache_control citations "
                    "web_search"
                ),
            ),
        },
    ),
    Provider(
        id="groq",
        name="Groq",
        kind="host",
        docs="https://console.groq.com/docs/openai",
        regions={"global": ("https://api.groq.com",)},
        speaks={
            # logprobs, logit_bias, penalties and n are refused or without effect: the page above (2026-11) and
            # https://github.com/groq/groq-python (2026-08)
            "chat": Speaks(
                path="/openai/v1",
                operations=("chat", "embeddings"),
                capabilities=can(
                    "stream_usage max_completion_tokens json_object json_schema tool_choice_required "
                    "parallel_tool_calls seed service_tier user reasoning_effort images image_url"
                ),
            ),
            # https://console.groq.com/docs/responses-api (2026-11): without state
            "responses": Speaks(
                path="/openai/v1",
                capabilities=can(
                    "json_object json_schema tool_choice_required parallel_tool_calls reasoning_effort images "
                    "image_url code_execution mcp"
                ),
            ),
        },
    ),
    Provider(
        id="together",
        name="Together AI",
        kind="host",
        docs="https://docs.together.ai/docs/inference/openai-compatibility",
        regions={"global": ("https://api.together.ai",)},
        speaks={
            # https://docs.together.ai/reference/chat-completions-1 (2026-08): `logprobs` is a number there, usage comes
            # in the last chunk of a stream unasked.
            "chat": Speaks(
                path="/v1",
                operations=("chat", "text_completion", "embeddings"),
                capabilities=can(
                    "json_object json_schema tool_choice_required logit_bias n seed top_k min_p penalties "
                    "repetition_penalty reasoning_effort images image_url video_input"
                ),
            ),
        },
    ),
    Provider(
        id="fireworks",
        name="Fireworks AI",
        kind="host",
        docs="https://docs.fireworks.ai/api-reference/post-chatcompletions",
        regions={"global": ("https://api.fireworks.ai",)},
        speaks={
            # Parameters: https://github.com/fw-ai-external/python-sdk (2026-07)
            "chat": Speaks(
                path="/inference/v1",
                operations=("chat", "text_completion", "embeddings"),
                capabilities=can(
                    "stream_usage max_completion_tokens json_object json_schema strict_tools tool_choice_required "
                    "parallel_tool_calls logprobs logit_bias n seed top_k min_p penalties repetition_penalty "
                    "service_tier user metadata prompt_cache_key reasoning_effort thinking_object reasoning_content "
                    "images image_url video_input"
                ),
            ),
            # https://docs.fireworks.ai/tools-sdks/anthropic-compatibility (2026-11): neither adaptive thinking nor
            # server tools
            "messages": Speaks(
                path="/inference/v1",
                headers=VERSION,
                capabilities=can("tool_choice_required top_k metadata reasoning_effort images image_url"),
            ),
            # https://docs.fireworks.ai/guides/response-api (2026-11): stored for 30 days unless `store` is false
            "responses": Speaks(
                path="/inference/v1",
                capabilities=can("tool_choice_required parallel_tool_calls user metadata reasoning_effort mcp stored"),
            ),
        },
    ),
    Provider(
        id="cloudflare",
        name="Cloudflare Workers AI",
        kind="host",
        docs="https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility",
        new_api=(39,),
        regions={"global": ("https://api.cloudflare.com",)},
        needs={"account_id": "the id of the Cloudflare account (dashboard, Workers & Pages)"},
        speaks={
            "chat": Speaks(
                path="/client/v4/accounts/{account_id}/ai/v1",
                operations=("chat", "embeddings"),
                capabilities=can("stream_usage json_object json_schema seed top_k penalties repetition_penalty"),
            ),
            # The page above (2026-11) shows it with OpenAI's open models.
            "responses": Speaks(path="/client/v4/accounts/{account_id}/ai/v1", models=("@cf/openai/*",)),
        },
    ),
)
