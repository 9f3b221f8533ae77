"""`gateway prices set`: a new version of the price of a model."""

from typing import Annotated, Any

import typer

from admin.cli import output, price_options
from admin.cli.errors import misuse
from admin.cli.options import connect, parse_time, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.prices import PriceSet

Usd = Annotated[str | None, typer.Option(metavar="USD", show_default=False)]
Times = Annotated[str | None, typer.Option(metavar="RATIO", show_default=False)]


def set_price(
    ctx: typer.Context,
    model: Annotated[str, typer.Argument(show_default=False, help="A model, or * for every model without a price.")],
    price_in: Annotated[str | None, typer.Option("--input", metavar="USD", show_default=False)] = None,
    price_out: Annotated[str | None, typer.Option("--output", metavar="USD", show_default=False)] = None,
    provider: Annotated[
        str, typer.Option("--provider", "-p", help="Only this provider [default: any].", show_default=False)
    ] = "",
    cache_read: Annotated[str | None, typer.Option("--cache-read", metavar="USD", help="[default: as input]")] = None,
    cache_write: Annotated[str | None, typer.Option("--cache-write", metavar="USD", help="[default: as input]")] = None,
    cache_write_1h: Annotated[
        str | None, typer.Option("--cache-write-1h", metavar="USD", help="[default: as cache write]")
    ] = None,
    reasoning: Annotated[str | None, typer.Option(metavar="USD", help="[default: as output]")] = None,
    image_input: Annotated[str | None, typer.Option(metavar="USD", help="[default: as input]")] = None,
    image_output: Annotated[str | None, typer.Option(metavar="USD", help="[default: as output]")] = None,
    audio_input: Annotated[str | None, typer.Option(metavar="USD", help="[default: as input]")] = None,
    audio_output: Annotated[str | None, typer.Option(metavar="USD", help="[default: as output]")] = None,
    call: Annotated[str | None, typer.Option(metavar="USD", help="Per request.")] = None,
    second: Annotated[str | None, typer.Option(metavar="USD", help="Per second of audio or video.")] = None,
    image: Annotated[
        list[str] | None, typer.Option(metavar="SIZE/QUALITY=USD", help="Per image; * for any; repeat for more.")
    ] = None,
    tool: Annotated[list[str] | None, typer.Option(metavar="NAME=USD", help="Per call, such as web_search.")] = None,
    tier: Annotated[
        list[str] | None,
        typer.Option(metavar="ABOVE:NAME=USD,...", help="Other prices above so many input tokens; repeat for more."),
    ] = None,
    window: Annotated[
        list[str] | None,
        typer.Option(metavar="HH:MM-HH:MM=RATIO[@DAYS]", help="A multiplier at these hours (UTC); the first counts."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="WHEN", help="A time, or 30d for in 30 days [default: now].")
    ] = None,
    model_ratio: Annotated[str | None, typer.Option(metavar="RATIO", help="As in New API: 1 is $2 of input.")] = None,
    completion_ratio: Times = None,
    cache_ratio: Times = None,
    create_cache_ratio: Times = None,
    image_ratio: Times = None,
    audio_ratio: Times = None,
    audio_completion_ratio: Times = None,
    model_price: Annotated[str | None, typer.Option(metavar="USD", help="As in New API: per call.")] = None,
) -> None:
    """Set the price of a model, in USD per 1,000,000 tokens, for requests from now on.

    Either --input and --output with what belongs to them, or New API's ratios.
    """
    ratios = {
        "model_ratio": model_ratio,
        "completion_ratio": completion_ratio,
        "cache_ratio": cache_ratio,
        "create_cache_ratio": create_cache_ratio,
        "image_ratio": image_ratio,
        "audio_ratio": audio_ratio,
        "audio_completion_ratio": audio_completion_ratio,
        "model_price": model_price,
    }
    amounts = {
        "input": price_in,
        "output": price_out,
        "cache_read": cache_read,
        "cache_write": cache_write,
        "cache_write_1h": cache_write_1h,
        "reasoning": reasoning,
        "image_input": image_input,
        "image_output": image_output,
        "audio_input": audio_input,
        "audio_output": audio_output,
        "call": call,
        "second": second,
        "images": price_options.pairs(image, "--image"),
        "tools": price_options.pairs(tool, "--tool"),
        "tiers": price_options.tiers(tier),
        "windows": price_options.windows(window),
    }
    given = {name: value for name, value in amounts.items() if value}
    stated = {name: value for name, value in ratios.items() if value is not None}
    if stated:
        given["ratios"] = stated
    elif price_in is None or price_out is None:
        raise misuse("--input and --output are needed, or New API's ratios.", "A free model: --input 0 --output 0.")
    body: dict[str, Any] = {"model": model, "provider": provider, **given}
    if since is not None:
        body["effective_from"] = parse_time(since, "--from", ahead=True)
    with connect(ctx) as gateway:
        price = gateway.prices.set_price(shaped(PriceSet, body))
    if settings_of(ctx).as_json:
        output.print_json(price)
        return
    where = f" at {price['provider']}" if price["provider"] else ""
    when = "" if price["in_force"] else f", from {output.time_text(price['effective_from'])}"
    cost = f"${price['input']} in, ${price['output']} out per 1,000,000 tokens"
    if price["call"]:
        cost += f", ${price['call']} per request"
    output.print_done(f"{price['model']}{where}: {cost}{when}.")
