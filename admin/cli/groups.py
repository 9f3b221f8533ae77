"""`gateway groups`: what users of a group pay, as multipliers of the prices."""

from typing import TYPE_CHECKING, Annotated

import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.options import Yes, confirm, connect, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.groups import GroupSet

app = typer.Typer(help="Groups of users and their multipliers on prices.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(show_default=False)]


@app.command("list")
def list_all(ctx: typer.Context) -> None:
    """List groups that have a multiplier; all others have 1."""
    with connect(ctx) as gateway:
        found = gateway.groups.list_groups()["items"]
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    if not found:
        output.print_plain("No group has a multiplier: all pay the prices as they are.")
        output.print_next("gateway groups set NAME 0.9")
        return
    output.print_table(
        ["GROUP", "MULTIPLIER", "WHEN USING ANOTHER GROUP"],
        [[group["name"], group["ratio"], ", ".join(f"{k}: {v}" for k, v in group["used"].items())] for group in found],
        right=["MULTIPLIER"],
    )


@app.command("set")
def set_group(
    ctx: typer.Context,
    name: Name,
    ratio: Annotated[str, typer.Argument(metavar="MULTIPLIER")] = "1",
    used: Annotated[
        list[str] | None,
        typer.Option("--using", metavar="GROUP=MULTIPLIER", help="For keys of that group instead; repeat for more."),
    ] = None,
    models: Annotated[
        str | None, typer.Option("--models", metavar="NAMES", help="Models it may use, by comma; 'all' for every one.")
    ] = None,
    usable_by: Annotated[
        str | None,
        typer.Option("--usable-by", metavar="GROUPS", help="Whose users may choose it, by comma; '*' for everybody."),
    ] = None,
) -> None:
    """Set what a group's users pay: 0.9 takes a tenth off. Multipliers replace what was set, other options stay."""
    by_group: dict[str, str | float] = {}
    for each in used or []:
        group, equals, text = each.partition("=")
        if not group or not equals:
            raise misuse(f"--using {each!r} is not understood.", "Write --using GROUP=MULTIPLIER.")
        by_group[group] = text
    with connect(ctx) as gateway:
        body: GroupSet = {"ratio": ratio, "used": by_group}
        if models is not None:
            body["models"] = None if models == "all" else [each.strip() for each in models.split(",")]
        if usable_by is not None:
            body["usable_by"] = [each.strip() for each in usable_by.split(",") if each.strip()] or None
        found = gateway.groups.set_group(name, body)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"{found['name']}: prices x {found['ratio']}.")


@app.command("auto")
def auto(
    ctx: typer.Context,
    order: Annotated[list[str] | None, typer.Argument(help="Groups in order; none: show the order.")] = None,
) -> None:
    """Show or set the order of groups that keys with the group "auto" try."""
    with connect(ctx) as gateway:
        found = gateway.groups.set_auto_order({"order": order}) if order else gateway.groups.get_auto_order()
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_plain(" > ".join(found["order"]) or "No groups: keys with the group auto use that of their user.")


@app.command("remove")
def remove(ctx: typer.Context, name: Name, yes: Yes = False) -> None:
    """Remove a group's multiplier and those of its users."""
    with connect(ctx) as gateway:
        confirm(ctx, f"Remove the multipliers of {name}?", yes=yes, interactive=secrets.can_ask())
        gateway.groups.delete_group(name)
    if settings_of(ctx).as_json:
        output.print_json({"removed": name})
        return
    output.print_done(f"Removed the multipliers of {name}.")
