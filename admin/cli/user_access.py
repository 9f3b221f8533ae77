"""`gateway users lock`, `password`, `sessions` ...: how a user signs in, from the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from admin.cli import output, secrets, users
from admin.cli.errors import misuse
from admin.cli.options import Yes, confirm, connect, settings_of
from admin.cli.users import UserName

if TYPE_CHECKING:
    from admin.client.shapes.credentials import PasswordSet

app = users.app
"""The commands here are added to those of users."""

PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", metavar="FILE", help="Read the password from FILE; - for stdin.")
]


def read_password(path: Path | None) -> str:
    """The password in a file, or typed twice."""
    if path is not None:
        return secrets.from_file(path)
    if not secrets.can_ask():
        raise misuse("There is nobody to type a password.", "Name a file: --password-file FILE.")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def _show(ctx: typer.Context, found: object, done: str) -> None:
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(done)


@app.command("lock")
def lock(
    ctx: typer.Context,
    name: UserName,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Kept for operators.")] = "",
) -> None:
    """Lock an account: its sessions end, its tokens and logins are refused. Keys go on."""
    with connect(ctx) as gateway:
        found = gateway.credentials.lock_user(name, {"reason": reason})
    _show(ctx, found, f"Locked {name}. The user's keys go on; `gateway users disable {name}` stops them.")


@app.command("unlock")
def unlock(ctx: typer.Context, name: UserName) -> None:
    """Let a user sign in again; pauses after wrong passwords end too."""
    with connect(ctx) as gateway:
        found = gateway.credentials.unlock_user(name)
    _show(ctx, found, f"Unlocked {name}.")


@app.command("password")
def password(
    ctx: typer.Context,
    name: UserName,
    file: PasswordFile = None,
    keep: Annotated[bool, typer.Option("--keep", help="The user need not change it at the next login.")] = False,
) -> None:
    """Choose a password for a user; the sessions end."""
    body: PasswordSet = {"password": read_password(file), "must_change": not keep}
    with connect(ctx) as gateway:
        found = gateway.credentials.set_user_password(name, body)
    _show(ctx, found, f"Set the password of {name}.")


@app.command("remove-second-factors")
def remove_second_factors(ctx: typer.Context, name: UserName, yes: Yes = False) -> None:
    """Take a user's authenticator app, recovery codes and passkeys away. The sessions end."""
    confirm(ctx, f"{name} then signs in by password alone. Go on?", yes=yes, interactive=secrets.can_ask())
    with connect(ctx) as gateway:
        found = gateway.credentials.remove_user_second_factors(name)
    _show(ctx, found, f"Removed the second factors of {name}.")


@app.command("sessions")
def sessions(ctx: typer.Context, name: UserName) -> None:
    """List where a user is signed in."""
    with connect(ctx) as gateway:
        items = gateway.sessions.list_user_sessions(name)["items"]
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    if not items:
        output.print_plain("No sessions.")
        return
    output.print_table(
        ["ID", "DEVICE", "BY", "FROM", "SEEN", "SINCE"],
        [
            [
                str(one["id"]),
                one["device"] or "-",
                one["method"],
                one["ip"] or "-",
                output.time_text(one["seen_at"]),
                output.time_text(one["created_at"]),
            ]
            for one in items
        ],
    )


@app.command("end-sessions")
def end_sessions(ctx: typer.Context, name: UserName) -> None:
    """End all sessions of a user."""
    with connect(ctx) as gateway:
        found = gateway.sessions.end_user_sessions(name)
    _show(ctx, found, f"Ended {found['ended']} sessions of {name}.")
