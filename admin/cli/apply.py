"""`gateway apply`: make the gateway equal to a file, or show what that would change."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.text import Text

from admin.cli import output
from admin.cli.document import load
from admin.cli.errors import FailureError
from admin.cli.options import connect, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from admin.client.shapes.apply import Document
    from admin.client.shapes.common import Change

_SIGNS = {"create": ("+", "green"), "update": ("~", "yellow"), "delete": ("-", "red")}
_DONE = {"create": "created", "update": "updated", "delete": "deleted", "unchanged": "unchanged"}
_HIDDEN = {"secret", "proxy_secret", "key"}
_PLANNED = {"create": "to create", "update": "to update", "delete": "to delete", "unchanged": "unchanged"}


def apply(
    ctx: typer.Context,
    file: Annotated[Path, typer.Option("--file", "-f", metavar="FILE", help="The wanted state, YAML.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes and make none.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete what an earlier apply made and the file lacks.")
    ] = False,
) -> None:
    """Make channels, keys, prices, groups and limits equal to a file. The same file twice changes nothing."""
    document = load(file)
    with connect(ctx) as gateway:
        try:
            result = gateway.apply.apply({"document": cast("Document", document), "dry_run": dry_run, "prune": prune})
        except FailureError as failure:
            failure.fields = [(_place(path, document), message) for path, message in failure.fields]
            raise
    if settings_of(ctx).as_json:
        output.print_json(result)
        return
    if show_changes(result["changes"], dry_run=dry_run) and dry_run:
        output.print_next(f"gateway apply -f {file}" + (" --prune" if prune else ""))


def show_changes(changes: "Sequence[Change]", *, dry_run: bool) -> bool:
    """Print what changes; whether anything does."""
    for change in changes:
        if change["action"] != "unchanged":
            _show(change)
    words = _PLANNED if dry_run else _DONE
    counts = {action: sum(change["action"] == action for change in changes) for action in words}
    summary = (
        ", ".join(f"{count} {words[action]}" for action, count in counts.items() if count) or "nothing in the file"
    )
    if dry_run:
        output.print_plain(f"Dry run: {summary}.")
    else:
        output.print_done(f"Applied: {summary}.")
    return any(counts[action] for action in _SIGNS)


def _place(path: str, document: dict[str, Any]) -> str:
    """`document.channels.0.weight` -> `channels: openai-main: weight`, when the object has a name."""
    section, _, rest = path.removeprefix("document.").partition(".")
    number, _, field = rest.partition(".")
    items = document.get(section) or []
    if not number.isdigit() or int(number) >= len(items) or not isinstance(items[int(number)], dict):
        return path.removeprefix("document.")
    item = items[int(number)]
    name = item.get("model" if section == "prices" else "name", f"number {int(number) + 1}")
    return f"{section}: {name}: {field}" if field else f"{section}: {name}"


def _show(change: "Change") -> None:
    sign, style = _SIGNS[change["action"]]
    output.print_plain(Text.assemble((f"{sign} {change['kind']} ", style), (change["name"], "bold")))
    for field, (old, new) in change["fields"].items():
        if old is None and change["action"] == "create":
            value = "(hidden)" if new == "changed" and field in _HIDDEN else output.short(new)
            output.print_plain(Text.assemble("    ", (f"{field}: ", "dim"), value))
        elif new == "changed" and field in _HIDDEN:
            output.print_plain(Text.assemble("    ", (f"{field}: ", "dim"), "changed"))
        else:
            line = Text.assemble("    ", (f"{field}: ", "dim"), _value(old), (" → ", "dim"), _value(new))
            output.print_plain(line)


def _value(value: object) -> str:
    return "(none)" if value is None else output.short(value)
