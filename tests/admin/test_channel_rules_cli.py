"""The commands `gateway channels rules` and `preview`; the API below them is tested in test_channel_rules.py."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from admin.cli import channel_rules
from admin.cli.main import app
from admin.client.tags import Tags

PREVIEW: dict[str, Any] = {
    "upstream_model": "up", "suffix": "", "body": {"model": "up"}, "headers": {"x-a": "1"}, "changed": ["user"],
    "applied": ["delete user"], "losses": ["reasoning: low becomes high"], "refused": None, "status_map": {},
    "edits_answers": True,
}  # fmt: skip


class Api(Tags):
    """Stands for the admin API: keeps what it was asked."""

    def __init__(self) -> None:
        self.rules: dict[str, Any] = {"idle_timeout_s": 9}
        self.preview = PREVIEW
        self.calls: list[tuple[str, str, Any]] = []

    def download(self, path: str, file: Path, query: Any = None) -> int:
        raise AssertionError(path)

    def call(self, method: str, path: str, body: Any = None, query: Any = None, headers: Any = None) -> dict[str, Any]:
        self.calls.append((method, path, body))
        return self.preview if path.endswith("/preview") else {"name": "main", "settings": self.rules}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Api:
    found = Api()

    @contextmanager
    def connect(_ctx: object) -> Iterator[Api]:
        yield found

    monkeypatch.setattr(channel_rules, "connect", connect)
    monkeypatch.chdir(tmp_path)
    return found


Run = Callable[..., Result]


@pytest.fixture
def run(api: Api) -> Run:
    def invoke(*args: str, code: int = 0, stdin: str = "") -> Result:
        result = CliRunner().invoke(app, list(args), input=stdin)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return invoke


def test_rules_are_shown(run: Run, api: Api) -> None:
    assert "No rules." in run("channels", "rules", "main").output
    api.rules = {"idle_timeout_s": 9, "privacy": True, "system_prompt": {"text": "é", "mode": "fill"}}
    shown = run("channels", "rules", "main").output
    assert "privacy: true" in shown
    assert "text: é" in shown
    assert "idle_timeout_s" not in shown
    assert json.loads(run("--json", "channels", "rules", "main").output)["privacy"] is True


def test_rules_are_set_from_a_file_and_taken_away(run: Run, api: Api, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("privacy: [user]\nstatus_map: {'429': 503}\n")
    done = run("channels", "rules", "main", "-f", "rules.yaml", "--clear", "think_tags")
    assert "Changed the rules of main: privacy, status_map, think_tags." in done.output
    settings = {"think_tags": None, "privacy": ["user"], "status_map": {"429": 503}}
    assert api.calls == [("PATCH", "/api/v1/channels/main", {"settings": settings})]
    run("channels", "rules", "main", "-f", "-", stdin='{"force_format": true}')
    assert api.calls[-1][2] == {"settings": {"force_format": True}}


@pytest.mark.parametrize(
    ("content", "says"),
    [("[1]", "must hold an object"), ("weight: 5", "holds weight"), ("a: [", "line"), ("{1: 2}", "must be text")],
)
def test_files_that_hold_no_rules(run: Run, api: Api, tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "rules.yaml").write_text(content)
    assert says in run("channels", "rules", "main", "-f", "rules.yaml", code=2).output
    assert api.calls == []


def test_what_is_no_rule(run: Run) -> None:
    assert "weight is not a rule" in run("channels", "rules", "main", "--clear", "weight", code=2).output
    assert "cannot be read" in run("channels", "rules", "main", "-f", "none.yaml", code=2).output


def test_preview(run: Run, api: Api, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text('{"model": "m", "user": "u", "n": 1e3}')
    (tmp_path / "rules.yaml").write_text("privacy: [user]\n")
    shown = run(
        "channels", "preview", "main", "-b", "body.json", "-f", "rules.yaml", "--header", "X-B: 2", "--attempt", "1",
        "--protocol", "messages",
    ).output  # fmt: skip
    for words in ("delete user", "x-a: 1", "low becomes high", "changed too", '"model": "up"'):
        assert words in shown
    method, path, question = api.calls[0]
    assert (method, path) == ("POST", "/api/v1/channels/main/preview")
    assert question == {
        "body": {"model": "m", "user": "u", "n": 1000.0}, "model": "m", "protocol": "messages",
        "headers": {"X-B": "2"}, "attempt": 1, "settings": {"privacy": ["user"]},
    }  # fmt: skip
    assert json.loads(run("--json", "channels", "preview", "main", "-b", "body.json").output) == PREVIEW


def test_a_preview_of_a_refusal(run: Run, api: Api) -> None:
    api.preview = {**PREVIEW, "refused": {"status": 403, "message": "No.", "code": "x"}}
    shown = run("channels", "preview", "main", "-b", "-", "-m", "m", stdin="{}").output
    assert "Refused by a rule: HTTP 403, No." in shown


def test_previews_that_cannot_be_asked_for(run: Run) -> None:
    assert "No model given" in run("channels", "preview", "main", "-b", "-", stdin="{}", code=2).output
    assert "must hold a JSON object" in run("channels", "preview", "main", "-b", "-", stdin="[1]", code=2).output
