"""`gateway teams`: people of one organisation who share keys, budgets and limits."""

from typing import Annotated, Any

import typer

from admin.cli import output, secrets
from admin.cli.options import Yes, confirm, connect, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.teams import TeamGrants, TeamPatch

app = typer.Typer(help="Teams of an organisation's people.", no_args_is_help=True)

TeamId = Annotated[int, typer.Argument(min=1, help="Id, as `gateway teams list` shows it.", show_default=False)]
Models = Annotated[
    list[str] | None, typer.Option("--model", "-m", help="Name or glob that its keys may use; repeat for more.")
]
User = Annotated[str, typer.Argument(help="Name or id of a user.", show_default=False)]


@app.command("create")
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(show_default=False)],
    organisation: Annotated[str, typer.Option("--organisation", metavar="NAME", help="Whose it is.")],
    model: Models = None,
) -> None:
    """Make a team."""
    with connect(ctx) as gateway:
        made = gateway.teams.create_team({"name": name, "organisation": organisation, "models": model or None})
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    output.print_done(f"Made team {made['id']}: {made['name']} of {made['organisation']}.")
    output.print_next(f"gateway teams join {made['id']} USER")


@app.command("list")
def list_all(
    ctx: typer.Context,
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="NAME", help="Only of this one.")
    ] = None,
) -> None:
    """List teams."""
    with connect(ctx) as gateway:
        items = list(gateway.teams.every_teams(organisation=organisation))
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    output.print_table(
        ["ID", "NAME", "ORGANISATION", "MEMBERS"],
        [[str(one["id"]), one["name"], one["organisation"], str(one["members"])] for one in items],
        right=["ID", "MEMBERS"],
    )


@app.command("edit")
def edit(
    ctx: typer.Context,
    team: TeamId,
    name: Annotated[str | None, typer.Option("--name", help="Another name.")] = None,
    model: Models = None,
    all_models: Annotated[bool, typer.Option("--all-models", help="Its keys may use all models.")] = False,
) -> None:
    """Change what the options name. --model replaces the whole list."""
    body: dict[str, Any] = {} if name is None else {"name": name}
    if model or all_models:
        body["models"] = model or None
    with connect(ctx) as gateway:
        found = gateway.teams.change_team(team, shaped(TeamPatch, body))
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Changed the team {found['name']}.")


@app.command("grants")
def grants(
    ctx: typer.Context,
    team: TeamId,
    role: Annotated[
        str | None, typer.Option("--role", help="Role inside the organisation; an empty one: none comes with it.")
    ] = None,
    group: Annotated[str | None, typer.Option("--group", help="Whose prices its members have; empty: none.")] = None,
) -> None:
    """Say which role and group come with a team; what no option names stays."""
    with connect(ctx) as gateway:
        found = gateway.teams.get_team(team)["grants"]
        if role is not None or group is not None:
            wanted = {
                "organisation_role": found["organisation_role"] if role is None else role,
                "group": found["group"] if group is None else group,
            }
            found = gateway.teams.set_team_grants(team, shaped(TeamGrants, wanted))["grants"]
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_table(["ROLE", "GROUP"], [[found["organisation_role"] or "-", found["group"] or "-"]])


@app.command("members")
def members(ctx: typer.Context, team: TeamId) -> None:
    """List who is in a team."""
    with connect(ctx) as gateway:
        found = gateway.teams.list_team_members(team)
    if settings_of(ctx).as_json:
        output.print_json(found["items"])
        return
    output.print_table(["NAME", "ROLE"], [[one["name"], one["role"]] for one in found["items"]])


@app.command("join")
def join(
    ctx: typer.Context,
    team: TeamId,
    user: User,
    lead: Annotated[bool | None, typer.Option("--lead/--member", help="What they are in it [default: member].")] = None,
) -> None:
    """Put a user of the same organisation into a team, or give them another role there."""
    with connect(ctx) as gateway:
        gateway.teams.join_team(team, user, None if lead is None else {"role": "lead" if lead else "member"})
    _moved(ctx, team, user, f"{user} is in team {team}.")


@app.command("leave")
def leave(ctx: typer.Context, team: TeamId, user: User) -> None:
    """Take a user out of a team, and the keys that are theirs."""
    with connect(ctx) as gateway:
        gateway.teams.leave_team(team, user)
    _moved(ctx, team, user, f"{user} is not in team {team}.")


def _moved(ctx: typer.Context, team: int, user: str, done: str) -> None:
    if settings_of(ctx).as_json:
        output.print_json({"team": team, "user": user})
        return
    output.print_done(done)


@app.command("remove")
def remove(ctx: typer.Context, team: TeamId, yes: Yes = False) -> None:
    """Remove a team; its members stay users."""
    with connect(ctx) as gateway:
        found = gateway.teams.get_team(team)
        confirm(ctx, f"Remove the team {found['name']}?", yes=yes, interactive=secrets.can_ask())
        gateway.teams.delete_team(team)
    if settings_of(ctx).as_json:
        output.print_json({"removed": team})
        return
    output.print_done(f"Removed the team {found['name']}.")
