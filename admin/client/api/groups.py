"""Groups: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from admin.client.shapes.groups import AutoOrder, GroupList, GroupOut, GroupSet
    from admin.client.transport import Transport


class GroupsApi:
    """The operations of groups."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_groups(self) -> GroupList:
        """All groups that have a row; for others than operators those that their keys may use."""
        return cast("GroupList", self._transport.call("GET", "/api/v1/groups"))

    def get_auto_order(self) -> AutoOrder:
        """The order of groups that keys with the group 'auto' try."""
        return cast("AutoOrder", self._transport.call("GET", "/api/v1/groups/auto"))

    def set_auto_order(self, body: AutoOrder, *, if_match: str | None = None) -> AutoOrder:
        """Set the order of groups that keys with the group 'auto' try."""
        return cast(
            "AutoOrder", self._transport.call("PUT", "/api/v1/groups/auto", body, headers={"if-match": if_match})
        )

    def get_group(self, name: str) -> GroupOut:
        """One group."""
        return cast("GroupOut", self._transport.call("GET", f"/api/v1/groups/{segment(name, 'group')}"))

    def set_group(self, name: str, body: GroupSet, *, if_match: str | None = None) -> GroupOut:
        """Set a group's multiplier and, by the group of the key, those of its users."""
        return cast(
            "GroupOut",
            self._transport.call(
                "PUT", f"/api/v1/groups/{segment(name, 'group')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_group(self, name: str, *, if_match: str | None = None) -> None:
        """Remove a group's multipliers, rules and those of its users: it has the ratio 1 ..."""
        self._transport.call("DELETE", f"/api/v1/groups/{segment(name, 'group')}", headers={"if-match": if_match})
