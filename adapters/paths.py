"""Where each protocol's operations are under a base address, and what its address ends in by itself.

A provider whose paths differ says so in its row; nothing here knows a provider.
"""

from urllib.parse import quote

PATHS: dict[str, dict[str, str]] = {
    # https://platform.openai.com/docs/api-reference (2026-11)
    "chat": {"chat": "/chat/completions", "text_completion": "/completions", "embeddings": "/embeddings"},
    "responses": {
        "chat": "/responses",
        "compact": "/responses/compact",
        "count_tokens": "/responses/input_tokens",
    },
    # https://docs.claude.com/en/api/messages (2026-11)
    "messages": {"chat": "/messages", "count_tokens": "/messages/count_tokens"},
    # https://ai.google.dev/api/generate-content, /api/tokens and /api/embeddings (2026-11)
    "gemini": {
        "chat": "/models/{model}:generateContent",
        "chat_stream": "/models/{model}:streamGenerateContent?alt=sse",
        "count_tokens": "/models/{model}:countTokens",
        "embeddings": "/models/{model}:batchEmbedContents",
        "embed_one": "/models/{model}:embedContent",
    },
}
"""Protocol -> operation -> path under the base address, which ends with the version. "chat_stream" where it differs."""

PROTOCOLS = tuple(PATHS)
"""chat, responses, messages, gemini."""


def fill(path: str, model: str) -> str:
    """A path with the model's name in it."""
    return path.replace("{model}", quote(model.removeprefix("models/"), safe="")) if "{" in path else path
