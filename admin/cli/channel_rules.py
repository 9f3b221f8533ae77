"""`gateway channels rules` and `gateway channels preview`: the rules of a channel, from files, and their dry run."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
import yaml

from adapters.overrides.channel import SETTINGS
from admin.cli import channels, output
from admin.cli.channels import ChannelName
from admin.cli.document import as_json, read_bytes, read_yaml
from admin.cli.errors import misuse
from admin.cli.options import connect, parse_headers, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.channels import ChannelPatch, PreviewIn

app = channels.app
"""The commands here are added to those of channels."""

_object = msgspec.json.Decoder(dict[str, Any]).decode

RulesFile = Annotated[
    Path | None, typer.Option("--file", "-f", metavar="FILE", help="YAML or JSON of these settings; - for stdin.")
]


def _request(path: Path) -> dict[str, Any]:
    """A request, of JSON alone: YAML would read 1e3 as a text."""
    try:
        return _object(read_bytes(path))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise misuse(f"{path} must hold a JSON object.") from None


def _rules(path: Path) -> dict[str, Any]:
    found = as_json(read_yaml(path), "rules")
    if not isinstance(found, dict):
        raise misuse(f"{path} must hold an object of {', '.join(SETTINGS)}.")
    unknown = sorted(str(name) for name in found.keys() - SETTINGS.keys())
    if unknown:
        raise misuse(f"{path} holds {', '.join(unknown)}; rules are {', '.join(SETTINGS)}.")
    return found


@app.command("rules")
def rules(
    ctx: typer.Context,
    name: ChannelName,
    file: RulesFile = None,
    clear: Annotated[
        list[str] | None, typer.Option("--clear", metavar="SETTING", help="Take one away; repeat for more.")
    ] = None,
) -> None:
    """Show the rules of a channel, or set those of a file; settings that the file does not name stay."""
    changes: dict[str, Any] = dict.fromkeys(clear or [])
    if unknown := sorted(changes.keys() - SETTINGS.keys()):
        raise misuse(f"--clear {unknown[0]} is not a rule.", f"Rules are {', '.join(SETTINGS)}.")
    if file is not None:
        changes |= _rules(file)
    with connect(ctx) as gateway:
        if changes:
            channel = gateway.channels.change_channel(name, shaped(ChannelPatch, {"settings": changes}))
        else:
            channel = gateway.channels.get_channel(name)
    found = {key: value for key, value in channel["settings"].items() if key in SETTINGS}
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    if changes:
        output.print_done(f"Changed the rules of {channel['name']}: {', '.join(sorted(changes))}.")
    elif found:
        output.print_plain(yaml.safe_dump(found, allow_unicode=True, sort_keys=False).rstrip())
    else:
        output.print_plain("No rules.")


@app.command("preview")
def preview(
    ctx: typer.Context,
    name: ChannelName,
    body: Annotated[Path, typer.Option("--body", "-b", metavar="FILE", help="The request, JSON; - for stdin.")],
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="The name that the client uses [default: the body's].")
    ] = None,
    protocol: Annotated[str, typer.Option("--protocol", help="chat, responses, messages or gemini.")] = "chat",
    header: Annotated[
        list[str] | None, typer.Option("--header", metavar='"NAME: VALUE"', help="A header of the client; repeat.")
    ] = None,
    file: RulesFile = None,
    attempt: Annotated[int, typer.Option("--attempt", help="0 is the first.")] = 0,
) -> None:
    """Show what the rules of a channel, or those of --file, make of a request. Nothing is sent."""
    request = _request(body)
    asked = model or request.get("model")
    if not isinstance(asked, str):
        raise misuse("No model given.", "Write --model NAME, or give the body a model.")
    question: dict[str, object] = {
        "body": request,
        "model": asked,
        "protocol": protocol,
        "headers": parse_headers(header) or {},
        "attempt": attempt,
    }
    if file is not None:
        question["settings"] = _rules(file)
    with connect(ctx) as gateway:
        found = gateway.channels.preview_channel(name, shaped(PreviewIn, question))
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    if found["refused"]:
        refused = found["refused"]
        output.print_bad(f"Refused by a rule: HTTP {refused['status']}, {refused['message']}")
    output.print_pairs([
        ("upstream model", found["upstream_model"]),
        ("applied", "\n".join(found["applied"]) or "nothing"),
        ("changed", ", ".join(found["changed"]) or "nothing"),
        ("headers", "\n".join(f"{key}: {value}" for key, value in found["headers"].items()) or "none besides its own"),
        ("losses", "\n".join(found["losses"]) or "none"),
        ("answers", "changed too" if found["edits_answers"] else "as they come"),
    ])  # fmt: skip
    output.print_plain()
    output.print_json(found["body"])
