"""Keys: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone
    from admin.client.shapes.keys import (
        KeyBatch,
        KeyBulk,
        KeyCreated,
        KeyMake,
        KeyOut,
        KeyPatch,
        KeyRotate,
        KeysCreated,
        ListedKeyOut,
    )
    from admin.client.transport import Transport


class KeysApi:
    """The operations of keys."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create_keys(self, body: KeyBatch) -> KeysCreated:
        """Make up to 1,000 keys that differ in name and value, or none."""
        return cast("KeysCreated", self._transport.call("POST", "/api/v1/keys/batch", body))

    def change_keys(self, body: KeyBulk) -> BulkDone:
        """Switch on or off, change or remove many keys; each by itself, and the answer ..."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/keys/bulk", body))

    def list_keys_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        user: str | None = None,
        organisation: str | None = None,
        team: str | None = None,
        group: str | None = None,
        enabled: bool | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Keys by `name`, `created_at` or `id`; `q` is the beginning of a name or of a: into a file."""
        return self._transport.download(
            "/api/v1/keys",
            file,
            query={
                "q": q,
                "user": user,
                "organisation": organisation,
                "team": team,
                "group": group,
                "enabled": enabled,
                "format": format,
                "limit": limit,
                "cursor": cursor,
                "sort": sort,
            },
        )

    def list_keys(
        self,
        *,
        q: str | None = None,
        user: str | None = None,
        organisation: str | None = None,
        team: str | None = None,
        group: str | None = None,
        enabled: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedKeyOut:
        """Keys by `name`, `created_at` or `id`; `q` is the beginning of a name or of a ..."""
        return cast(
            "ListedKeyOut",
            self._transport.call(
                "GET",
                "/api/v1/keys",
                query={
                    "q": q,
                    "user": user,
                    "organisation": organisation,
                    "team": team,
                    "group": group,
                    "enabled": enabled,
                    "limit": limit,
                    "cursor": cursor,
                    "sort": sort,
                },
            ),
        )

    def every_keys(
        self,
        *,
        q: str | None = None,
        user: str | None = None,
        organisation: str | None = None,
        team: str | None = None,
        group: str | None = None,
        enabled: bool | None = None,
        sort: str | None = None,
    ) -> Iterator[KeyOut]:
        """Keys by `name`, `created_at` or `id`; `q` is the beginning of a name or of a: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_keys(
                q=q,
                user=user,
                organisation=organisation,
                team=team,
                group=group,
                enabled=enabled,
                sort=sort,
                limit=1000,
                cursor=cursor,
            )
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_key(self, body: KeyMake) -> KeyCreated:
        """Make a key."""
        return cast("KeyCreated", self._transport.call("POST", "/api/v1/keys", body))

    def get_key(self, key: str) -> KeyOut:
        """One key."""
        return cast("KeyOut", self._transport.call("GET", f"/api/v1/keys/{segment(key, 'key')}"))

    def change_key(self, key: str, body: KeyPatch, *, if_match: str | None = None) -> KeyOut:
        """Change what the body names and leave the rest."""
        return cast(
            "KeyOut",
            self._transport.call("PATCH", f"/api/v1/keys/{segment(key, 'key')}", body, headers={"if-match": if_match}),
        )

    def delete_key(self, key: str, *, if_match: str | None = None) -> None:
        """Remove a key."""
        self._transport.call("DELETE", f"/api/v1/keys/{segment(key, 'key')}", headers={"if-match": if_match})

    def rotate_key(self, key: str, body: KeyRotate | None = None, *, if_match: str | None = None) -> KeyCreated:
        """Give a key a new value."""
        return cast(
            "KeyCreated",
            self._transport.call(
                "POST", f"/api/v1/keys/{segment(key, 'key')}/rotate", body, headers={"if-match": if_match}
            ),
        )
