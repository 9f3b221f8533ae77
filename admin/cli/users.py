"""`gateway users`: whom keys belong to, and what they have to spend."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.money import Amount, money_text, show_money, usd
from admin.cli.options import Yes, confirm, connect, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.users import UserPatch

if TYPE_CHECKING:
    from admin.client.shapes.users import UserCreate

app = typer.Typer(help="Users: whom keys belong to.", no_args_is_help=True)

UserName = Annotated[str, typer.Argument(help="Name or id.", show_default=False)]
Organisation = Annotated[str | None, typer.Option("--organisation", "-o", metavar="NAME", help="Its organisation.")]
Group = Annotated[str | None, typer.Option("--group", "-g", metavar="NAME", help="Priced by this group's multipliers.")]


@app.command("create")
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The user's name.", show_default=False)],
    organisation: Organisation = None,
    group: Group = None,
) -> None:
    """Make a user."""
    body: UserCreate = {"name": name, "organisation": organisation}
    if group is not None:
        body["group"] = group
    with connect(ctx) as gateway:
        made = gateway.users.create_user(body)
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    output.print_done(f"Made user {made['name']}.")
    output.print_next(f"gateway keys create NAME --user {made['name']}")


@app.command("list")
def list_all(ctx: typer.Context, organisation: Organisation = None) -> None:
    """List users."""
    with connect(ctx) as gateway:
        items = list(gateway.users.every_users(organisation=organisation))
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    if not items:
        output.print_plain("No users yet.")
        output.print_next("gateway users create NAME")
        return
    output.print_table(
        ["NAME", "ORGANISATION", "GROUP", "ENABLED", "QUOTA", "BALANCE", "HELD", "AVAILABLE"],
        [
            [
                one["name"],
                one["organisation"] or "-",
                one["group"],
                output.yes_no(one["enabled"]),
                *money_text(one["money"]),
            ]
            for one in items
        ],
        right=["BALANCE", "HELD", "AVAILABLE"],
    )


@app.command("show")
def show(ctx: typer.Context, name: UserName) -> None:
    """Show one user."""
    with connect(ctx) as gateway:
        user = gateway.users.get_user(name)
    if settings_of(ctx).as_json:
        output.print_json(user)
        return
    quota, balance, held, available = money_text(user["money"])
    output.print_pairs([
        ("name", user["name"]),
        ("id", str(user["id"])),
        ("organisation", user["organisation"] or "-"),
        ("group", user["group"]),
        ("enabled", output.yes_no(user["enabled"])),
        ("quota", quota),
        ("balance", balance),
        ("held", held),
        ("available", available),
        ("created", output.time_text(user["created_at"])),
        ("changed", output.time_text(user["updated_at"])),
    ])  # fmt: skip


@app.command("edit")
def edit(
    ctx: typer.Context,
    name: UserName,
    rename: Annotated[str | None, typer.Option("--rename", metavar="NAME", help="The new name.")] = None,
    organisation: Organisation = None,
    no_organisation: Annotated[bool, typer.Option("--no-organisation", help="Leave the organisation.")] = False,
    group: Group = None,
) -> None:
    """Change what the options name."""
    if organisation is not None and no_organisation:
        raise misuse("--organisation and --no-organisation contradict each other.")
    given = {"name": rename, "organisation": organisation, "group": group}
    body: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    if no_organisation:
        body["organisation"] = None
    if not body:
        raise misuse("Nothing to change.", "`gateway users edit --help` lists what can be changed.")
    _change(ctx, name, body, "Changed")


def _change(ctx: typer.Context, name: str, body: dict[str, Any], verb: str) -> None:
    with connect(ctx) as gateway:
        user = gateway.users.change_user(name, shaped(UserPatch, body))
    if settings_of(ctx).as_json:
        output.print_json(user)
        return
    output.print_done(f"{verb} user {user['name']}.")


@app.command("enable")
def enable(ctx: typer.Context, name: UserName) -> None:
    """Accept the user's keys again."""
    _change(ctx, name, {"enabled": True}, "Enabled")


@app.command("disable")
def disable(ctx: typer.Context, name: UserName) -> None:
    """Refuse all keys of the user."""
    _change(ctx, name, {"enabled": False}, "Disabled")


@app.command("quota")
def quota(
    ctx: typer.Context,
    name: UserName,
    limited: Annotated[bool, typer.Option("--on/--off", help="Whether the balance limits spending.")],
    balance: Amount = None,
) -> None:
    """Let the balance limit the user's spending, or not any more."""
    with connect(ctx) as gateway:
        found = gateway.users.set_user_quota(name, {"limited": limited, "balance": usd(balance)})
    show_money(ctx, found)


@app.command("remove")
def remove(
    ctx: typer.Context,
    name: UserName,
    purge: Annotated[bool, typer.Option("--purge", help="For good: a user without keys.")] = False,
    yes: Yes = False,
) -> None:
    """Remove a user: keys are refused, and `restore` undoes it. What was spent stays in the ledger."""
    with connect(ctx) as gateway:
        user = gateway.users.get_user(name)
        confirm(ctx, f"Remove user {user['name']}?", yes=yes, interactive=secrets.can_ask())
        gateway.users.delete_user(str(user["id"]), purge=purge or None)
    if settings_of(ctx).as_json:
        output.print_json({"removed": user["name"]})
        return
    output.print_done(f"Removed user {user['name']}.")


@app.command("restore")
def restore(ctx: typer.Context, name: UserName) -> None:
    """Bring a removed user back, with keys and balance."""
    with connect(ctx) as gateway:
        user = gateway.users.restore_user(name)
    if settings_of(ctx).as_json:
        output.print_json(user)
        return
    output.print_done(f"Restored user {user['name']}.")


@app.command("role")
def role(
    ctx: typer.Context,
    name: UserName,
    role: Annotated[str, typer.Argument(help="A built-in role or a permission set.", show_default=False)],
    inside: Annotated[bool, typer.Option("--inside", help="Inside the user's organisation only.")] = False,
) -> None:
    """Give a user a role on the whole gateway, or inside the organisation."""
    _change(ctx, name, {"organisation_role" if inside else "role": role}, "Changed")
