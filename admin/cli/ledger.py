"""`gateway ledger`: balances, entries, booking by hand, and the verification."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from admin.cli import output
from admin.cli.client import Gateway
from admin.cli.money import dollars, show_money, usd
from admin.cli.options import connect, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.accounts import EntryCreate

if TYPE_CHECKING:
    from admin.client.shapes.accounts import DifferenceOut

_PARTS: tuple[Literal["accounts"], Literal["batches"]] = ("accounts", "batches")

app = typer.Typer(help="The ledger: balances and their entries.", no_args_is_help=True)

AccountName = Annotated[
    str,
    typer.Argument(
        help="user:NAME, organisation:NAME, channel:NAME, budget:ID, or the id of an account.", show_default=False
    ),
]


@app.command("balance")
def balance(ctx: typer.Context, account: AccountName) -> None:
    """Show what an account has."""
    with connect(ctx) as gateway:
        found = gateway.accounts.get_account(account)
    show_money(ctx, found["money"])


@app.command("entries")
def entries(
    ctx: typer.Context,
    account: AccountName,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many.")] = 20,
    leases: Annotated[bool, typer.Option("--leases", help="Also what replicas take and give back.")] = False,
) -> None:
    """List an account's entries, the newest first."""
    with connect(ctx) as gateway:
        found = gateway.accounts.list_entries(account, limit=limit, leases=leases)
    if settings_of(ctx).as_json:
        output.print_json(found["items"])
        return
    if not found["items"]:
        output.print_plain("No entries yet.")
        return
    output.print_table(
        ["TIME", "REASON", "AMOUNT", "HELD", "ACTOR", "REFERENCE", "NOTE"],
        [
            [
                output.time_text(one["at"]),
                one["reason"],
                dollars(one["amount"]),
                dollars(one["held"]) if one["held"] != "0" else "",
                one["actor"],
                one["reference"],
                one["note"],
            ]
            for one in found["items"]
        ],
        right=["AMOUNT", "HELD"],
    )
    if found["next"] is not None:
        output.print_plain("There are older ones: --limit 1000.")


@app.command("post")
def post(
    ctx: typer.Context,
    account: AccountName,
    amount: Annotated[str, typer.Argument(help="USD; with a minus sign (after --) to take away.", show_default=False)],
    reason: Annotated[
        str, typer.Option("--reason", metavar="WHY", help="topup, grant, refund, redemption or correction.")
    ] = "topup",
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="TEXT", help="A payment's id, say: it is booked once.")
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="For whoever reads it later.")] = "",
    overdraw: Annotated[bool, typer.Option("--overdraw", help="Also beyond what the account has.")] = False,
) -> None:
    """Book an entry: top up, grant, refund, correct."""
    body = {
        "amount": usd(amount),
        "reason": reason,
        "reference": reference,
        "note": note,
        "overdraw": overdraw,
    }
    with connect(ctx) as gateway:
        entry = gateway.accounts.book_entry(account, shaped(EntryCreate, body))
    if settings_of(ctx).as_json:
        output.print_json(entry)
        return
    output.print_done(f"Booked {dollars(entry['amount'])} ({entry['reason']}, {entry['reference']}).")


@app.command("verify")
def verify(ctx: typer.Context) -> None:
    """Compute every balance and every settled batch anew; exit code 1 when one differs."""
    counts: dict[str, int] = {}
    skipped = 0
    found: list[DifferenceOut] = []
    with connect(ctx) as gateway:
        for part in _PARTS:
            counts[part], more_skipped = _verify(gateway, part, found, quiet=settings_of(ctx).as_json)
            skipped += more_skipped
    if settings_of(ctx).as_json:
        output.print_json({**counts, "skipped": skipped, "differences": found})
    else:
        if skipped:
            output.print_plain(f"{skipped} batches have rows that retention removed; they were not compared.")
        summary = f"{counts['accounts']} accounts and {counts['batches']} batches compared"
        if found:
            output.print_bad(f"{summary}, {len(found)} differences.")
        else:
            output.print_done(f"{summary}, no difference.")
    if found:
        raise typer.Exit(1)


def _verify(
    gateway: Gateway, part: Literal["accounts", "batches"], found: "list[DifferenceOut]", *, quiet: bool
) -> tuple[int, int]:
    """Compare one part, page by page, printing what differs; returns how many were compared, and skipped."""
    checked = skipped = 0
    after: str | None = None
    while True:
        page = gateway.accounts.verify_ledger(part=part, after=after)
        checked += page["checked"]
        skipped += page["skipped"]
        found += page["differences"]
        for one in page["differences"]:
            if not quiet:
                output.print_bad(
                    f"{one['where']}: {one['what']}: {one['stored']} is stored, {one['computed']} computed"
                )
        after = page["next"]
        if after is None:
            return checked - skipped if part == "batches" else checked, skipped
