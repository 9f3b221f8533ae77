"""`gateway codes`: redemption codes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from admin.cli import output
from admin.cli.options import connect, settings_of
from admin.cli.shaped import one_of, shaped
from admin.client.shapes.payments import CodeBulk
from storage import private_file

if TYPE_CHECKING:
    from admin.client.shapes.payments import CodesCreate

app = typer.Typer(help="Redemption codes: credit for whoever enters one first.", no_args_is_help=True)

Ids = Annotated[list[int], typer.Argument(help="Ids of codes.", show_default=False)]


@app.command("create")
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What they are for.", show_default=False)],
    credit: Annotated[str, typer.Argument(help="USD of each.", show_default=False)],
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="How many.")] = 1,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="TIME", help="Such as 2027-12-31T00:00:00Z.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write them there, one a line.")] = None,
) -> None:
    """Make codes."""
    body: CodesCreate = {"name": name, "credit": credit, "count": count, "expires_at": expires}
    with connect(ctx) as gateway:
        made = gateway.payments.create_redemption_codes(body)
    if out is not None:
        private_file.write(out, "\n".join(made["codes"]))
        output.print_done(f"Made {len(made['codes'])} codes, batch {made['batch']}, in {out}.")
    elif settings_of(ctx).as_json:
        output.print_json(made)
    else:
        for code in made["codes"]:
            output.print_plain(code)


@app.command("list")
def list_all(
    ctx: typer.Context,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help="available, redeemed, expired, disabled.")
    ] = None,
    batch: Annotated[str | None, typer.Option("--batch", metavar="ID", help="Of one batch.")] = None,
    search: Annotated[
        str | None, typer.Option("--search", "-q", metavar="TEXT", help="A code, or a beginning.")
    ] = None,
) -> None:
    """List codes, the newest first."""
    with connect(ctx) as gateway:
        every = gateway.payments.every_redemption_codes
        items = list(every(state=one_of(every, "state", state, "--state"), batch=batch, q=search))
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    if not items:
        output.print_plain("No codes.")
        return
    output.print_table(
        ["ID", "CODE", "NAME", "BATCH", "USD", "STATE", "REDEEMED BY", "EXPIRES"],
        [
            [
                str(one["id"]), one["hint"], one["name"], one["batch"], one["credit"], one["state"],
                one["redeemed_by_name"] or "-", output.time_text(one["expires_at"]),
            ]
            for one in items
        ],
        right=["USD"],
    )  # fmt: skip


def _bulk(ctx: typer.Context, action: str, ids: list[int]) -> None:
    with connect(ctx) as gateway:
        done = gateway.payments.change_redemption_codes(shaped(CodeBulk, {"action": action, "ids": ids}))
    if settings_of(ctx).as_json:
        output.print_json(done)
        return
    output.print_done(f"{done['changed']} of {done['matched']} changed.")
    for one in done["results"]:
        if not one["ok"]:
            output.print_bad(f"{one['id']}: {one['problem']}")


@app.command("disable")
def disable(ctx: typer.Context, ids: Ids) -> None:
    """Switch codes off."""
    _bulk(ctx, "disable", ids)


@app.command("enable")
def enable(ctx: typer.Context, ids: Ids) -> None:
    """Switch codes on again."""
    _bulk(ctx, "enable", ids)


@app.command("delete")
def delete(ctx: typer.Context, ids: Ids) -> None:
    """Delete codes that were not redeemed."""
    _bulk(ctx, "delete", ids)
