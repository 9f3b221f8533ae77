"""Search: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.search import Hits
    from admin.client.transport import Transport


class SearchApi:
    """The operations of search."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def search_everything(self, *, q: str, limit: int | None = None) -> Hits:
        """What has that in its name, of everything that the caller reaches; requests and ..."""
        return cast("Hits", self._transport.call("GET", "/api/v1/search", query={"q": q, "limit": limit}))
