"""`gateway import new-api`: reads a New API database here and hands its rows to the gateway, page by page.

The database is read where this runs; the gateway gets rows over its API and decides what becomes of them.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TextIO

import msgspec
import typer

from admin.cli import output
from admin.cli.client import Gateway
from admin.cli.errors import FailureError, misuse
from admin.cli.options import connect, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.imports import ImportBatch, ImportItem
    from storage.imports.reader import Reader

app = typer.Typer(help="Take over the data of another gateway.", no_args_is_help=True)

PAGES = {"channels": 50}
PAGE, PAGE_BYTES = 1000, 1_000_000
"""A page is one transaction of the gateway, and SQLite has one writer: others wait about a second for it."""

TOLD_S = 5.0
"""How often a long table is reported."""
NEEDED = ("users", "tokens", "channels", "options")
_Table = Literal["users", "tokens", "channels", "redemptions"]
_ORDER: tuple[tuple[_Table, str], ...] = (
    ("users", "id"), ("tokens", "id"), ("channels", "id"), ("redemptions", "id"),
)  # fmt: skip
_LEFT = {
    "abilities": "follows from the channels",
    "logs": "what was spent there stays there",
    "quota_data": "sums of the logs",
    "top_ups": "past payments stay there; their credit is in the balances",
    "subscription_plans": "make plans here",
    "user_subscriptions": "give subscriptions here: gateway subscriptions",
    "two_fas": "people set their second factor up again",
    "passkey_credentials": "people register their passkeys again",
    "midjourneys": "past tasks stay there",
    "tasks": "past tasks stay there",
}
_SHOWN = 12
_COUNTS = ("taken", "known already", "not taken")


class Report:
    """Counts what became of everything; every item goes to a file, one JSON object a line, and not into memory."""

    def __init__(self, file: Path | None) -> None:
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.notes: Counter[tuple[str, str]] = Counter()
        self._file = file
        self._out: TextIO | None = None

    def __enter__(self) -> Self:
        if self._file is not None:
            try:
                self._out = self._file.open("w", encoding="utf-8")
            except OSError as error:
                raise misuse(f"{self._file} cannot be written: {error.strerror}.") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._out is not None:
            self._out.close()

    def add(self, item: "ImportItem", count: int = 1) -> None:
        """Count an item of the API's answer, or one that stands for so many."""
        self.outcomes[item["kind"], item["outcome"]] += count
        if item["outcome"] == "refused":
            self.reasons[item["kind"], item.get("reason", "")] += count
        for note in item.get("notes", []):
            self.notes[item["kind"], note] += 1
        if self._out is not None:
            said = item if count == 1 else {**item, "count": count}
            self._out.write(msgspec.json.encode(said).decode() + "\n")

    def leave(self, table: str, rows: int) -> None:
        """A table that nothing is taken of."""
        reason = _LEFT.get(table, "has no equivalent here")
        item: ImportItem = {
            "kind": "table", "id": table, "name": "", "outcome": "refused", "reason": reason, "notes": []
        }  # fmt: skip
        self.add(item, rows)

    def as_json(self) -> dict[str, Any]:
        """The sums."""
        return {
            "outcomes": [{"kind": kind, "outcome": what, "count": n} for (kind, what), n in self.outcomes.items()],
            "refused": [{"kind": kind, "reason": why, "count": n} for (kind, why), n in self.reasons.most_common()],
            "notes": [{"kind": kind, "note": note, "count": n} for (kind, note), n in self.notes.most_common()],
        }

    def show(self) -> None:
        """The sums, for people."""
        kinds = dict.fromkeys(kind for kind, _ in self.outcomes if kind not in {"table", "option"})
        rows = [[kind, *(str(self.outcomes[kind, what]) for what in ("taken", "known", "refused"))] for kind in kinds]
        output.print_table(("what", *_COUNTS), rows, right=_COUNTS)
        for title, counted in (("Not taken:", self.reasons), ("Taken with changes:", self.notes)):
            if counted:
                output.print_plain()
                output.print_plain(title)
                for (kind, why), count in counted.most_common(_SHOWN):
                    output.print_plain(f"  {count} x {kind}: {why}")
                if len(counted) > _SHOWN:
                    output.print_note(f"{len(counted) - _SHOWN} more reasons; --report FILE has all.")


