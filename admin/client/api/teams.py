"""Teams: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone
    from admin.client.shapes.teams import (
        ListedTeamOut,
        Members,
        TeamBulk,
        TeamCreate,
        TeamGrants,
        TeamOut,
        TeamPatch,
        TeamPlace,
    )
    from admin.client.transport import Transport


class TeamsApi:
    """The operations of teams."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_teams(self, body: TeamBulk) -> BulkDone:
        """Change or remove many teams."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/teams/bulk", body))

    def list_teams_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        organisation: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Teams by name or `id`; members see those they are in: into a file."""
        return self._transport.download(
            "/api/v1/teams",
            file,
            query={
                "q": q,
                "organisation": organisation,
                "format": format,
                "limit": limit,
                "cursor": cursor,
                "sort": sort,
            },
        )

    def list_teams(
        self,
        *,
        q: str | None = None,
        organisation: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedTeamOut:
        """Teams by name or `id`; members see those they are in."""
        return cast(
            "ListedTeamOut",
            self._transport.call(
                "GET",
                "/api/v1/teams",
                query={"q": q, "organisation": organisation, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_teams(
        self, *, q: str | None = None, organisation: str | None = None, sort: str | None = None
    ) -> Iterator[TeamOut]:
        """Teams by name or `id`; members see those they are in: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_teams(q=q, organisation=organisation, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_team(self, body: TeamCreate) -> TeamOut:
        """Make a team."""
        return cast("TeamOut", self._transport.call("POST", "/api/v1/teams", body))

    def get_team(self, team: int) -> TeamOut:
        """One team."""
        return cast("TeamOut", self._transport.call("GET", f"/api/v1/teams/{segment(team, 'team')}"))

    def change_team(self, team: int, body: TeamPatch, *, if_match: str | None = None) -> TeamOut:
        """Change what the body names."""
        return cast(
            "TeamOut",
            self._transport.call(
                "PATCH", f"/api/v1/teams/{segment(team, 'team')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_team(self, team: int, *, if_match: str | None = None) -> None:
        """Remove a team with its budgets and limits."""
        self._transport.call("DELETE", f"/api/v1/teams/{segment(team, 'team')}", headers={"if-match": if_match})

    def set_team_grants(self, team: int, body: TeamGrants, *, if_match: str | None = None) -> TeamOut:
        """Say which role and group come with the team, for whoever may give them."""
        return cast(
            "TeamOut",
            self._transport.call(
                "PUT", f"/api/v1/teams/{segment(team, 'team')}/grants", body, headers={"if-match": if_match}
            ),
        )

    def list_team_members(self, team: int) -> Members:
        """Who is in the team."""
        return cast("Members", self._transport.call("GET", f"/api/v1/teams/{segment(team, 'team')}/members"))

    def join_team(self, team: int, user: str, body: TeamPlace | None = None, *, if_match: str | None = None) -> None:
        """Put a user of the same organisation into the team, or give them another role there."""
        self._transport.call(
            "PUT",
            f"/api/v1/teams/{segment(team, 'team')}/members/{segment(user, 'member')}",
            body,
            headers={"if-match": if_match},
        )

    def leave_team(self, team: int, user: str, *, if_match: str | None = None) -> None:
        """Take a user out of the team, with the keys that are theirs."""
        self._transport.call(
            "DELETE",
            f"/api/v1/teams/{segment(team, 'team')}/members/{segment(user, 'member')}",
            headers={"if-match": if_match},
        )
