"""`gateway users`, `teams`, `roles`, `tokens`, `settings`, `audit` and `groups auto` against the real application."""

import json
from pathlib import Path

from tests.admin import command
from tests.admin.command import Run

url, run = command.url, command.run


def test_people(run: Run) -> None:
    run("organisations", "create", "acme")
    run("users", "create", "ann", "--organisation", "acme")
    assert "Made team 1: search of acme." in run("teams", "create", "search", "--organisation", "acme").output
    run("teams", "join", "1", "ann")
    run("teams", "join", "1", "ann", "--lead")
    assert "lead" in run("teams", "members", "1").output
    assert "Changed the team search." in run("teams", "edit", "1", "--model", "gpt-*").output
    assert "finance" in run("teams", "grants", "1", "--role", "finance").output
    assert json.loads(run("teams", "grants", "1", "--json").stdout) == {"organisation_role": "finance", "group": ""}
    run("teams", "grants", "1", "--role", "")
    run("keys", "create", "shared", "--team", "acme/search", "--user", "ann")
    assert json.loads(run("keys", "list", "--json").stdout)[-1]["team"] == "acme/search"
    assert "for team acme/search" in run("budgets", "create", "team:acme/search", "5").output
    run("limits", "set", "t", "--requests", "5", "--team", "acme/search")
    run("usage", "--by", "team")
    run("usage", "--totals", "--team", "acme/search")
    assert "1 of 2 changed, 1 refused." in run("bulk", "limits", "disable", "1", "99", "--yes", code=1).output
    run("bulk", "limits", "delete", "1", "--dry-run")
    run("safety", "add", "none", "--words", "x")
    assert "1 of 1 changed" in run("bulk", "safety-rules", "disable", "1", "--yes").output
    assert "1 refused" in run("bulk", "targets", "disable", "9", "--yes", code=1).output
    assert "1 refused" in run("bulk", "webhooks", "delete", "9", "--yes", code=1).output
    run("bulk", "teams", "change", "1", "--values", '{"models": null}', "--yes")
    assert "no JSON" in run("bulk", "teams", "change", "1", "--values", "{", "--yes", code=2).output
    assert "nothing that is changed so" in run("bulk", "sessions", "delete", "1", code=2).output
    assert "search" in run("teams", "list").output
    run("teams", "leave", "1", "ann")
    run("teams", "remove", "1", "-y")
    run("roles", "set", "support", "--permission", "users.read")
    run("roles", "set", "support", "--permission", "users.read", "--permission", "logs.read")
    assert "logs.read, users.read" in run("roles", "list").output
    assert "users.write" in run("roles", "permissions").output
    run("users", "role", "ann", "support")
    run("users", "role", "ann", "admin", "--inside")
    assert "Removed user ann." in run("users", "remove", "ann", "-y").output
    assert json.loads(run("users", "list", "--json").stdout) == []
    restored = json.loads(run("users", "restore", "ann", "--json").stdout)
    assert (restored["role"], restored["organisation_role"]) == ("support", "admin")
    run("users", "role", "ann", "member")
    assert "Removed the permission set support." in run("roles", "remove", "support", "-y").output
    done = run("audit", "--kind", "role").output
    assert "roles.delete" in done
    assert "operator:" in done
    assert [one["name"] for one in json.loads(run("organisations", "list", "--json").stdout)] == ["acme"]


def test_tokens(run: Run) -> None:
    made = json.loads(run("tokens", "create", "ci", "--scope", "users.*", "--expires", "90d", "--json").stdout)
    assert made["token"].startswith("gwt-")
    listed = run("tokens", "list").output
    assert made["token"] not in listed
    assert "users.*" in listed
    run("tokens", "remove", str(made["id"]), "-y")
    assert "No tokens yet." in run("tokens", "list").output


def test_settings(run: Run, tmp_path: Path) -> None:
    run("settings", "set", "mail.host", "smtp.example.com")
    run("settings", "set", "mail.port", "25")
    (tmp_path / "password").write_text("hunter2\n")
    run("settings", "set", "mail.password", "--file", str(tmp_path / "password"))
    listed = run("settings", "list", "mail").output
    assert "smtp.example.com" in listed
    assert "(set)" in listed
    assert "hunter2" not in listed
    run("settings", "reset", "mail.port")
    (area,) = json.loads(run("settings", "list", "mail", "--json").stdout)
    assert {each["name"]: each["source"] for each in area["settings"]}["port"] == "default"


def test_the_order_of_auto(run: Run) -> None:
    assert "No groups" in run("groups", "auto").output
    run("groups", "set", "vip", "0.9", "--models", "gpt-*,o3", "--usable-by", "*")
    assert "vip > cheap" in run("groups", "auto", "vip", "cheap").output
    run("groups", "set", "vip", "0.8")
    found = {one["name"]: one for one in json.loads(run("groups", "list", "--json").stdout)}
    assert found["vip"]["models"] == ["gpt-*", "o3"]


def test_models_and_vendors(run: Run) -> None:
    assert "Added the vendor Maker." in run("vendors", "add", "Maker", "--link", "https://maker.example").output
    assert "Maker" in run("vendors", "list").output
    assert "Added the model m-1." in run("models", "add", "m-1", "--vendor", "Maker", "--context", "8000").output
    run("models", "edit", "m-1", "--alias", "m-one", "--visibility", "hidden")
    assert "m-one" in run("models", "list", "m-1").output
    assert "Nothing to change." in run("models", "edit", "m-1", code=2).output
    run("models", "missing")
    assert "Removed the model m-1." in run("models", "remove", "m-1", "-y").output
    assert "Removed the vendor Maker." in run("vendors", "remove", "Maker", "-y").output
    assert json.loads(run("models", "list", "--json").stdout) == []
