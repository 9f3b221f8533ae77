"""Models: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone, RemovalBulk
    from admin.client.shapes.models import (
        ListedModelOut,
        ListedVendorOut,
        Missing,
        ModelBulk,
        ModelCreate,
        ModelOut,
        ModelPatch,
        OfferedModels,
        StatusPage,
        VendorCreate,
        VendorOut,
        VendorPatch,
    )
    from admin.client.transport import Transport


class ModelsApi:
    """The operations of models."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_vendors(self, body: RemovalBulk) -> BulkDone:
        """Remove many vendors, those without models."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/vendors/bulk", body))

    def list_models_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        vendor: str | None = None,
        visibility: Literal["public", "users", "hidden"] | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Models by `name`, `created_at` or `id`; `q` is part of a name or title, or an id: into a file."""
        return self._transport.download(
            "/api/v1/models",
            file,
            query={
                "q": q,
                "vendor": vendor,
                "visibility": visibility,
                "format": format,
                "limit": limit,
                "cursor": cursor,
                "sort": sort,
            },
        )

    def list_models(
        self,
        *,
        q: str | None = None,
        vendor: str | None = None,
        visibility: Literal["public", "users", "hidden"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedModelOut:
        """Models by `name`, `created_at` or `id`; `q` is part of a name or title, or an id."""
        return cast(
            "ListedModelOut",
            self._transport.call(
                "GET",
                "/api/v1/models",
                query={
                    "q": q,
                    "vendor": vendor,
                    "visibility": visibility,
                    "limit": limit,
                    "cursor": cursor,
                    "sort": sort,
                },
            ),
        )

    def every_models(
        self,
        *,
        q: str | None = None,
        vendor: str | None = None,
        visibility: Literal["public", "users", "hidden"] | None = None,
        sort: str | None = None,
    ) -> Iterator[ModelOut]:
        """Models by `name`, `created_at` or `id`; `q` is part of a name or title, or an id: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_models(q=q, vendor=vendor, visibility=visibility, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_model(self, body: ModelCreate) -> ModelOut:
        """Say what is known of a model."""
        return cast("ModelOut", self._transport.call("POST", "/api/v1/models", body))

    def missing_models(self) -> Missing:
        """Names that channels serve and nothing is known of."""
        return cast("Missing", self._transport.call("GET", "/api/v1/models/missing"))

    def offered_models(self) -> OfferedModels:
        """What is served, with prices, for those who are signed in; a change shows within ..."""
        return cast("OfferedModels", self._transport.call("GET", "/api/v1/models/offered"))

    def public_models(self) -> OfferedModels:
        """What is served, with prices, for everybody; 404 unless the option ..."""
        return cast("OfferedModels", self._transport.call("GET", "/api/v1/public/models"))

    def public_status(self) -> StatusPage:
        """How well the public models work, for everybody; 404 unless the option ..."""
        return cast("StatusPage", self._transport.call("GET", "/api/v1/public/status"))

    def change_models(self, body: ModelBulk) -> BulkDone:
        """Change or remove many models; each by itself, and the answer says which."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/models/bulk", body))

    def get_model(self, model: str) -> ModelOut:
        """One model, by name or id."""
        return cast("ModelOut", self._transport.call("GET", f"/api/v1/models/{segment(model, 'model')}"))

    def change_model(self, model: str, body: ModelPatch, *, if_match: str | None = None) -> ModelOut:
        """Change what the body names and leave the rest."""
        return cast(
            "ModelOut",
            self._transport.call(
                "PATCH", f"/api/v1/models/{segment(model, 'model')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_model(self, model: str, *, if_match: str | None = None) -> None:
        """Forget what is known of a model."""
        self._transport.call("DELETE", f"/api/v1/models/{segment(model, 'model')}", headers={"if-match": if_match})

    def list_vendors_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Vendors by `name` or `id`: into a file."""
        return self._transport.download(
            "/api/v1/vendors", file, query={"q": q, "format": format, "limit": limit, "cursor": cursor, "sort": sort}
        )

    def list_vendors(
        self, *, q: str | None = None, limit: int | None = None, cursor: str | None = None, sort: str | None = None
    ) -> ListedVendorOut:
        """Vendors by `name` or `id`."""
        return cast(
            "ListedVendorOut",
            self._transport.call(
                "GET", "/api/v1/vendors", query={"q": q, "limit": limit, "cursor": cursor, "sort": sort}
            ),
        )

    def every_vendors(self, *, q: str | None = None, sort: str | None = None) -> Iterator[VendorOut]:
        """Vendors by `name` or `id`: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_vendors(q=q, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_vendor(self, body: VendorCreate) -> VendorOut:
        """Add a vendor."""
        return cast("VendorOut", self._transport.call("POST", "/api/v1/vendors", body))

    def get_vendor(self, vendor: str) -> VendorOut:
        """One vendor."""
        return cast("VendorOut", self._transport.call("GET", f"/api/v1/vendors/{segment(vendor, 'vendor')}"))

    def change_vendor(self, vendor: str, body: VendorPatch, *, if_match: str | None = None) -> VendorOut:
        """Change what the body names and leave the rest."""
        return cast(
            "VendorOut",
            self._transport.call(
                "PATCH", f"/api/v1/vendors/{segment(vendor, 'vendor')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_vendor(self, vendor: str, *, if_match: str | None = None) -> None:
        """Remove a vendor without models."""
        self._transport.call("DELETE", f"/api/v1/vendors/{segment(vendor, 'vendor')}", headers={"if-match": if_match})
