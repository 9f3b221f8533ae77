"""`gateway console`: builds the web console of this installation, and says how far it is. Needs no running gateway."""

import time
from typing import Annotated, Any

import typer

from admin.cli import output
from admin.cli.errors import FailureError
from admin.cli.options import settings_of
from admin.console import digest, state
from admin.console.build import build as make
from admin.console.places import HERE
from admin.console.tool import BuildError

app = typer.Typer(help="The web console.", no_args_is_help=True)

_HINTS = {
    "unreachable": "The package registry could not be reached. When it can: gateway console build",
    "disk": "The folder must be writable for whoever builds, with about 500 MB free.",
    "node": "Install Node.js 20.19 or newer with npm, or let pip reach its index, and run it again.",
    "lock": "admin/ui/package-lock.json does not fit: is this a whole checkout?",
}


@app.command("build")
def build(
    ctx: typer.Context,
    force: Annotated[bool, typer.Option("--force", help="Build although nothing has changed.")] = False,
) -> None:
    """Build the console unless it is there as its sources are; a running gateway serves it from then on."""
    settings = settings_of(ctx)
    say = (lambda _text: None) if settings.as_json else output.print_plain
    try:
        built = make(say=say, force=force)
    except BuildError as error:
        fields = [("code", error.code)] if error.code else []
        raise FailureError(str(error), hint=_HINTS.get(error.cause, ""), fields=fields) from None
    if settings.as_json:
        output.print_json({"built": built, "folder": str(HERE.dist)})
    elif built:
        output.print_done(f"Built the console in {HERE.dist}.")
    else:
        output.print_done("The console is built already.")


@app.command("status")
def status(ctx: typer.Context) -> None:
    """Say whether the console is built, and what became of the last build."""
    found: dict[str, Any] = {"built": digest.is_built(HERE), "fresh": digest.is_fresh(HERE), "last": None}
    last = state.read(HERE)
    if last is not None:
        found["last"] = {
            "outcome": last.outcome, "step": last.step, "cause": last.cause, "code": last.code,
            "seconds": round(last.seconds, 1), "started_at": int(last.started_at), "log": str(HERE.log),
        }  # fmt: skip
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    fresh = "built" if found["fresh"] else "built from other sources" if found["built"] else "not built"
    output.print_plain(f"The console is {fresh}.")
    if last is not None:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(last.started_at))
        why = f" at {last.step} ({last.code or last.cause})" if last.outcome == "failed" else ""
        output.print_plain(f"Last build: {when}, {last.outcome}{why}, {last.seconds:.0f} s. Its output: {HERE.log}")
