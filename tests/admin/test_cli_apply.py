"""`gateway apply` against the real application: what changes, and files that are refused."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from admin.cli.main import app
from tests.admin import command
from tests.admin.command import SECRET, TOKEN, Run

url, run = command.url, command.run


def test_apply(run: Run, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    file = tmp_path / "gateway.yaml"
    file.write_text(
        "channels:\n"
        "  - {name: main, provider: openai, secret: {env: UPSTREAM_SECRET}, models: [a, b]}\n"
        "  - {name: second, provider: openai, secret: {file: secret}, models: {a: c}}\n"
        "keys:\n"
        "  - {name: app, key: {env: OWN_KEY}, expires_at: 2031-01-01}\n"
        "prices:\n"
        "  - {model: a, input: 0.15, output: 1}\n"
    )
    planned = run("apply", "-f", str(file), "--dry-run").output
    assert "Dry run: 4 to create." in planned
    assert "+ channel main" in planned
    assert "secret: (hidden)" in planned
    applied = run("apply", "-f", str(file)).output
    assert planned.split("Dry run")[0] == applied.split("✓")[0]
    assert run("apply", "-f", str(file)).output == "✓ Applied: 4 unchanged.\n"
    file.write_text("channels:\n  - {name: main, provider: openai, models: [a], weight: 3}\n")
    changed = run("apply", "-f", str(file), "--prune").output
    assert 'models: {"a":"","b":""} → {"a":""}' in changed
    assert "weight: 1 → 3" in changed
    assert "- channel second" in changed
    assert "the next apply undoes this" in run("channels", "disable", "main").stderr
    assert json.loads(run("apply", "-f", str(file), "--json").stdout)["changes"][0]["fields"] == {
        "enabled": [False, True]
    }
    file.write_text("")
    assert "nothing in the file" in run("apply", "-f", str(file)).output


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("channels: [", "line 1"),
        ("channels:\n  - {name: a, name: b}\n", "line 2, column 15: 'name' is there twice"),
        ("- a", "sections"),
        ("users: []", "unknown section 'users'"),
        ("keys: {}", "must be a list"),
        ("keys: [{name: a, key: {env: NOT_SET}}]", "NOT_SET is not set"),
        ("keys: [{name: a, key: {file: missing}}]", "cannot be read"),
        ("keys: [{name: a, key: {vault: x}}]", "keys.0.key must be text, {env: NAME} or {file: PATH}"),
        ("channels: [{name: a, provider: openai, models: {4: x}}]", "put it in quotes"),
        ("keys: [{name: a, key: !!binary aGVsbG8=}]", "a type that JSON does not have"),
        ("keys: !!python/object:os.system {}", "Error"),
        ("a: " + "[" * 50 + "]" * 50, "unknown section"),
        ("keys: " + "[" * 50 + "]" * 50, "nested too deeply"),
        ("keys: [2031-99-99]", "Error"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_ADMIN_TOKEN", TOKEN)
    monkeypatch.setenv("GATEWAY_URL", "http://127.0.0.1:1")
    file = tmp_path / "gateway.yaml"
    file.write_text(text)
    result = CliRunner().invoke(app, ["apply", "-f", str(file)])
    assert says in result.stderr
    assert result.exit_code in {1, 2}
    assert isinstance(result.exception, SystemExit)


def test_files_that_are_refused_name_the_object(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text(
        "channels:\n  - {name: main, provider: openai, weight: -1, wieght: 2}\n"
        "prices: [{model: m, input: x, output: 1}]\n"
    )
    refused = run("apply", "-f", str(file), code=1).stderr
    assert "channels: main: weight: must be greater" in refused
    assert "channels: main: wieght: is not a known field" in refused
    assert "prices: m: input: must be a decimal" in refused
    assert "cannot be read" in run("apply", "-f", "missing.yaml", code=2).stderr
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00")
    assert "Error" in run("apply", "-f", "bad.yaml", code=2).stderr
