"""`gateway explain`: how the cost of one request came about."""

from typing import TYPE_CHECKING, Annotated

import typer

from admin.cli import output
from admin.cli.options import connect, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.usage import ExplainOut


def explain(
    ctx: typer.Context, request_id: Annotated[str, typer.Argument(metavar="REQUEST_ID", show_default=False)]
) -> None:
    """Print the arithmetic of a request's cost and compute it again; exit code 1 when it does not match."""
    with connect(ctx) as gateway:
        found = gateway.usage.explain_cost(request_id)
    if settings_of(ctx).as_json:
        output.print_json(found)
    else:
        _show(found)
    if not found["matches"]:
        raise typer.Exit(1)


def _show(found: "ExplainOut") -> None:
    served = f"{found['upstream_model']} at {found['provider']}" if found["provider"] else "no provider"
    tokens = {"upstream": "counted by the provider", "estimate": "estimated here", "none": "not counted"}
    output.print_pairs(
        [
            ("request", f"{found['request_id']}, {output.micros_time_text(found['started_at'])}"),
            ("model", f"{found['model']}, served by {served}"),
            ("usage", tokens.get(found["usage_source"], found["usage_source"])),
            ("price", _price(found)),
            *([("tier", f"more than {found['tier_above']:,} input tokens")] if found["tier_above"] else []),
        ]
    )
    if found["lines"]:
        output.print_plain()
        output.print_table(
            ["COMPONENT", "QUANTITY", "PRICE", "PER", "USD"],
            [
                [line["component"], line["quantity"], line["unit_price"], line["per"], line["amount"]]
                for line in found["lines"]
            ],
            right=["QUANTITY", "PRICE", "USD"],
        )
    factors = (("time window", found["window"]), ("group", found["group"]), ("channel", found["channel"]))
    output.print_plain()
    output.print_pairs(
        [
            ("sum", f"${found['sum']}"),
            *((f"x {name}", factor) for name, factor in factors if factor != "1"),
            ("provider cost", output.usd_exact(found["provider_cost"])),
            ("cost", output.usd_exact(found["cost"])),
            *(
                (f"correction to version {each['price_id']}", output.usd_exact(each["cost"]))
                for each in found["corrections"]
            ),
            *([("cost now", output.usd_exact(found["corrected_cost"]))] if found["corrections"] else []),
            ("rounding", "once per amount, half up, to $0.000000001"),
        ]
    )
    if found["matches"]:
        again = "computed from the price, because the row holds no detail" if found["recomputed"] else "computed again"
        output.print_done(f"Matches: {again} with the same result.")
    for problem in found["problems"]:
        output.print_bad(f"{problem}.")


def _price(found: "ExplainOut") -> str:
    price = found["price"]
    if price is None:
        return "none"
    at = f" at {price['provider']}" if price["provider"] else ""
    since = f", in force from {price['effective_from']}" if price["effective_from"] else ""
    return f"version {price['id']}: {price['model']}{at} ({price['source']}{since})"
