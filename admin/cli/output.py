"""What the command prints: tables, notes, next steps, JSON. Owns all styling.

Text of objects is never read as markup, so a name with brackets stays as it is.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from admin.cli.errors import FailureError

# A pipe has no width; what is cut at 80 columns there would be lost to grep.
_PIPE_WIDTH = 400
_SHORT_CELL = 40
_FOLDED_CELL = 24


def console(*, stderr: bool = False) -> Console:
    """A console for stdout or stderr, as wide as the terminal; made anew so that a redirected stream is seen."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def print_json(data: object) -> None:
    """`data` as indented JSON on stdout."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]], *, right: Iterable[str] = ()) -> None:
    """A table; the columns named in `right` hold numbers and are aligned right."""
    numbers = set(right)
    cells = [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    needed = 0
    for place, column in enumerate(columns):
        longest = max((cell.cell_len for row in cells if (cell := row[place])), default=0)
        # Where the terminal is too narrow, columns of long text are folded; the others are never cut.
        least = max(len(column), longest if longest <= _SHORT_CELL else _FOLDED_CELL)
        needed += least + 3
        justify: Literal["left", "right"] = "right" if column in numbers else "left"
        table.add_column(column, justify=justify, overflow="fold", min_width=least)
    for row in cells:
        table.add_row(*row)
    out = console()
    out.print(table, width=max(out.width, needed), crop=False, no_wrap=False)


def print_pairs(pairs: Iterable[tuple[str, str | Text]]) -> None:
    """Two aligned columns without a header."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 3, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(Text(name), value if isinstance(value, Text) else Text(value))
    console().print(table)


def print_done(text: str) -> None:
    """What was done."""
    console().print(Text.assemble(("✓ ", "green"), text))


def print_bad(text: str) -> None:
    """What did not work, as a result and not as an error of the command."""
    console().print(Text.assemble(("✗ ", "red"), text))


def print_plain(text: str | Text = "") -> None:
    """A line."""
    console().print(text if isinstance(text, Text) else Text(text), soft_wrap=True)


def print_next(*lines: str) -> None:
    """The commands that make sense now."""
    out = console()
    out.print()
    for number, line in enumerate(lines):
        out.print(Text.assemble(("Next:  " if number == 0 else "       ", "dim"), line), soft_wrap=True)


def print_note(text: str) -> None:
    """A remark on stderr, which does not disturb what is piped on."""
    console(stderr=True).print(Text(text, style="yellow"), soft_wrap=True)


def print_failure(failure: FailureError, *, as_json: bool = False) -> None:
    """A failure on stderr."""
    if as_json:
        body = {
            "error": failure.message,
            "hint": failure.hint,
            "fields": [{"field": field, "message": message} for field, message in failure.fields],
        }
        sys.stderr.write(msgspec.json.format(msgspec.json.encode(body), indent=2).decode() + "\n")
        return
    err = console(stderr=True)
    err.print(Text.assemble(("Error: ", "bold red"), failure.message), soft_wrap=True)
    for field, message in failure.fields:
        err.print(Text.assemble("  ", (field, "bold"), f": {message}"), soft_wrap=True)
    if failure.hint:
        err.print(Text(failure.hint, style="dim"), soft_wrap=True)


def yes_no(value: object) -> Text:
    """A flag as a word."""
    return Text("yes", style="green") if value else Text("no", style="yellow")


def models_text(models: dict[str, str] | list[str] | None, limit: int = 4) -> str:
    """Model names in short: `a, b=upstream-b, +3 more`; "all" for None."""
    if models is None:
        return "all"
    names = (
        [f"{name}={upstream}" if upstream else name for name, upstream in models.items()]
        if isinstance(models, dict)
        else list(models)
    )
    more = f", +{len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def time_text(value: str | None) -> str:
    """ISO time -> `2026-01-31 12:00` in local time; "never" for None."""
    if not value:
        return "never"
    return datetime.fromisoformat(value).astimezone().strftime("%Y-%m-%d %H:%M")


def micros_time_text(value: int) -> str:
    """Unix microseconds -> `01-31 12:00:05` in local time."""
    return datetime.fromtimestamp(value / 1e6, tz=UTC).astimezone().strftime("%m-%d %H:%M:%S")


def usd_text(nano: int) -> str:
    """nano-USD -> `$0.001234`; six decimal places, more only below that."""
    whole, rest = divmod(abs(nano), 10**9)
    sign = "-" if nano < 0 else ""
    if whole == 0 and 0 < rest < 1000:
        return f"{sign}${rest}e-9"
    return f"{sign}${whole}.{rest // 1000:06d}"


def usd_exact(nano: int) -> str:
    """nano-USD -> `$0.001234567`; all of it, without superfluous zeros."""
    whole, rest = divmod(abs(nano), 10**9)
    text = f"{whole}.{rest:09d}".rstrip("0").rstrip(".")
    return f"{'-' if nano < 0 else ''}${text}"


def millis_text(micros: int) -> str:
    """Microseconds -> milliseconds or seconds; "-" for 0."""
    if micros <= 0:
        return "-"
    return f"{micros / 1e6:.1f} s" if micros >= 10_000_000 else f"{micros / 1000:.0f} ms"


def short(value: Any) -> str:  # noqa: ANN401 any JSON value
    """A JSON value on one line."""
    if isinstance(value, str):
        return value or '""'
    return msgspec.json.encode(value).decode()
