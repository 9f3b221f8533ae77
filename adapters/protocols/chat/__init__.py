"""OpenAI's chat completions wire format.

Completions and embeddings are here too: they share its head, its usage object and its errors.
"""
