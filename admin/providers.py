"""The rules that tie a channel to the provider registry. It must not know any provider by name."""

from collections.abc import Sequence

from admin.services import ProviderInfo


def find(providers: Sequence[ProviderInfo], provider: str) -> ProviderInfo | None:
    """The registry row of that id."""
    return next((row for row in providers if row.id == provider), None)


def base_url_for(
    providers: Sequence[ProviderInfo], provider: str, base_url: str | None, path: str
) -> tuple[str, list[tuple[str, str]]]:
    """The address in effect, and (field path, message) of what is wrong; `path` is the channel's place in the body."""
    row = find(providers, provider)
    if row is None:
        known = ", ".join(sorted(row.id for row in providers))
        return "", [(f"{path}.provider", f"is not a known provider; known are: {known}")]
    if base_url is None and not row.base_url:
        return "", [(f"{path}.base_url", f"is required for the provider {provider}, which has no address of its own")]
    return (base_url if base_url is not None else row.base_url).rstrip("/"), []
