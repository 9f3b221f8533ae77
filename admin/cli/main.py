"""The command `gateway`: its global options and its own version. The others are in catalogue.py."""

from pathlib import Path
from typing import Annotated

import typer

from admin.cli.given import Settings
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
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # for this command alone

    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


@app.command("version")
def show_version(ctx: typer.Context) -> None:
    """Show the version of this command."""
    from admin.cli import output  # noqa: PLC0415  # the help of the whole prints without it, and starts faster

    given = ctx.find_object(Settings)
    if given is not None and given.as_json:
        output.print_json({"version": installed_version()})
    else:
        output.print_plain(f"gateway {installed_version()}")


def main() -> None:
    """Entry point."""
    app()


if __name__ == "__main__":
    main()
