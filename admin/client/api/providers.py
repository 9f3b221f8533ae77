"""Providers: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from admin.client.shapes.providers import ProviderList, ProviderOut
    from admin.client.transport import Transport


class ProvidersApi:
    """The operations of providers."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_providers(self) -> ProviderList:
        """All providers by id."""
        return cast("ProviderList", self._transport.call("GET", "/api/v1/providers"))

    def get_provider(self, provider: str) -> ProviderOut:
        """One provider."""
        return cast("ProviderOut", self._transport.call("GET", f"/api/v1/providers/{segment(provider, 'provider')}"))
