"""GET /route/explain and `gateway route explain` over the real application."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from admin.cli import route
from admin.cli.main import app as cli
from admin.client.tags import Tags
from admin.services import RouteQuestion
from tests.admin.routes import explaining
from tests.admin.services import application


@pytest.fixture
def app(world: Any) -> FastAPI:
    """The application, with the routes of its own database."""
    return application(dataclasses.replace(world.services(), explain_route=explaining(world.sessions)))


async def test_explained(api: httpx.AsyncClient, make_channel: Any, refused: Any) -> None:
    await make_channel()
    await api.post("/keys", json={"name": "exact", "strict": True, "models": ["slow"]})
    model = next(iter((await api.get("/channels/main")).json()["models"]))
    found = (await api.get("/route/explain", params={"model": model, "protocol": "messages", "stream": True})).json()
    assert (found["protocol"], found["stream"], found["key"], found["refused"]) == ("messages", True, None, "")
    assert [(row["channel"], row["share"]) for row in found["candidates"]] == [("main", 1.0)]
    found = (await api.get("/route/explain", params={"model": model, "key": "exact"})).json()
    assert (found["key"], found["strict"], found["candidates"]) == ("exact", True, [])
    assert "may not use" in found["refused"]
    refused(await api.get("/route/explain", params={"model": model, "key": "nobody"}), 404)
    for bad in ({}, {"model": ""}, {"model": model, "protocol": "smoke"}, {"model": model, "operation": "dance"}):
        refused(await api.get("/route/explain", params=bad), 422)


class Answering(Tags):
    """A gateway that answers with what it was given."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def download(self, path: str, file: Path, query: Any = None) -> int:
        raise AssertionError(path)

    def call(self, method: str, path: str, body: Any = None, query: Any = None, headers: Any = None) -> dict[str, Any]:
        self.asked.append((path, query))
        return self.found


CANDIDATE = {
    "channel_id": 1, "channel": "main", "provider": "openai", "priority": 0, "weight": 1, "share": 1.0,
    "matched": "fast", "upstream_model": "gpt-5-nano", "usable": True, "reason": "priority 0",
    "plan": "messages to chat", "kind": "convert", "upstream_protocol": "chat", "upstream_operation": "chat",
    "url": "https://x.example/v1", "edits": ["model: fast becomes gpt-5-nano"],
}  # fmt: skip
FOUND: dict[str, Any] = {
    "model": "fast", "base_model": "fast", "suffix": "", "protocol": "messages", "operation": "chat", "stream": True,
    "key": "exact", "strict": True, "refused": "", "candidates": [CANDIDATE],
    "others": [{"channel_id": 2, "channel": "spare", "reason": "is switched off"}],
}  # fmt: skip


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, int]]:
    """What the command prints for an answer, and its exit code."""

    def run(found: dict[str, Any], *args: str) -> tuple[str, int]:
        gateway = Answering(found)
        monkeypatch.setattr(route, "connect", lambda _ctx: gateway)
        result = CliRunner().invoke(cli, ["route", "explain", "fast", *args])
        assert gateway.asked[0][0] == "/api/v1/route/explain"
        return result.output, result.exit_code

    return run


def test_the_command(show: Callable[..., tuple[str, int]]) -> None:
    shown, code = show(FOUND, "--protocol", "messages", "--stream", "-k", "exact")
    assert code == 0
    assert re.search(r"client speaks +messages\s+and asks for +chat, streamed", shown)
    assert "exact, strict" in shown
    assert re.search(r"1\. main +100%", shown)
    assert "messages to chat" in shown
    assert "spare is switched off." in shown
    assert '"share": 1.0' in show(FOUND, "--json")[0]


def test_the_exit_code_says_whether_it_can_be_served(show: Callable[..., tuple[str, int]]) -> None:
    unusable = {**CANDIDATE, "usable": False, "share": 0.0, "reason": "cannot be used", "plan": ""}
    shown, code = show({**FOUND, "candidates": [unusable], "others": [], "suffix": "high"})
    assert code == 1
    assert "cannot be used" in shown
    assert "fast, suffix high" in shown
    shown, code = show({**FOUND, "candidates": [], "refused": "The model 'fast' does not exist here.", "key": None})
    assert code == 1
    assert "does not exist here" in shown


async def test_without_routes_it_is_a_fault(world: Any) -> None:
    with pytest.raises(RuntimeError):
        await world.services().explain_route(RouteQuestion("m", "chat", "chat", stream=False, key_id=0))
