"""`gateway prices`: listing and removing; setting, syncing and importing have files of their own."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from admin.cli import output, price_import, price_set, price_sync, secrets
from admin.cli.client import Gateway
from admin.cli.errors import FailureError
from admin.cli.options import Yes, confirm, connect, settings_of
from admin.cli.shaped import one_of

if TYPE_CHECKING:
    from admin.client.shapes.prices import PriceOut

app = typer.Typer(help="Prices of models, in USD per 1,000,000 tokens.", no_args_is_help=True)
app.command("set")(price_set.set_price)
app.command("sync")(price_sync.sync)
app.command("import-ratios")(price_import.import_ratios)

_MORE = {
    "cache_write_1h": "1 h cache",
    "reasoning": "reasoning",
    "image_input": "images in",
    "image_output": "images out",
    "audio_input": "audio in",
    "audio_output": "audio out",
    "call": "calls",
    "second": "seconds",
    "images": "images",
    "tools": "tools",
    "tiers": "tiers",
    "windows": "windows",
}

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
    history: Annotated[bool, typer.Option("--history", help="Also versions that are over or to come.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000)] = 50,
) -> None:
    """List prices in force; your own win over seeded ones."""
    with connect(ctx) as gateway:
        wanted = one_of(gateway.prices.list_prices, "source", source, "--source")
        found = gateway.prices.list_prices(
            search=search, provider=provider, source=wanted, limit=limit, history=history or None
        )
    if settings_of(ctx).as_json:
        output.print_json(found["items"])
        return
    if not found["items"]:
        output.print_plain("No price matches.")
        output.print_next("gateway prices set MODEL --input 0.15 --output 0.60")
        return
    times = ["FROM", "TO"] if history else []
    output.print_table(
        ["MODEL", "PROVIDER", "INPUT", "OUTPUT", "CACHE READ", "CACHE WRITE", "MORE", "SOURCE", *times],
        [
            [
                price["model"],
                price["provider"] or "any",
                price["input"],
                price["output"],
                price["cache_read"] or "as input",
                price["cache_write"] or "as input",
                _more(price),
                price["source"],
                *([_moment(price["effective_from"], "ever"), _moment(price["effective_to"], "")] if history else []),
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


@app.command("remove")
def remove(ctx: typer.Context, model: Model, provider: Provider = "", yes: Yes = False) -> None:
    """End a price that was set here, from now on; the seeded one counts again."""
    with connect(ctx) as gateway:
        price = _find(gateway, model, provider)
        confirm(ctx, f"Remove the price of {model}?", yes=yes, interactive=secrets.can_ask())
        gateway.prices.delete_price(price["id"])
    if settings_of(ctx).as_json:
        output.print_json({"removed": price})
        return
    output.print_done(f"Removed the price of {model}.")


def _more(price: "PriceOut") -> str:
    return ", ".join(word for field, word in _MORE.items() if dict(price)[field])


def _moment(value: str | None, otherwise: str) -> str:
    return output.time_text(value) if value else otherwise


def _find(gateway: Gateway, model: str, provider: str) -> "PriceOut":
    sources: tuple[Literal["operator"], Literal["apply"]] = ("operator", "apply")
    for source in sources:
        found = gateway.prices.list_prices(search=model, provider=provider, source=source, limit=1000)["items"]
        for price in found:
            if price["model"] == model:
                return price
    where = f" at {provider}" if provider else ""
    raise FailureError(
        f"No price was set for {model}{where}.", hint=f"`gateway prices list {model}` shows what there is."
    )
