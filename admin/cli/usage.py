"""`gateway usage`: what was requested, how it went, what it cost."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from admin.cli import output
from admin.cli.options import connect, parse_time, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.usage import UsageOut, UsageTotal

_GROUPS = (
    "key", "user", "team", "organisation", "group", "channel", "provider", "model", "operation", "status", "end",
    "day", "hour",
)  # fmt: skip


def _group(value: str | None) -> str | None:
    if value is not None and value not in _GROUPS:
        raise typer.BadParameter(f"must be one of {', '.join(_GROUPS)}.")
    return value


def usage(
    ctx: typer.Context,
    key: Annotated[str | None, typer.Option("--key", "-k", metavar="NAME", help="Only this key.")] = None,
    user: Annotated[str | None, typer.Option("--user", "-u", metavar="NAME", help="Only this user.")] = None,
    team: Annotated[str | None, typer.Option("--team", metavar="NAME", help="Only this ORGANISATION/TEAM.")] = None,
    channel: Annotated[str | None, typer.Option("--channel", "-c", metavar="NAME", help="Only this channel.")] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", metavar="NAME", help="Only this model.")] = None,
    request_id: Annotated[str | None, typer.Option("--request", metavar="ID", help="Only this request.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many requests.")] = 20,
    totals: Annotated[bool, typer.Option("--totals", "-t", help="Sums in place of single requests.")] = False,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="WHAT", callback=_group, help="Sums per key, user, model, day, hour ..."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="WHEN", help="Sums from then: 24h, 7d, a date.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Sums up to then.")] = None,
) -> None:
    """Show the latest requests, or their sums.

    --totals, --by, --since and --until ask for sums.
    """
    if totals or by or since or until:
        query: dict[str, Any] = {
            "key": key,
            "user": user,
            "team": team,
            "channel": channel,
            "model": model,
            "group_by": by,
            "since": parse_time(since, "--since", ahead=False) if since else None,
            "until": parse_time(until, "--until", ahead=False) if until else None,
        }
        with connect(ctx) as gateway:
            sums = gateway.usage.total_usage(**query)
        _show_totals(ctx, sums["items"], by)
        return
    with connect(ctx) as gateway:
        found = gateway.usage.list_usage(
            key=key, user=user, channel=channel, model=model, request_id=request_id, limit=limit
        )
    if settings_of(ctx).as_json:
        output.print_json(found["items"])
    elif request_id is not None and len(found["items"]) == 1:
        output.print_pairs([(name, output.short(value)) for name, value in found["items"][0].items()])
    else:
        show_records(found["items"], more=found["next"] is not None)


def _named(name: str, number: int) -> str:
    if number == 0:
        return "-"
    return name or f"#{number} (removed)"


def _status(record: "UsageOut") -> Text:
    good = record["status"] < 400 and record["end"] == "complete"
    text = str(record["status"]) if record["end"] == "complete" else f"{record['status']} {record['end']}"
    return Text(text, style="green" if good else "yellow" if record["end"] == "client_gone" else "red")


def _spoken(record: "UsageOut") -> str:
    """What the client and the channel spoke: one name, or two where the request was converted; "*": with losses."""
    client, upstream = record["client_protocol"], record["upstream_protocol"]
    words = client if upstream in ("", client) else f"{client}>{upstream}"
    return f"{words}*" if record["losses"] else words


def show_records(records: "list[UsageOut]", *, more: bool) -> None:
    """Single requests as a table."""
    if not records:
        output.print_plain("No requests yet, or none that match.")
        return
    output.print_table(
        ["TIME", "KEY", "MODEL", "CHANNEL", "PROTOCOL", "RESULT", "IN", "OUT", "COST", "FIRST", "TOTAL", "REQUEST"],
        [
            [
                output.micros_time_text(record["started_at"]),
                _named(record["key"], record["key_id"]),
                record["model"],
                _named(record["channel"], record["channel_id"]),
                _spoken(record),
                _status(record),
                f"{record['input_tokens']:,}",
                f"{record['output_tokens']:,}",
                output.usd_text(record["cost"]) if record["price_id"] else "unpriced",
                output.millis_text(record["first_token_us"] or record["first_byte_us"]),
                output.millis_text(record["total_us"]),
                record["request_id"],
            ]
            for record in records
        ],
        right=["IN", "OUT", "COST", "FIRST", "TOTAL"],
    )
    if more:
        output.print_plain("There are older ones: --limit 1000, or --totals for sums.")


def _show_totals(ctx: typer.Context, items: "list[UsageTotal]", by: str | None) -> None:
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    if not items:
        output.print_plain("No requests yet, or none that match.")
        return
    output.print_table(
        [(by or "all").upper(), "REQUESTS", "ERRORS", "INPUT", "CACHED", "OUTPUT", "REASONING", "COST"],
        [
            [
                _named(item["group"], item["id"]) if item["id"] is not None else item["group"] or "all",
                f"{item['requests']:,}",
                f"{item['errors']:,}",
                f"{item['input_tokens']:,}",
                f"{item['cached_tokens']:,}",
                f"{item['output_tokens']:,}",
                f"{item['reasoning_tokens']:,}",
                output.usd_text(item["cost"]),
            ]
            for item in items
        ],
        right=["REQUESTS", "ERRORS", "INPUT", "CACHED", "OUTPUT", "REASONING", "COST"],
    )
