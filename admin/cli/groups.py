"""`gateway groups`: what users of a group pay, as multipliers of the prices."""

from typing import Annotated, Any

import typer

from admin.cli import output, secrets
from admin.cli.client import path_of
from admin.cli.errors import misuse
from admin.cli.options import Yes, confirm, connect, settings_of

app = typer.Typer(help="Groups of users and their multipliers on prices.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(show_default=False)]


@app.command("list")
def list_all(ctx: typer.Context) -> None:
    """List groups that have a multiplier; all others have 1."""
    with connect(ctx) as gateway:
        found: list[dict[str, Any]] = gateway.get("/api/v1/groups")["items"]
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
) -> None:
    """Set what a group's users pay: 0.9 takes a tenth off. Replaces what was set for the group."""
    by_group: dict[str, str] = {}
    for each in used or []:
        group, equals, text = each.partition("=")
        if not group or not equals:
            raise misuse(f"--using {each!r} is not understood.", "Write --using GROUP=MULTIPLIER.")
        by_group[group] = text
    with connect(ctx) as gateway:
        found = gateway.call("PUT", path_of("groups", name), {"ratio": ratio, "used": by_group})
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"{found['name']}: prices x {found['ratio']}.")


@app.command("remove")
def remove(ctx: typer.Context, name: Name, yes: Yes = False) -> None:
    """Remove a group's multiplier and those of its users."""
    with connect(ctx) as gateway:
        confirm(ctx, f"Remove the multipliers of {name}?", yes=yes, interactive=secrets.can_ask())
        gateway.call("DELETE", path_of("groups", name))
    if settings_of(ctx).as_json:
        output.print_json({"removed": name})
        return
    output.print_done(f"Removed the multipliers of {name}.")
