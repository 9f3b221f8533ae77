"""`gateway rerate`: past requests at other prices, the differences booked as corrections."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from admin.cli import output, secrets
from admin.cli.client import Gateway
from admin.cli.options import Yes, confirm, connect, parse_time, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.usage import RerateRequest


def rerate(
    ctx: typer.Context,
    since: Annotated[str, typer.Option("--since", metavar="WHEN", help="From then: 24h, 7d, a date.")],
    until: Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Up to then [default: now].")] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", metavar="NAME", help="Its name at the upstream.")
    ] = None,
    provider: Annotated[str | None, typer.Option("--provider", "-p")] = None,
    price: Annotated[
        int | None, typer.Option("--price", metavar="ID", help="At this version [default: the one in force then].")
    ] = None,
    unpriced: Annotated[bool, typer.Option("--unpriced", help="Also requests that had no price.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the differences and book none.")] = False,
    yes: Yes = False,
) -> None:
    """Rate past requests again at the prices as they are stored now, and book what differs.

    Repeating it books nothing twice; one that was interrupted is started again.
    """
    body: RerateRequest = {
        "since": parse_time(since, "--since", ahead=False),
        "until": parse_time(until, "--until", ahead=False) if until else None,
        "model": model,
        "provider": provider,
        "price": price,
        "unpriced": unpriced,
        "dry_run": dry_run,
    }
    with connect(ctx) as gateway:
        if not dry_run:
            confirm(ctx, "Book the differences as corrections?", yes=yes, interactive=secrets.can_ask())
        found = _run(gateway, body)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    words = "would be corrected" if dry_run else "were corrected"
    output.print_done(
        f"{found['changed']:,} of {found['checked']:,} requests {words}: {_signed(found['cost'])} to clients, "
        f"{_signed(found['provider_cost'])} at the providers' prices."
    )
    if found["no_price"]:
        output.print_bad(f"{found['no_price']:,} have no price.")
    if found["unreadable"]:
        output.print_bad(f"{found['unreadable']:,} have arithmetic that cannot be read and stay as they are.")


def _run(gateway: Gateway, body: "RerateRequest") -> dict[str, Any]:
    """All pages; returns their sums."""
    sums = dict.fromkeys(("checked", "changed", "no_price", "unreadable", "cost", "provider_cost"), 0)
    after: str | None = None
    while True:
        page = gateway.usage.rerate({**body, "after": after})
        counts = {name: value for name, value in page.items() if isinstance(value, int)}
        for name in sums:
            sums[name] += counts[name]
        after = page["next"]
        if after is None:
            return {"dry_run": body["dry_run"], **sums}


def _signed(nano: int) -> str:
    return output.usd_exact(nano) if nano < 0 else f"+{output.usd_exact(nano)}"
