"""`gateway setup`: makes the first administrator, or a new link for making one."""

from typing import Annotated

import httpx
import typer

from admin.cli import output
from admin.cli.errors import FailureError, misuse
from admin.cli.options import settings_of
from admin.cli.user_access import PasswordFile, read_password

app = typer.Typer(help="The first administrator.", no_args_is_help=True)

TOKEN_FILE = "setup-token"  # noqa: S105  # a file's name


@app.command("admin")
def admin(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The administrator's name.", show_default=False)],
    file: PasswordFile = None,
    email: Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help="For mails to the account.")] = None,
) -> None:
    """Make the first administrator (role root), with the token that the gateway keeps in its data directory."""
    settings = settings_of(ctx)
    path = settings.data / TOKEN_FILE
    if not path.is_file():
        raise misuse(f"There is no {path}.", "Either there is an administrator already, or say --data DIR.")
    body = {"token": path.read_text().strip(), "name": name, "password": read_password(file), "email": email}
    with httpx.Client(base_url=settings.url.rstrip("/"), transport=settings.transport, timeout=30.0) as client:
        try:
            answer = client.post("/api/v1/setup", json=body)
        except httpx.HTTPError:
            raise FailureError(f"No gateway answers at {settings.url}.", hint="Start it with `make serve`.") from None
    if answer.status_code != 201:
        found = answer.json() if answer.headers.get("content-type") == "application/problem+json" else {}
        fields = [(str(item["field"]).removeprefix("body."), str(item["message"])) for item in found.get("errors", [])]
        raise FailureError(str(found.get("detail", f"The gateway answered {answer.status_code}.")), fields=fields)
    path.unlink(missing_ok=True)
    made = answer.json()
    if settings.as_json:
        output.print_json({"id": made["id"], "name": made["name"]})
        return
    output.print_done(f"Made the administrator {made['name']}.")
    output.print_next(f"sign in at {settings.url.rstrip('/')}/console")


@app.command("link")
def link(
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
) -> None:
    """Make a new one-time link for the first administrator, directly in the database; older ones are good no more."""
    settings = settings_of(ctx)
    if not settings.data.is_dir():
        raise misuse(f"There is no data directory {settings.data}.", "Say where it is with --data or GATEWAY_DATA.")
    from admin.cli import token_store  # noqa: PLC0415  # the database layer takes a second to load

    token = token_store.setup_token(database or f"sqlite:///{settings.data / 'gateway.db'}", settings.data)
    if not token:
        raise FailureError("There is an administrator already.", hint="gateway users password NAME sets a password.")
    address = f"{settings.url.rstrip('/')}/console/setup#{token}"
    if settings.as_json:
        output.print_json({"link": address, "token": token})
        return
    output.print_plain(address)
    output.print_note("It is good once, for seven days. `gateway setup admin NAME` uses it by itself.")
