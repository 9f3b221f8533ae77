"""The command `gateway` against the real application on a real port."""

import asyncio
import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from typer.testing import CliRunner, Result

from admin.app import create_app
from admin.cli.client import Gateway, Settings
from admin.cli.errors import FailureError
from admin.cli.main import app
from admin.services import ProbeResult, ProviderInfo, Services
from admin.sessions import Sessions
from storage import crypto
from storage.database import open_engine, session_factory
from storage.records import UsageRecord
from storage.repositories import admin_tokens, usage

TOKEN = "gwa-" + "t" * 43
SECRET = "sk-upstream-000000000000-9876"
KEY = "my-own-key-0000000000000000-abcd"
PROVIDERS = [
    ProviderInfo("openai", "OpenAI", "openai", "https://api.openai.example/v1"),
    ProviderInfo("openai-compatible", "OpenAI compatible", "openai", ""),
]


async def _serve(database: Path, port: int, servers: list[uvicorn.Server]) -> None:
    engine = open_engine(f"sqlite:///{database}")
    sessions = session_factory(engine)
    async with sessions.begin() as session:
        await admin_tokens.create(session, crypto.digest(TOKEN), "first")
        record = UsageRecord(request_id="r1", started_at=1_800_000_000_000_000, key_id=1, channel_id=7, model="m")
        record.status, record.end, record.input_tokens, record.cost, record.price_id = (
            200,
            "complete",
            1234,
            5_000_000,
            1,
        )
        await usage.insert_many(session, [record])

    async def notify() -> None:
        return

    async def probe(channel_id: int, model: str, stream: bool) -> ProbeResult:
        if model == "broken":
            return ProbeResult(False, 401, 31.0, 30.0, model, "authentication", "The upstream refused the secret.")
        return ProbeResult(True, 200, 31.4, 12.1, model)

    async def status() -> dict[str, Any]:
        replicas = [{"replica": "r-1", "open_requests": 4}, {"replica": "r-2", "open_requests": 5, "note": None}]
        return {"table_version": 3, "journal": {"depth": 0}, "replicas": replicas}

    services = Services(Sessions(sessions), crypto.SecretBox(b"k" * 32), "1.2.3", notify, probe, status, PROVIDERS)
    server = uvicorn.Server(uvicorn.Config(create_app(services), port=port, log_level="warning", lifespan="off"))
    servers.append(server)
    await server.serve()
    await engine.dispose()


@pytest.fixture
def url(database: Path, free_port: int) -> Iterator[str]:
    """The address of a running admin application."""
    servers: list[uvicorn.Server] = []
    thread = threading.Thread(target=lambda: asyncio.run(_serve(database, free_port, servers)))
    thread.start()
    deadline = time.monotonic() + 20
    while not (servers and servers[0].started) and time.monotonic() < deadline:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{free_port}"
    servers[0].should_exit = True
    thread.join(20)


Run = Callable[..., Result]


