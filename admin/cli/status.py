"""`gateway status`: what is stored and what runs."""

from collections.abc import Iterator
from typing import Any

import typer
from rich.text import Text

from admin.cli import output
from admin.cli.options import connect, settings_of


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """(dotted path, text) of every value below a mapping."""
    if isinstance(value, dict) and value:
        for name, below in value.items():
            yield from _leaves(below, f"{path}.{name}" if path else str(name))
    else:
        yield path, output.short(value)


def _count(count: dict[str, Any]) -> str:
    off = count["total"] - count["enabled"]
    return f"{count['enabled']} enabled" + (f", {off} disabled" if off else "")


def status(ctx: typer.Context) -> None:
    """Show the gateway's state: version, channels, keys, replicas, journal."""
    with connect(ctx) as gateway:
        found = gateway.get("/api/v1/status")
    settings = settings_of(ctx)
    if settings.as_json:
        output.print_json(found)
        return
    router = found["router"]
    state = Text("running", style="green") if router is not None else Text("the Router does not answer", style="red")
    output.print_pairs([
        ("gateway", Text.assemble(f"{settings.url}  {found['version']}  ", state)),
        ("channels", _count(found["channels"])),
        ("keys", _count(found["keys"])),
        ("revisions", ", ".join(f"{name} {value}" for name, value in sorted(found["revisions"].items()))),
        *((name.replace("_", " "), text) for name, text in _leaves(router) if name),
    ])  # fmt: skip
    steps = []
    if not found["channels"]["enabled"]:
        steps.append("gateway channels add NAME --provider openai")
    if not found["keys"]["enabled"]:
        steps.append("gateway keys create NAME")
    if steps:
        output.print_next(*steps)
    if router is None:
        output.print_note("The data plane goes on with its last table; the Router's log says why it is away.")
