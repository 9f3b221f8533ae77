"""The rules that tie a channel to the catalogue of providers. It must not know any provider by name."""

from collections.abc import Mapping
from typing import Any

from adapters.addresses import Place, addresses, wrong
from adapters.providers.row import Provider

Wrong = list[tuple[str, str]]
"""(field path, message) of what is not acceptable."""


def find(providers: Mapping[str, Provider], ref: str) -> Provider | None:
    """The row of that id, or of that channel type number of New API."""
    row = providers.get(ref)
    if row is None and ref.isascii() and ref.isdecimal() and len(ref) < 6:
        number = int(ref)
        return next((each for each in providers.values() if number in each.new_api), None)
    return row


def checked(
    providers: Mapping[str, Provider], ref: str, base_url: str | None, settings: Mapping[str, Any], path: str
) -> tuple[str, Wrong]:
    """The provider's id, and what is wrong with the channel's provider and place; `path` is its place in the body."""
    row = find(providers, ref)
    if row is None:
        known = ", ".join(sorted(providers))
        return ref, [(f"{path}.provider", f"is not a known provider; known are: {known}")]
    found = [
        (f"{path}.{field}" if field == "base_url" else f"{path}.settings.{field}", message)
        for field, message in wrong(row, _place(base_url or "", settings))
    ]
    for protocol in _named(settings.get("protocols")):
        if protocol not in row.speaks:
            known = ", ".join(row.speaks)
            found.append((f"{path}.settings.protocols", f"{row.id} does not speak {protocol}; it speaks: {known}"))
    return row.id, found


def protocols(
    providers: Mapping[str, Provider], provider: str, base_url: str, settings: Mapping[str, Any] | None
) -> dict[str, str]:
    """Protocol -> address in effect, of those that the channel uses for some model; the first one is preferred."""
    row = providers.get(provider)
    if row is None:
        return {"chat": base_url} if base_url else {}
    found = addresses(row, _place(base_url, settings or {}))
    wanted = (settings or {}).get("protocols")
    usual = [name for name, speaks in row.speaks.items() if speaks.default]
    used = list(wanted) if isinstance(wanted, list) else [*usual, *_named(wanted)]
    return {name: found[name] for name in dict.fromkeys(used) if name in found}


def _place(base_url: str, settings: Mapping[str, Any]) -> Place:
    return Place(
        base_url=base_url,
        region=settings.get("region") or "",
        parameters=settings.get("parameters") or {},
        base_urls=settings.get("base_urls") or {},
    )


def _named(wanted: object) -> list[str]:
    """The protocols that the setting `protocols` names, in order."""
    if isinstance(wanted, dict):
        return list(dict.fromkeys(name for names in wanted.values() for name in names))
    return list(wanted) if isinstance(wanted, list) else []
