"""The command `gateway` against the real application: channels, keys, limits, prices, usage."""

import json
import re
from pathlib import Path

import pytest

from tests.admin import command
from tests.admin.command import KEY, SECRET, Run

url, run = command.url, command.run


def test_channels(run: Run, tmp_path: Path) -> None:
    empty = run("channels", "list")
    assert "gateway channels add" in empty.output
    added = run(
        "channels",
        "add",
        "main",
        "-p",
        "openai",
        "-m",
        "fast=gpt-5-nano",
        "-m",
        "gpt-5-mini",
        "--secret-env",
        "UPSTREAM_SECRET",
    )
    assert "gateway channels test main" in added.output
    assert "...9876" in added.output
    (tmp_path / "secret").write_text(SECRET + "\n")
    run(
        "channels",
        "add",
        "two words",
        "-p",
        "openai",
        "--secret-file",
        "secret",
        "--disabled",
        "--header",
        "X-Team: a: b",
    )
    run("channels", "add", "piped", "-p", "openai", "--secret-file", "-", stdin=SECRET)
    noted = run("channels", "add", "argv", "-p", "openai", "--secret", SECRET)
    assert "process list" in noted.stderr
    listed = run("channels", "list").output
    assert re.search(r"main +openai +https://api.openai.example/v1 +fast=gpt-5-nano, gpt-5-mini", listed)

    shown = json.loads(run("channels", "show", "two words", "--json").stdout)
    assert (shown["enabled"], shown["headers"], shown["models"]) == (False, {"X-Team": "a: b"}, {"*": ""})
    assert "X-Team: a: b" in run("channels", "show", "two words").output
    run("channels", "enable", "two words")
    run("channels", "edit", "two words", "--rename", "second", "--weight", "0", "--idle-timeout", "9", "--no-headers")
    run("channels", "edit", "second", "--default", "idle_timeout_s", "--connect-timeout", "2", "--no-secret", "-m", "a")
    run("channels", "disable", "second")
    shown = json.loads(run("--json", "channels", "show", "second").stdout)
    assert (shown["weight"], shown["settings"], shown["enabled"]) == (0, {"connect_timeout_s": 2.0}, False)
    assert (shown["secret_hint"], shown["models"], shown["headers"]) == ("", {"a": ""}, {})

    assert "first byte after 12 ms" in run("channels", "test", "main").output
    assert "The upstream refused the secret." in run("channels", "test", "main", "-m", "broken", code=1).output
    assert json.loads(run("channels", "test", "main", "--stream", "--json").stdout)["ok"] is True
    assert "name the model" in run("channels", "test", "argv", code=1).output

    run("channels", "remove", "main", "--yes")
    assert json.loads(run("channels", "remove", "argv", "--json").stdout) == {"removed": "argv"}
    assert [item["name"] for item in json.loads(run("channels", "list", "--json").stdout)] == ["piped", "second"]


