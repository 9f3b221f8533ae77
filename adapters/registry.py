"""The catalogue of providers: one row each. A provider that is only configuration lives here and nowhere else."""

import msgspec


class Provider(msgspec.Struct, frozen=True):
    """A kind of upstream. `family` names the adapter that speaks to it, and the Adapter deployment when it is pooled.

    `base_url` is the default address up to and including the version segment; "" means that the operator must give one.
    `stream_usage` says whether it accepts `stream_options.include_usage`.
    """

    id: str
    name: str
    family: str
    base_url: str = ""
    stream_usage: bool = True


PROVIDERS: dict[str, Provider] = {
    row.id: row
    for row in (
        # https://platform.openai.com/docs/api-reference/introduction (2026-11)
        Provider("openai", "OpenAI", "openai", "https://api.openai.com/v1"),
        # Any server that speaks OpenAI's wire format: vLLM, Ollama, LM Studio, another gateway.
        Provider("openai-compatible", "OpenAI-compatible", "openai"),
    )
}

PATHS = {"chat": "/chat/completions", "text_completion": "/completions", "embeddings": "/embeddings"}
"""Operation name (OpenTelemetry GenAI) -> path under a provider's base URL."""
