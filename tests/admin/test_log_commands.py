"""`gateway logs` and `gateway captures` against the real application."""

import json
from pathlib import Path

import pytest

from tests.admin import command
from tests.admin.command import Run

url, run = command.url, command.run


def test_logs(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert "r1" in run("logs", "search").output
    assert [item["request_id"] for item in json.loads(run("logs", "search", "-k", "1", "--json").stdout)] == ["r1"]
    assert "No requests yet" in run("logs", "search", "no such text", "--since", "7d").output
    assert "No requests yet" in run("logs", "search", "--failed", "--status", "502").output
    assert "sort" in run("logs", "search", "--sort", "model", code=1).output
    shown = run("logs", "show", "r1").output
    assert "arrived" in shown
    assert "#7 (removed)" in shown
    assert json.loads(run("logs", "show", "r1", "--json").stdout)["request"]["model"] == "m"
    run("logs", "show", "r9", code=1)
    run("logs", "export", "usage.csv", "-m", "m")
    assert (tmp_path / "usage.csv").read_text().splitlines()[1].startswith("r1,1800000000000000")
    done = json.loads(run("logs", "export", "usage.jsonl", "--json").stdout)
    assert done["bytes"] == (tmp_path / "usage.jsonl").stat().st_size
    run("logs", "export", "usage.txt", code=2)
    run("logs", "export", "missing/usage.csv", code=1)
    run("logs", "export", "usage.csv", "-k", "nobody", code=1)


def test_captures(run: Run) -> None:
    assert "Nothing is captured" in run("captures", "list").output
    run("keys", "create", "app")
    started = run("captures", "start", "key:app", "--until", "2h", "--without-field", "user", "--without", "[0-9]+")
    assert "rule 1" in started.output
    assert json.loads(run("captures", "list", "--json").stdout)[0]["redact"]["fields"] == ["user"]
    assert "key:app" in run("captures", "list").output
    assert "may be key, organisation" in run("captures", "start", "team:app", code=2).output
    run("captures", "show", "r1", code=1)
    assert "not captured any more" in run("captures", "stop", "1", "--yes").output
    run("captures", "stop", "1", code=1)
