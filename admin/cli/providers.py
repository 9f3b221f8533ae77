"""`gateway providers`: the catalogue of what a channel can name."""

from typing import TYPE_CHECKING, Annotated

import typer

from admin.cli import output
from admin.cli.errors import FailureError
from admin.cli.options import connect, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.providers import SpeaksOut

app = typer.Typer(help="The providers that a channel can name.", invoke_without_command=True)


@app.callback()
def default(ctx: typer.Context) -> None:
    """The providers that a channel can name; without a command they are listed."""
    if ctx.invoked_subcommand is None:
        list_all(ctx)


@app.command("list")
def list_all(ctx: typer.Context) -> None:
    """List the providers that a channel can name."""
    with connect(ctx) as gateway:
        found = gateway.providers.list_providers()
    if settings_of(ctx).as_json:
        output.print_json(found["items"])
        return
    if not found["items"]:
        raise FailureError("The gateway knows no providers.")
    output.print_table(
        ["ID", "NAME", "PROTOCOLS", "REGIONS", "NEW API", "BASE URL"],
        [
            [
                row["id"],
                row["name"],
                " ".join(each["protocol"] for each in row["speaks"] if each["default"]),
                " ".join(row["regions"]),
                " ".join(map(str, row["new_api"])),
                row["base_url"] or "(yours)",
            ]
            for row in found["items"]
        ],
    )


@app.command("show")
def show(
    ctx: typer.Context,
    provider: Annotated[str, typer.Argument(help="Its id, or New API's channel type number.", show_default=False)],
) -> None:
    """Show one provider: its regions, what its addresses need, what it speaks."""
    with connect(ctx) as gateway:
        row = gateway.providers.get_provider(provider)
    if settings_of(ctx).as_json:
        output.print_json(row)
        return
    output.print_pairs([
        ("id", row["id"]),
        ("name", row["name"]),
        ("key", "needed" if row["secret"] else "not needed"),
        ("regions", "\n".join(f"{name}: {' else '.join(roots)}" for name, roots in row["regions"].items()) or "yours"),
        ("needs", "\n".join(f"--param {name}=...: {what}" for name, what in row["needs"].items()) or "nothing else"),
        ("speaks", "\n".join(_spoken(each) for each in row["speaks"])),
        ("new api", ", ".join(map(str, row["new_api"])) or "none"),
        ("pool", row["family"]),
        ("docs", f"{row['docs']} (read {row['read']})"),
        ("note", row["note"] or "none"),
    ])  # fmt: skip
    region = f" --region {next(iter(row['regions']))}" if len(row["regions"]) > 1 else ""
    base = " --base-url URL" if not row["regions"] else ""
    needs = "".join(f" --param {name}=VALUE" for name in row["needs"])
    output.print_next(f"gateway channels add NAME --provider {row['id']}{region}{base}{needs}")


def _spoken(speaks: "SpeaksOut") -> str:
    """A protocol on one line."""
    limits = [f"for {' '.join(speaks['models'])}"] if speaks["models"] else []
    limits += [f"in {' '.join(speaks['regions'])}"] if speaks["regions"] else []
    limits += [] if speaks["default"] else ["when named"]
    more = f" ({', '.join(limits)})" if limits else ""
    return f"{speaks['protocol']}: {speaks['path'] or '(the address itself)'}, {', '.join(speaks['operations'])}{more}"
