"""`gateway prices import-ratios`: the ratios of a New API site as prices of operators."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from admin.cli import output, secrets
from admin.cli.errors import FailureError, misuse
from admin.cli.options import Yes, connect, settings_of

_RATIOS = (
    "completion_ratio", "cache_ratio", "create_cache_ratio", "image_ratio", "audio_ratio", "audio_completion_ratio",
)  # fmt: skip
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
    done: list[dict[str, Any]] = []
    refused: list[tuple[str, str]] = []
    with connect(ctx) as gateway:
        for body in wanted:
            try:
                done.append(gateway.call("PUT", "/api/v1/prices", body))
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
    tables = _tables(document)
    ratios, fixed = tables.get("model_ratio", {}), tables.get("model_price", {})
    if not ratios and not fixed:
        raise misuse(f"{file} holds neither model_ratio nor model_price.")
    found = [{"model": model, "ratios": {"model_price": price}} for model, price in fixed.items()]
    for model, ratio in ratios.items():
        if model not in fixed:  # as there: a price per call counts before a ratio
            more = {name: tables[name][model] for name in _RATIOS if model in tables.get(name, {})}
            found.append({"model": model, "ratios": {"model_ratio": ratio, **more}})
    return sorted(found, key=lambda body: str(body["model"]))


def _tables(document: object) -> dict[str, dict[str, Any]]:
    """The tables by the names of the public route; the settings spell them ModelRatio, with JSON in a string."""
    if isinstance(document, dict) and isinstance(document.get("data"), dict):
        document = document["data"]
    found: dict[str, dict[str, Any]] = {}
    for name, table in document.items() if isinstance(document, dict) else ():
        if isinstance(table, str):
            try:
                table = msgspec.json.decode(table)  # noqa: PLW2901 - the same table, unpacked
            except msgspec.DecodeError:
                continue
        if isinstance(table, dict):
            found[_snake(str(name))] = table
    return found


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")
