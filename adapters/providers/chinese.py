"""Chinese makers and their clouds. Rows only.

The region "china" (or the first one) is the default, as in New API, whose channel types these are.
"""

from adapters.capabilities import can
from adapters.providers.row import Provider, Speaks

DASHSCOPE_CHAT = can(
    "stream_usage json_object json_schema parallel_tool_calls logprobs n seed top_k "
    "repetition_penalty enable_thinking thinking_budget reasoning_content images image_url audio_input video_input "
    "cache_control"
)
"""https://help.aliyun.com/en/model-studio/qwen-api-via-openai-chat-completions (2026-11).

A tool can be named in tool_choice; "required" is not there.
"""

ROWS = (
    Provider(
        id="dashscope",
        name="Alibaba Bailian (DashScope, Model Studio)",
        kind="maker",
        docs="https://help.aliyun.com/en/model-studio/compatibility-of-openai-with-dashscope",
        new_api=(17,),
        # The addresses with a workspace are the recommended ones; those without it go on working where there were any.
        # https://www.alibabacloud.com/help/en/model-studio/regions (2026-11), the page above for the addresses
        regions={
            "beijing": ("https://{workspace_id}.cn-beijing.maas.aliyuncs.com", "https://dashscope.aliyuncs.com"),
            "singapore": (
                "https://{workspace_id}.ap-southeast-1.maas.aliyuncs.com",
                "https://dashscope-intl.aliyuncs.com",
            ),
            "virginia": ("https://{workspace_id}.us-east-1.maas.aliyuncs.com", "https://dashscope-us.aliyuncs.com"),
            "frankfurt": ("https://{workspace_id}.eu-central-1.maas.aliyuncs.com",),
            "tokyo": ("https://{workspace_id}.ap-northeast-1.maas.aliyuncs.com",),
            "hongkong": ("https://{workspace_id}.cn-hongkong.maas.aliyuncs.com",),
        },
        needs={"workspace_id": "the id of the Model Studio workspace (console, Workspaces)"},
        speaks={
            "chat": Speaks(path="/compatible-mode/v1", operations=("chat", "embeddings"), capabilities=DASHSCOPE_CHAT),
            # https://help.aliyun.com/en/model-studio/compatibility-with-openai-responses-api (2026-11), for Qwen; the
            # older path /api/v2/apps/protocols/compatible-mode/v1 is to end. GET, DELETE and input_items exist.
            "responses": Speaks(
                path="/compatible-mode/v1",
                models=("qwen3*", "qwen-plus*", "qwen-flash*", "qwen-max*"),
                capabilities=can("images image_url web_search web_fetch code_execution stored"),
            ),
            # https://help.aliyun.com/zh/model-studio/anthropic-api-messages (2026-11)
            "messages": Speaks(
                path="/apps/anthropic/v1",
                auth="x-api-key",
                models=("qwen*", "deepseek-v4*", "kimi*", "glm*", "minimax-*", "MiniMax-*"),
                capabilities=can("top_k images image_url cache_control"),
            ),
        },
    ),
    Provider(
        id="deepseek",
        name="DeepSeek",
        kind="maker",
        docs="https://api-docs.deepseek.com/quick_start/your_first_api_call",
        new_api=(43,),
        regions={"china": ("https://api.deepseek.com",)},
        speaks={
            # https://api-docs.deepseek.com/api/create-chat-completion (2026-11)
            "chat": Speaks(
                path="/v1",
                capabilities=can(
                    "stream_usage json_object tool_choice_required logprobs penalties thinking_object reasoning_effort "
                    "reasoning_content"
                ),
            ),
            # https://api-docs.deepseek.com/guides/anthropic_api (2026-11): anthropic-version, top_k, cache_control and
            # budget_tokens are ignored, documents are not there; a tool can be forced only without thinking. Unknown
            # model names are refused, those of Claude are mapped.
            "messages": Speaks(
                path="/anthropic/v1",
                auth="x-api-key",
                capabilities=can("tool_choice_required metadata reasoning_effort images image_url"),
            ),
            # https://api-docs.deepseek.com/guides/responses_api (2026-11): made for Codex; stateless
            "responses": Speaks(
                path="", models=("deepseek-flash*", "deepseek-v4*"), capabilities=can("reasoning_effort")
            ),
        },
    ),
    Provider(
        id="moonshot",
        name="Moonshot AI (Kimi)",
        kind="maker",
        docs="https://platform.kimi.ai/docs/api/overview",
        new_api=(25,),
        regions={"china": ("https://api.moonshot.cn",), "global": ("https://api.moonshot.ai",)},
        speaks={
            # https://platform.kimi.ai/docs/api/chat (2026-11), without tool_choice. Thinking models want their
            # reasoning_content back.
            "chat": Speaks(
                path="/v1",
                capabilities=can(
                    "stream_usage max_completion_tokens json_object json_schema n penalties thinking_object "
                    "reasoning_content prompt_cache_key images"
                ),
            ),
            "messages": Speaks(path="/anthropic/v1", capabilities=can("reasoning_effort images")),
            # https://platform.kimi.ai/docs/api/responses (2026-11), told of the international address only
            "responses": Speaks(path="/v1", regions=("global",)),
        },
    ),
    Provider(
        id="zhipu",
        name="Zhipu AI (Z.ai)",
        kind="maker",
        docs="https://docs.bigmodel.cn/api-reference",
        new_api=(26,),
        regions={"china": ("https://open.bigmodel.cn",), "global": ("https://api.z.ai",)},
        speaks={
            # Parameters: https://github.com/zai-org/z-ai-sdk-python (2026-04). tool_choice is only ever "auto", usage
            # comes in the last chunk of a stream unasked.
            "chat": Speaks(
                path="/api/paas/v4",
                operations=("chat", "embeddings"),
                capabilities=can("json_object thinking_object reasoning_effort reasoning_content images image_url"),
            ),
            # https://docs.bigmodel.cn/cn/guide/develop/claude/introduction (2026-11)
            "messages": Speaks(path="/api/anthropic/v1", capabilities=can("images")),
            # https://docs.bigmodel.cn/api-reference/response/创建-response (2026-11); at Z.ai for the coding plan only
            "responses": Speaks(path="/api/v1", regions=("china",), capabilities=can("images")),
        },
    ),
    Provider(
        id="volcengine",
        name="VolcEngine Ark (Doubao)",
        kind="maker",
        docs="https://www.volcengine.com/docs/82379/1494384",
        new_api=(45,),
        regions={"china": ("https://ark.cn-beijing.volces.com",)},
        speaks={
            # Parameters: https://github.com/volcengine/volcengine-python-sdk, volcenginesdkarkruntime (2026-07)
            "chat": Speaks(
                path="/api/v3",
                operations=("chat", "embeddings"),
                capabilities=can(
                    "stream_usage max_completion_tokens json_object json_schema tool_choice_required "
                    "parallel_tool_calls logprobs logit_bias n penalties repetition_penalty service_tier user "
                    "thinking_object reasoning_effort reasoning_content images image_url video_input"
                ),
            ),
            # https://www.volcengine.com/docs/82379/1585128 (2025-12): POST, GET, DELETE, input_items
            "responses": Speaks(
                path="/api/v3",
                models=("doubao*", "deepseek*", "kimi*", "glm*", "ep-*"),
                capabilities=can(
                    "json_object json_schema tool_choice_required parallel_tool_calls reasoning_effort images "
                    "image_url pdf pdf_url file_id video_input web_search mcp stored"
                ),
            ),
            # In use by https://github.com/farion1231/cc-switch (2026-08), not found in the vendor's own pages.
            "messages": Speaks(path="/api/compatible/v1", default=False),
        },
    ),
    Provider(
        id="baidu",
        name="Baidu Qianfan",
        kind="maker",
        docs="https://cloud.baidu.com/doc/qianfan-api/s/3m7of64lb",
        new_api=(46,),
        regions={"china": ("https://qianfan.baidubce.com",)},
        speaks={
            # and https://cloud.baidu.com/doc/WENXINWORKSHOP/s/Fm2vrveyu (2025)
            "chat": Speaks(
                path="/v2",
                operations=("chat", "embeddings"),
                capabilities=can("stream_usage json_object tool_choice_required parallel_tool_calls seed user"),
            ),
            # https://cloud.baidu.com/doc/qianfan-api/s/vmhejnuy8 and /omiznmtb2 (2025-12): roles with developer; GET
            "responses": Speaks(path="/v2", capabilities=can("developer_role")),
            # Told of the coding and token plans only: https://qianfan.baidubce.com/anthropic/coding (2026-08).
            "messages": Speaks(path="/anthropic/v1", default=False),
        },
    ),
    Provider(
        id="minimax",
        name="MiniMax",
        kind="maker",
        docs="https://platform.minimax.io/docs/api-reference/text-openai-api",
        new_api=(35,),
        regions={"china": ("https://api.minimaxi.com",), "global": ("https://api.minimax.io",)},
        speaks={
            # Over this one most models put their thoughts into the text, in <think>; `reasoning_split` parts them.
            "chat": Speaks(
                path="/v1",
                capabilities=can("stream_usage max_completion_tokens reasoning_details"),
            ),
            # https://platform.minimax.io/docs/api-reference/text-anthropic-api (2026-11)
            "messages": Speaks(path="/anthropic/v1", capabilities=can("tool_choice_required metadata")),
            # POST /v1/responses: https://platform.minimax.io/docs/api-reference (2026-11)
            "responses": Speaks(path="/v1"),
        },
    ),
    Provider(
        id="tencent",
        name="Tencent TokenHub",
        kind="host",
        docs="https://www.tencentcloud.com/document/product/1300/78941",
        new_api=(23,),
        # A key is good for one site only: https://cloud.tencent.com/document/product/1823/130078 (2026-11)
        regions={
            "china": ("https://tokenhub.tencentmaas.com",),
            "guangzhou": ("https://tokenhub.tencentcloudmaas.com",),
            "singapore": ("https://tokenhub-intl.tencentcloudmaas.com",),
        },
        speaks={
            # https://www.tencentcloud.com/document/product/1300/78942 (2026-11): "required" forces a call
            "chat": Speaks(
                path="/v1",
                capabilities=can("stream_usage tool_choice_required seed reasoning_content images image_url"),
            ),
            # All models: https://intl.cloud.tencent.com/document/product/1300/80632 (2026-06)
            "messages": Speaks(path="/v1"),
            # Hunyuan's own and GLM 5.2, without state: https://cloud.tencent.com/document/product/1823/133813 (2026-11)
            "responses": Speaks(
                path="/v1",
                models=("hy*", "glm-5.2*"),
                capabilities=can(
                    "json_object json_schema tool_choice_required parallel_tool_calls reasoning_effort metadata"
                ),
            ),
        },
    ),
    Provider(
        id="hunyuan",
        name="Tencent Hunyuan",
        kind="maker",
        docs="https://cloud.tencent.com/document/product/1729/111007",
        regions={"china": ("https://api.hunyuan.cloud.tencent.com",)},
        speaks={
            "chat": Speaks(path="/v1", operations=("chat", "embeddings"), capabilities=can("stream_usage")),
            # https://cloud.tencent.com/document/product/1729/127293 (2026-11)
            "messages": Speaks(path="/anthropic/v1", auth="x-api-key", models=("hunyuan-2*",)),
        },
        note="The compatible API of Hunyuan alone; newer accounts use TokenHub.",
    ),
    Provider(
        id="siliconflow",
        name="SiliconFlow",
        kind="host",
        docs="https://docs.siliconflow.cn/docs/api/chat-completions-post",
        new_api=(40,),
        regions={"china": ("https://api.siliconflow.cn",), "global": ("https://api.siliconflow.com",)},
        speaks={
            "chat": Speaks(
                path="/v1",
                operations=("chat", "embeddings"),
                capabilities=can(
                    "stream_usage json_object n top_k min_p enable_thinking thinking_budget reasoning_effort "
                    "reasoning_content images image_url"
                ),
            ),
            # https://docs.siliconflow.cn/cn/docs/api/messages-post (2026-11)
            "messages": Speaks(path="/v1", capabilities=can("top_k")),
        },
    ),
)