def test_channel_misuse(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    add = ("channels", "add", "x", "-p", "openai")
    for args in (
        add,
        (*add, "--secret-env", "NOT_SET"),
        (*add, "--secret-file", "missing"),
        (*add, "--secret-file", "empty"),
        (*add, "--secret-file", "binary"),
        (*add, "--secret-env", "UPSTREAM_SECRET", "--secret-file", "empty"),
        (*add, "--secret-env", "UPSTREAM_SECRET", "--no-secret"),
        (*add, "--no-secret", "-m", "a="),
        (*add, "--no-secret", "-m", "a", "-m", "a"),
        (*add, "--no-secret", "--header", "nothing"),
        (*add, "--no-secret", "--priority", "high"),
        ("channels", "add", "x"),
        ("channels", "edit", "x"),
        ("channels", "show", ".."),
        ("channels", "nothing"),
        ("channels", "list", "--nothing"),
    ):
        assert "rror" in run(*args, code=2).stderr
    refusals = run("channels", "add", "x", "-p", "nobody", "--no-secret", "--weight", "-1", code=1).stderr
    assert "weight: must be greater than or equal to 0" in refusals
    assert "There is no channel 'x'." in run("channels", "show", "x", code=1).stderr
    assert json.loads(run("channels", "show", "x", "--json", code=1).stderr)["error"] == "There is no channel 'x'."


def test_keys(run: Run) -> None:
    assert "gateway keys create" in run("keys", "list").output
    made = run("keys", "create", "app", "-m", "gpt-*", "--expires", "30d").output
    key = re.search(r"^  (sk-gw-\S{43})$", made, re.MULTILINE)
    assert key is not None
    assert "curl" in made
    assert key[1] not in run("keys", "list").output + run("keys", "show", "app").output
    assert json.loads(run("keys", "create", "machine", "--json").stdout)["key"].startswith("sk-gw-")
    assert "key" not in json.loads(run("keys", "create", "own", "--key-env", "OWN_KEY", "--admin", "--json").stdout)
    assert "$GATEWAY_KEY" in run("keys", "create", "own 2", "--key-file", "-", stdin=KEY + "2").output
    run("keys", "edit", "app", "--all-models", "--never-expires", "--admin", "--rename", "app 2")
    shown = json.loads(run("keys", "show", "app 2", "--json").stdout)
    assert (shown["models"], shown["expires_at"], shown["admin"]) == (None, None, True)
    run("keys", "edit", "app 2", "-m", "a", "--expires", "2031-01-31", "--no-admin", "--strict")
    assert re.search(r"^strict +yes *$", run("keys", "show", "app 2").output, re.MULTILINE)
    assert json.loads(run("keys", "edit", "app 2", "--no-strict", "--json").stdout)["strict"] is False
    assert json.loads(run("keys", "create", "exact", "--strict", "--json").stdout)["strict"] is True
    run("keys", "disable", "app 2")
    assert json.loads(run("keys", "enable", "app 2", "--json").stdout)["enabled"] is True
    run("keys", "remove", "app 2", "-y")
    assert "app 2" not in run("keys", "list").output
    for args in (
        ("edit", "own"),
        ("edit", "own", "-m", "a", "--all-models"),
        ("edit", "own", "--expires", "1d", "--never-expires"),
        ("create", "x", "--expires", "soon"),
        ("create", "x", "--expires", "999999w"),
        ("create", "x", "--key-env", "NOT_SET"),
    ):
        assert "Error" in run("keys", *args, code=2).stderr


def test_limits(run: Run) -> None:
    assert "No limits yet" in run("limits", "list").output
    assert (
        "requests, 60 per minute, all, each key by itself"
        in run("limits", "set", "each-key", "--requests", "60", "--per", "key").output
    )
    run("limits", "set", "day", "--tokens", "2000000", "-w", "day", "--model", "gpt-*", "--group", "pro")
    run("limits", "set", "slots", "--concurrent", "4", "--disabled")
    listed = run("limits", "list").output
    assert "2,000,000 per day" in listed
    assert "group=pro model=gpt-*" in listed
    assert "4 at one time" in listed
    assert len(json.loads(run("limits", "list", "--json").stdout)) == 3
    assert "one of --requests" in run("limits", "set", "x", code=2).stderr
    assert "no --window" in run("limits", "set", "x", "--concurrent", "1", "-w", "day", code=2).stderr
    assert "there is no key" in run("limits", "set", "x", "--requests", "1", "--key", "nobody", code=1).stderr
    assert "Removed" in run("limits", "remove", "slots").output
    assert json.loads(run("limits", "remove", "day", "--json").stdout)["removed"]["amount"] == 2_000_000


def test_prices(run: Run) -> None:
    assert "No price matches." in run("prices", "list").output
    assert "$0.15 in, $0.6 out" in run("prices", "set", "m", "--input", "0.15", "--output", "0.60").output
    run("prices", "set", "m", "-p", "openai", "--input", "1", "--output", "2", "--cache-read", "0.1", "--json")
    listed = run("prices", "list", "m", "-n", "1").output
    assert re.search(r"m +any +0\.15 +0\.6 +as input +as input +operator", listed)
    assert "1 of 2" in listed
    assert len(json.loads(run("prices", "list", "--json").stdout)) == 2
    assert "Removed" in run("prices", "remove", "m").output
    assert "No price was set" in run("prices", "remove", "m", code=1).stderr
    assert json.loads(run("prices", "remove", "m", "-p", "openai", "--json").stdout)["removed"]["provider"] == "openai"
    assert "input: must be a decimal" in run("prices", "set", "m", "--input", "x", "--output", "1", code=1).stderr


def test_questions(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin.cli.secrets.can_ask", lambda: True)
    run("channels", "add", "asked", "-p", "openai", stdin=SECRET + "\n")
    assert json.loads(run("channels", "show", "asked", "--json").stdout)["secret_hint"] == "...9876"
    run("channels", "add", "none", "-p", "openai", stdin="\n")
    assert json.loads(run("channels", "show", "none", "--json").stdout)["secret_hint"] == ""
    refused = run("channels", "remove", "none", code=1, stdin="n\n")
    assert "Remove channel none" in refused.output
    run("channels", "show", "none")
    run("channels", "remove", "none", stdin="y\n")
    assert "no channel 'none'" in run("channels", "show", "none", code=1).stderr


def test_usage_and_status(run: Run) -> None:
    records = run("usage").output
    assert re.search(r"#1 \(removed\) +m +#7 \(removed\) +messages>chat\* +200 +1,234 +0 +\$0\.005000", records)
    assert "input_tokens" in run("usage", "--request", "r1").output
    assert json.loads(run("usage", "--json").stdout)[0]["request_id"] == "r1"
    assert "No requests yet" in run("usage", "-m", "other").output
    assert re.search(r"m +1 +0 +1,234", run("usage", "--by", "model").output)
    assert re.search(r"#1 \(removed\) +1", run("usage", "--by", "key").output)
    assert (
        json.loads(run("usage", "--since", "2027-01-01", "--until", "2028-01-01", "--json").stdout)[0]["requests"] == 1
    )
    assert "No requests yet" in run("usage", "--by", "day", "--since", "2029-01-01").output
    run("usage", "--by", "nothing", code=2)
    run("usage", "--since", "whenever", code=2)
    status = run("status").output
    assert re.search(r"table version +3", status)
    assert re.search(r"journal.depth +0", status)
    assert re.search(r"r-1 +4", status)
    assert "gateway keys create" in status
    assert json.loads(run("status", "--json").stdout)["version"] == "1.2.3"
    assert "(yours)" in run("providers").output
    assert len(json.loads(run("providers", "--json").stdout)) == 2


def test_the_login_of_a_proxy(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXY_LOGIN", f"user:{SECRET}")
    (tmp_path / "login").write_text(f"user:{SECRET}\n")
    add = ("channels", "add", "main", "-p", "openai", "--no-secret", "--proxy-secret-env", "PROXY_LOGIN")
    assert "settings.proxy names none" in run(*add, code=1).output
    run(*add, "--proxy", "http://proxy.example:3128")

    def login() -> bool:
        shown: dict[str, bool] = json.loads(run("channels", "show", "main", "--json").stdout)
        return shown["has_proxy_secret"]

    assert login()
    assert re.search(r"proxy login +set", run("channels", "show", "main").output)
    run("channels", "edit", "main", "--no-proxy-secret")
    assert not login()
    run("channels", "edit", "main", "--proxy-secret-file", "login")
    assert login()
    run("channels", "edit", "main", "--no-proxy-secret", "--proxy-secret-file", "login", code=2)
    run("channels", "edit", "main", "--default", "proxy")
    assert not login()
    file = tmp_path / "gateway.yaml"
    file.write_text(
        "channels:\n  - {name: main, provider: openai, settings: {proxy: 'socks5h://p:1080'},"
        " proxy_secret: {env: PROXY_LOGIN}}\n"
    )
    assert "proxy_secret: changed" in run("apply", "-f", str(file)).output
    assert login()
