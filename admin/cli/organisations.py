"""`gateway organisations`: users who share budgets and a balance."""

from typing import Annotated

import typer

from admin.cli import output, secrets
from admin.cli.money import Amount, money_text, show_money, usd
from admin.cli.options import Yes, confirm, connect, settings_of

app = typer.Typer(help="Organisations: users who share budgets and a balance.", no_args_is_help=True)

OrganisationName = Annotated[str, typer.Argument(help="Name or id.", show_default=False)]


@app.command("create")
def create(ctx: typer.Context, name: Annotated[str, typer.Argument(help="Its name.", show_default=False)]) -> None:
    """Make an organisation."""
    with connect(ctx) as gateway:
        made = gateway.organisations.create_organisation({"name": name})
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    output.print_done(f"Made organisation {made['name']}.")
    output.print_next(f"gateway users create NAME --organisation {made['name']}")


@app.command("list")
def list_all(ctx: typer.Context) -> None:
    """List organisations."""
    with connect(ctx) as gateway:
        found = list(gateway.organisations.every_organisations())
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    if not found:
        output.print_plain("No organisations yet.")
        return
    output.print_table(
        ["NAME", "QUOTA", "BALANCE", "HELD", "AVAILABLE"],
        [[one["name"], *money_text(one["money"])] for one in found],
        right=["BALANCE", "HELD", "AVAILABLE"],
    )


@app.command("rename")
def rename(
    ctx: typer.Context,
    name: OrganisationName,
    new: Annotated[str, typer.Argument(help="The new name.", show_default=False)],
) -> None:
    """Give it another name."""
    with connect(ctx) as gateway:
        found = gateway.organisations.change_organisation(name, {"name": new})
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Renamed to {found['name']}.")


@app.command("quota")
def quota(
    ctx: typer.Context,
    name: OrganisationName,
    limited: Annotated[bool, typer.Option("--on/--off", help="Whether the balance limits spending.")],
    balance: Amount = None,
) -> None:
    """Let the balance limit the members' spending, or not any more."""
    with connect(ctx) as gateway:
        found = gateway.organisations.set_organisation_quota(name, {"limited": limited, "balance": usd(balance)})
    show_money(ctx, found)


@app.command("remove")
def remove(ctx: typer.Context, name: OrganisationName, yes: Yes = False) -> None:
    """Remove an organisation without members. What it spent stays in the ledger."""
    with connect(ctx) as gateway:
        found = gateway.organisations.get_organisation(name)
        confirm(ctx, f"Remove organisation {found['name']}?", yes=yes, interactive=secrets.can_ask())
        gateway.organisations.delete_organisation(str(found["id"]))
    if settings_of(ctx).as_json:
        output.print_json({"removed": found["name"]})
        return
    output.print_done(f"Removed organisation {found['name']}.")
