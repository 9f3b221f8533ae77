"""The command `gateway`: its global options and the list of its commands. Each command lives in a file of its noun."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from admin.cli import (
    admin_token,
    apply,
    budgets,
    channels,
    explain,
    groups,
    keys,
    ledger,
    limits,
    organisations,
    output,
    prices,
    rerate,
    status,
    usage,
    users,
)
from admin.cli.client import Settings
from admin.cli.group import RootGroup

DEFAULT_URL = "http://127.0.0.1:8000"
DISTRIBUTION = "ray-llm-gateway"

app = typer.Typer(
    name="gateway",
    cls=RootGroup,
    help="Manage an LLM gateway: channels, keys, users, budgets, prices, usage.",
    epilog="First steps: gateway channels add NAME --provider openai, then gateway keys create NAME.",
    no_args_is_help=True,
    rich_markup_mode=None,
    # A traceback with local variables could print a secret.
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root(
    ctx: typer.Context,
    url: Annotated[
        str, typer.Option("--url", envvar="GATEWAY_URL", metavar="URL", help="Where the gateway is.")
    ] = DEFAULT_URL,
    token: Annotated[
        str,
        typer.Option(
            "--token",
            envvar="GATEWAY_ADMIN_TOKEN",
            metavar="TOKEN",
            show_default=False,
            help="The admin token [default: the file admin-token in the data directory].",
        ),
    ] = "",
    data: Annotated[
        Path, typer.Option("--data", envvar="GATEWAY_DATA", metavar="DIR", help="The gateway's data directory.")
    ] = Path("data"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of tables.")] = False,
) -> None:
    """Manage an LLM gateway: channels, keys, users, budgets, prices, usage."""
    ctx.obj = Settings(url=url, token=token, data=data, as_json=as_json)


def installed_version() -> str:
    """The version of this command."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


@app.command("version")
def show_version(ctx: typer.Context) -> None:
    """Show the version of this command."""
    settings = ctx.find_object(Settings)
    if settings is not None and settings.as_json:
        output.print_json({"version": installed_version()})
    else:
        output.print_plain(f"gateway {installed_version()}")


app.command("status")(status.status)
app.add_typer(channels.app, name="channels")
app.add_typer(keys.app, name="keys")
app.add_typer(users.app, name="users")
app.add_typer(organisations.app, name="organisations")
app.add_typer(budgets.app, name="budgets")
app.add_typer(ledger.app, name="ledger")
app.add_typer(limits.app, name="limits")
app.add_typer(prices.app, name="prices")
app.add_typer(groups.app, name="groups")
app.command("providers")(channels.providers)
app.command("usage")(usage.usage)
app.command("explain")(explain.explain)
app.command("rerate")(rerate.rerate)
app.command("apply")(apply.apply)
app.add_typer(admin_token.app, name="admin-token")


def main() -> None:
    """Entry point."""
    app()


if __name__ == "__main__":
    main()
