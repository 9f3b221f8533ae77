"""Makers of models outside China. Rows only."""

from adapters.capabilities import can
from adapters.providers.row import Provider, Speaks

OPENAI_CHAT = can(
    "stream_usage max_completion_tokens developer_role json_object json_schema strict_tools tool_choice_required "
    "parallel_tool_calls logprobs logit_bias n seed penalties service_tier user metadata verbosity prompt_cache_key "
    "reasoning_effort images image_url pdf file_id audio_input audio_output web_search"
)
"""Chat Completions as OpenAI has it: https://platform.openai.com/docs/api-reference/chat/create (2026-11)."""

OPENAI_RESPONSES = can(
    "developer_role json_object json_schema strict_tools tool_choice_required parallel_tool_calls logprobs "
    "service_tier user metadata verbosity prompt_cache_key reasoning_effort encrypted_reasoning images image_url pdf "
    "pdf_url file_id tool_result_images web_search code_execution file_search image_generation mcp computer stored "
    "background"
)
"""Responses as OpenAI has it: https://platform.openai.com/docs/api-reference/responses/create (2026-11)."""

ANTHROPIC_MESSAGES = can(
    "json_schema strict_tools tool_choice_required parallel_tool_calls top_k service_tier metadata reasoning_effort "
    "adaptive_thinking images image_url pdf pdf_url file_id tool_result_images prefill cache_control citations "
    "web_search web_fetch code_execution mcp computer"
)
"""Messages as Anthropic has it: https://platform.claude.com/docs/en/api/messages (2026-11)."""

GEMINI = can(
    "json_object json_schema tool_choice_required logprobs n seed penalties top_k images pdf file_id audio_input "
    "audio_output video_input tool_result_images web_search web_fetch code_execution"
)
"""generateContent as Google has it: https://ai.google.dev/api/generate-content (2026-11)."""

VERSION = {"anthropic-version": "2023-06-01"}
"""https://platform.claude.com/docs/en/api/versioning (2026-11); a client's own header goes before it."""

