"""The command `gateway` for tests: the real application on a real port, and a function that runs the command.

`url` and `run` are fixtures of the file that takes them: `url, run = command.url, command.run`.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn
from typer.testing import CliRunner, Result

from adapters.registry import PROVIDERS as CATALOGUE
from admin.cli.main import app
from admin.services import ProbeResult
from storage import crypto
from storage.database import open_engine, session_factory
from storage.records import UsageRecord
from storage.repositories import admin_tokens, usage
from tests.admin.services import application, make_services

TOKEN = "gwa-" + "t" * 43
SECRET = "sk-upstream-000000000000-9876"
KEY = "my-own-key-0000000000000000-abcd"
PROVIDERS = {
    "openai": msgspec.structs.replace(CATALOGUE["openai"], regions={"global": ("https://api.openai.example",)}),
    "openai-compatible": CATALOGUE["openai-compatible"],
}


async def _serve(database: Path, port: int, servers: list[uvicorn.Server]) -> None:
    engine = open_engine(f"sqlite:///{database}")
    sessions = session_factory(engine)
    async with sessions.begin() as session:
        await admin_tokens.create(session, crypto.digest(TOKEN), "first")
        record = UsageRecord(request_id="r1", started_at=1_800_000_000_000_000, key_id=1, channel_id=7, model="m")
        record.client_protocol, record.upstream_protocol, record.losses = "messages", "chat", "top_k"
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

    async def probe(channel_id: int, model: str, stream: bool, **_more: Any) -> ProbeResult:
        if model == "broken":
            return ProbeResult(False, 401, 31.0, 30.0, model, "authentication", "The upstream refused the secret.")
        return ProbeResult(True, 200, 31.4, 12.1, model)

    async def status() -> dict[str, Any]:
        replicas = [{"replica": "r-1", "open_requests": 4}, {"replica": "r-2", "open_requests": 5, "note": None}]
        return {"table_version": 3, "journal": {"depth": 0}, "replicas": replicas}

    services = make_services(
        sessions,
        crypto.SecretBox(b"k" * 32),
        version="1.2.3",
        notify=notify,
        probe=probe,
        status=status,
        providers=PROVIDERS,
    )
    # No logging of its own: it would stay set for the tests that come after.
    app = application(services, "command")
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan="off"))
    servers.append(server)
    await server.serve()
    await engine.dispose()


@pytest.fixture
def url(database: Path, free_port: int) -> Iterator[str]:
    """The address of a running admin application."""
    servers: list[uvicorn.Server] = []
    thread = threading.Thread(target=lambda: asyncio.run(_serve(database, free_port, servers)))
    thread.start()
    # A machine that is busy takes long over it; one that has failed is known by its thread's end.
    deadline = time.monotonic() + 120
    while not (servers and servers[0].started):
        assert thread.is_alive(), "the application did not start"
        assert time.monotonic() < deadline, "the application is not there after two minutes"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{free_port}"
    servers[0].should_exit = True
    thread.join(60)


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
