"""`gateway keys`: what clients authenticate with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.money import dollars, usd
from admin.cli.options import Yes, confirm, connect, parse_time, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.keys import KeyMake, KeyPatch

if TYPE_CHECKING:
    from admin.client.shapes.keys import KeyOut

app = typer.Typer(help="Keys of clients: who may send requests.", no_args_is_help=True)

KeyName = Annotated[str, typer.Argument(help="Name or id.", show_default=False)]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", "-m", metavar="NAME", help="A model or glob it may use; repeat for more [default: all]."),
]
User = Annotated[str | None, typer.Option("--user", "-u", metavar="NAME", help="Whose it is: who pays.")]
Team = Annotated[
    str | None, typer.Option("--team", metavar="NAME", help='ORGANISATION/TEAM that it belongs to; "" for none.')
]
Group = Annotated[str | None, typer.Option("--group", "-g", metavar="NAME", help="Priced by this group's multipliers.")]
CostCap = Annotated[str | None, typer.Option("--cost-cap", metavar="USD", help="The most one request may cost.")]
STRICT = "Refuse a request that its provider's protocol cannot express in full."
Expires = Annotated[str | None, typer.Option("--expires", metavar="WHEN", help="30d, 12h or 2027-01-31.")]


def _never_or(value: str | None) -> str:
    return output.time_text(value)


def _owned(user: str | None, team: str | None, group: str | None, cost_cap: str | None) -> dict[str, Any]:
    """What was given of these; "" removes it."""
    given = {"user": user, "team": team, "group": group, "cost_cap": usd(cost_cap)}
    return {field: value or None for field, value in given.items() if value is not None}


@app.command("create")
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Who or what it is for.", show_default=False)],
    model: Models = None,
    expires: Expires = None,
    user: User = None,
    team: Team = None,
    group: Group = None,
    cost_cap: CostCap = None,
    admin: Annotated[bool, typer.Option("--admin", help="Its answers name the channels that were tried.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help=STRICT)] = False,
    disabled: Annotated[bool, typer.Option("--disabled", help="Make it without letting it be used yet.")] = False,
    key_env: Annotated[
        str | None, typer.Option("--key-env", metavar="NAME", help="Use your own key from this environment variable.")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", metavar="FILE", help="Use your own key from this file, - for stdin.")
    ] = None,
) -> None:
    """Make a key and show it, once."""
    own = secrets.choose(env=key_env, file=key_file, value=None, what="key")
    body: dict[str, Any] = {
        "name": name,
        "admin": admin,
        "enabled": not disabled,
        **_owned(user, team, group, cost_cap),
    }
    if strict:
        body["strict"] = True
    if own is not None:
        body["key"] = own
    if model:
        body["models"] = model
    if expires is not None:
        body["expires_at"] = parse_time(expires, "--expires", ahead=True)
    with connect(ctx) as gateway:
        made = gateway.keys.create_key(shaped(KeyMake, body))
    settings = settings_of(ctx)
    if settings.as_json:
        # A key of the caller's own is not shown again.
        output.print_json(made if own is None else {name: value for name, value in made.items() if name != "key"})
        return
    output.print_done(f"Made key {made['name']}.")
    output.print_plain(f"  Models: {output.models_text(made['models'])}   Expires: {_never_or(made['expires_at'])}")
    if own is None:
        output.print_plain()
        output.print_plain(f"  {made['key']}")
        output.print_plain()
        output.print_plain("Keep it now: the gateway stores only its hash and cannot show it again.")
    shown = "$GATEWAY_KEY" if own is not None else made["key"]
    output.print_next(f'curl {settings.url.rstrip("/")}/v1/models -H "Authorization: Bearer {shown}"')


def _user(key: "KeyOut") -> str:
    return "-" if key["user_id"] is None else key["user"] or f"#{key['user_id']} (removed)"


@app.command("list")
def list_all(ctx: typer.Context) -> None:
    """List keys."""
    with connect(ctx) as gateway:
        found = list(gateway.keys.every_keys())
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    if not found:
        output.print_plain("No keys yet.")
        output.print_next("gateway keys create NAME")
        return
    output.print_table(
        ["NAME", "KEY", "USER", "MODELS", "ENABLED", "ADMIN", "EXPIRES", "CREATED"],
        [
            [
                key["name"],
                key["hint"],
                _user(key),
                output.models_text(key["models"]),
                output.yes_no(key["enabled"]),
                "yes" if key["admin"] else "",
                _never_or(key["expires_at"]),
                output.time_text(key["created_at"]),
            ]
            for key in found
        ],
    )


@app.command("show")
def show(ctx: typer.Context, name: KeyName) -> None:
    """Show one key, but not its value, which is not stored."""
    with connect(ctx) as gateway:
        key = gateway.keys.get_key(name)
    if settings_of(ctx).as_json:
        output.print_json(key)
        return
    output.print_pairs([
        ("name", key["name"]),
        ("id", str(key["id"])),
        ("key", key["hint"]),
        ("user", _user(key)),
        ("group", key["group"] or "-"),
        ("cost cap", "-" if key["cost_cap"] is None else dollars(key["cost_cap"])),
        ("models", "all" if key["models"] is None else "\n".join(key["models"])),
        ("enabled", output.yes_no(key["enabled"])),
        ("admin", "yes" if key["admin"] else "no"),
        ("strict", "yes" if key["strict"] else "no"),
        ("expires", _never_or(key["expires_at"])),
        ("origin", key["origin"]),
        ("created", output.time_text(key["created_at"])),
        ("changed", output.time_text(key["updated_at"])),
    ])  # fmt: skip


@app.command("edit")
def edit(
    ctx: typer.Context,
    name: KeyName,
    rename: Annotated[str | None, typer.Option("--rename", metavar="NAME", help="The new name.")] = None,
    model: Models = None,
    all_models: Annotated[bool, typer.Option("--all-models", help="Allow every model.")] = False,
    expires: Expires = None,
    never_expires: Annotated[bool, typer.Option("--never-expires", help="Remove the expiry.")] = False,
    user: User = None,
    team: Team = None,
    group: Group = None,
    cost_cap: CostCap = None,
    admin: Annotated[
        bool | None, typer.Option("--admin/--no-admin", help="Whether it may see routing details.")
    ] = None,
    strict: Annotated[bool | None, typer.Option("--strict/--no-strict", help=STRICT)] = None,
) -> None:
    """Change what the options name. --model replaces the whole list; --user "" takes the key from its user.

    The same goes for --group and --cost-cap.
    """
    if model and all_models:
        raise misuse("--model and --all-models contradict each other.")
    if expires is not None and never_expires:
        raise misuse("--expires and --never-expires contradict each other.")
    body: dict[str, Any] = _owned(user, team, group, cost_cap)
    if rename is not None:
        body["name"] = rename
    if model or all_models:
        body["models"] = model or None
    if expires is not None or never_expires:
        body["expires_at"] = None if expires is None else parse_time(expires, "--expires", ahead=True)
    if admin is not None:
        body["admin"] = admin
    if strict is not None:
        body["strict"] = strict
    if not body:
        raise misuse("Nothing to change.", "`gateway keys edit --help` lists what can be changed.")
    _change(ctx, name, body, "Changed")


def _change(ctx: typer.Context, name: str, body: dict[str, Any], verb: str) -> None:
    with connect(ctx) as gateway:
        key = gateway.keys.change_key(name, shaped(KeyPatch, body))
    if settings_of(ctx).as_json:
        output.print_json(key)
        return
    output.print_done(f"{verb} key {key['name']}.")
    _note_origin(key)


def _note_origin(key: "KeyOut") -> None:
    if key["origin"] == "apply":
        output.print_note("Note: `gateway apply` manages this key; change its file too, or the next apply undoes this.")


@app.command("enable")
def enable(ctx: typer.Context, name: KeyName) -> None:
    """Let a key be used again."""
    _change(ctx, name, {"enabled": True}, "Enabled")


@app.command("disable")
def disable(ctx: typer.Context, name: KeyName) -> None:
    """Refuse a key and keep it."""
    _change(ctx, name, {"enabled": False}, "Disabled")


@app.command("remove")
def remove(ctx: typer.Context, name: KeyName, yes: Yes = False) -> None:
    """Remove a key for good."""
    with connect(ctx) as gateway:
        key = gateway.keys.get_key(name)
        confirm(ctx, f"Remove key {key['name']} ({key['hint']})?", yes=yes, interactive=secrets.can_ask())
        gateway.keys.delete_key(str(key["id"]))
    if settings_of(ctx).as_json:
        output.print_json({"removed": key["name"]})
        return
    output.print_done(f"Removed key {key['name']}.")
    _note_origin(key)
