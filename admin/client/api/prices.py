"""Prices: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone, RemovalBulk
    from admin.client.shapes.prices import PriceApproval, PriceList, PriceOut, PriceSet, PriceSync
    from admin.client.transport import Transport


class PricesApi:
    """The operations of prices."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_prices(self, body: RemovalBulk) -> BulkDone:
        """End many prices of one's own from now on."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/prices/bulk", body))

    def compare_prices(self) -> PriceSync:
        """What the library lists otherwise than the seeded prices in force."""
        return cast("PriceSync", self._transport.call("GET", "/api/v1/prices/sync"))

    def approve_prices(self, body: PriceApproval) -> PriceSync:
        """Take over the differences that are named, as new versions from now on; answers ..."""
        return cast("PriceSync", self._transport.call("POST", "/api/v1/prices/sync", body))

    def list_prices_file(
        self,
        file: Path,
        *,
        source: Literal["seed", "operator", "apply"] | None = None,
        provider: str | None = None,
        search: str | None = None,
        history: bool | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Prices in force by `model`, a page at a time; or by `id`, in the order in which: into a file."""
        return self._transport.download(
            "/api/v1/prices",
            file,
            query={
                "source": source,
                "provider": provider,
                "search": search,
                "history": history,
                "format": format,
                "limit": limit,
                "cursor": cursor,
                "sort": sort,
            },
        )

    def list_prices(
        self,
        *,
        source: Literal["seed", "operator", "apply"] | None = None,
        provider: str | None = None,
        search: str | None = None,
        history: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> PriceList:
        """Prices in force by `model`, a page at a time; or by `id`, in the order in which ..."""
        return cast(
            "PriceList",
            self._transport.call(
                "GET",
                "/api/v1/prices",
                query={
                    "source": source,
                    "provider": provider,
                    "search": search,
                    "history": history,
                    "limit": limit,
                    "cursor": cursor,
                    "sort": sort,
                },
            ),
        )

    def every_prices(
        self,
        *,
        source: Literal["seed", "operator", "apply"] | None = None,
        provider: str | None = None,
        search: str | None = None,
        history: bool | None = None,
        sort: str | None = None,
    ) -> Iterator[PriceOut]:
        """Prices in force by `model`, a page at a time; or by `id`, in the order in which: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_prices(
                source=source, provider=provider, search=search, history=history, sort=sort, limit=1000, cursor=cursor
            )
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def set_price(self, body: PriceSet) -> PriceOut:
        """Store a new version of the operator's price of a model; it wins over the seeded one."""
        return cast("PriceOut", self._transport.call("PUT", "/api/v1/prices", body))

    def delete_price(self, price: int) -> None:
        """End a price from now on, or cancel a version that is to come; the next one in ..."""
        self._transport.call("DELETE", f"/api/v1/prices/{segment(price, 'price')}")
