"""`gateway limits`: how many requests or tokens in which window, or requests at one time, for whom."""

from typing import TYPE_CHECKING, Annotated

import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.options import Yes, confirm, connect, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.limits import LimitSet

if TYPE_CHECKING:
    from admin.client.shapes.limits import LimitOut

app = typer.Typer(help="Rate limits: requests, tokens, requests at one time.", no_args_is_help=True)

LimitName = Annotated[str, typer.Argument(help="Name or id.", show_default=False)]


def _match_text(match: dict[str, str]) -> str:
    return " ".join(f"{kind}={name}" for kind, name in sorted(match.items())) or "all"


def _amount_text(limit: "LimitOut") -> str:
    return f"{limit['amount']:,} " + (f"per {limit['window']}" if limit["window"] else "at one time")


@app.command("list")
def list_all(ctx: typer.Context) -> None:
    """List limits."""
    with connect(ctx) as gateway:
        found = gateway.limits.list_limits()
    if settings_of(ctx).as_json:
        output.print_json(found["items"])
        return
    if not found["items"]:
        output.print_plain("No limits yet.")
        output.print_next("gateway limits set NAME --requests 60 --window minute --per key")
        return
    output.print_table(
        ["NAME", "COUNTS", "LIMIT", "FOR", "EACH", "ENABLED"],
        [
            [
                limit["name"],
                limit["metric"],
                _amount_text(limit),
                _match_text(limit["match"]),
                ", ".join(limit["per"]),
                output.yes_no(limit["enabled"]),
            ]
            for limit in found["items"]
        ],
        right=["LIMIT"],
    )


@app.command("set")
def set_limit(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name.", show_default=False)],
    requests: Annotated[int | None, typer.Option("--requests", metavar="N", help="Requests in a window.")] = None,
    tokens: Annotated[int | None, typer.Option("--tokens", metavar="N", help="Tokens in a window.")] = None,
    concurrent: Annotated[
        int | None, typer.Option("--concurrent", metavar="N", help="Requests at one time; without a window.")
    ] = None,
    window: Annotated[
        str | None, typer.Option("--window", "-w", help="second, minute, hour or day [default: minute].")
    ] = None,
    key: Annotated[str | None, typer.Option("--key", help="Only requests of this key.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="Only requests of this user.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Only of this team: ORGANISATION/TEAM.")] = None,
    group: Annotated[str | None, typer.Option("--group", help="Only requests of this group.")] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help="Only this model or glob (gpt-*).")] = None,
    channel: Annotated[str | None, typer.Option("--channel", help="Only requests sent to this channel.")] = None,
    per: Annotated[
        list[str] | None,
        typer.Option("--per", help="Count each key, user, team, group, model or channel by itself; repeat for more."),
    ] = None,
    disabled: Annotated[bool, typer.Option("--disabled", help="Keep it without counting by it.")] = False,
) -> None:
    """Set a limit. What the options leave out is not as before, but as for a new one."""
    given = {"requests": requests, "tokens": tokens, "concurrent": concurrent}
    amounts = {metric: amount for metric, amount in given.items() if amount is not None}
    if len(amounts) != 1:
        raise misuse("Name one of --requests, --tokens and --concurrent.")
    [(metric, amount)] = amounts.items()
    if metric == "concurrent" and window is not None:
        raise misuse("--concurrent has no --window.")
    match = {"key": key, "user": user, "team": team, "group": group, "model": model, "channel": channel}
    body = {
        "name": name,
        "metric": metric,
        "window": None if metric == "concurrent" else window or "minute",
        "amount": amount,
        "match": {kind: value for kind, value in match.items() if value is not None},
        "per": per or [],
        "enabled": not disabled,
    }
    with connect(ctx) as gateway:
        limit = gateway.limits.set_limit(shaped(LimitSet, body))
    if settings_of(ctx).as_json:
        output.print_json(limit)
        return
    each = f", each {' and '.join(limit['per'])} by itself" if limit["per"] else ""
    output.print_done(
        f"{limit['name']}: {limit['metric']}, {_amount_text(limit)}, {_match_text(limit['match'])}{each}."
    )


@app.command("remove")
def remove(ctx: typer.Context, name: LimitName, yes: Yes = False) -> None:
    """Remove a limit."""
    with connect(ctx) as gateway:
        limit = gateway.limits.get_limit(name)
        confirm(ctx, f"Remove the limit {limit['name']}?", yes=yes, interactive=secrets.can_ask())
        gateway.limits.delete_limit(str(limit["id"]))
    if settings_of(ctx).as_json:
        output.print_json({"removed": limit})
        return
    output.print_done(f"Removed the limit {limit['name']}.")