@pytest.fixture
def run(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command; asserts the exit code and that no secret and no traceback is printed."""
    for name in ("GATEWAY_URL", "GATEWAY_ADMIN_TOKEN", "GATEWAY_DATA", "GATEWAY_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GATEWAY_URL", url)
    monkeypatch.setenv("GATEWAY_ADMIN_TOKEN", TOKEN)
    monkeypatch.setenv("UPSTREAM_SECRET", SECRET)
    monkeypatch.setenv("OWN_KEY", KEY)
    monkeypatch.chdir(tmp_path)

    def invoke(*args: str, code: int = 0, stdin: str = "") -> Result:
        result = CliRunner().invoke(app, list(args), input=stdin)
        assert result.exit_code == code, result.output
        assert SECRET not in result.output
        assert KEY not in result.output
        assert TOKEN not in result.output
        assert "Traceback" not in result.output
        return result

    return invoke


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
    run("keys", "edit", "app 2", "-m", "a", "--expires", "2031-01-31", "--no-admin")
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
    assert re.search(r"#1 \(removed\) +m +#7 \(removed\) +200 +1,234 +0 +\$0\.005000", records)
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


def test_finding_the_gateway_and_the_token(run: Run, tmp_path: Path, free_port: int, monkeypatch) -> None:
    assert "No gateway answers" in run("status", "--url", "http://127.0.0.1:1", code=1).stderr
    assert "make serve" in run("status", "--url", "http://127.0.0.1:1", code=1).stderr
    for bad in ("nonsense", "ftp://127.0.0.1", "http://"):
        assert "no address of a gateway" in run("status", "--url", bad, code=2).stderr
    assert "not valid" in run("status", "--token", "gwa-wrong", code=1).stderr
    assert "characters" in run("status", "--token", "gwa-\u00e9", code=2).stderr
    monkeypatch.delenv("GATEWAY_ADMIN_TOKEN")
    missing = run("status", code=1).stderr
    assert "No admin token." in missing
    assert "GATEWAY_ADMIN_TOKEN" in missing
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "admin-token").write_text(TOKEN + "\n")
    run("status")
    # The file belongs to the gateway of this machine; its token is sent nowhere else.
    assert "No admin token." in run("status", "--url", "http://gateway.invalid:8000", code=1).stderr


def test_something_else_answers(run: Run, url: str) -> None:
    assert "There is nothing at this path." in run("status", "--url", f"{url}/elsewhere", code=1).stderr


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(200, html="<h1>Welcome</h1>"), "answered HTTP 200, and not as this gateway's admin API"),
        (httpx.Response(502, text="bad gateway"), "answered HTTP 502"),
        (httpx.Response(404, json={"error": {"message": "no"}}), "answered HTTP 404"),
        (httpx.ReadTimeout("slow"), "did not answer in time"),
        (httpx.ReadError("reset"), "failed: ReadError"),
    ],
)
def test_answers_that_are_not_the_admin_apis(tmp_path: Path, answer: Any, says: str) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        if isinstance(answer, httpx.Response):
            return answer
        raise answer

    settings = Settings("http://127.0.0.1:1", TOKEN, tmp_path, transport=httpx.MockTransport(handle))
    with Gateway(settings) as gateway, pytest.raises(FailureError, match=re.escape(says)):
        gateway.get("/api/v1/status")


def test_version_and_help(run: Run) -> None:
    assert run("version").output.startswith("gateway ")
    assert "version" in json.loads(run("version", "--json").stdout)
    for args in ((), ("channels",), ("keys",), ("prices",), ("admin-token",)):
        assert "Commands" in CliRunner().invoke(app, [*args, "--help"]).output


def test_admin_token_reset(run: Run, tmp_path: Path, url: str, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEWAY_ADMIN_TOKEN")
    assert "no data directory" in run("--data", "missing", "admin-token", "reset", code=2).stderr
    # The fixture's database is tmp_path/gateway.db, as in a data directory.
    made = run("--data", str(tmp_path), "admin-token", "reset").output
    token = re.search(r"^  (gwa-\S{43})$", made, re.MULTILINE)
    assert token is not None
    assert "older ones no longer work" in made
    file = tmp_path / "admin-token"
    assert file.read_text().strip() == token[1]
    assert file.stat().st_mode & 0o777 == 0o600
    run("--data", str(tmp_path), "status")
    assert "not valid" in run("status", "--token", TOKEN, code=1).stderr
    again = json.loads(run("--data", str(tmp_path), "admin-token", "reset", "--json").stdout)
    assert again["replaced"] == 1
    assert again["token"] != token[1]
    assert (
        "not supported"
        in run("--data", str(tmp_path), "admin-token", "reset", "--database", "oracle://x", code=1).stderr
    )


def test_users_budgets_and_the_ledger(run: Run, database: Path) -> None:
    assert "gateway users create" in run("users", "list").output
    assert "No organisations" in run("organisations", "list").output
    assert "gateway budgets create" in run("budgets", "list").output
    run("organisations", "create", "acme")
    run("users", "create", "ann", "-o", "acme", "-g", "gold")
    run("keys", "create", "app", "--user", "ann", "--cost-cap", "$0.50", "--key-env", "OWN_KEY")
    assert "ann" in run("keys", "list").output
    run("keys", "edit", "app", "--user", "", "--cost-cap", "")
    assert json.loads(run("keys", "show", "app", "--json").output)["user"] is None
    run("keys", "edit", "app", "-u", "ann")
    assert "0.5" not in run("keys", "show", "app").output
    assert "$20" in run("users", "quota", "ann", "--on", "--balance", "20").output
    assert "off" in run("users", "quota", "ann", "--off").output
    assert "on" in run("organisations", "quota", "acme", "--on").output
    assert "gold" in run("users", "show", "ann").output
    assert re.search(r"ann +acme +gold +yes +off +\$20", run("users", "list").output)
    assert "Booked $5" in run("ledger", "post", "user:ann", "5", "--reference", "invoice-1").output
    assert "Booked -$1" in run("ledger", "post", "user:ann", "--reason", "correction", "--", "-1").output
    run("ledger", "post", "user:ann", "6", "--reference", "invoice-1", code=1)
    assert "$24" in run("ledger", "balance", "user:ann").output
    listed = run("ledger", "entries", "user:ann").output
    assert "invoice-1" in listed
    assert "the balance was set" in listed
    assert "older ones" in run("ledger", "entries", "user:ann", "-n", "1", "--leases").output
    assert "No entries" in run("ledger", "entries", "organisation:acme").output
    run("users", "edit", "ann", "--rename", "ann 2", "--no-organisation")
    run("users", "edit", "ann 2", code=2)
    run("users", "edit", "ann 2", "-o", "acme", "--no-organisation", code=2)
    run("users", "disable", "ann 2")
    run("users", "enable", "ann 2")
    run("organisations", "rename", "acme", "acme 2")
    assert "acme 2" in run("organisations", "list").output
    run("budgets", "create", "nobody", "5", code=2)
    assert "$5 per day" in run("budgets", "create", "key:app", "5", "--per", "day", "--alert", "80").output
    assert re.search(r"key:app +day +\$5 +\$0 +\$0 +\$5 +80%", run("budgets", "list", "--owner", "key:app").output)
    assert "$7" in run("budgets", "edit", "1", "--amount", "7", "--no-alerts", "--per", "day").output
    run("budgets", "edit", "1", code=2)
    assert "$0" in run("budgets", "reset", "1").output
    run("budgets", "remove", "1", "--yes")
    assert "no difference" in run("ledger", "verify").output
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE accounts SET balance = 1 WHERE kind = 'user'")
    failed = run("ledger", "verify", code=1).output
    assert "1 is stored, 24000000000 computed" in failed
    assert len(json.loads(run("ledger", "verify", "--json", code=1).output)["differences"]) == 1
    run("keys", "remove", "app", "--yes")
    run("users", "remove", "ann 2", "--yes")
    run("organisations", "remove", "acme 2", "--yes")
    assert json.loads(run("users", "list", "--json").output) == []
    assert json.loads(run("organisations", "list", "--json").output) == []
    assert json.loads(run("budgets", "list", "--json").output) == []
