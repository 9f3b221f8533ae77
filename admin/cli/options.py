"""Options that several commands share, and the reading of their small notations."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from admin.cli.client import Gateway
from admin.cli.errors import misuse
from admin.cli.given import Settings

_SPAN = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def settings_of(ctx: typer.Context) -> Settings:
    """The global options."""
    found = ctx.find_object(Settings)
    if found is None:
        raise misuse("The global options are missing.")
    return found


def connect(ctx: typer.Context) -> Gateway:
    """A connection to the gateway that the global options name."""
    return Gateway(settings_of(ctx))


def parse_models(values: list[str] | None) -> dict[str, str] | None:
    """`--model NAME` and `--model NAME=UPSTREAM` -> mapping; None when the option was not given."""
    if not values:
        return None
    models: dict[str, str] = {}
    for value in values:
        public, equals, upstream = value.partition("=")
        if not public or (equals and not upstream):
            raise misuse(f"--model {value!r} is not understood.", "Write --model NAME or --model NAME=UPSTREAM-NAME.")
        if public in models:
            raise misuse(f"--model {public} is there twice.")
        models[public] = upstream
    return models


def parse_headers(values: list[str] | None) -> dict[str, str] | None:
    """`--header "Name: value"` -> mapping; None when the option was not given."""
    if not values:
        return None
    headers: dict[str, str] = {}
    for value in values:
        name, colon, text = value.partition(":")
        if not colon or not name.strip():
            raise misuse("A --header is not understood.", 'Write --header "Name: value".')
        headers[name.strip()] = text.strip()
    return headers


def parse_span(value: str) -> timedelta | None:
    """`90s`, `15m`, `24h`, `30d`, `2w`; None when it is not that notation."""
    found = _SPAN.fullmatch(value.strip())
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def parse_time(value: str, option: str, *, ahead: bool) -> str:
    """A span from now (ahead or back) or a date or time -> ISO 8601 in UTC; a time without a zone is local."""
    span = parse_span(value)
    try:
        if span is not None:
            now = datetime.now(UTC)
            return (now + span if ahead else now - span).isoformat(timespec="seconds")
        return datetime.fromisoformat(value.strip()).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise misuse(
            f"{option} {value!r} is not understood.", f"Write {option} 30d, {option} 12h or {option} 2027-01-31."
        ) from None


Models = Annotated[
    list[str] | None,
    typer.Option("--model", "-m", metavar="NAME[=UPSTREAM]", help="A model or glob (gpt-*); repeat for more."),
]
Headers = Annotated[
    list[str] | None, typer.Option("--header", metavar='"NAME: VALUE"', help="Extra upstream header; repeat for more.")
]
SecretEnv = Annotated[
    str | None, typer.Option("--secret-env", metavar="NAME", help="Take the secret from this environment variable.")
]
SecretFile = Annotated[
    Path | None, typer.Option("--secret-file", metavar="FILE", help="Take the secret from this file, - for stdin.")
]
SecretValue = Annotated[
    str | None, typer.Option("--secret", metavar="VALUE", help="The secret itself; visible to others on this machine.")
]
ProxySecretEnv = Annotated[
    str | None,
    typer.Option("--proxy-secret-env", metavar="NAME", help="Take the proxy's user:password from this variable."),
]
ProxySecretFile = Annotated[
    Path | None,
    typer.Option("--proxy-secret-file", metavar="FILE", help="Take the proxy's user:password from this file."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def confirm(ctx: typer.Context, question: str, *, yes: bool, interactive: bool) -> None:
    """Ask before something is lost; scripts, which cannot answer, are not asked."""
    if yes or not interactive or settings_of(ctx).as_json:
        return
    typer.confirm(question, abort=True)
