"""One channel for each protocol, to a vendor of the catalogue whose address is that of a scripted provider."""

from collections.abc import Iterable

from tests.deployments.asks import PROTOCOLS
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream

VENDORS = {
    "chat": ("xai", "grok-4.3"),
    "responses": ("openai", "gpt-5.5"),
    "messages": ("anthropic", "claude-sonnet-4-5"),
    "gemini": ("gemini", "gemini-3-pro-preview"),
}
"""Protocol -> row of the catalogue and the model's name there: what both can do counts."""


async def add_channels(gateway: Gateway, upstream: Upstream, aliases: Iterable[tuple[str, str]] = ()) -> None:
    """The model x-chat is on a channel that speaks chat only, and so on; `aliases` are further (name, protocol)."""
    names = [*((f"x-{protocol}", protocol) for protocol in PROTOCOLS), *aliases]
    for protocol, (provider, model) in VENDORS.items():
        await gateway.add_channel(
            f"only-{protocol}",
            upstream.url.removesuffix("/v1"),
            provider=provider,
            models={name: model for name, of in names if of == protocol},
            settings={"protocols": [protocol]},
            push=False,
        )
    await gateway.push()
