"""How the command `gateway` finds the gateway and its token, and what it says of other answers."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from admin.cli.client import Gateway
from admin.cli.errors import FailureError
from admin.cli.given import Settings
from admin.cli.main import app
from tests.admin import command
from tests.admin.command import TOKEN, Run

url, run = command.url, command.run


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
        gateway.status.get_status()


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
