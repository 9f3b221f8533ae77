"""`gateway setup` and `gateway users lock`, `password`, `sessions` ... against the real application on a real port."""

import json
from pathlib import Path

from admin.cli import setup
from storage import setup_link
from tests.admin import command
from tests.admin.command import Run

url, run = command.url, command.run


def test_how_a_user_signs_in(run: Run, tmp_path: Path) -> None:
    run("users", "create", "ann")
    (tmp_path / "password").write_text("plenty of purple hippos\n")
    assert "Set the password of ann." in run("users", "password", "ann", "--password-file", "password").output
    assert "Locked ann." in run("users", "lock", "ann", "--reason", "odd").output
    assert json.loads(run("users", "unlock", "ann", "--json").stdout)["locked"] is False
    assert "No sessions." in run("users", "sessions", "ann").output
    assert json.loads(run("users", "sessions", "ann", "--json").stdout) == []
    assert "Ended 0 sessions of ann." in run("users", "end-sessions", "ann").output
    assert "Removed the second factors of ann." in run("users", "remove-second-factors", "ann", "--yes").output
    (tmp_path / "weak").write_text("password\n")
    assert (
        "password: must have at least 12 characters"
        in run("users", "password", "ann", "--password-file", "weak", code=1).output
    )
    assert "--password-file" in run("users", "password", "ann", code=2).output


def test_the_first_administrator(run: Run, database: Path, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("plenty of purple hippos\n")
    create = ("setup", "admin", "rita", "--password-file", "password")
    assert "There is no" in run("--data", "nowhere", *create, code=2).output
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / setup.TOKEN_FILE).write_text("x" * 43 + "\n")
    assert "This link is not good." in run("--data", "data", *create, code=1).output
    run("--data", "data", "setup", "link", "--database", f"sqlite:///{database}")
    assert "Made the administrator rita." in run("--data", "data", *create).output
    assert not (tmp_path / "data" / setup.TOKEN_FILE).exists()
    assert json.loads(run("users", "show", "rita", "--json").stdout)["role"] == "root"
    answer = run("--data", "data", "setup", "link", "--database", f"sqlite:///{database}", code=1)
    assert "There is an administrator already." in answer.output


def test_a_new_link(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    made = run("--data", "data", "setup", "link").output
    token = (tmp_path / "data" / setup.TOKEN_FILE).read_text().strip()
    assert f"/console/setup#{token}" in made
    fresh = json.loads(run("--data", "data", "setup", "link", "--json").stdout)
    assert fresh["token"] != token
    assert fresh["link"].endswith(f"/console/setup#{fresh['token']}")
    assert "There is no data directory" in run("--data", "nowhere", "setup", "link", code=2).output


def test_one_name_for_the_file() -> None:
    """The command does not load the database layer for it."""
    assert setup.TOKEN_FILE == setup_link.FILE