ROWS = (
    Provider(
        id="openai",
        name="OpenAI",
        kind="maker",
        docs="https://platform.openai.com/docs/api-reference/introduction",
        new_api=(1,),
        # https://platform.openai.com/docs/guides/your-data (2026-11): addresses for residency of data
        regions={
            "global": ("https://api.openai.com",),
            "us": ("https://us.api.openai.com",),
            "eu": ("https://eu.api.openai.com",),
        },
        speaks={
            "chat": Speaks(path="/v1", operations=("chat", "text_completion", "embeddings"), capabilities=OPENAI_CHAT),
            "responses": Speaks(
                path="/v1", operations=("chat", "compact", "count_tokens"), capabilities=OPENAI_RESPONSES
            ),
        },
    ),
    Provider(
        id="anthropic",
        name="Anthropic",
        kind="maker",
        docs="https://platform.claude.com/docs/en/api/overview",
        new_api=(14,),
        regions={"global": ("https://api.anthropic.com",)},
        speaks={
            "messages": Speaks(
                path="/v1",
                auth="x-api-key",
                headers=VERSION,
                operations=("chat", "count_tokens"),
                capabilities=ANTHROPIC_MESSAGES,
            ),
            # https://platform.claude.com/docs/en/api/openai-sdk (2026-11): "to test and compare", without thinking,
            # caching, citations and documents; `strict` and `response_format` are ignored.
            "chat": Speaks(
                path="/v1",
                default=False,
                capabilities=can(
                    "stream_usage max_completion_tokens developer_role tool_choice_required parallel_tool_calls images "
                    "image_url"
                ),
            ),
        },
    ),
    Provider(
        id="gemini",
        name="Google Gemini",
        kind="maker",
        docs="https://ai.google.dev/api",
        new_api=(24,),
        regions={"global": ("https://generativelanguage.googleapis.com",)},
        speaks={
            "gemini": Speaks(
                path="/v1beta",
                auth="x-goog-api-key",
                operations=("chat", "count_tokens", "embeddings"),
                capabilities=GEMINI,
            ),
            # https://ai.google.dev/gemini-api/docs/openai (2026-11): thought signatures and Google's tools are lost.
            "chat": Speaks(
                path="/v1beta/openai",
                operations=("chat", "embeddings"),
                default=False,
                capabilities=can("stream_usage json_schema reasoning_effort tool_choice_required images audio_input"),
            ),
        },
    ),
    Provider(
        id="mistral",
        name="Mistral AI",
        kind="maker",
        docs="https://docs.mistral.ai/api/endpoint/chat",
        new_api=(42,),
        regions={"global": ("https://api.mistral.ai",)},
        speaks={
            # Unknown fields are refused (422): only what https://github.com/mistralai/client-python lists (2026-06).
            # `seed` is called random_seed there; the last chunk of a stream has the usage unasked.
            "chat": Speaks(
                path="/v1",
                operations=("chat", "embeddings"),
                capabilities=can(
                    "json_object json_schema strict_tools tool_choice_required parallel_tool_calls n penalties "
                    "metadata reasoning_effort images image_url pdf pdf_url"
                ),
            ),
        },
    ),
    Provider(
        id="xai",
        name="xAI",
        kind="maker",
        docs="https://docs.x.ai/developers/rest-api-reference",
        new_api=(48,),
        # https://docs.x.ai/developers/regions (2026-11)
        regions={
            "global": ("https://api.x.ai",),
            "us": ("https://us.api.x.ai",),
            "us-east-1": ("https://us-east-1.api.x.ai",),
            "eu-west-1": ("https://eu-west-1.api.x.ai",),
        },
        speaks={
            # Responses is "the preferred way" and Chat Completions "legacy":
            # https://docs.x.ai/developers/model-capabilities/text/generate-text (2026-11)
            "responses": Speaks(
                path="/v1",
                capabilities=can(
                    "json_schema tool_choice_required parallel_tool_calls logprobs user reasoning_effort "
                    "encrypted_reasoning images image_url web_search code_execution file_search mcp stored"
                ),
            ),
            # Parameters: https://github.com/xai-org/xai-sdk-python (2026-08)
            "chat": Speaks(
                path="/v1",
                capabilities=can(
                    "stream_usage max_completion_tokens json_object json_schema tool_choice_required "
                    "parallel_tool_calls logprobs seed penalties user service_tier reasoning_effort images image_url"
                ),
            ),
            # "fully deprecated", still listed: https://docs.x.ai/developers/rest-api-reference (2026-11)
            "messages": Speaks(path="/v1", headers=VERSION, default=False, capabilities=can("images")),
        },
    ),
    Provider(
        id="cohere",
        name="Cohere",
        kind="maker",
        docs="https://docs.cohere.com/docs/compatibility-api",
        new_api=(34,),
        regions={"global": ("https://api.cohere.ai",)},
        speaks={
            # The page above (2026-08) lists them all: neither tool_choice nor stream_options, of efforts none and high.
            "chat": Speaks(
                path="/compatibility/v1",
                operations=("chat", "embeddings"),
                capabilities=can("json_object json_schema seed penalties"),
            ),
        },
        note="The compatibility API; Cohere's own protocol is not spoken yet.",
    ),
    Provider(
        id="perplexity",
        name="Perplexity",
        kind="maker",
        docs="https://docs.perplexity.ai/docs/agent-api/openai-compatibility",
        new_api=(27,),
        regions={"global": ("https://api.perplexity.ai",)},
        speaks={
            # https://github.com/perplexityai/perplexity-py api.md (2026-06): POST and GET /v1/responses. Of Responses
            # it has input, instructions, tools, max_output_tokens and reasoning; `response_format` is as in chat.
            "responses": Speaks(path="/v1", capabilities=can("reasoning_effort web_search")),
            # Ended on 2026-09-27, for those who still have it:
            # https://docs.perplexity.ai/docs/sonar/openai-compatibility (2026-11)
            "chat": Speaks(
                path="",
                default=False,
                capabilities=can("json_schema reasoning_effort images image_url"),
            ),
        },
    ),
)
