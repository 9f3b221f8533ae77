"""`gateway orders`: what was bought, and what finance does about it."""

from typing import TYPE_CHECKING, Annotated

import typer

from admin.cli import output, secrets
from admin.cli.options import Yes, confirm, connect, settings_of
from admin.cli.shaped import one_of, shaped
from admin.client.shapes.payments import RefundSettle

if TYPE_CHECKING:
    from admin.client.shapes.payments import OrderOut, RefundOut, RefundWanted

app = typer.Typer(help="Orders: top-ups and plans that were bought.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="The order's number.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the audit log.")]


@app.command("list")
def list_all(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option("--state", metavar="STATE", help="pending, paid, review, ...")] = None,
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="NAME", help="Only of this organisation.")
    ] = None,
    search: Annotated[str | None, typer.Option("--search", "-q", metavar="TEXT", help="Number or reference.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many, the newest first.")] = 50,
) -> None:
    """List orders, the newest first."""
    with connect(ctx) as gateway:
        wanted = one_of(gateway.payments.list_orders, "state", state, "--state")
        items = gateway.payments.list_orders(state=wanted, organisation=organisation, q=search, limit=limit)["items"]
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    if not items:
        output.print_plain("No orders.")
        return
    output.print_table(
        ["NUMBER", "MADE", "USER", "WHAT", "BY", "AMOUNT", "CREDIT", "STATE"],
        [
            [
                one["number"], output.time_text(one["created_at"]), one["user"] or str(one["user_id"]), one["title"],
                one["provider"], f"{one['amount']} {one['currency']}", one["credit"], one["state"],
            ]
            for one in items
        ],
        right=["AMOUNT", "CREDIT"],
    )  # fmt: skip


@app.command("show")
def show(ctx: typer.Context, number: Number) -> None:
    """Show one order with its refunds, receipts and notifications."""
    with connect(ctx) as gateway:
        found = gateway.payments.get_order(number)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    order = found["order"]
    pairs = [(name, str(order[name])) for name in ("number", "state", "title", "user", "provider", "method")]
    pairs += [(name, f"{order[name]} {order['currency']}") for name in ("amount", "paid_amount", "refunded")]
    pairs += [(name, str(order[name] or "-")) for name in ("credit", "payment_ref", "created_at", "paid_at", "problem")]
    pairs += [("receipt", one["number"]) for one in found["receipts"]]
    pairs += [("refund", f"{one['number']} {one['amount']} {one['state']}") for one in found["refunds"]]
    pairs += [("said", f"{one['received_at']} {one['kind']}: {one['outcome']}") for one in found["events"]]
    output.print_pairs(pairs)


@app.command("complete")
def complete(ctx: typer.Context, number: Number, reason: Reason = "", yes: Yes = False) -> None:
    """Say that an order is paid: its credit is booked."""
    confirm(ctx, f"Book the credit of order {number}?", yes=yes, interactive=secrets.can_ask())
    with connect(ctx) as gateway:
        made = gateway.payments.complete_order(number, {"reason": reason})
    _told(ctx, made)


@app.command("cancel")
def cancel(ctx: typer.Context, number: Number) -> None:
    """Stop waiting for the payment of an order."""
    with connect(ctx) as gateway:
        made = gateway.payments.cancel_order(number)
    _told(ctx, made)


@app.command("refresh")
def refresh(ctx: typer.Context, number: Number) -> None:
    """Ask the provider how far the payment is."""
    with connect(ctx) as gateway:
        found = gateway.payments.refresh_order(number)
    _told(ctx, found["order"])


@app.command("refund")
def refund(
    ctx: typer.Context,
    number: Number,
    amount: Annotated[
        str | None, typer.Argument(help="In the order's currency; all that is left without it.", show_default=False)
    ] = None,
    reason: Reason = "",
    overdraw: Annotated[bool, typer.Option("--overdraw", help="Also when the credit is spent.")] = False,
    yes: Yes = False,
) -> None:
    """Give the money of an order back, or a part of it."""
    confirm(ctx, f"Refund {amount or 'all that is left'} of order {number}?", yes=yes, interactive=secrets.can_ask())
    body: RefundWanted = {"reason": reason, "overdraw": overdraw, **({"amount": amount} if amount else {})}
    with connect(ctx) as gateway:
        made = gateway.payments.refund_order(number, body)
    _refunded(ctx, made)


@app.command("settle-refund")
def settle_refund(
    ctx: typer.Context,
    number: Number,
    refund_number: Annotated[str, typer.Argument(metavar="REFUND", help="The refund's number.", show_default=False)],
    result: Annotated[str, typer.Argument(help="ask, done or failed.", show_default=False)],
    reason: Reason = "",
) -> None:
    """End a refund that is "asked": ask the provider again, or say what became of it."""
    with connect(ctx) as gateway:
        made = gateway.payments.settle_refund(
            number, refund_number, shaped(RefundSettle, {"result": result, "reason": reason})
        )
    _refunded(ctx, made)


def _told(ctx: typer.Context, order: "OrderOut") -> None:
    if settings_of(ctx).as_json:
        output.print_json(order)
    else:
        output.print_done(f"Order {order['number']} is {order['state']}.")


def _refunded(ctx: typer.Context, made: "RefundOut") -> None:
    if settings_of(ctx).as_json:
        output.print_json(made)
    elif made["state"] == "failed":
        output.print_bad(f"Refund {made['number']} failed: {made['reason']}")
    else:
        output.print_done(f"Refund {made['number']} of {made['amount']} is {made['state']}.")
