"""`gateway settings`: what is changed while the gateway runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.options import connect, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.settings import SettingOut

app = typer.Typer(help="Settings that are changed while the gateway runs.", no_args_is_help=True)

Option = Annotated[str, typer.Argument(metavar="AREA.NAME", show_default=False)]


def _split(option: str) -> tuple[str, str]:
    area, dot, name = option.partition(".")
    if not area or not dot or not name:
        raise misuse(f"{option!r} names no option.", "Write AREA.NAME, such as mail.host.")
    return area, name


@app.command("list")
def list_all(
    ctx: typer.Context,
    area: Annotated[str | None, typer.Argument(help="Only of this area.", show_default=False)] = None,
) -> None:
    """List options with their values and where each comes from."""
    with connect(ctx) as gateway:
        items = gateway.settings.list_settings()["items"]
    items = [one for one in items if area in {None, one["area"]}]
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    output.print_table(
        ["OPTION", "VALUE", "FROM"],
        [[f"{one['area']}.{each['name']}", _value(each), each["source"]] for one in items for each in one["settings"]],
    )


def _value(each: "SettingOut") -> str:
    if each["secret"]:
        return "(set)" if each["value"] else "-"
    return output.short(each["value"])


@app.command("set")
def set_option(
    ctx: typer.Context,
    option: Option,
    value: Annotated[str | None, typer.Argument(help="Text, or JSON for numbers, flags and lists.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="Read the value from FILE; - for stdin. For secrets.")
    ] = None,
) -> None:
    """Set an option."""
    area, name = _split(option)
    if (value is None) == (file is None):
        raise misuse("There is no value.", "Write the value, or --file FILE.")
    plain: Any = secrets.from_file(file) if file is not None else _parsed(value or "")
    _change(ctx, area, name, plain, f"Set {option}.")


def _parsed(text: str) -> Any:  # noqa: ANN401  # any JSON value
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


@app.command("reset")
def reset(ctx: typer.Context, option: Option) -> None:
    """Forget what was set: environment, file or default count again."""
    _change(ctx, *_split(option), None, f"Reset {option}.")


def _change(ctx: typer.Context, area: str, name: str, value: Any, done: str) -> None:  # noqa: ANN401  # any JSON value
    with connect(ctx) as gateway:
        found = gateway.settings.change_settings(area, {name: value})
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(done)
