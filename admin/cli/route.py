"""`gateway route`: what would be done with a request."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from admin.cli import output
from admin.cli.options import connect, settings_of
from admin.cli.shaped import one_of

if TYPE_CHECKING:
    from admin.client.shapes.common import Candidate
    from admin.client.shapes.route import RouteOut

app = typer.Typer(help="What would be done with a request.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """What would be done with a request."""


@app.command("explain")
def explain(
    ctx: typer.Context,
    model: Annotated[str, typer.Argument(metavar="MODEL", show_default=False)],
    protocol: Annotated[
        str, typer.Option("--protocol", "-p", help="What the client speaks: chat, responses, messages or gemini.")
    ] = "chat",
    operation: Annotated[
        str, typer.Option("--operation", "-o", help="chat, text_completion, embeddings, count_tokens or compact.")
    ] = "chat",
    key: Annotated[str | None, typer.Option("--key", "-k", metavar="NAME", help="For this key.")] = None,
    stream: Annotated[bool, typer.Option("--stream", help="A streamed request.")] = False,
) -> None:
    """Show the channels for a request in the order in which they are tried, and the plan for each. Sends nothing."""
    with connect(ctx) as gateway:
        explain = gateway.route.explain_route
        found = explain(
            model=model,
            protocol=one_of(explain, "protocol", protocol, "--protocol"),
            operation=one_of(explain, "operation", operation, "--operation"),
            key=key,
            stream=stream,
        )
    if settings_of(ctx).as_json:
        output.print_json(found)
    else:
        _show(found)
    if found["refused"] or not any(candidate["usable"] for candidate in found["candidates"]):
        raise typer.Exit(1)


def _show(found: "RouteOut") -> None:
    output.print_pairs(
        [
            ("client speaks", found["protocol"]),
            ("and asks for", f"{found['operation']}{', streamed' if found['stream'] else ''}"),
            ("model", f"{found['base_model']}, suffix {found['suffix']}" if found["suffix"] else found["model"]),
            ("key", f"{found['key'] or 'any'}{', strict' if found['strict'] else ''}"),
        ]
    )
    if found["refused"]:
        output.print_bad(found["refused"])
    for number, candidate in enumerate(found["candidates"], 1):
        output.print_plain()
        _show_candidate(number, candidate)
    for other in found["others"]:
        output.print_plain()
        output.print_plain(f"{other['channel']} {other['reason']}.")


def _show_candidate(number: int, candidate: "Candidate") -> None:
    usable = candidate["usable"]
    share = f"  {candidate['share']:.0%}" if candidate["share"] else ""
    title = Text.assemble((f"{number}. {candidate['channel']}", "bold" if usable else "dim"), f"{share}")
    output.print_plain(title)
    pairs: list[tuple[str, str]] = [("  why", candidate["reason"])]
    if usable:
        pairs += [
            ("  provider", candidate["provider"]),
            ("  model there", candidate["upstream_model"]),
            ("  plan", candidate["plan"]),
            *([("  calls", candidate["url"])] if candidate["url"] else []),
            *(("  edit", edit) for edit in candidate["edits"]),
        ]
    output.print_pairs(pairs)
