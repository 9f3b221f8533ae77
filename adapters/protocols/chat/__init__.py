"""OpenAI's chat completions wire format, and completions and embeddings, which share its head, its usage object and its errors."""
