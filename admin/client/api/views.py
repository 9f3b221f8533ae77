"""Views: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from admin.client.shapes.views import ViewCreate, ViewList, ViewOut, ViewPatch
    from admin.client.transport import Transport


class ViewsApi:
    """The operations of views."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_views(self, *, page: str | None = None) -> ViewList:
        """One's own views and those shared with one, of one page or of all."""
        return cast("ViewList", self._transport.call("GET", "/api/v1/views", query={"page": page}))

    def create_view(self, body: ViewCreate) -> ViewOut:
        """Save a view; at most 200 of one's own."""
        return cast("ViewOut", self._transport.call("POST", "/api/v1/views", body))

    def change_view(self, view: int, body: ViewPatch, *, if_match: str | None = None) -> ViewOut:
        """Change what the body names."""
        return cast(
            "ViewOut",
            self._transport.call(
                "PATCH", f"/api/v1/views/{segment(view, 'view')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_view(self, view: int, *, if_match: str | None = None) -> None:
        """Remove a view."""
        self._transport.call("DELETE", f"/api/v1/views/{segment(view, 'view')}", headers={"if-match": if_match})
