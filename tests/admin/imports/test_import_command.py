"""`gateway import new-api`: the command on a running gateway, its report and its failures."""

import json
from pathlib import Path

from tests.admin import command
from tests.admin.imports.newapi import small

url, run = command.url, command.run


def test_dry_run_then_import_then_again(run: command.Run, tmp_path: Path) -> None:
    source = small(tmp_path / "one-api.db", modern=True)
    before = source.path.read_bytes()
    report = tmp_path / "report.jsonl"
    said = run("import", "new-api", "--dsn", source.url, "--dry-run", "--report", str(report)).output
    assert "Nothing was taken: this was a dry run." in said
    assert "1 x option: has no equivalent here" in said
    assert "1 x table: what was spent there stays there" in said
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert {"kind": "key", "id": "5", "name": "laptop", "outcome": "taken", "reason": "", "notes": []} in lines
    assert json.loads(run("--json", "users", "list").output) == []
    sums = json.loads(run("--json", "import", "new-api", "--dsn", source.url).output)
    assert {"kind": "user", "outcome": "taken", "count": 2} in sums["outcomes"]
    again = json.loads(run("--json", "import", "new-api", "--dsn", source.url).output)
    assert not [one for one in again["outcomes"] if one["outcome"] == "taken"]
    assert source.path.read_bytes() == before


def test_what_is_no_database(run: command.Run, tmp_path: Path) -> None:
    assert "there is no file" in run("import", "new-api", "--dsn", f"sqlite:///{tmp_path}/none.db", code=1).output
    (tmp_path / "text.db").write_text("nothing of the kind, and long enough to be looked at " * 100)
    assert "cannot be opened" in run("import", "new-api", "--dsn", f"sqlite:///{tmp_path}/text.db", code=1).output
    (tmp_path / "empty.db").write_bytes(b"")
    assert "has no table users" in run("import", "new-api", "--dsn", f"sqlite:///{tmp_path}/empty.db", code=2).output
    assert "not supported" in run("import", "new-api", "--dsn", "oracle://me:pw@host/x", code=1).output
