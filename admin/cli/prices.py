"""`gateway prices`: what tokens cost, in USD per 1,000,000 tokens."""

from typing import Annotated, Any

import typer

from admin.cli import output, secrets
from admin.cli.client import Gateway
from admin.cli.errors import FailureError
from admin.cli.options import Yes, confirm, connect, settings_of

app = typer.Typer(help="Prices of models, in USD per 1,000,000 tokens.", no_args_is_help=True)

Model = Annotated[str, typer.Argument(show_default=False)]
Provider = Annotated[
    str, typer.Option("--provider", "-p", help="Only this provider [default: any].", show_default=False)
]


@app.command("list")
def list_all(
    ctx: typer.Context,
    search: Annotated[str | None, typer.Argument(help="Part of the model's name.")] = None,
    provider: Annotated[str | None, typer.Option("--provider", "-p")] = None,
    source: Annotated[str | None, typer.Option("--source", help="seed, operator or apply.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000)] = 50,
) -> None:
    """List prices; your own win over seeded ones."""
    with connect(ctx) as gateway:
        query = {"search": search, "provider": provider, "source": source, "limit": limit}
        found = gateway.get("/api/v1/prices", query)
    if settings_of(ctx).as_json:
        output.print_json(found["items"])
        return
    if not found["items"]:
        output.print_plain("No price matches.")
        output.print_next("gateway prices set MODEL --input 0.15 --output 0.60")
        return
    output.print_table(
        ["MODEL", "PROVIDER", "INPUT", "OUTPUT", "CACHE READ", "CACHE WRITE", "SOURCE"],
        [
            [
                price["model"],
                price["provider"] or "any",
                price["input"],
                price["output"],
                price["cache_read"] or "as input",
                price["cache_write"] or "as input",
                price["source"],
            ]
            for price in found["items"]
        ],
        right=["INPUT", "OUTPUT", "CACHE READ", "CACHE WRITE"],
    )
    shown = len(found["items"])
    if shown < found["total"]:
        output.print_plain(
            f"{shown} of {found['total']}; name part of a model, or --limit {min(found['total'], 1000)}."
        )


@app.command("set")
def set_price(
    ctx: typer.Context,
    model: Model,
    price_in: Annotated[str, typer.Option("--input", metavar="USD")],
    price_out: Annotated[str, typer.Option("--output", metavar="USD")],
    provider: Provider = "",
    cache_read: Annotated[str | None, typer.Option("--cache-read", metavar="USD", help="[default: as input]")] = None,
    cache_write: Annotated[str | None, typer.Option("--cache-write", metavar="USD", help="[default: as input]")] = None,
) -> None:
    """Set the price of a model, in USD per 1,000,000 tokens. It counts for requests from now on."""
    body: dict[str, Any] = {"model": model, "provider": provider, "input": price_in, "output": price_out}
    body |= {"cache_read": cache_read, "cache_write": cache_write}
    with connect(ctx) as gateway:
        price = gateway.call("PUT", "/api/v1/prices", body)
    if settings_of(ctx).as_json:
        output.print_json(price)
        return
    where = f" at {price['provider']}" if price["provider"] else ""
    output.print_done(f"{price['model']}{where}: ${price['input']} in, ${price['output']} out per 1,000,000 tokens.")


@app.command("remove")
def remove(ctx: typer.Context, model: Model, provider: Provider = "", yes: Yes = False) -> None:
    """Remove a price that was set here; the seeded one counts again."""
    with connect(ctx) as gateway:
        price = _find(gateway, model, provider)
        confirm(ctx, f"Remove the price of {model}?", yes=yes, interactive=secrets.can_ask())
        gateway.call("DELETE", f"/api/v1/prices/{price['id']}")
    if settings_of(ctx).as_json:
        output.print_json({"removed": price})
        return
    output.print_done(f"Removed the price of {model}.")


def _find(gateway: Gateway, model: str, provider: str) -> dict[str, Any]:
    for source in ("operator", "apply"):
        query = {"search": model, "provider": provider, "source": source, "limit": 1000}
        found: list[dict[str, Any]] = gateway.get("/api/v1/prices", query)["items"]
        for price in found:
            if price["model"] == model:
                return price
    where = f" at {provider}" if provider else ""
    raise FailureError(
        f"No price was set for {model}{where}.", hint=f"`gateway prices list {model}` shows what there is."
    )
