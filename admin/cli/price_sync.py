"""`gateway prices sync`: what the installed price library says otherwise, and taking it over."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.options import Yes, connect, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.prices import PriceDifference

_SIGNS = {"new": ("+", "green"), "changed": ("~", "yellow"), "gone": ("-", "red")}


def sync(
    ctx: typer.Context,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="PROVIDER/MODEL", help="Take over this; repeat for more.")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only new, changed or gone ones.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the differences and take over none.")] = False,
    yes: Yes = False,
) -> None:
    """Show what the installed price library lists otherwise, and take over what is approved, from now on."""
    if kind is not None and kind not in _SIGNS:
        raise misuse(f"--kind {kind!r} is not understood.", "Write --kind new, --kind changed or --kind gone.")
    with connect(ctx) as gateway:
        found = gateway.prices.compare_prices()
        items = [
            item
            for item in found["items"]
            if (kind is None or item["kind"] == kind) and (not only or item["name"] in only)
        ]
        as_json = settings_of(ctx).as_json
        if not as_json:
            _show(items, found["library"])
        take = bool(items) and not dry_run and (yes or (not as_json and secrets.can_ask() and _asked(items)))
        if take:
            gateway.prices.approve_prices({"names": [item["name"] for item in items]})
    if as_json:
        output.print_json({"library": found["library"], "items": items, "taken": take})
    elif take:
        output.print_done(f"Took over {len(items)} prices from now on.")
    elif items:
        output.print_plain("Nothing was changed.")
        output.print_next("gateway prices sync --yes", "gateway prices sync --only PROVIDER/MODEL --yes")


def _asked(items: "list[PriceDifference]") -> bool:
    return typer.confirm(f"Take over these {len(items)} prices from now on?")


def _show(items: "list[PriceDifference]", library: str) -> None:
    if not items:
        output.print_plain(f"The prices are those of the library's version {library}.")
        return
    for item in items:
        sign, style = _SIGNS[item["kind"]]
        output.print_plain(Text.assemble((f"{sign} ", style), (item["name"], "bold")))
        if item["kind"] == "gone":
            continue
        for field, (old, new) in item["fields"].items():
            before = Text() if item["kind"] == "new" else Text.assemble(_value(old), (" → ", "dim"))
            output.print_plain(Text.assemble("    ", (f"{field}: ", "dim"), before, _value(new)))
    counts = {kind: sum(item["kind"] == kind for item in items) for kind in _SIGNS}
    words = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    output.print_plain(f"{words}, against version {library} of the price library.")


def _value(value: object) -> str:
    return "(none)" if value is None else output.short(value)
