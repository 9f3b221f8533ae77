"""The pages about the admin API and the command name what there is, all of it; the example file is accepted."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from admin.cli.document import load
from admin.cli.main import app as cli

DOCS = Path(__file__).parents[2] / "docs"


async def test_every_route_is_documented(anyone) -> None:
    document = (await anyone.get("/api/v1/openapi.json")).json()
    routes = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, item in document["paths"].items()
        for method in item
    }
    page = (DOCS / "admin-api.md").read_text()
    assert set(re.findall(r"^\| `([A-Z]+ \S+)` \|", page, re.MULTILINE)) == routes


def commands(command: Any, path: str) -> list[str]:
    below = getattr(command, "commands", None)
    if not below:
        return [path]
    return [line for name, item in below.items() for line in commands(item, f"{path} {name}")]


def test_every_command_is_documented() -> None:
    page = (DOCS / "cli.md").read_text()
    listed = re.findall(r"^\| `(gateway [^`]+)` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(commands(typer.main.get_command(cli), "gateway"))


def _unknown(text: str) -> list[str]:
    """The commands that a text names between backticks and that are none. A group alone is one: it lists its own."""
    wrong = []
    for line in re.findall(r"`(gateway [a-z][^`\n]*)`", text):
        found: Any = typer.main.get_command(cli)
        for word in line.split()[1:]:
            if not getattr(found, "commands", None):
                break
            if re.fullmatch(r"[a-z][a-z-]*", word) is None:
                break  # an option, or what stands for a command
            found = found.commands.get(word)
            if found is None:
                wrong.append(line)
                break
    return wrong


def test_every_command_that_is_named_somewhere_is_there() -> None:
    root = DOCS.parent
    places = [root / "README.md", *DOCS.rglob("*.md"), *(root / "admin/ui/src/locales").rglob("*.json")]
    for folder in ("adapters", "admin", "deployments", "storage"):
        places += [path for path in (root / folder).rglob("*.py") if "node_modules" not in path.parts]
    named = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in places}
    assert sum("`gateway " in text for text in named.values()) > 30
    assert {name: wrong for name, text in named.items() if (wrong := _unknown(text))} == {}


async def test_the_example_file_is_accepted(api, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "OPENAI_API_KEY",
        "OPENAI_SPARE_API_KEY",
        "OPENAI_FIRST_KEY",
        "OPENAI_SECOND_KEY",
        "MY_APP_GATEWAY_KEY",
        "OPERATIONS_GATEWAY_KEY",
    ):
        monkeypatch.setenv(name, f"value-of-{name}")
    document = load(DOCS / "gateway.example.yaml")
    answer = await api.post("/apply", json={"document": document, "dry_run": True})
    assert answer.status_code == 200, answer.text
    assert {change["action"] for change in answer.json()["changes"]} == {"create"}
