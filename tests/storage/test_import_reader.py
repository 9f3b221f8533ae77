"""Reading another gateway's database: the same rows whatever database it is, a page at a time, and nothing written."""

from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import open_engine
from storage.imports.reader import Reader, SourceError
from storage.imports.values import document, flag, number

_QUOTES = {"mysql": "`"}


@pytest.fixture
async def source(database_url: str) -> str:
    """A database with a table of New API's kind: columns that are reserved words, times, flags, JSON."""
    engine = open_engine(database_url)
    kind = engine.dialect.name
    q = _QUOTES.get(kind, '"')
    time = "TIMESTAMP WITH TIME ZONE" if kind == "postgresql" else "DATETIME"
    async with engine.begin() as connection:
        await connection.execute(text(
            f"CREATE TABLE tokens (id INTEGER PRIMARY KEY, {q}key{q} VARCHAR(48), {q}group{q} VARCHAR(64), "
            f"unlimited_quota BOOLEAN, remain_quota BIGINT, info JSON, deleted_at {time})"
        ))  # fmt: skip
        for place in range(1, 6):
            await connection.execute(text(
                f"INSERT INTO tokens VALUES ({place}, 'k{place}', 'vip', {'TRUE' if place % 2 else 'FALSE'}, "
                f"{place}000000000000, '[1]', {'NULL' if place < 5 else chr(39) + '2026-01-02 03:04:05' + chr(39)})"
            ))  # fmt: skip
    await engine.dispose()
    return database_url


async def test_pages(source: str) -> None:
    async with Reader(source) as there:
        assert there.tables == {"tokens"}
        assert await there.count("tokens") == 5
        first = await there.page("tokens", "id", size=3)
        rest = await there.page("tokens", "id", first[-1]["id"], size=3)
        assert await there.page("tokens", "id", rest[-1]["id"], size=3) == []
    assert [row["key"] for row in first + rest] == ["k1", "k2", "k3", "k4", "k5"]
    assert [flag(row, "unlimited_quota") for row in first] == [True, False, True]
    assert number(first[1], "remain_quota") == 2_000_000_000_000
    assert first[0]["deleted_at"] is None
    assert rest[-1]["deleted_at"].startswith("2026-01-02")
    assert document(first[0]["info"]) == [1]


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no file"):
        Reader(f"sqlite:///{tmp_path}/none.db")
    assert list(tmp_path.iterdir()) == []
