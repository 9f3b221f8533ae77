"""Roles: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone, RemovalBulk
    from admin.client.shapes.roles import ListedRoleOut, PermissionList, RoleCreate, RoleOut, RolePatch
    from admin.client.transport import Transport


class RolesApi:
    """The operations of roles."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_roles(self, body: RemovalBulk) -> BulkDone:
        """Remove many permission sets, those that nobody has."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/roles/bulk", body))

    def list_roles_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Built-in roles on the first page, then permission sets by name or `id`: into a file."""
        return self._transport.download(
            "/api/v1/roles", file, query={"q": q, "format": format, "limit": limit, "cursor": cursor, "sort": sort}
        )

    def list_roles(
        self, *, q: str | None = None, limit: int | None = None, cursor: str | None = None, sort: str | None = None
    ) -> ListedRoleOut:
        """Built-in roles on the first page, then permission sets by name or `id`."""
        return cast(
            "ListedRoleOut",
            self._transport.call(
                "GET", "/api/v1/roles", query={"q": q, "limit": limit, "cursor": cursor, "sort": sort}
            ),
        )

    def every_roles(self, *, q: str | None = None, sort: str | None = None) -> Iterator[RoleOut]:
        """Built-in roles on the first page, then permission sets by name or `id`: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_roles(q=q, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_role(self, body: RoleCreate) -> RoleOut:
        """Make a permission set of what the caller has."""
        return cast("RoleOut", self._transport.call("POST", "/api/v1/roles", body))

    def list_permissions(self) -> PermissionList:
        """Every permission, what it allows, and how far it reaches for the caller."""
        return cast("PermissionList", self._transport.call("GET", "/api/v1/roles/permissions"))

    def get_role(self, role: int) -> RoleOut:
        """One permission set."""
        return cast("RoleOut", self._transport.call("GET", f"/api/v1/roles/{segment(role, 'role')}"))

    def change_role(self, role: int, body: RolePatch, *, if_match: str | None = None) -> RoleOut:
        """Change what the body names, for all who have the role."""
        return cast(
            "RoleOut",
            self._transport.call(
                "PATCH", f"/api/v1/roles/{segment(role, 'role')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_role(self, role: int, *, if_match: str | None = None) -> None:
        """Remove a permission set that nobody has as a role; teams, invitations and ..."""
        self._transport.call("DELETE", f"/api/v1/roles/{segment(role, 'role')}", headers={"if-match": if_match})
