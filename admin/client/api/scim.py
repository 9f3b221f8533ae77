"""Scim: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from admin.client.shapes.scim import GroupIn, GroupPage, PatchOp, Resource, ScimGroup, ScimUser, UserPage
    from admin.client.transport import Transport


class ScimApi:
    """The operations of scim."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def scim_list_users(
        self, *, filter: str | None = None, startIndex: int | None = None, count: int | None = None
    ) -> UserPage:
        """Users; `filter` is one comparison by `eq` of userName, externalId or emails.value."""
        return cast(
            "UserPage",
            self._transport.call(
                "GET", "/scim/v2/Users", query={"filter": filter, "startIndex": startIndex, "count": count}
            ),
        )

    def scim_create_user(self, body: Resource) -> ScimUser:
        """Make a user without a password: who signs in by the identity provider."""
        return cast("ScimUser", self._transport.call("POST", "/scim/v2/Users", body))

    def scim_get_user(self, user: str) -> ScimUser:
        """One user."""
        return cast("ScimUser", self._transport.call("GET", f"/scim/v2/Users/{segment(user, 'User')}"))

    def scim_replace_user(self, user: str, body: Resource, *, if_match: str | None = None) -> ScimUser:
        """Replace what the directory knows of a user."""
        return cast(
            "ScimUser",
            self._transport.call(
                "PUT", f"/scim/v2/Users/{segment(user, 'User')}", body, headers={"if-match": if_match}
            ),
        )

    def scim_change_user(self, user: str, body: PatchOp, *, if_match: str | None = None) -> ScimUser:
        """Change some attributes; `active: false` switches a user off and ends the sessions."""
        return cast(
            "ScimUser",
            self._transport.call(
                "PATCH", f"/scim/v2/Users/{segment(user, 'User')}", body, headers={"if-match": if_match}
            ),
        )

    def scim_delete_user(self, user: str, *, if_match: str | None = None) -> None:
        """Switch a user off and hide them; keys are refused, what was spent stays."""
        self._transport.call("DELETE", f"/scim/v2/Users/{segment(user, 'User')}", headers={"if-match": if_match})

    def scim_config(self) -> object:
        """What of SCIM there is."""
        return cast(object, self._transport.call("GET", "/scim/v2/ServiceProviderConfig"))

    def scim_resource_types(self) -> object:
        """The kinds of things that are provisioned: users, and groups, which are teams."""
        return cast(object, self._transport.call("GET", "/scim/v2/ResourceTypes"))

    def scim_resource_type(self, kind: str) -> object:
        """One of them."""
        return cast(object, self._transport.call("GET", f"/scim/v2/ResourceTypes/{segment(kind, 'ResourceType')}"))

    def scim_schemas(self) -> object:
        """The attributes of users and groups that are kept."""
        return cast(object, self._transport.call("GET", "/scim/v2/Schemas"))

    def scim_schema(self, kind: str) -> object:
        """The attributes of one kind."""
        return cast(object, self._transport.call("GET", f"/scim/v2/Schemas/{segment(kind, 'Schema')}"))

    def scim_list_groups(
        self,
        *,
        filter: str | None = None,
        startIndex: int | None = None,
        count: int | None = None,
        excludedAttributes: str | None = None,
    ) -> GroupPage:
        """Groups; `filter` is one comparison by `eq` of displayName or externalId."""
        return cast(
            "GroupPage",
            self._transport.call(
                "GET",
                "/scim/v2/Groups",
                query={
                    "filter": filter,
                    "startIndex": startIndex,
                    "count": count,
                    "excludedAttributes": excludedAttributes,
                },
            ),
        )

    def scim_create_group(self, body: GroupIn) -> ScimGroup:
        """Make a team, with members."""
        return cast("ScimGroup", self._transport.call("POST", "/scim/v2/Groups", body))

    def scim_get_group(self, team: str, *, excludedAttributes: str | None = None) -> ScimGroup:
        """One team, with its members."""
        return cast(
            "ScimGroup",
            self._transport.call(
                "GET", f"/scim/v2/Groups/{segment(team, 'Group')}", query={"excludedAttributes": excludedAttributes}
            ),
        )

    def scim_replace_group(self, team: str, body: GroupIn, *, if_match: str | None = None) -> ScimGroup:
        """Replace name and members."""
        return cast(
            "ScimGroup",
            self._transport.call(
                "PUT", f"/scim/v2/Groups/{segment(team, 'Group')}", body, headers={"if-match": if_match}
            ),
        )

    def scim_change_group(self, team: str, body: PatchOp, *, if_match: str | None = None) -> ScimGroup:
        """Add and remove members, replace them, give another name."""
        return cast(
            "ScimGroup",
            self._transport.call(
                "PATCH", f"/scim/v2/Groups/{segment(team, 'Group')}", body, headers={"if-match": if_match}
            ),
        )

    def scim_delete_group(self, team: str, *, if_match: str | None = None) -> None:
        """Remove a team; its members stay users."""
        self._transport.call("DELETE", f"/scim/v2/Groups/{segment(team, 'Group')}", headers={"if-match": if_match})
