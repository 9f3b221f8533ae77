"""`gateway prices import-ratios`: the ratios of a New API site as prices of operators."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from admin.cli import output, secrets
from admin.cli.errors import FailureError, misuse
from admin.cli.options import Yes, connect, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.prices import PriceSet
from storage.imports import ratio_tables

if TYPE_CHECKING:
    from admin.client.shapes.prices import PriceOut

MAX_BYTES = 16 * 1024 * 1024


def import_ratios(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="JSON of model_ratio, completion_ratio, model_price ... by model.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be set.")] = False,
    yes: Yes = False,
) -> None:
    """Set prices from New API's ratios: its settings or the answer of its /api/ratio_config."""
    wanted = read(file)
    as_json = settings_of(ctx).as_json
    if dry_run:
        if as_json:
            output.print_json(wanted)
        else:
            output.print_plain(f"{len(wanted)} prices would be set.")
        return
    if not yes and not as_json and secrets.can_ask():
        typer.confirm(f"Set the prices of {len(wanted)} models?", abort=True)
    done: list[PriceOut] = []
    refused: list[tuple[str, str]] = []
    with connect(ctx) as gateway:
        for body in wanted:
            try:
                done.append(gateway.prices.set_price(shaped(PriceSet, body)))
            except FailureError as failure:
                if not failure.fields:
                    raise
                refused += [(str(body["model"]), f"{field}: {message}") for field, message in failure.fields]
    if as_json:
        output.print_json({"set": done, "refused": [{"model": model, "reason": why} for model, why in refused]})
    else:
        output.print_done(f"Set the prices of {len(done)} models.")
        for model, why in refused:
            output.print_bad(f"{model}: {why}")
    if refused:
        raise typer.Exit(1)


def read(file: Path) -> list[dict[str, Any]]:
    """The bodies of the API, one for each model of the file, by name."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise misuse(f"{file} is larger than {MAX_BYTES // 1024 // 1024} MB.")
        document = msgspec.json.decode(file.read_bytes())
    except OSError as error:
        raise misuse(f"{file} cannot be read: {error.strerror}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise misuse(f"{file} is not JSON.") from None
    found = ratio_tables.bodies(document)
    if not found:
        raise misuse(f"{file} holds neither model_ratio nor model_price.")
    return found
