"""Connections to SQLite: whatever is cancelled, they end."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import open_engine

SLOW = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n")


@pytest.mark.parametrize("turns", range(5))
async def test_a_statement_that_is_cancelled_twice_leaves_nothing(tmp_path: Path, turns: int) -> None:
    before = asyncio.all_tasks()
    engine = open_engine(f"sqlite:///{tmp_path}/a.db")

    async def work() -> None:
        async with engine.connect() as connection:
            began.set()
            await connection.execute(SLOW)

    began = asyncio.Event()
    task = asyncio.create_task(work())
    await began.wait()
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()
    for _ in range(turns):  # the second comes while the connection is being closed
        await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    left = asyncio.all_tasks() - before - {task}
    if left:
        _, pending = await asyncio.wait(left, timeout=30)
        assert not pending
    await engine.dispose()
