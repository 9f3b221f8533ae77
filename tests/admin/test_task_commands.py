"""`gateway tasks` against the real application."""

import asyncio
import json
from pathlib import Path

import pytest

from storage.database import open_engine, session_factory
from storage.records import UsageRecord
from storage.repositories import tasks
from tests.admin import command
from tests.admin.command import Run

url, run = command.url, command.run


async def begun(database: Path) -> None:
    """One task."""
    engine = open_engine(f"sqlite:///{database}")
    task = tasks.packed(tasks.Begun(tasks.RESPONSE, "resp_1", "req_task1", 1_800_000_000))
    async with session_factory(engine).begin() as session:
        await tasks.add(session, [UsageRecord("r7", 1_800_000_000_000_000, model="m", cost=5_000_000, task=task)])
    await engine.dispose()


def test_tasks(run: Run, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert "No tasks yet" in run("tasks", "list").output
    asyncio.run(begun(database))
    listed = run("tasks", "list", "resp", "--settlement", "open", "--state", "queued").output
    assert all(word in listed for word in ("resp_1", "queued", "open", "$0.005"))
    assert [one["id"] for one in json.loads(run("tasks", "list", "--json").stdout)] == [1]
    assert "No tasks yet" in run("tasks", "list", "--settlement", "exact", "--since", "2000-01-01").output
    assert "resp_1" in run("tasks", "show", "1").output
    assert json.loads(run("tasks", "show", "1", "--json").stdout)["request_id"] == "r7"
    run("tasks", "show", "9", code=1)
    assert "Nobody here reaches providers" in run("tasks", "cancel", "1", code=1).output
    run("tasks", "export", "tasks.csv")
    assert (tmp_path / "tasks.csv").read_text().splitlines()[1].startswith("1,response,resp_1,r7,req_task1")
    assert json.loads(run("tasks", "export", "tasks.jsonl", "--json").stdout)["bytes"] > 0
    run("tasks", "export", "tasks.txt", code=2)
