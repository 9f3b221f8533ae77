"""`gateway tokens`: automation tokens of programs, with scopes and expiry."""

from typing import TYPE_CHECKING, Annotated

import typer

from admin.cli import output, secrets
from admin.cli.options import Yes, confirm, connect, parse_time, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.tokens import TokenCreate

app = typer.Typer(help="Tokens of programs that use the admin API.", no_args_is_help=True)

TokenId = Annotated[int, typer.Argument(min=1, help="Id, as `gateway tokens list` shows it.", show_default=False)]


@app.command("create")
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(show_default=False)],
    scope: Annotated[
        list[str], typer.Option("--scope", metavar="SCOPE", help="keys.read, keys.* or *; repeat for more.")
    ],
    expires: Annotated[str | None, typer.Option("--expires", metavar="WHEN", help="90d, or a date.")] = None,
) -> None:
    """Make a token that is nobody's and does what its scopes say. It is shown once."""
    body: TokenCreate = {"name": name, "scopes": scope, "service": True}
    if expires is not None:
        body["expires_at"] = parse_time(expires, "--expires", ahead=True)
    with connect(ctx) as gateway:
        made = gateway.tokens.create_token(body)
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    output.print_done(f"Made token {made['name']}. It is shown this once:")
    output.print_plain(made["token"])


@app.command("list")
def list_all(ctx: typer.Context) -> None:
    """List tokens."""
    with connect(ctx) as gateway:
        items = list(gateway.tokens.every_tokens())
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    if not items:
        output.print_plain("No tokens yet.")
        output.print_next("gateway tokens create NAME --scope keys.read")
        return
    output.print_table(
        ["ID", "NAME", "TOKEN", "OF", "SCOPES", "ENABLED", "EXPIRES", "USED"],
        [
            [
                str(one["id"]),
                one["name"],
                one["hint"],
                one["user"] or "-",
                " ".join(one["scopes"]),
                output.yes_no(one["enabled"]),
                output.time_text(one["expires_at"]),
                output.time_text(one["last_used_at"]),
            ]
            for one in items
        ],
        right=["ID"],
    )


@app.command("remove")
def remove(ctx: typer.Context, token: TokenId, yes: Yes = False) -> None:
    """Remove a token; it is refused from now on."""
    with connect(ctx) as gateway:
        found = gateway.tokens.get_token(token)
        confirm(ctx, f"Remove the token {found['name']}?", yes=yes, interactive=secrets.can_ask())
        gateway.tokens.delete_token(token)
    if settings_of(ctx).as_json:
        output.print_json({"removed": token})
        return
    output.print_done(f"Removed the token {found['name']}.")
