"""Organisations: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone, Money, QuotaSet
    from admin.client.shapes.organisations import (
        ListedOrganisationOut,
        OrganisationBulk,
        OrganisationCreate,
        OrganisationOut,
        OrganisationPatch,
    )
    from admin.client.transport import Transport


class OrganisationsApi:
    """The operations of organisations."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_organisations(self, body: OrganisationBulk) -> BulkDone:
        """Switch many organisations on or off, or remove those without members."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/organisations/bulk", body))

    def list_organisations_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Organisations by name or `id`; somebody who is in one sees that one: into a file."""
        return self._transport.download(
            "/api/v1/organisations",
            file,
            query={"q": q, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_organisations(
        self, *, q: str | None = None, limit: int | None = None, cursor: str | None = None, sort: str | None = None
    ) -> ListedOrganisationOut:
        """Organisations by name or `id`; somebody who is in one sees that one."""
        return cast(
            "ListedOrganisationOut",
            self._transport.call(
                "GET", "/api/v1/organisations", query={"q": q, "limit": limit, "cursor": cursor, "sort": sort}
            ),
        )

    def every_organisations(self, *, q: str | None = None, sort: str | None = None) -> Iterator[OrganisationOut]:
        """Organisations by name or `id`; somebody who is in one sees that one: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_organisations(q=q, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_organisation(self, body: OrganisationCreate) -> OrganisationOut:
        """Make an organisation."""
        return cast("OrganisationOut", self._transport.call("POST", "/api/v1/organisations", body))

    def get_organisation(self, organisation: str) -> OrganisationOut:
        """One organisation."""
        return cast(
            "OrganisationOut",
            self._transport.call("GET", f"/api/v1/organisations/{segment(organisation, 'organisation')}"),
        )

    def change_organisation(
        self, organisation: str, body: OrganisationPatch, *, if_match: str | None = None
    ) -> OrganisationOut:
        """Change what the body names."""
        return cast(
            "OrganisationOut",
            self._transport.call(
                "PATCH",
                f"/api/v1/organisations/{segment(organisation, 'organisation')}",
                body,
                headers={"if-match": if_match},
            ),
        )

    def delete_organisation(self, organisation: str, *, if_match: str | None = None) -> None:
        """Remove an organisation without members, with its teams and budgets."""
        self._transport.call(
            "DELETE", f"/api/v1/organisations/{segment(organisation, 'organisation')}", headers={"if-match": if_match}
        )

    def set_organisation_quota(self, organisation: str, body: QuotaSet, *, if_match: str | None = None) -> Money:
        """Let the organisation's balance limit its members' spending, or not any more."""
        return cast(
            "Money",
            self._transport.call(
                "PUT",
                f"/api/v1/organisations/{segment(organisation, 'organisation')}/quota",
                body,
                headers={"if-match": if_match},
            ),
        )
