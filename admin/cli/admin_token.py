"""`gateway admin-token`: makes a new admin token, directly in the database, for whoever may read the data directory.

The one command that works without a running gateway; it must not touch anything but admin tokens.
"""

from typing import Annotated

import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.options import Yes, confirm, settings_of
from storage import private_file

app = typer.Typer(help="The token of the admin API.", no_args_is_help=True)


@app.command("reset")
def reset(
    ctx: typer.Context,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            envvar="GATEWAY_DATABASE_URL",
            metavar="URL",
            help="[default: gateway.db in the data directory]",
        ),
    ] = None,
    yes: Yes = False,
) -> None:
    """Make a new admin token and forget all old ones. It is shown once and saved in the data directory."""
    settings = settings_of(ctx)
    if not settings.data.is_dir():
        raise misuse(f"There is no data directory {settings.data}.", "Say where it is with --data or GATEWAY_DATA.")
    confirm(ctx, "Old admin tokens stop working. Go on?", yes=yes, interactive=secrets.can_ask())
    url = database or f"sqlite:///{settings.data / 'gateway.db'}"
    from admin.cli import token_store  # noqa: PLC0415 the database layer takes a second to load, which no other command needs

    token, gone = token_store.replace(url)
    path = settings.data / private_file.ADMIN_TOKEN_FILE
    try:
        private_file.write(path, token)
        saved = f"It is saved in {path}, which this command reads by itself."
    except OSError as error:
        saved = f"It could not be saved in {path} ({error.strerror}); keep it now."
    if settings.as_json:
        output.print_json({"token": token, "file": str(path), "replaced": gone})
        return
    output.print_done("Made a new admin token; older ones no longer work." if gone else "Made an admin token.")
    output.print_plain()
    output.print_plain(f"  {token}")
    output.print_plain()
    output.print_plain(f"It is shown this once. {saved}")
    if settings.token:
        output.print_note("Note: GATEWAY_ADMIN_TOKEN (or --token) still names another token and comes before the file.")
    output.print_next("gateway status")
