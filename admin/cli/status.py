"""`gateway status`: what is stored and what runs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer
from rich.text import Text

from admin.cli import output
from admin.cli.options import connect, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.status import Count


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """(dotted path, text) of every value below a mapping."""
    if isinstance(value, dict) and value:
        for name, below in value.items():
            yield from _leaves(below, f"{path}.{name}" if path else str(name))
    else:
        yield path, output.short(value)


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _print_rows(name: str, rows: list[dict[str, Any]]) -> None:
    """A list of objects, such as the replicas, as a table of its own."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    numbers = [column for column in columns if all(isinstance(row.get(column), int | float) for row in rows)]
    output.print_plain()
    output.print_plain(name.replace("_", " "))
    output.print_table(
        [column.replace("_", " ").upper() for column in columns],
        [[output.short(row.get(column)) for column in columns] for row in rows],
        right=[column.replace("_", " ").upper() for column in numbers],
    )


def _count(count: "Count") -> str:
    off = count["total"] - count["enabled"]
    return f"{count['enabled']} enabled" + (f", {off} disabled" if off else "")


def status(ctx: typer.Context) -> None:
    """Show what is stored and what runs."""
    with connect(ctx) as gateway:
        found = gateway.status.get_status()
    settings = settings_of(ctx)
    if settings.as_json:
        output.print_json(found)
        return
    router = found["router"]
    tables = {name: value for name, value in (router or {}).items() if _is_table(value)}
    plain = {name: value for name, value in (router or {}).items() if name not in tables}
    state = Text("running", style="green") if router is not None else Text("the Router does not answer", style="red")
    output.print_pairs([
        ("gateway", Text.assemble(f"{settings.url}  {found['version']}  ", state)),
        ("channels", _count(found["channels"])),
        ("keys", _count(found["keys"])),
        ("revisions", ", ".join(f"{name} {value}" for name, value in sorted(found["revisions"].items()))),
        *((name.replace("_", " "), text) for name, text in _leaves(plain) if name),
    ])  # fmt: skip
    for name, rows in tables.items():
        _print_rows(name, rows)
    steps = []
    if not found["channels"]["enabled"]:
        steps.append("gateway channels add NAME --provider openai")
    if not found["keys"]["enabled"]:
        steps.append("gateway keys create NAME")
    if steps:
        output.print_next(*steps)
    if router is None:
        output.print_note("The data plane goes on with its last table; the Router's log says why it is away.")
