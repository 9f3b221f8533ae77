"""Tokens: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone, RemovalBulk
    from admin.client.shapes.tokens import ListedTokenOut, TokenCreate, TokenCreated, TokenOut, TokenPatch
    from admin.client.transport import Transport


class TokensApi:
    """The operations of tokens."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_tokens(self, body: RemovalBulk) -> BulkDone:
        """Remove many automation tokens; they are refused from now on."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/tokens/bulk", body))

    def list_tokens_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        user: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Tokens by `id`: into a file."""
        return self._transport.download(
            "/api/v1/tokens",
            file,
            query={"q": q, "user": user, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_tokens(
        self,
        *,
        q: str | None = None,
        user: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedTokenOut:
        """Tokens by `id`."""
        return cast(
            "ListedTokenOut",
            self._transport.call(
                "GET", "/api/v1/tokens", query={"q": q, "user": user, "limit": limit, "cursor": cursor, "sort": sort}
            ),
        )

    def every_tokens(
        self, *, q: str | None = None, user: str | None = None, sort: str | None = None
    ) -> Iterator[TokenOut]:
        """Tokens by `id`: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_tokens(q=q, user=user, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_token(self, body: TokenCreate) -> TokenCreated:
        """Make a token of one's own, or with `service` one that is nobody's."""
        return cast("TokenCreated", self._transport.call("POST", "/api/v1/tokens", body))

    def get_token(self, token: int) -> TokenOut:
        """One token."""
        return cast("TokenOut", self._transport.call("GET", f"/api/v1/tokens/{segment(token, 'token')}"))

    def change_token(self, token: int, body: TokenPatch, *, if_match: str | None = None) -> TokenOut:
        """Change what the body names; the token itself stays."""
        return cast(
            "TokenOut",
            self._transport.call(
                "PATCH", f"/api/v1/tokens/{segment(token, 'token')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_token(self, token: int, *, if_match: str | None = None) -> None:
        """Remove a token; it is refused from now on."""
        self._transport.call("DELETE", f"/api/v1/tokens/{segment(token, 'token')}", headers={"if-match": if_match})
