"""`gateway tasks`: asynchronous work at providers: how far it is, whether it is booked, stopping it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from admin.cli import output
from admin.cli.errors import misuse
from admin.cli.options import connect, parse_time, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.tasks import TaskOut

app = typer.Typer(help="Asynchronous tasks, such as background responses.", no_args_is_help=True)

TaskId = Annotated[int, typer.Argument(min=1, help="Id, as `gateway tasks list` shows it.", show_default=False)]
Text = Annotated[str, typer.Argument(metavar="[TEXT]", help="Part of an id or of a model's name.")]
Key = Annotated[str | None, typer.Option("--key", "-k", metavar="NAME", help="Only of this key.")]
User = Annotated[str | None, typer.Option("--user", "-u", metavar="NAME", help="Only of this user.")]
Channel = Annotated[str | None, typer.Option("--channel", "-c", metavar="NAME", help="Only on this channel.")]
State = Annotated[str | None, typer.Option("--state", metavar="STATE", help="queued, completed, lost ...")]
Settlement = Annotated[str | None, typer.Option("--settlement", metavar="HOW", help="open, exact or estimate.")]
Since = Annotated[str | None, typer.Option("--since", metavar="WHEN", help="Begun from then on: 24h, 7d, a date.")]
Until = Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Begun before then.")]


def _query(text: str, since: str | None, until: str | None, **given: str | int | None) -> dict[str, Any]:
    return {
        "q": text or None,
        "since": parse_time(since, "--since", ahead=False) if since else None,
        "until": parse_time(until, "--until", ahead=False) if until else None,
        **given,
    }


@app.command("list")
def list_tasks(
    ctx: typer.Context,
    text: Text = "",
    key: Key = None,
    user: User = None,
    channel: Channel = None,
    state: State = None,
    settlement: Settlement = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many, the newest first.")] = 20,
) -> None:
    """List tasks, the newest first."""
    query = _query(
        text, since, until, key=key, user=user, channel=channel, state=state, settlement=settlement, limit=limit
    )
    with connect(ctx) as gateway:
        items = gateway.tasks.list_tasks(**query)["items"]
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    if not items:
        output.print_plain("No tasks yet, or none that match.")
        return
    output.print_table(
        ["ID", "BEGUN", "KIND", "USER", "MODEL", "CHANNEL", "STATE", "BOOKED", "OUT", "COST", "PROVIDER'S ID"],
        [
            [
                str(one["id"]), output.time_text(one["made_at"]), one["kind"], one["user"] or "-", one["model"],
                one["channel"] or "-", one["state"], one["settlement"], f"{one['output_tokens']:,}",
                output.usd_text(one["cost"]), one["upstream_id"],
            ]
            for one in items
        ],
        right=["ID", "OUT", "COST"],
    )  # fmt: skip


@app.command("show")
def show(ctx: typer.Context, task: TaskId) -> None:
    """Show one task."""
    with connect(ctx) as gateway:
        found = gateway.tasks.get_task(task)
    _print(ctx, found)


@app.command("cancel")
def cancel(ctx: typer.Context, task: TaskId) -> None:
    """Have the provider stop a task; what it used until then is booked."""
    with connect(ctx) as gateway:
        found = gateway.tasks.cancel_task(task)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Task {task} is {found['state']}.")


@app.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Ends in .csv or .jsonl.", show_default=False)],
    text: Text = "",
    key: Key = None,
    user: User = None,
    channel: Channel = None,
    state: State = None,
    settlement: Settlement = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Write the tasks that match into a file."""
    form = file.suffix.removeprefix(".")
    if form not in {"csv", "jsonl"}:
        raise misuse(f"{str(file)!r} must end in .csv or .jsonl.")
    query = _query(
        text, since, until, key=key, user=user, channel=channel, state=state, settlement=settlement, format=form
    )
    with connect(ctx) as gateway:
        size = gateway.tasks.export_tasks(file, **query)
    if settings_of(ctx).as_json:
        output.print_json({"file": str(file), "bytes": size})
        return
    output.print_done(f"Wrote {size:,} bytes to {file}.")


def _print(ctx: typer.Context, found: "TaskOut") -> None:
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_pairs([(name, output.short(value)) for name, value in found.items() if value not in ("", 0, None)])
