"""`gateway topups`: buying credit as the person whose token is used: what is offered, what it costs, an order."""

from typing import TYPE_CHECKING, Annotated

import typer

from admin.cli import output
from admin.cli.errors import misuse
from admin.cli.money import dollars, usd
from admin.cli.options import connect, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.payments import TopUpWanted

if TYPE_CHECKING:
    from admin.cli.client import Gateway

app = typer.Typer(help="Top-ups: credit that is bought by the person whose token is used.", no_args_is_help=True)

AmountGiven = Annotated[
    str | None, typer.Argument(metavar="[USD]", help="Left out for a product of a fixed price.", show_default=False)
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="PROVIDER", help="stripe, epay, ...; without it the only one that is offered."),
]
Method = Annotated[str | None, typer.Option("--method", metavar="NAME", help="alipay, say, where there are several.")]
Organisation = Annotated[
    bool, typer.Option("--organisation", help="Credit the organisation's account instead of one's own.")
]


@app.command("offer")
def offer(ctx: typer.Context) -> None:
    """List the ways to pay, and the bounds of what may be bought."""
    with connect(ctx) as gateway:
        found = gateway.payments.get_topup_offer()
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    if not found["enabled"] or not found["ways"]:
        output.print_plain("Nothing is offered.")
        return
    bounds = f"{dollars(found['minimum'])} to {dollars(found['maximum'])}"
    output.print_table(
        ["BY", "METHOD", "TITLE", "CURRENCY", "PRICE", "CREDIT"],
        [
            [
                way["provider"], way["method"] or "-", way["title"], way["currency"], way["price"] or "-",
                dollars(way["credit"]) if way["credit"] else bounds,
            ]
            for way in found["ways"]
        ],
        right=["PRICE"],
    )  # fmt: skip


@app.command("quote")
def quote(
    ctx: typer.Context,
    amount: AmountGiven = None,
    by: By = None,
    method: Method = None,
    organisation: Organisation = False,
) -> None:
    """Show what credit costs; nothing is ordered."""
    with connect(ctx) as gateway:
        found = gateway.payments.quote_topup(_wanted(gateway, amount, by, method, organisation=organisation))
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_pairs([
        ("credit", dollars(found["credit"])),
        ("to pay", f"{found['amount']} {found['currency']}"),
        ("rate", found["rate"]),
        ("discount", found["discount"]),
        ("group ratio", found["group_ratio"]),
    ])  # fmt: skip


@app.command("order")
def order(
    ctx: typer.Context,
    amount: AmountGiven = None,
    by: By = None,
    method: Method = None,
    organisation: Organisation = False,
    once: Annotated[
        str | None, typer.Option("--once", metavar="KEY", help="Repeated with the same key it is the same order.")
    ] = None,
) -> None:
    """Order credit, and print where it is paid."""
    with connect(ctx) as gateway:
        wanted = _wanted(gateway, amount, by, method, organisation=organisation)
        made = gateway.payments.create_topup(wanted, idempotency_key=once)
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    row, page = made["order"], made["checkout"]
    output.print_done(
        f"Order {row['number']}: {dollars(row['credit'])} of credit for {row['amount']} {row['currency']}."
    )
    if page["method"] == "GET":
        output.print_plain(f"Pay at {page['url']}")
    else:
        # A form, which a terminal cannot send: the wallet in the console does.
        output.print_plain("It is paid in the console, in the wallet.")
    output.print_next(f"gateway orders show {row['number']}")


def _wanted(
    gateway: "Gateway", amount: str | None, by: str | None, method: str | None, *, organisation: bool
) -> TopUpWanted:
    body: dict[str, object] = {"organisation": organisation}
    if by is None:
        ways = [way for way in gateway.payments.get_topup_offer()["ways"] if method is None or way["method"] == method]
        if len(ways) != 1:
            raise misuse(
                f"{len(ways)} ways to pay are offered.", "Choose one with --by and --method: gateway topups offer"
            )
        body |= {"provider": ways[0]["provider"], "method": ways[0]["method"]}
    else:
        body |= {"provider": by, "method": method or ""}
    if amount is not None:
        body["amount"] = usd(amount)
    return shaped(TopUpWanted, body)
