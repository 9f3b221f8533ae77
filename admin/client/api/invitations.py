"""Invitations: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone, RemovalBulk
    from admin.client.shapes.invitations import (
        AffiliateOut,
        InvitationCreate,
        InvitationMade,
        InvitationOut,
        ListedInvitationOut,
    )
    from admin.client.transport import Transport


class InvitationsApi:
    """The operations of invitations."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_invitations(self, body: RemovalBulk) -> BulkDone:
        """Withdraw many invitations."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/invitations/bulk", body))

    def list_invitations_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        state: Literal["open", "used", "expired"] | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Invitations; `sort`: id, expires_at: into a file."""
        return self._transport.download(
            "/api/v1/invitations",
            file,
            query={"q": q, "state": state, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_invitations(
        self,
        *,
        q: str | None = None,
        state: Literal["open", "used", "expired"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedInvitationOut:
        """Invitations; `sort`: id, expires_at."""
        return cast(
            "ListedInvitationOut",
            self._transport.call(
                "GET",
                "/api/v1/invitations",
                query={"q": q, "state": state, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_invitations(
        self, *, q: str | None = None, state: Literal["open", "used", "expired"] | None = None, sort: str | None = None
    ) -> Iterator[InvitationOut]:
        """Invitations; `sort`: id, expires_at: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_invitations(q=q, state=state, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_invitation(self, body: InvitationCreate) -> InvitationMade:
        """Invite somebody."""
        return cast("InvitationMade", self._transport.call("POST", "/api/v1/invitations", body))

    def delete_invitation(self, invitation: int) -> None:
        """Withdraw an invitation."""
        self._transport.call("DELETE", f"/api/v1/invitations/{segment(invitation, 'invitation')}")

    def get_affiliate(self) -> AffiliateOut:
        """One's code for recommending this gateway; it is made when it is first asked for."""
        return cast("AffiliateOut", self._transport.call("GET", "/api/v1/me/affiliate"))
