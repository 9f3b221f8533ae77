"""Lists as files: rows are written as they come from the database, so that a long export takes no memory.

CSV cells that a spreadsheet would run as a formula get an apostrophe before them.
"""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal

import msgspec
from fastapi.responses import StreamingResponse

Format = Literal["csv", "jsonl"]

Batches = AsyncIterator[Sequence[dict[str, Any]]]

# owasp.org/www-community/attacks/CSV_Injection (2026-11), with the wide forms that some spreadsheets read alike.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


async def export(
    rows: Batches,
    columns: Sequence[str],
    form: Format,
    name: str,
) -> StreamingResponse:
    """A file `name`.csv or .jsonl with these columns, from batches of rows.

    The first batch is awaited before the answer begins, so that what is wrong with the request is still said properly.
    """
    rows = await _begun(rows)
    lines = _csv(rows, columns) if form == "csv" else _jsonl(rows, columns)
    headers = {
        "content-disposition": f'attachment; filename="{name}.{form}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return StreamingResponse(lines, media_type=_TYPES[form], headers=headers)


FILES: dict[int | str, dict[str, Any]] = {200: {"content": {kind.partition(";")[0]: {} for kind in _TYPES.values()}}}
"""For the `responses` of a route that can answer with a file."""


async def _begun(rows: Batches) -> Batches:
    """The same batches, of which the first one is there."""
    first = await anext(rows, None)

    async def again() -> Batches:
        if first is not None:
            yield first
            async for batch in rows:
                yield batch

    return again()


async def _csv(rows: Batches, columns: Sequence[str]) -> AsyncIterator[bytes]:
    yield _line(columns)
    async for batch in rows:
        yield b"".join(_line([cell(row.get(name)) for name in columns]) for row in batch)


async def _jsonl(rows: Batches, columns: Sequence[str]) -> AsyncIterator[bytes]:
    async for batch in rows:
        yield b"".join(msgspec.json.encode({name: row.get(name) for name in columns}) + b"\n" for row in batch)


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


def cell(value: object) -> str:
    """A value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return "'" + text if text.startswith(_FORMULA) else text
