"""`gateway logs`: finding requests by whatever is known of them, one in full, and all of them as a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from admin.cli import output, usage
from admin.cli.errors import misuse
from admin.cli.options import connect, parse_time, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.usage import AttemptOut

app = typer.Typer(help="Request logs: search, show one in full, export.", no_args_is_help=True)

Text = Annotated[str, typer.Argument(metavar="[TEXT]", help="A request's id, or part of what went wrong.")]
Key = Annotated[str | None, typer.Option("--key", "-k", metavar="NAME", help="Only this key.")]
User = Annotated[str | None, typer.Option("--user", "-u", metavar="NAME", help="Only this user.")]
Home = Annotated[str | None, typer.Option("--organisation", metavar="NAME", help="Only this organisation.")]
Channel = Annotated[str | None, typer.Option("--channel", "-c", metavar="NAME", help="Only this channel.")]
Model = Annotated[str | None, typer.Option("--model", "-m", metavar="NAME", help="Only this model.")]
Status = Annotated[int | None, typer.Option("--status", metavar="N", help="Only answered with this HTTP status.")]
Failed = Annotated[bool, typer.Option("--failed", help="Only those that failed.")]
Media = Annotated[bool, typer.Option("--media", help="Only those with images, sound or video.")]
Upstream = Annotated[str | None, typer.Option("--upstream-id", metavar="ID", help="The provider's name of it.")]
Since = Annotated[str | None, typer.Option("--since", metavar="WHEN", help="From then on: 24h, 7d, a date.")]
Until = Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Before then.")]


def _query(
    text: str, since: str | None, until: str | None, *, failed: bool, **given: str | int | None
) -> dict[str, Any]:
    return {
        "q": text or None,
        "failed": True if failed else None,
        "since": parse_time(since, "--since", ahead=False) if since else None,
        "until": parse_time(until, "--until", ahead=False) if until else None,
        **given,
    }


@app.command("search")
def search(
    ctx: typer.Context,
    text: Text = "",
    key: Key = None,
    user: User = None,
    organisation: Home = None,
    channel: Channel = None,
    model: Model = None,
    status: Status = None,
    failed: Failed = False,
    media: Media = False,
    upstream_id: Upstream = None,
    since: Since = None,
    until: Until = None,
    sort: Annotated[
        str | None, typer.Option("--sort", metavar="BY", help="cost, -cost, -total_us ... [default: -started_at].")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many.")] = 20,
) -> None:
    """Find requests, newest first."""
    query = _query(
        text, since, until, failed=failed, key=key, user=user, organisation=organisation, channel=channel,
        model=model, status=status, upstream_request_id=upstream_id, sort=sort, limit=limit,
        media=True if media else None,
    )  # fmt: skip
    with connect(ctx) as gateway:
        found = gateway.usage.list_usage(**query)
    if settings_of(ctx).as_json:
        output.print_json(found["items"])
        return
    usage.show_records(found["items"], more=found["next"] is not None)
    for item in found["items"]:
        if item["error_text"]:
            output.print_note(f"{item['request_id']}: {item['error_text']}")


@app.command("show")
def show(
    ctx: typer.Context,
    request_id: Annotated[str, typer.Argument(help="Its id.", show_default=False)],
    route: Annotated[bool, typer.Option("--route", help="Also what would be done with it now (with --json).")] = False,
) -> None:
    """Show one request in full: its life, the channels it tried."""
    with connect(ctx) as gateway:
        found = gateway.usage.get_usage(request_id, route=True if route else None)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_pairs(
        [(name, output.short(value)) for name, value in found["request"].items() if value not in ("", 0, None)]
    )
    output.print_table(
        ["AT", "", ""],
        [[output.millis_text(one["at_us"]), one["name"], one["detail"]] for one in found["timeline"]],
        right=["AT"],
    )
    if found["attempts"]:
        output.print_table(["CHANNEL", "OUTCOME", "MS"], [_attempt(one) for one in found["attempts"]], right=["MS"])
    output.print_next(f"gateway explain {request_id}")


def _attempt(one: "AttemptOut") -> list[str]:
    return [one["channel"] or f"#{one['channel_id']} (removed)", one["outcome"], f"{one['milliseconds']:,}"]


@app.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Ends in .csv or .jsonl.", show_default=False)],
    text: Text = "",
    key: Key = None,
    user: User = None,
    organisation: Home = None,
    channel: Channel = None,
    model: Model = None,
    status: Status = None,
    failed: Failed = False,
    since: Since = None,
    until: Until = None,
) -> None:
    """Write the requests that match into a file."""
    form = file.suffix.removeprefix(".")
    if form not in {"csv", "jsonl"}:
        raise misuse(f"{str(file)!r} must end in .csv or .jsonl.")
    query = _query(
        text, since, until, failed=failed, key=key, user=user, organisation=organisation, channel=channel,
        model=model, status=status, format=form,
    )  # fmt: skip
    with connect(ctx) as gateway:
        size = gateway.usage.export_usage(file, **query)
    if settings_of(ctx).as_json:
        output.print_json({"file": str(file), "bytes": size})
        return
    output.print_done(f"Wrote {size:,} bytes to {file}.")
