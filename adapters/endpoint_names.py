"""Names of the endpoints that clients call, as rules of keys state them. Data only."""

ENDPOINTS: dict[str, tuple[str, str]] = {
    "chat_completions": ("chat", "chat"),
    "completions": ("chat", "text_completion"),
    "embeddings": ("chat", "embeddings"),
    "responses": ("responses", "chat"),
    "responses_compact": ("responses", "compact"),
    "responses_input_tokens": ("responses", "count_tokens"),
    "messages": ("messages", "chat"),
    "messages_count_tokens": ("messages", "count_tokens"),
    "gemini_generate_content": ("gemini", "chat"),
    "gemini_count_tokens": ("gemini", "count_tokens"),
    "gemini_embed_content": ("gemini", "embeddings"),
}
"""Name -> protocol and operation."""
