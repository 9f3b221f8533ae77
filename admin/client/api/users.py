"""Users: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone, Money, QuotaSet
    from admin.client.shapes.users import ListedUserOut, UserBulk, UserCreate, UserOut, UserPatch
    from admin.client.transport import Transport


class UsersApi:
    """The operations of users."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_users_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        organisation: str | None = None,
        group: str | None = None,
        role: str | None = None,
        organisation_role: str | None = None,
        enabled: bool | None = None,
        removed: bool | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Users by name, `created_at` or `id`; `q` is an id, or the beginning of a word: into a file."""
        return self._transport.download(
            "/api/v1/users",
            file,
            query={
                "q": q,
                "organisation": organisation,
                "group": group,
                "role": role,
                "organisation_role": organisation_role,
                "enabled": enabled,
                "removed": removed,
                "format": format,
                "limit": limit,
                "cursor": cursor,
                "sort": sort,
            },
        )

    def list_users(
        self,
        *,
        q: str | None = None,
        organisation: str | None = None,
        group: str | None = None,
        role: str | None = None,
        organisation_role: str | None = None,
        enabled: bool | None = None,
        removed: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedUserOut:
        """Users by name, `created_at` or `id`; `q` is an id, or the beginning of a word."""
        return cast(
            "ListedUserOut",
            self._transport.call(
                "GET",
                "/api/v1/users",
                query={
                    "q": q,
                    "organisation": organisation,
                    "group": group,
                    "role": role,
                    "organisation_role": organisation_role,
                    "enabled": enabled,
                    "removed": removed,
                    "limit": limit,
                    "cursor": cursor,
                    "sort": sort,
                },
            ),
        )

    def every_users(
        self,
        *,
        q: str | None = None,
        organisation: str | None = None,
        group: str | None = None,
        role: str | None = None,
        organisation_role: str | None = None,
        enabled: bool | None = None,
        removed: bool | None = None,
        sort: str | None = None,
    ) -> Iterator[UserOut]:
        """Users by name, `created_at` or `id`; `q` is an id, or the beginning of a word: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_users(
                q=q,
                organisation=organisation,
                group=group,
                role=role,
                organisation_role=organisation_role,
                enabled=enabled,
                removed=removed,
                sort=sort,
                limit=1000,
                cursor=cursor,
            )
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_user(self, body: UserCreate) -> UserOut:
        """Make a user."""
        return cast("UserOut", self._transport.call("POST", "/api/v1/users", body))

    def change_users(self, body: UserBulk) -> BulkDone:
        """Switch on or off, remove, restore or regroup many users; each by itself, and ..."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/users/bulk", body))

    def get_user(self, user: str) -> UserOut:
        """One user, also one that was removed."""
        return cast("UserOut", self._transport.call("GET", f"/api/v1/users/{segment(user, 'user')}"))

    def change_user(self, user: str, body: UserPatch, *, if_match: str | None = None) -> UserOut:
        """Change what the body names and leave the rest."""
        return cast(
            "UserOut",
            self._transport.call(
                "PATCH", f"/api/v1/users/{segment(user, 'user')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_user(self, user: str, *, purge: bool | None = None, if_match: str | None = None) -> None:
        """Remove a user: signed out, keys refused, hidden, and restored at will; what was ..."""
        self._transport.call(
            "DELETE", f"/api/v1/users/{segment(user, 'user')}", query={"purge": purge}, headers={"if-match": if_match}
        )

    def restore_user(self, user: str) -> UserOut:
        """Bring a removed user back, switched on, with keys and balance."""
        return cast("UserOut", self._transport.call("POST", f"/api/v1/users/{segment(user, 'user')}/restore"))

    def set_user_quota(self, user: str, body: QuotaSet, *, if_match: str | None = None) -> Money:
        """Let the user's balance limit spending, or not any more."""
        return cast(
            "Money",
            self._transport.call(
                "PUT", f"/api/v1/users/{segment(user, 'user')}/quota", body, headers={"if-match": if_match}
            ),
        )
