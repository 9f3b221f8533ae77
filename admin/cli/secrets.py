"""Where the command takes secrets from: an environment variable, a file, standard input or a hidden prompt.

It must never print one, nor name one in an error.
"""

import os
import sys
from pathlib import Path

import typer

from admin.cli.errors import misuse
from admin.cli.output import print_note

MAX_BYTES = 65_536


def from_env(name: str) -> str:
    """The value of an environment variable; a failure when it is unset or empty."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise misuse(f"The environment variable {name} is not set.", f"export {name}=... and run this again.")
    return value


def from_file(path: Path) -> str:
    """The content of a file without surrounding white space; `-` is standard input."""
    if str(path) == "-":
        value = sys.stdin.read(MAX_BYTES).strip()
        if not value:
            raise misuse("Standard input holds no secret.")
        return value
    try:
        with path.open("rb") as file:
            value = file.read(MAX_BYTES).decode().strip()
    except OSError as error:
        raise misuse(f"The secret file {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise misuse(f"The secret file {path} is not text.") from None
    if not value:
        raise misuse(f"The secret file {path} is empty.")
    return value


def choose(*, env: str | None, file: Path | None, value: str | None, what: str) -> str | None:
    """The secret that the options name, None when they name none; a failure when they name more than one."""
    if sum(option is not None for option in (env, file, value)) > 1:
        raise misuse(f"Name one source for the {what}, not several.")
    if env is not None:
        return from_env(env)
    if file is not None:
        return from_file(file)
    if value is not None:
        print_note(
            f"Note: a {what} on the command line stays in the shell's history and is visible in the process list."
        )
    return value


def ask(what: str) -> str | None:
    """A hidden prompt; None when nothing was typed."""
    value: str = typer.prompt(f"{what} (hidden, Enter for none)", default="", hide_input=True, show_default=False)
    return value.strip() or None


def can_ask() -> bool:
    """True when a person sits at the terminal."""
    return sys.stdin.isatty()