@app.command("new-api")
def new_api(
    ctx: typer.Context,
    dsn: Annotated[
        str,
        typer.Option(
            "--dsn",
            envvar="NEW_API_DSN",
            metavar="URL",
            show_default=False,
            help="Its database: sqlite:///FILE, postgresql://... or mysql://... (better in the environment).",
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be taken, and take nothing.")] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="What became of every item, a JSON object a line."),
    ] = None,
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="What it is called here; the same in every run.")
    ] = "new-api",
) -> None:
    """Take over users, keys, channels, groups, prices, balances, codes and settings of a New API (v0.6 to v1.0).

    A second run takes what is new there and leaves alone what was taken before. Stop New API first, or run it again
    after you have: what is spent there meanwhile is not followed.
    """
    settings = settings_of(ctx)
    with Report(report) as sums, connect(ctx) as gateway:
        asyncio.run(_run(gateway, dsn, source, sums, dry_run=dry_run))
    if settings.as_json:
        output.print_json({"dry_run": dry_run, **sums.as_json()})
        return
    sums.show()
    output.print_done("Nothing was taken: this was a dry run." if dry_run else "Done.")


async def _run(gateway: Gateway, dsn: str, source: str, report: Report, *, dry_run: bool) -> None:
    from storage.imports import newapi_options, reader  # noqa: PLC0415  # the database layer takes a second to load

    try:
        async with reader.Reader(dsn) as there:
            if missing := [name for name in NEEDED if name not in there.tables]:
                raise misuse(f"This is no database of New API: it has no table {missing[0]}.")
            options = await there.page("options", "key", size=10_000)
            given = {str(row["key"]): str(row["value"] or "") for row in options}
            body: ImportBatch = {
                "source": source, "dry_run": dry_run, "quota_per_usd": newapi_options.per_usd(given),
                "table": "options", "rows": options,
            }  # fmt: skip
            _send(gateway, body, report)
            expected: set[int] = set()
            for table, key in _ORDER:
                if table in there.tables:
                    await _table(gateway, there, (table, key), body, report, expected)
            for other in sorted(there.tables - {table for table, _ in _ORDER} - {"options"}):
                if rows := await there.count(other):
                    report.leave(other, rows)
    except reader.SourceError as error:
        raise FailureError(f"The database of New API: {error}.") from None


async def _table(
    gateway: Gateway,
    there: "Reader",
    of: tuple[_Table, str],
    body: "ImportBatch",
    report: Report,
    expected: set[int],
) -> None:
    table, key = of
    after, told, dry_run = None, Progress(table, await there.count(table)), body.get("dry_run", False)
    while rows := await there.page(table, key, after, size=PAGES.get(table, PAGE)):
        after = rows[-1][key]
        for part in _parts(rows):
            owners = sorted({int(row["user_id"] or 0) for row in part} & expected) if table == "tokens" else []
            wanted: ImportBatch = {**body, "table": table, "rows": part, "expected_users": owners}
            items = _send(gateway, wanted, report)
            if table == "users" and dry_run:
                expected |= {int(item["id"]) for item in items if item["outcome"] != "refused"}
            told.add(len(part))


class Progress:
    """Says on stderr, now and then, how far a table is."""

    def __init__(self, table: str, rows: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._table, self._rows, self._clock = table, rows, clock
        self._done = 0
        self._began = self._told = clock()

    def add(self, rows: int) -> None:
        """So many rows more are done."""
        self._done += rows
        now = self._clock()
        if now - self._told >= TOLD_S:
            self._told = now
            rate = self._done / (now - self._began)
            output.print_note(f"{self._table}: {self._done:,} of {self._rows:,}, {rate:,.0f} a second")


def _parts(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The rows in parts that the API's bound on bodies lets through."""
    parts: list[list[dict[str, Any]]] = [[]]
    size = 0
    for row in rows:
        size += len(msgspec.json.encode(row))
        if size > PAGE_BYTES and parts[-1]:
            parts.append([])
            size = 0
        parts[-1].append(row)
    return parts


def _send(gateway: Gateway, body: "ImportBatch", report: Report) -> "list[ImportItem]":
    items = gateway.imports.import_new_api(body)["items"]
    for item in items:
        report.add(item)
    return items
