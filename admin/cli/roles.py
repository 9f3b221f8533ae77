"""`gateway roles`: built-in roles and permission sets."""

from typing import Annotated

import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.options import Yes, confirm, connect, settings_of

app = typer.Typer(help="Roles: what users may do.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of a permission set.", show_default=False)]


@app.command("list")
def list_all(ctx: typer.Context) -> None:
    """List roles with their permissions."""
    with connect(ctx) as gateway:
        items = list(gateway.roles.every_roles())
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    output.print_table(
        ["NAME", "PLACE", "PERMISSIONS"],
        [
            [one["name"], one["place"], ", ".join(one["permissions"][:4]) + (" ..." if one["permissions"][4:] else "")]
            for one in items
        ],
    )


@app.command("permissions")
def permissions(ctx: typer.Context) -> None:
    """List every permission and what it allows."""
    with connect(ctx) as gateway:
        items = gateway.roles.list_permissions()["items"]
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    output.print_table(["PERMISSION", "ALLOWS"], [[one["name"], one["description"]] for one in items])


@app.command("set")
def set_role(
    ctx: typer.Context,
    name: Name,
    permission: Annotated[
        list[str], typer.Option("--permission", metavar="NAME", help="keys.read and the like; repeat for more.")
    ],
) -> None:
    """Make a permission set, or replace what one permits."""
    with connect(ctx) as gateway:
        known = {one["name"]: one["id"] for one in gateway.roles.every_roles() if one["id"] is not None}
        if name in known:
            found = gateway.roles.change_role(known[name], {"permissions": permission})
        else:
            found = gateway.roles.create_role({"name": name, "permissions": permission})
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"{found['name']}: {', '.join(found['permissions'])}.")
    output.print_next(f"gateway users role USER {found['name']}")


@app.command("remove")
def remove(ctx: typer.Context, name: Name, yes: Yes = False) -> None:
    """Remove a permission set that nobody has."""
    with connect(ctx) as gateway:
        known = {one["name"]: one["id"] for one in gateway.roles.every_roles() if one["id"] is not None}
        if name not in known:
            raise misuse(f"There is no permission set {name!r}.", "`gateway roles list` shows them.")
        confirm(ctx, f"Remove the permission set {name}?", yes=yes, interactive=secrets.can_ask())
        gateway.roles.delete_role(known[name])
    if settings_of(ctx).as_json:
        output.print_json({"removed": name})
        return
    output.print_done(f"Removed the permission set {name}.")
