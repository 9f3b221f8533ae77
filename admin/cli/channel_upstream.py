"""`gateway channels balance`, `retry`, `models`, `add-keys`, `copy`, `export`, `import`.

What a channel's provider says, and more of the same.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from admin.cli import channel_rules, output, secrets
from admin.cli.apply import show_changes
from admin.cli.channels import ChannelName
from admin.cli.document import read_bytes
from admin.cli.errors import misuse
from admin.cli.options import connect, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.channels import ApplyModels

app = channel_rules.app
"""The commands here are added to those of channels."""


@app.command("balance")
def balance(ctx: typer.Context, name: ChannelName) -> None:
    """Ask a channel's provider what is left on the account."""
    with connect(ctx) as gateway:
        found = gateway.channels.channel_balance(name)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_plain(f"{found['balance']} {found['currency']}")


@app.command("retry")
def retry(ctx: typer.Context, name: ChannelName) -> None:
    """Forget a channel's failures in every replica: it is used again at once."""
    with connect(ctx) as gateway:
        found = gateway.channels.retry_channel(name)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Channel {name} is tried again by {found['replicas']} replicas.")


@app.command("models")
def models(
    ctx: typer.Context,
    name: ChannelName,
    add: Annotated[bool, typer.Option("--add", help="Take the new ones over.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove those that are gone.")] = False,
) -> None:
    """Compare a channel's models with those that its provider lists."""
    with connect(ctx) as gateway:
        found = gateway.channels.compare_channel_models(name)
        wanted: ApplyModels = {"add": found["new"] if add else [], "remove": found["gone"] if remove else []}
        if wanted["add"] or wanted["remove"]:
            gateway.channels.apply_channel_models(name, wanted)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_plain(f"The provider lists {len(found['models'])} models.")
    output.print_plain(f"  New: {', '.join(found['new']) or 'none'}")
    output.print_plain(f"  Gone: {', '.join(found['gone']) or 'none'}")
    if wanted["add"] or wanted["remove"]:
        output.print_done(f"Added {len(wanted['add'])}, removed {len(wanted['remove'])}.")


@app.command("add-keys")
def add_keys(
    ctx: typer.Context,
    name: ChannelName,
    file: Annotated[Path, typer.Option("--file", "-f", metavar="FILE", help="One key per line; - for stdin.")],
) -> None:
    """Add keys to a channel: they take turns, and one that fails is left out."""
    lines = [line.strip() for line in secrets.from_file(file).splitlines() if line.strip()]
    with connect(ctx) as gateway:
        found = gateway.channels.add_channel_keys(name, {"secrets": lines})
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Channel {name} has {len(found['items'])} keys.")


@app.command("copy")
def copy(
    ctx: typer.Context,
    name: ChannelName,
    new: Annotated[str, typer.Argument(metavar="NEW", help="Name of the copy.", show_default=False)],
) -> None:
    """Make a channel like another one, with its secrets, switched off."""
    with connect(ctx) as gateway:
        made = gateway.channels.copy_channel(name, {"name": new})
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    output.print_done(f"Made channel {made['name']}.")
    output.print_next(f"gateway channels enable {made['name']}")


@app.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Option("--file", "-f", metavar="FILE", help="A new file, readable by you alone.")],
    with_secrets: Annotated[bool, typer.Option("--with-secrets", help="The file is a secret itself then.")] = False,
) -> None:
    """Write the channels into a file, as `gateway apply` reads them."""
    with connect(ctx) as gateway:
        found = gateway.channels.export_channels({"secrets": with_secrets})
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(found["text"], encoding="utf-8")
    except FileExistsError:
        raise misuse(f"{file} is there already.", "Name another file.") from None
    except OSError as error:
        raise misuse(f"{file} cannot be written: {error.strerror}.") from None
    if settings_of(ctx).as_json:
        output.print_json({"file": str(file), "channels": found["channels"]})
        return
    output.print_done(f"Wrote {found['channels']} channels to {file}.")


@app.command("import")
def import_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Option("--file", "-f", metavar="FILE", help="YAML or JSON; - for stdin.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes and make none.")] = False,
) -> None:
    """Make and change the channels that a file names; unlike `gateway apply` the file does not own them then."""
    try:
        text = read_bytes(file).decode()
    except UnicodeDecodeError:
        raise misuse(f"{file} is not text in UTF-8.") from None
    with connect(ctx) as gateway:
        found = gateway.channels.import_channels({"text": text, "dry_run": dry_run})
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    if found["ignored"]:
        output.print_plain(f"Not read: {', '.join(found['ignored'])}.")
    show_changes(found["changes"], dry_run=dry_run)
