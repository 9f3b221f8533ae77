"""`gateway captures`: whose requests and answers are kept, and reading one."""

from typing import Annotated

import typer

from admin.cli import output, secrets
from admin.cli.options import Yes, confirm, connect, parse_time, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.captures import CaptureRuleCreate

app = typer.Typer(help="Captured requests and answers: whose are kept, reading one.", no_args_is_help=True)

RuleId = Annotated[int, typer.Argument(help="The rule's id.", show_default=False)]


@app.command("list")
def list_all(ctx: typer.Context) -> None:
    """List whose requests and answers are kept."""
    with connect(ctx) as gateway:
        found = gateway.captures.list_capture_rules()
    if settings_of(ctx).as_json:
        output.print_json(found["items"])
        return
    if not found["items"]:
        output.print_plain("Nothing is captured.")
        output.print_next("gateway captures start key:NAME --days 7")
        return
    output.print_table(
        ["ID", "OF", "BYTES", "DAYS", "UNTIL", "TAKEN OUT", "ENABLED"],
        [
            [
                str(rule["id"]),
                f"{rule['scope']}:{rule['owner'] or rule['owner_id']}",
                f"{rule['max_bytes']:,}",
                str(rule["keep_days"]),
                output.time_text(rule["until"]),
                ", ".join([*rule["redact"]["fields"], *rule["redact"]["patterns"]]) or "-",
                output.yes_no(rule["enabled"]),
            ]
            for rule in found["items"]
        ],
        right=["ID", "BYTES", "DAYS"],
    )


@app.command("start")
def start(
    ctx: typer.Context,
    of: Annotated[str, typer.Argument(metavar="key:NAME", help="Or organisation:NAME.", show_default=False)],
    days: Annotated[int, typer.Option("--days", min=1, help="How long each is kept.")] = 7,
    max_bytes: Annotated[int, typer.Option("--bytes", min=1024, help="Of each body at most.")] = 262_144,
    until: Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Ends by itself: 2h, a date.")] = None,
    field: Annotated[
        list[str] | None, typer.Option("--without-field", metavar="NAME", help="A member that is taken out; repeat.")
    ] = None,
    pattern: Annotated[
        list[str] | None, typer.Option("--without", metavar="RE2", help="A pattern that is taken out; repeat.")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
) -> None:
    """Keep requests and answers of a key or an organisation from now on."""
    scope, _, owner = of.partition(":")
    body = {
        "scope": scope,
        "owner": owner,
        "keep_days": days,
        "max_bytes": max_bytes,
        "until": parse_time(until, "--until", ahead=True) if until else None,
        "redact": {"fields": field or [], "patterns": pattern or []},
        "note": note,
    }
    with connect(ctx) as gateway:
        rule = gateway.captures.create_capture_rule(shaped(CaptureRuleCreate, body))
    if settings_of(ctx).as_json:
        output.print_json(rule)
        return
    output.print_done(f"Requests of the {rule['scope']} {rule['owner']} are captured (rule {rule['id']}).")


@app.command("stop")
def stop(
    ctx: typer.Context,
    rule: RuleId,
    purge: Annotated[bool, typer.Option("--purge", help="Also delete what it has kept.")] = False,
    yes: Yes = False,
) -> None:
    """Keep no more by this rule; what was kept stays until its time is over, unless it is purged."""
    with connect(ctx) as gateway:
        found = gateway.captures.get_capture_rule(rule)
        question = f"Stop capturing requests of the {found['scope']} {found['owner']}?"
        confirm(ctx, question, yes=yes, interactive=secrets.can_ask())
        gateway.captures.remove_capture_rule(rule, purge=purge)
    if settings_of(ctx).as_json:
        output.print_json({"removed": found})
        return
    output.print_done(f"Requests of the {found['scope']} {found['owner']} are not captured any more.")


@app.command("show")
def show(
    ctx: typer.Context, request_id: Annotated[str, typer.Argument(help="The request's id.", show_default=False)]
) -> None:
    """Show what was kept of a request. The audit log keeps that you did."""
    with connect(ctx) as gateway:
        found = gateway.captures.read_capture(request_id)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    for which in ("request", "response"):
        body = found[which]
        cut = ", cut" if body["cut"] else ""
        output.print_note(f"{which}: {body['size']:,} bytes{cut}, {body['redacted']} taken out")
        output.print_plain(body["note"] or body["text"] or body["base64"] or "")
