"""`gateway safety`: rules about what may not go to a provider or to a client."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.options import Yes, confirm, connect, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.safety import SafetyRuleCreate, TryIt

if TYPE_CHECKING:
    from admin.client.shapes.safety import SafetyRuleOut

app = typer.Typer(help="Safety rules: words, patterns, personal data, outside judges.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(show_default=False)]


@app.command("list")
def list_all(ctx: typer.Context) -> None:
    """List the rules in the order in which they are looked at."""
    with connect(ctx) as gateway:
        found = gateway.safety.list_safety_rules(limit=1000)["items"]
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    if not found:
        output.print_plain("No safety rules: texts go through as they are.")
        output.print_next("gateway safety add NAME --detectors email,credit_card --action mask")
        return
    output.print_table(
        ["NAME", "KIND", "ACTION", "STAGES", "FOR", "ENABLED"],
        [
            [rule["name"], rule["kind"], rule["action"], ", ".join(rule["stages"]), _whom(rule), _yes(rule["enabled"])]
            for rule in found
        ],
    )


@app.command("add")
def add(
    ctx: typer.Context,
    name: Name,
    action: Annotated[str, typer.Option("--action", help="block, mask or log.")] = "block",
    words: Annotated[str | None, typer.Option("--words", help="Words, by comma.")] = None,
    words_file: Annotated[Path | None, typer.Option("--words-file", help="A file with a word on each line.")] = None,
    whole_words: Annotated[bool, typer.Option("--whole-words", help="Not inside of other words.")] = False,
    patterns: Annotated[list[str] | None, typer.Option("--pattern", help="RE2; repeat for more.")] = None,
    detectors: Annotated[
        str | None, typer.Option("--detectors", help="By comma; `gateway safety detectors` lists them.")
    ] = None,
    url: Annotated[str | None, typer.Option("--webhook", help="Address of a service that is asked.")] = None,
    stages: Annotated[str, typer.Option("--stages", help="input, output, or both by comma.")] = "input,output",
    models: Annotated[str | None, typer.Option("--models", help="Names and globs by comma; default: all.")] = None,
    groups: Annotated[str | None, typer.Option("--groups", help="By comma; default: all.")] = None,
    mask: Annotated[str | None, typer.Option("--mask", help="What stands in for what is masked.")] = None,
    message: Annotated[str | None, typer.Option("--message", help="What a client reads of a block.")] = None,
) -> None:
    """Add a rule of one kind: words, patterns, detectors or a webhook."""
    body: dict[str, Any] = {"name": name, "action": action, "stages": _parts(stages), "whole_words": whole_words}
    found: list[str] = _parts(words)
    if words_file is not None:
        try:
            found += [line.strip() for line in words_file.read_text(encoding="utf-8").splitlines() if line.strip()]
        except (OSError, UnicodeDecodeError):
            raise misuse(f"The file {words_file} cannot be read as UTF-8 text.") from None
    kinds = {"words": found, "patterns": patterns or [], "detectors": _parts(detectors), "webhook": url}
    given = [kind for kind, value in kinds.items() if value]
    if len(given) != 1:
        raise misuse("A rule is of one kind.", "Give --words or --words-file, --pattern, --detectors, or --webhook.")
    body["kind"] = given[0]
    body["url" if given[0] == "webhook" else given[0]] = kinds[given[0]]
    optional = {"models": _parts(models), "groups": _parts(groups), "mask": mask, "message": message}
    body |= {field: value for field, value in optional.items() if value}
    with connect(ctx) as gateway:
        made = gateway.safety.create_safety_rule(shaped(SafetyRuleCreate, body))
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    output.print_done(f"Added the safety rule {made['name']}: {made['action']} {made['kind']}.")
    output.print_next('gateway safety try "..." # what the rules do to a text')


@app.command("try")
def try_it(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(show_default=False)],
    stage: Annotated[str, typer.Option("--stage", help="input or output.")] = "input",
) -> None:
    """Show what the rules do to a text."""
    with connect(ctx) as gateway:
        found = gateway.safety.try_safety_rules(shaped(TryIt, {"text": text, "stage": stage}))
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    if found["blocked_by"]:
        output.print_plain(f"Blocked by {found['blocked_by']}: {found['message']}")
    else:
        output.print_plain(found["text"] or "")
    if found["findings"]:
        output.print_table(
            ["RULE", "ACTION", "FOUND"],
            [[each["rule"], each["action"], f"{each['kind']} at {each['start']}"] for each in found["findings"]],
        )


@app.command("detectors")
def list_detectors(ctx: typer.Context) -> None:
    """List what detectors know."""
    with connect(ctx) as gateway:
        found = gateway.safety.list_detectors()["items"]
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_table(["NAME", "FINDS"], [[each["name"], each["about"]] for each in found])


@app.command("enable")
def enable(ctx: typer.Context, name: Name) -> None:
    """Switch a rule on."""
    _switch(ctx, name, enabled=True)


@app.command("disable")
def disable(ctx: typer.Context, name: Name) -> None:
    """Switch a rule off."""
    _switch(ctx, name, enabled=False)


@app.command("remove")
def remove(ctx: typer.Context, name: Name, yes: Yes = False) -> None:
    """Remove a rule."""
    with connect(ctx) as gateway:
        confirm(ctx, f"Remove the safety rule {name}?", yes=yes, interactive=secrets.can_ask())
        gateway.safety.delete_safety_rule(name)
    if settings_of(ctx).as_json:
        output.print_json({"removed": name})
        return
    output.print_done(f"Removed the safety rule {name}.")


def _switch(ctx: typer.Context, name: str, *, enabled: bool) -> None:
    with connect(ctx) as gateway:
        found = gateway.safety.change_safety_rule(name, {"enabled": enabled})
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"The safety rule {found['name']} is {'on' if enabled else 'off'}.")


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _yes(value: bool) -> str:  # a cell of a table
    return "yes" if value else "no"


def _whom(rule: "SafetyRuleOut") -> str:
    scopes = (rule["models"], rule["groups"], rule["key_ids"], rule["organisation_ids"])
    return "; ".join(", ".join(map(str, scope)) for scope in scopes if scope) or "all"
